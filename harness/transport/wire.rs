//! The wire by reqwest: HTTP/1.1 and HTTP/2, TLS by rustls, connections that belong to one lane.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::{Client, Request, Response};
use url::Url;

use super::Transport;
use super::connections::Connections;
use super::first_troubles::FirstTroubles;
use super::signing::{KeyRing, Signer};
use super::wire_error::{classify, describe};
use crate::api::{Attempt, Exchange, Extracted, Hints, Input, Reply, Stamps, WireError, find_error_code};
use crate::plan::{HttpVersion, Plan, TransportPlan};
use crate::record::{ConnectionRecord, Troubles};
use crate::retry::{CLOCK_CORRECTED, parse_retry_after};
use crate::rng::{Key, Purpose, format_uuid};
use crate::time::{MonotonicClock, WallClock};
use crate::units::Nanos;

/// How long an idle connection is kept; longer than most servers do, so that it is the server's choice.
const IDLE: Duration = Duration::from_secs(90);

/// The longest body of an error reply that is searched for the service's error code, in bytes.
const LONGEST_ERROR: u64 = 64 << 10;

/// Sends attempts over sockets.
#[derive(Debug)]
pub struct Wire {
    shared: Rc<Shared>,
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

/// Why the transport cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum WireSetupError {
    /// reqwest refused its configuration, for want of certificates for example.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
    /// A method of the catalogue.
    #[error("`{0}` is not an HTTP method; write GET, POST, PUT, PATCH, DELETE or HEAD")]
    Method(String),
}

impl Wire {
    /// A transport to `url`; `keys` are there where the plan says that requests are signed. Makes no connection yet.
    ///
    /// # Errors
    /// [`WireSetupError`].
    pub fn new(
        plan: Arc<Plan>,
        url: &Url,
        keys: Option<&KeyRing>,
        clock: MonotonicClock,
    ) -> Result<Self, WireSetupError> {
        let methods = plan
            .exchanges
            .iter()
            .map(|exchange| exchange.method.parse().map_err(|_| WireSetupError::Method(exchange.method.to_string())));
        let methods = methods.collect::<Result<_, _>>()?;
        let connections = Connections::new(clock);
        let client = client(&plan.transport, url, &connections)?;
        let authority = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        let base = url.clone();
        let signer = plan.transport.signing.as_ref().zip(keys).map(|(signing, keys)| Signer::new(keys, signing));
        let troubles = RefCell::default();
        let shared = Shared { client, plan, clock, connections, troubles, base, authority, methods, signer };
        Ok(Self { shared: Rc::new(shared) })
    }
}

fn client(plan: &TransportPlan, url: &Url, connections: &Connections) -> Result<Client, reqwest::Error> {
    // The provider is per process; a second lane finds it installed, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("loadline/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(plan.connect_timeout.into())
        .pool_max_idle_per_host(plan.connections as usize)
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
    fn send(&self, input: Input) -> impl Future<Output = Reply> + use<> {
        let shared = Rc::clone(&self.shared);
        // Boxed once: the future is kilobytes long, and would be moved at each layer that the driver puts around it.
        Box::pin(async move {
            let exchange = &shared.plan.exchanges[input.exchange];
            let mut request = shared.request(exchange, &input);
            let signed = match shared.signer.as_ref().map(|signer| signer.sign(&mut request)) {
                Some(None) => {
                    let now = shared.clock.now();
                    return Reply::broken(WireError::Other, Stamps { sent: now, first_byte: now, done: now });
                }
                signed => signed.flatten(),
            };
            let sent = shared.clock.now();
            match shared.client.execute(request).await {
                Ok(response) => shared.receive(exchange, &input, response, sent, signed).await,
                Err(error) => {
                    let now = shared.clock.now();
                    let stamps = Stamps { sent, first_byte: now, done: now };
                    shared.broken(classify(&error), stamps, || describe(&error))
                }
            }
        })
    }

    fn take_connections(&self) -> ConnectionRecord {
        self.shared.connections.take()
    }

    fn take_troubles(&self) -> Troubles {
        self.shared.troubles.borrow_mut().take()
    }

    fn name(&self) -> &'static str {
        match self.shared.plan.transport.version {
            HttpVersion::Http1 => "reqwest, HTTP/1.1",
            HttpVersion::Http2 => "reqwest, HTTP/2",
        }
    }
}

impl Shared {
    /// A reply that never came, remembered as an example where it is the first of its kind.
    fn broken(&self, error: WireError, stamps: Stamps, text: impl FnOnce() -> String) -> Reply {
        self.troubles.borrow_mut().note(error, text);
        Reply::broken(error, stamps)
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
            identify(headers, self.plan.seed, input.attempt);
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
        let success = exchange.success.contains(status);
        // A body that nobody reads is still taken off the wire, so that the connection can be used again and the last
        // byte is measured; it is just not kept.
        let keep = if success && exchange.wants.needs_body() {
            u64::MAX
        } else if success {
            0
        } else {
            LONGEST_ERROR
        };
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
        let headers = response.headers();
        if !success {
            let mut error_code = find_error_code(headers, &body);
            if let (Some(signer), Some(used)) = (&self.signer, signed)
                && signer.correct(used, status, error_code.as_deref(), text(headers, "date"))
            {
                error_code = Some(CLOCK_CORRECTED.into());
            }
            let extracted = Extracted::default();
            return Reply { status: Ok(status), error_code, hints: hints(headers), extracted, stamps };
        }
        match exchange.read(input, &self.authority, status, headers, &body) {
            Ok(extracted) => Reply { status: Ok(status), error_code: None, hints: Hints::default(), extracted, stamps },
            Err(error) => self.broken(WireError::BadBody, stamps, || error.to_string()),
        }
    }
}

/// Says which attempt of which call it is, in the form of AWS's SDKs: all attempts of a call carry one id, and count up.
fn identify(headers: &mut HeaderMap, seed: u64, attempt: Attempt) {
    // Templates number their draws with 32 bits, so no id is ever that of a `{{ uuid }}`.
    let key = Key { seed, purpose: Purpose::Uuid, client: u64::MAX, call: attempt.call, attempt: 0 };
    let count = match attempt.max {
        u32::MAX => format!("attempt={}", attempt.number),
        max => format!("attempt={}; max={max}", attempt.number),
    };
    let values = [("amz-sdk-invocation-id", format_uuid(key.uuid())), ("amz-sdk-request", count)];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn hints(headers: &HeaderMap) -> Hints {
    let text = |name: &str| text(headers, name);
    let amz = text("x-amz-retry-after").and_then(|millis| millis.trim().parse().ok()).map(Nanos::from_millis);
    let plain =
        text("retry-after").and_then(|value| parse_retry_after(value, text("date"), WallClock::now().unix_seconds()));
    Hints { amz_retry_after: amz, retry_after: plain }
}
