//! One request from HTTP to HTTP, in the documented order of checks: route, size, throttle, JSON, the service itself.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use http::header::HeaderMap;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Map;

use super::amounts::Numbers;
use super::body::{ReplyBody, wait};
use super::route::{self, NoRoute, Route};
use super::stats::MockStats;
use super::wire::Hatch;
use super::{credential, fault, parse, render};
use crate::service::attendees::id::Id;
use crate::service::{Answer, Demand, OperationKind, Service, ServiceError};
use crate::time::{MonotonicClock, WallClock};
use crate::units::Nanos;

/// The longest body that is looked at.
const MAX_BODY: usize = 1 << 20;
/// The longest body that is read to its end, so that the connection can go on after a 413.
const MAX_DISCARDED: usize = 16 << 20;
/// The longest head, names and values together.
const MAX_HEADERS: usize = 64 << 10;

/// The service behind HTTP. Lives on one thread, so nothing is locked; no borrow is held while anything is awaited.
#[derive(Debug)]
pub struct Front {
    service: RefCell<Service>,
    /// The one clock of this service.
    clock: MonotonicClock,
    stats: RefCell<MockStats>,
    /// Counts the answers, to make their ids.
    answers: Cell<u64>,
}

impl Front {
    /// A front for a service whose time begins now.
    pub fn new(mut service: Service) -> Self {
        let (stats, answers) = (RefCell::default(), Cell::new(0));
        let clock = MonotonicClock::start();
        service.set_epoch(WallClock::now().since_epoch() - clock.now());
        Self { service: RefCell::new(service), clock, stats, answers }
    }

    /// Starts the clock of the configured events.
    pub fn start_events(&self) {
        self.service.borrow_mut().start_events(self.clock.now());
    }

    /// What has been answered so far.
    pub fn stats(&self) -> MockStats {
        self.stats.borrow().clone()
    }

    /// Serves one request.
    pub(super) async fn serve(
        &self,
        peer: SocketAddr,
        hatch: &Hatch,
        request: Request<Incoming>,
    ) -> Response<ReplyBody> {
        let version = request.version();
        let (head, body) = request.into_parts();
        let route = route::find(&head.method, &head.uri);
        let answer = match &route {
            Err(no_route) => Answer::error(no_route.into()),
            Ok(_) if size(&head.headers) > MAX_HEADERS => {
                Answer::error(ServiceError::bad_request("The headers must not be longer than 65536 bytes"))
            }
            Ok(route) => match collect(body).await {
                Ok(body) => self.ask(route, &head, peer, &body),
                Err(error) => Answer::error(error),
            },
        };
        if answer.delay > Nanos::ZERO {
            wait(answer.delay).await;
        }
        let operation = route.as_ref().ok().map(|route| route.operation);
        let mut reply = self.render(operation, &answer);
        if let Err(NoRoute::Method(allowed)) = route {
            reply.allow(allowed);
        }
        fault::respond(reply, answer.fault, version, hatch)
    }

    /// Throttles, parses and performs, all at one instant.
    fn ask(&self, route: &Route, request: &Parts, peer: SocketAddr, body: &[u8]) -> Answer {
        let mut service = self.service.borrow_mut();
        let caller = service.caller(&credential::read(&request.headers, peer));
        let now = self.clock.now();
        let path = request.uri.path();
        let (operation, query) = (route.operation, request.uri.query());
        // Where what is in the body costs tokens, the body has to be read first.
        let permit = if service.needs_body(operation) {
            service.check_up(now).map(|()| None)
        } else {
            let amounts = Numbers { query, body: None };
            service.admit(now, caller, &Demand { operation, items: 1, path, amounts: &amounts }).map(Some)
        };
        let permit = match permit {
            Ok(permit) => permit,
            Err(rejection) => return rejection.into(),
        };
        let body = if parse::has_body(route.operation) { parse::object(body) } else { Ok(Map::new()) };
        let draft = body.as_ref().map_err(Clone::clone).and_then(|body| parse::draft(route, body));
        let draft = match draft {
            Ok(draft) => draft,
            Err(error) => {
                if let Some(permit) = permit {
                    service.waive(now, permit);
                }
                return Answer::error(error);
            }
        };
        let wanted = draft.request(route);
        let amounts = Numbers { query, body: body.as_ref().ok() };
        let late = Demand { operation, items: wanted.items(), path, amounts: &amounts };
        match permit.map_or_else(|| service.admit(now, caller, &late), Ok) {
            Ok(permit) => service.perform(now, permit, &wanted),
            Err(rejection) => rejection.into(),
        }
    }

    fn render(&self, operation: Option<OperationKind>, answer: &Answer) -> render::Reply {
        self.stats.borrow_mut().record(operation, answer.status);
        let serial = self.answers.replace(self.answers.get() + 1);
        let seed = self.service.borrow().config().seed;
        render::reply(answer, Id::of_request(seed, serial))
    }
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// The whole body, if it is not too long.
async fn collect(mut body: Incoming) -> Result<Bytes, ServiceError> {
    let mut kept = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ServiceError::bad_request("The body ended before its end"))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= MAX_BODY {
            kept.extend_from_slice(&data);
        } else if length > MAX_DISCARDED {
            break;
        }
    }
    if length <= MAX_BODY {
        Ok(kept.freeze())
    } else {
        let message = "The body must not be longer than 1048576 bytes";
        Err(ServiceError::new(413, "RequestEntityTooLargeException", message))
    }
}
