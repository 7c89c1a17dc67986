// Requests written as text, and what must hold of every reply. Shared by the fuzz target and by the test that replays the
// stored corpus.
//
// An input is a list of requests, parted by lines of `---`: a line with method and path, lines of headers, an empty line
// and the body. What is not a request of HTTP is left out: hyper would not let it through.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use loadline::mock::Front;
use loadline::service::config::{Authentication, Credential, Throttling};
use loadline::service::{Service, ServiceConfig};

/// Requests in an input at most; more only make it slow.
const MOST: usize = 16;

/// Sends all requests of an input to a fresh service, and to one that serves nobody without a signature. Returns the
/// statuses of the first.
pub(crate) fn replay(input: &[u8]) -> Vec<u16> {
    let config = ServiceConfig { throttling: Throttling::Off, ..ServiceConfig::default() };
    let key = Credential {
        access_key: "AKIDEXAMPLE".to_owned(),
        secret_key: "nobody knows it".to_owned(),
        session_token: None,
        deny: Vec::new(),
    };
    let strict = ServiceConfig { authentication: Authentication::Strict(vec![key]), ..config.clone() };
    let (open, strict) = (front(config), front(strict));
    let mut statuses = Vec::new();
    for request in parts(input).take(MOST).filter_map(request) {
        let refused = ask(&strict, &request);
        assert!(!refused.status().is_success(), "served without a signature: {request:?}");
        statuses.push(ask(&open, &request).status().as_u16());
    }
    statuses
}

fn front(config: ServiceConfig) -> Front {
    Front::new(Service::new(config).expect("a sound configuration"))
}

fn ask(front: &Front, request: &Request<Bytes>) -> Response<Bytes> {
    let reply = front.answer(SocketAddr::from(([127, 0, 0, 1], 1)), request.clone());
    let status = reply.status().as_u16();
    // Nothing is configured to fail.
    assert!((200..500).contains(&status), "{status} to {request:?}");
    let header = |name: &str| reply.headers().get(name).and_then(|value| value.to_str().ok());
    let id = header("x-amzn-requestid").expect("a request id");
    if status >= 400 {
        let type_name = header("x-amzn-errortype").expect("an error type");
        let body: serde_json::Value = serde_json::from_slice(reply.body()).expect("an error in JSON");
        assert_eq!(body["RequestId"], id);
        assert_eq!(body["Code"], type_name.strip_suffix("Exception").unwrap_or(type_name));
    } else if !reply.body().is_empty() {
        let body: serde_json::Value = serde_json::from_slice(reply.body()).expect("JSON");
        assert!(body.is_object(), "{body}");
    }
    reply
}

/// The input, cut at lines of `---`.
fn parts(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(input);
    std::iter::from_fn(move || {
        let all = rest.take()?;
        let cut = all.windows(5).position(|window| window == b"\n---\n");
        rest = cut.map(|cut| &all[cut + 5..]);
        Some(cut.map_or(all, |cut| &all[..cut]))
    })
}

fn request(text: &[u8]) -> Option<Request<Bytes>> {
    let end = text.windows(2).position(|window| window == b"\n\n");
    let (head, body) = end.map_or((text, &b""[..]), |end| (&text[..end], &text[end + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let blank = first.iter().position(|byte| *byte == b' ')?;
    let mut request = Request::new(Bytes::copy_from_slice(body));
    *request.method_mut() = Method::from_bytes(&first[..blank]).ok()?;
    *request.uri_mut() = Uri::try_from(&first[blank + 1..]).ok()?;
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    Some(request)
}
