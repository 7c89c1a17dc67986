//! A request's bytes: what is the same in all of them is written once, when the lane begins.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::HeaderName;
use url::Url;

use crate::api::{Exchange, Input};
use crate::plan::Plan;
use crate::transport::identity::identify;
use crate::transport::signing::{Signer, Unsigned};
use crate::transport::{SetupError, USER_AGENT, authority};

/// The methods whose requests say that they have no body where they have none (RFC 9110, section 8.6).
const WITH_BODY: [&str; 3] = ["POST", "PUT", "PATCH"];

/// Fields of ours that go unsigned: a proxy may write them anew, and the body is signed by its digest.
const UNSIGNED: [&str; 2] = ["accept", "content-length"];

/// Writes requests into buffers of its own, one after another.
#[derive(Debug)]
pub(super) struct Requests {
    plan: Arc<Plan>,
    /// One for each exchange.
    forms: Vec<Form>,
    /// What the target's own path puts before that of every request.
    prefix: String,
    /// Scheme, host and port, for signatures.
    origin: String,
    signer: Option<Signer>,
    /// The head of the current request.
    head: String,
    /// Its body.
    body: String,
    target: String,
    scratch: String,
}

/// What is fixed of an exchange's requests.
#[derive(Debug)]
struct Form {
    method: Box<str>,
    is_head: bool,
    /// The fields that never change.
    fixed: Box<str>,
    /// Whether a request without a body says so.
    says_empty: bool,
    /// Names of fields that are left out, because they are not names or because they are the transport's own business.
    left_out: Box<[Box<str>]>,
}

/// What the connection has to know of a request that was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub(super) is_head: bool,
    /// What was added to the clock, where the request was signed.
    pub(super) signed: Option<i64>,
}

/// A request that cannot be signed.
#[derive(Debug)]
pub(super) struct Unsignable;

impl Requests {
    pub(super) fn new(plan: Arc<Plan>, url: &Url, signer: Option<Signer>) -> Result<Self, SetupError> {
        let forms = plan.exchanges.iter().map(|exchange| Form::new(exchange, url));
        let forms = forms.collect::<Result<_, _>>()?;
        let prefix = url.path().trim_end_matches('/').to_owned();
        let origin = format!("{}://{}", url.scheme(), authority(url));
        let (head, body, target, scratch) = (String::new(), String::new(), String::new(), String::new());
        Ok(Self { plan, forms, prefix, origin, signer, head, body, target, scratch })
    }

    /// Who signs.
    pub(super) fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Writes a request; [`bytes`](Self::bytes) has it until the next one is written.
    pub(super) fn write(&mut self, input: &Input) -> Result<Written, Unsignable> {
        let Self { plan, forms, prefix, origin, signer, head, body, target, scratch } = self;
        let exchange = &plan.exchanges[input.exchange];
        let form = &forms[input.exchange];
        body.clear();
        let has_body = exchange.write_body(input, body);
        target.clear();
        target.push_str(prefix);
        exchange.write_target(input, target);
        if !target.bytes().all(is_target) {
            *target = tidy(target);
        }
        head.clear();
        push_all(head, &[&form.method, " ", target, " HTTP/1.1\r\n", &form.fixed]);
        if has_body {
            let mut digits = itoa::Buffer::new();
            push_all(head, &["content-length: ", digits.format(body.len()), "\r\n"]);
        } else if form.says_empty {
            head.push_str("content-length: 0\r\n");
        }
        if plan.transport.sdk_headers {
            identify(plan.seed, input.attempt, scratch, &mut |name, value| {
                push_all(head, &[name, ": ", value, "\r\n"]);
            });
        }
        exchange.write_headers(input, scratch, &mut |name, value| {
            if form.left_out.iter().all(|left_out| !left_out.eq_ignore_ascii_case(name)) {
                push_all(head, &[name, ": ", value, "\r\n"]);
            }
        });
        let mut signed = None;
        if let Some(signer) = signer {
            let url = format!("{origin}{target}");
            signed = Some(sign(signer, &form.method, &url, head, body)?);
        }
        head.push_str("\r\n");
        Ok(Written { is_head: form.is_head, signed })
    }

    /// The request that was written last: head and body.
    pub(super) fn bytes(&self) -> (&[u8], &[u8]) {
        (self.head.as_bytes(), self.body.as_bytes())
    }
}

/// Adds a signature's fields to a head that has only its last empty line still to come. What was added to the clock.
fn sign(signer: &Signer, method: &str, url: &str, head: &mut String, body: &str) -> Result<i64, Unsignable> {
    let fields = head.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
    let signed = |(name, value): &(&str, &str)| value.is_ascii() && !UNSIGNED.contains(name);
    let fields: Vec<(&str, &str)> = fields.filter(signed).collect();
    let request = Unsigned { method, url, fields: &fields, body: body.as_bytes() };
    let signature = signer.sign(&request).ok_or(Unsignable)?;
    for (name, value) in signature.fields {
        push_all(head, &[name, ": ", &value, "\r\n"]);
    }
    Ok(signature.offset)
}

impl Form {
    fn new(exchange: &Exchange, url: &Url) -> Result<Self, SetupError> {
        let method = &exchange.method;
        if !method.bytes().all(|byte| byte.is_ascii_uppercase()) || method.is_empty() {
            return Err(SetupError::Method(method.to_string()));
        }
        let names: Vec<&str> = exchange.header_names().collect();
        let mut fixed = String::new();
        let mut field = |name: &str, value: &str| {
            if names.iter().all(|given| !given.eq_ignore_ascii_case(name)) {
                push_all(&mut fixed, &[name, ": ", value, "\r\n"]);
            }
        };
        field("host", &authority(url));
        field("user-agent", USER_AGENT);
        field("accept", "*/*");
        if exchange.has_body() {
            field("content-type", "application/json");
        }
        if !url.username().is_empty() {
            field("authorization", &basic(url));
        }
        // Where a body ends is the transport's business alone: two opinions on it are how requests are smuggled.
        let framing = ["content-length", "transfer-encoding"];
        let left_out = names.into_iter().filter(|name| {
            HeaderName::from_bytes(name.as_bytes()).is_err() || framing.iter().any(|own| own.eq_ignore_ascii_case(name))
        });
        Ok(Self {
            is_head: method.as_ref() == "HEAD",
            says_empty: WITH_BODY.contains(&method.as_ref()),
            left_out: left_out.map(Into::into).collect(),
            method: method.clone(),
            fixed: fixed.into(),
        })
    }
}

fn basic(url: &Url) -> String {
    let decode = |text| percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let password = url.password().map(decode).unwrap_or_default();
    format!("Basic {}", BASE64.encode(format!("{}:{password}", decode(url.username()))))
}

fn push_all(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

/// Whether a byte may stand in a request line: a space or a line's end would end it too early.
fn is_target(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'#'
}

/// A target with everything encoded that may not stand in it. Links to further pages come from the server, and a fragment is
/// never sent.
fn tidy(target: &str) -> String {
    let target = target.split('#').next().unwrap_or_default();
    target.bytes().fold(String::with_capacity(target.len() + 16), |mut tidy, byte| {
        if is_target(byte) {
            tidy.push(char::from(byte));
        } else {
            tidy.push_str(percent_encoding::percent_encode_byte(byte));
        }
        tidy
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_target_ends_the_request_line() {
        assert_eq!(tidy("/a b\r\nx: y?é#part"), "/a%20b%0D%0Ax:%20y?%C3%A9");
        assert!("/a/b?c=%20&d=~".bytes().all(is_target));
    }
}
