//! reqwest, for what it does best: HTTP/2, proxies, redirects, compressed replies.

mod connections;
mod error;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{AbortHandle, Abortable, Aborted, FutureExt as _};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use http::{HeaderName, HeaderValue, Method};
use reqwest::{Client, Request, Response};
use rustc_hash::FxHashMap;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use url::Url;

use self::connections::Connections;
use self::error::{classify, describe};
use super::first_troubles::FirstTroubles;
use super::identity::identify;
use super::reply::{self, Received, bytes_to_keep};
use super::signing::{KeyRing, Signer, Unsigned};
use super::{Alarm, SetupError, Transport};
use crate::api::{Exchange, Input, Reply, Stamps, WireError};
use crate::lane::AttemptId;
use crate::plan::{HttpVersion, Plan, TransportPlan};
use crate::record::{ConnectionRecord, Troubles};
use crate::time::{MonotonicClock, SystemTimer, Timer as _};
use crate::units::Nanos;

/// How long an idle connection is kept; longer than most servers do, so that it is the server's choice.
const IDLE: Duration = Duration::from_secs(90);

/// An attempt on the wire.
type OnWire = Abortable<Pin<Box<dyn Future<Output = (AttemptId, Reply)>>>>;

/// Sends attempts by reqwest, on a runtime of the lane's own.
#[derive(Debug)]
pub struct Wire {
    shared: Rc<Shared>,
    attempts: FuturesUnordered<OnWire>,
    handles: FxHashMap<AttemptId, AbortHandle>,
    /// Replies that nobody has asked for yet.
    replies: VecDeque<(AttemptId, Reply)>,
    timer: SystemTimer,
    rung: Arc<Notify>,
    /// Dropped last: futures belong to it.
    runtime: Runtime,
}

/// What every attempt in flight needs.
#[derive(Debug)]
struct Shared {
    client: Client,
    plan: Arc<Plan>,
    clock: MonotonicClock,
    connections: Connections,
    troubles: RefCell<FirstTroubles>,
    /// The target; its path is put before every request's own.
    base: Url,
    /// Host and port, which links to further pages must not leave.
    authority: String,
    methods: Vec<Method>,
    /// Signs requests, where the target wants that.
    signer: Option<Signer>,
}

impl Wire {
    /// A transport to `url`; `keys` are there where the plan says that requests are signed. Makes no connection yet.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(plan: Arc<Plan>, url: &Url, keys: Option<&KeyRing>, clock: MonotonicClock) -> Result<Self, SetupError> {
        let methods = plan
            .exchanges
            .iter()
            .map(|exchange| exchange.method.parse().map_err(|_| SetupError::Method(exchange.method.to_string())));
        let methods = methods.collect::<Result<_, _>>()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let timer = {
            let _inside = runtime.enter();
            SystemTimer::new(clock)
        };
        let connections = Connections::new(clock);
        let client = client(&plan.transport, url, &connections)?;
        let authority = super::authority(url);
        let base = url.clone();
        let signer = plan.transport.signing.as_ref().zip(keys).map(|(signing, keys)| Signer::new(keys, signing));
        let troubles = RefCell::default();
        Ok(Self {
            shared: Rc::new(Shared { client, plan, clock, connections, troubles, base, authority, methods, signer }),
            attempts: FuturesUnordered::new(),
            handles: FxHashMap::default(),
            replies: VecDeque::new(),
            timer,
            rung: Arc::default(),
            runtime,
        })
    }

    fn take(&mut self, finished: Result<(AttemptId, Reply), Aborted>) {
        if let Ok((attempt, reply)) = finished {
            self.handles.remove(&attempt);
            self.replies.push_back((attempt, reply));
        }
    }
}

fn client(plan: &TransportPlan, url: &Url, connections: &Connections) -> Result<Client, reqwest::Error> {
    // The provider is per process; a second lane finds it installed, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(super::USER_AGENT)
        .connect_timeout(plan.connect_timeout.into())
        .pool_max_idle_per_host(plan.connections.most() as usize)
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .dns_resolver(connections.clone())
        // A retry of the client's own would hide an attempt from the measurement.
        .retry(reqwest::retry::never());
    builder = match plan.version {
        HttpVersion::Http1 => builder.http1_only(),
        HttpVersion::Http2 => builder.http2_prior_knowledge().http2_adaptive_window(true),
    };
    // A layer around the connector is cloned with every request, so connections are timed where they cost something: where
    // there is a name to resolve or a handshake to make.
    if url.scheme() == "https" || url.domain().is_some() {
        builder = builder.connector_layer(connections.clone());
    }
    if !plan.redirects {
        builder = builder.redirect(reqwest::redirect::Policy::none());
    }
    if !plan.proxy {
        builder = builder.no_proxy();
    }
    if !plan.decompress {
        builder = builder.no_gzip();
    }
    builder.build()
}

impl Transport for Wire {
    fn send(&mut self, attempt: AttemptId, input: Input) {
        let shared = Rc::clone(&self.shared);
        // Boxed: the future is kilobytes long, and would be moved at each layer that is put around it.
        let exchanged: Pin<Box<dyn Future<Output = _>>> =
            Box::pin(async move { (attempt, shared.exchange(&input).await) });
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(attempt, handle);
        self.attempts.push(Abortable::new(exchanged, registration));
    }

    fn cancel(&mut self, attempt: AttemptId) {
        if let Some(handle) = self.handles.remove(&attempt) {
            handle.abort();
        }
    }

    fn wait(&mut self, until: Nanos) {
        let Self { runtime, attempts, timer, rung, .. } = self;
        let finished = runtime.block_on(async {
            tokio::select! {
                biased;
                Some(finished) = attempts.next() => Some(finished),
                () = timer.until(until) => None,
                () = rung.notified() => None,
            }
        });
        if let Some(finished) = finished {
            self.take(finished);
        }
        // Replies come in bunches; those that are there already are taken without another turn of the runtime. What is polled
        // may set a timer, which asks for the runtime all the same.
        let runtime = self.runtime.handle().clone();
        let _inside = runtime.enter();
        while let Some(Some(finished)) = self.attempts.next().now_or_never() {
            self.take(finished);
        }
    }

    fn next_reply(&mut self) -> Option<(AttemptId, Reply)> {
        self.replies.pop_front()
    }

    fn alarm(&self) -> Alarm {
        let rung = Arc::clone(&self.rung);
        Alarm::new(move || rung.notify_one())
    }

    fn take_connections(&mut self) -> ConnectionRecord {
        self.shared.connections.take()
    }

    fn take_troubles(&mut self) -> Troubles {
        self.shared.troubles.borrow_mut().take()
    }
}

impl Shared {
    /// A reply that never came, kept as an example where it is the first of its kind.
    fn broken(&self, error: WireError, stamps: Stamps, text: impl FnOnce() -> String) -> Reply {
        self.troubles.borrow_mut().note(error, text);
        Reply::broken(error, stamps)
    }

    async fn exchange(&self, input: &Input) -> Reply {
        let exchange = &self.plan.exchanges[input.exchange];
        let mut request = self.request(exchange, input);
        let signed = match self.signer.as_ref().map(|signer| sign(signer, &mut request)) {
            Some(None) => {
                let now = self.clock.now();
                let stamps = Stamps { sent: now, first_byte: now, done: now };
                return self.broken(WireError::Other, stamps, || "the request cannot be signed".into());
            }
            signed => signed.flatten(),
        };
        let sent = self.clock.now();
        match self.client.execute(request).await {
            Ok(response) => self.receive(exchange, input, response, sent, signed).await,
            Err(error) => {
                let now = self.clock.now();
                let stamps = Stamps { sent, first_byte: now, done: now };
                self.broken(classify(&error), stamps, || describe(&error))
            }
        }
    }

    /// The target's URL with another path and query. Parsing the whole of it for each request would check the host again
    /// every time, which costs more than all else here.
    fn url(&self, path_and_query: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = match path_and_query.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path_and_query, None),
        };
        match self.base.path().trim_end_matches('/') {
            "" => url.set_path(path),
            prefix => url.set_path(&format!("{prefix}{path}")),
        }
        url.set_query(query);
        url
    }

    fn request(&self, exchange: &Exchange, input: &Input) -> Request {
        let rendered = exchange.render(input);
        let url = self.url(&rendered.path_and_query);
        let mut request = Request::new(self.methods[input.exchange].clone(), url);
        let headers = request.headers_mut();
        if rendered.body.is_some() {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if self.plan.transport.sdk_headers {
            identify(self.plan.seed, input.attempt, &mut String::new(), &mut |name, value| {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    headers.insert(name, value);
                }
            });
        }
        for (name, value) in rendered.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_ref()), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        *request.body_mut() = rendered.body.map(Into::into);
        request
    }

    /// Reads a reply. `signed` is what was added to the clock when the request was signed.
    async fn receive(
        &self,
        exchange: &Exchange,
        input: &Input,
        mut response: Response,
        sent: Nanos,
        signed: Option<i64>,
    ) -> Reply {
        let first_byte = self.clock.now();
        let status = response.status().as_u16();
        let keep = bytes_to_keep(exchange, status);
        let mut body = Vec::new();
        let mut length = 0_u64;
        let outcome = loop {
            match response.chunk().await {
                Ok(None) => break Ok(()),
                Ok(Some(chunk)) => {
                    length += chunk.len() as u64;
                    if length > self.plan.transport.max_body {
                        break Err((
                            WireError::TooLarge,
                            format!("more than {} bytes came", self.plan.transport.max_body),
                        ));
                    }
                    if (body.len() as u64) < keep {
                        body.extend_from_slice(&chunk);
                    }
                }
                Err(error) => break Err((classify(&error), describe(&error))),
            }
        };
        let stamps = Stamps { sent, first_byte, done: self.clock.now() };
        if let Err((error, text)) = outcome {
            return self.broken(error, stamps, || text);
        }
        let received = Received { status, fields: response.headers(), body: &body, stamps };
        let signed = self.signer.as_ref().zip(signed);
        reply::read(exchange, input, &self.authority, signed, &received, &mut self.troubles.borrow_mut())
    }
}

/// Signs a request and gives what was added to the clock for it; `None` where the request cannot be signed.
fn sign(signer: &Signer, request: &mut Request) -> Option<i64> {
    let fields = request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let fields: Vec<(&str, &str)> = fields.collect();
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
    let (method, url) = (request.method().as_str(), request.url().as_str());
    let signature = signer.sign(&Unsigned { method, url, fields: &fields, body })?;
    for (name, value) in signature.fields {
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Some(signature.offset)
}
