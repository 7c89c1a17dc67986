//! One request from HTTP to HTTP, in the documented order of checks: route, size, signature, throttle, JSON, the service itself.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use bytes::Bytes;
use http::header::HeaderMap;
use http::request::Parts;
use http::{Request, Response};
use hyper::body::Incoming;
use url::form_urlencoded;

use super::body::ReplyBody;
use super::collect::Collector;
use super::gauges::Gauges;
use super::request_log::{Entry, RequestLog};
use super::route::{self, NoRoute, Route};
use super::settings::Limits;
use super::signature::Verifier;
use super::stats::MockStats;
use super::watch::Watch;
use super::wire::Hatch;
use super::{credential, fault, namespace, parse, render};
use crate::service::attendees::id::Id;
use crate::service::config::Authentication;
use crate::service::{Answer, Body, Identity, Namespace, OperationKind, Rejection, Sent, Service, ServiceError};
use crate::time::{MonotonicClock, Wait, Waits, WallClock};
use crate::units::Nanos;

/// The longest head that is served, names and values together.
const MAX_HEADERS: usize = 64 << 10;

/// The service behind HTTP. Lives on one thread, so nothing is locked; no borrow is held while anything is awaited.
#[derive(Debug)]
pub struct Front {
    service: RefCell<Service>,
    /// The one clock of this service.
    clock: MonotonicClock,
    waits: Rc<Waits>,
    limits: Limits,
    collector: Collector,
    /// Checks signatures, where they have to be right.
    verifier: Option<Verifier>,
    /// The namespace of a request that does not tell.
    namespace: Namespace,
    stats: RefCell<MockStats>,
    gauges: Rc<Gauges>,
    log: Option<RequestLog>,
    /// Counts the answers, to make their ids.
    answers: Cell<u64>,
}

/// What becomes of a request.
struct Decision {
    /// What it asked for; nothing where it led nowhere.
    operation: Option<OperationKind>,
    namespace: Namespace,
    /// The methods that its path has, where it came with another.
    allowed: Option<&'static str>,
    answer: Answer,
}

impl Front {
    /// A front for a service whose time begins now.
    pub fn new(service: Service) -> Self {
        Self::with(service, Limits::default(), None)
    }

    pub(super) fn with(mut service: Service, limits: Limits, log: Option<RequestLog>) -> Self {
        let clock = MonotonicClock::start();
        let waits = Waits::new(clock);
        let verifier = match &service.config().authentication {
            Authentication::Lenient => None,
            Authentication::Strict(credentials) => Some(Verifier::new(credentials.clone())),
        };
        service.set_epoch(WallClock::now().since_epoch() - clock.now());
        Self {
            clock,
            collector: Collector::new(Rc::clone(&waits), limits.body_timeout),
            waits,
            limits,
            verifier,
            namespace: service.config().namespace,
            service: RefCell::new(service),
            stats: RefCell::default(),
            gauges: Rc::default(),
            log,
            answers: Cell::new(0),
        }
    }

    /// Starts the clock of the configured events.
    pub fn start_events(&self) {
        self.service.borrow_mut().start_events(self.clock.now());
    }

    /// What has been answered so far.
    pub fn stats(&self) -> MockStats {
        self.stats.borrow().clone()
    }

    /// Answers a request that is at hand, at once: without a socket, without waiting and without damage.
    pub fn answer(&self, peer: SocketAddr, request: Request<Bytes>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let decision = self.decide(peer, &head, Ok(&body));
        let reply = self.reply(&decision, self.next_id());
        Response::from_parts(reply.head, reply.body)
    }

    /// Serves one request.
    pub(super) async fn serve(
        &self,
        peer: SocketAddr,
        hatch: &Hatch,
        watch: &Rc<Watch>,
        request: Request<Incoming>,
    ) -> Response<ReplyBody> {
        let begun = self.clock.now();
        let busy = watch.begin();
        let _flight = Flight::new(&self.gauges);
        let version = request.version();
        let (head, body) = request.into_parts();
        let body = self.collector.collect(body, busy.watch()).await;
        busy.answering();
        let decision = self.decide(peer, &head, body.as_deref().map_err(Clone::clone));
        if decision.answer.delay > Nanos::ZERO {
            self.waits.wait(decision.answer.delay).await;
        }
        let id = self.next_id();
        let reply = self.reply(&decision, id);
        let duration = self.clock.now() - begun;
        self.gauges.durations.borrow_mut().record(duration);
        if let Some(log) = &self.log {
            let bytes_in = body.map_or(0, |body| body.len());
            log.add(entry(peer, id, &head, &decision, duration, (bytes_in, reply.body.len())));
        }
        fault::respond(reply, decision.answer.fault, version, hatch, busy, &self.waits)
    }

    /// What becomes of a request, decided at one instant.
    fn decide(&self, peer: SocketAddr, head: &Parts, body: Result<&[u8], ServiceError>) -> Decision {
        let (named, path) = namespace::of(&head.uri, &head.headers);
        let namespace = named.unwrap_or(self.namespace);
        let route = route::find(namespace, &head.method, path, head.uri.query());
        let answer = match (&route, body) {
            (Err(no_route), _) => Answer::error(no_route.into()),
            (Ok(_), _) if size(&head.headers) > MAX_HEADERS => {
                Answer::error(ServiceError::bad_request("The headers must not be longer than 65536 bytes"))
            }
            (Ok(_), Err(error)) => Answer::error(error),
            (Ok(route), Ok(body)) => match self.verify(namespace, route, head, body) {
                Err(error) => Answer::error(error),
                Ok(()) => self.ask(route, named, head, peer, body),
            },
        };
        let allowed = match route {
            Err(NoRoute::Method(allowed)) => Some(allowed),
            _ => None,
        };
        Decision { operation: route.ok().map(|route| route.operation), namespace, allowed, answer }
    }

    fn verify(&self, namespace: Namespace, route: &Route<'_>, head: &Parts, body: &[u8]) -> Result<(), ServiceError> {
        let Some(verifier) = &self.verifier else { return Ok(()) };
        verifier.verify(WallClock::now().unix_seconds() as i64, namespace, route.operation, head, body)
    }

    /// Throttles, parses and performs, all at one instant.
    fn ask(
        &self,
        route: &Route<'_>,
        namespace: Option<Namespace>,
        request: &Parts,
        peer: SocketAddr,
        body: &[u8],
    ) -> Answer {
        let mut service = self.service.borrow_mut();
        let identity = Identity { namespace, ..credential::read(&request.headers, peer) };
        let caller = service.caller(&identity);
        let now = self.clock.now();
        let query = |name: &str| {
            let mut pairs = form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
            pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        let sent = Sent { path: request.uri.path(), query: &query };
        service
            .serve(now, caller, sent, route.address(), || parse::object(body))
            .unwrap_or_else(|rejection| self.turned_away(rejection))
    }

    fn turned_away(&self, rejection: Rejection) -> Answer {
        // Only a limiter says when it would accept.
        if rejection.wait > Nanos::ZERO {
            self.gauges.throttled.add(1);
        }
        rejection.into()
    }

    fn next_id(&self) -> Id {
        let serial = self.answers.replace(self.answers.get() + 1);
        Id::of_request(self.service.borrow().config().seed, serial)
    }

    fn reply(&self, decision: &Decision, id: Id) -> render::Reply {
        self.stats.borrow_mut().record(decision.operation, decision.answer.status);
        let mut reply = render::reply(&decision.answer, id);
        if let Some(allowed) = decision.allowed {
            reply.allow(allowed);
        }
        reply
    }

    /// How long the listener lets the next connection wait.
    pub(super) fn stall_accept(&self) -> Nanos {
        self.service.borrow_mut().stall_accept(self.clock.now())
    }

    /// Wakes whoever waits, for ever.
    pub(super) async fn drive(&self) {
        self.waits.drive().await;
    }

    pub(super) fn wait(&self, span: Nanos) -> Wait {
        self.waits.wait(span)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn gauges(&self) -> &Rc<Gauges> {
        &self.gauges
    }

    pub(super) fn lost_lines(&self) -> u64 {
        self.log.as_ref().map_or(0, RequestLog::lost)
    }

    pub(super) fn uptime(&self) -> Nanos {
        self.clock.now()
    }
}

/// Counts a request as in flight, also where its client goes away before the reply.
struct Flight<'a>(&'a Gauges);

impl<'a> Flight<'a> {
    fn new(gauges: &'a Gauges) -> Self {
        gauges.in_flight.set(gauges.in_flight.get() + 1);
        Self(gauges)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.set(self.0.in_flight.get() - 1);
    }
}

/// What the log tells of a request.
fn entry(
    peer: SocketAddr,
    request_id: Id,
    head: &Parts,
    decision: &Decision,
    duration: Nanos,
    (bytes_in, bytes_out): (usize, usize),
) -> Entry {
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Entry {
        at: WallClock::now(),
        peer,
        request_id,
        method: head.method.clone(),
        // Without the query: a signature or a token may stand there.
        path: head.uri.path().to_owned(),
        operation: decision.operation,
        namespace: decision.namespace,
        account: credential::read(&head.headers, peer).account.map(str::to_owned),
        status: decision.answer.status,
        error_type: match &decision.answer.body {
            Body::Error(error) => Some(error.type_name.clone().into_owned()),
            _ => None,
        },
        fault: decision.answer.fault.map(|fault| format!("{fault:?}")),
        duration,
        bytes_in,
        bytes_out,
        invocation: header("amz-sdk-invocation-id"),
        attempt: header("amz-sdk-request"),
    }
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}
