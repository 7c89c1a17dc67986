//! How a refusal by a limiter is dressed: headers that tell of the limit, and bodies of other shapes than the service's own.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use quick_xml::escape::escape;
use serde::Serialize;

use super::render::Reply;
use crate::service::attendees::id::Id;
use crate::service::config::RejectBody;
use crate::service::{Answer, Body, LimitState, ServiceError};
use crate::units::Nanos;

const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const X_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const X_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const X_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The largest integer of RFC 9651.
const LARGEST: u64 = 999_999_999_999_999;

/// Gives a refusal the shape that is configured; leaves every other answer as it is.
pub(super) fn dress(mut reply: Reply, answer: &Answer, request_id: Id) -> Reply {
    let (Some(refusal), Body::Error(error)) = (&answer.refusal, &answer.body) else { return reply };
    let limit = refusal.limit.as_deref();
    if let Some(limit) = limit {
        headers(limit, &mut reply.head.headers);
    }
    let (kind, body) = match refusal.body {
        RejectBody::AwsJson => return reply,
        RejectBody::AwsXml => ("text/xml", xml(error, request_id)),
        RejectBody::ProblemJson => ("application/problem+json", problem(error, limit)),
        RejectBody::Text => ("text/plain; charset=utf-8", error.message.to_string().into()),
    };
    reply.head.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // The name of the error is part of the service's own shape; the others have their places for it or none.
    reply.head.headers.remove("x-amzn-errortype");
    Reply { body, ..reply }
}

/// `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-11, and the three headers that came before.
/// `X-RateLimit-Reset` is a number of seconds.
fn headers(limit: &LimitState, headers: &mut HeaderMap) {
    let reset = limit.reset().map(|reset| reset.min(LARGEST));
    let (most, left) = (limit.quota.limit.min(LARGEST), limit.quota.remaining.min(LARGEST));
    let mut put = |name, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    if limit.ratelimit {
        let name = quoted(&limit.name);
        // When a place becomes free depends on others: of that the draft lets a server say nothing.
        let more = reset.filter(|_| limit.quota.window.is_some());
        put(RATELIMIT, format!("{name};r={left}{}", more.map_or(String::new(), |more| format!(";t={more}"))));
        let policy = limit
            .quota
            .window
            .map_or(";qu=\"concurrent-requests\"".to_owned(), |window| format!(";w={}", seconds(window).max(1)));
        put(RATELIMIT_POLICY, format!("{name};q={most}{policy}"));
    }
    if limit.x_ratelimit {
        put(X_LIMIT, most.to_string());
        put(X_REMAINING, left.to_string());
        if let Some(reset) = reset {
            put(X_RESET, reset.to_string());
        }
    }
}

fn seconds(span: Nanos) -> u64 {
    span.as_nanos().div_ceil(1_000_000_000).min(LARGEST)
}

/// A string of RFC 9651, which has none but printable ASCII.
fn quoted(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 2);
    text.push('"');
    for c in name.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            ' '..='~' => text.push(c),
            _ => text.push('_'),
        }
    }
    text.push('"');
    text
}

/// As services with the query protocol answer.
fn xml(error: &ServiceError, request_id: Id) -> Bytes {
    let blame = if error.status < 500 { "Sender" } else { "Receiver" };
    let (code, message) = (escape(&*error.type_name), escape(&*error.message));
    format!(
        "<ErrorResponse><Error><Type>{blame}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    .into()
}

/// The problem type of the same draft, in the form of RFC 9457.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    violated_policies: Option<[&'a str; 1]>,
}

fn problem(error: &ServiceError, limit: Option<&LimitState>) -> Bytes {
    let problem = Problem {
        r#type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
        title: "Request cannot be satisfied as assigned quota has been exceeded",
        status: error.status,
        detail: &error.message,
        code: &error.type_name,
        violated_policies: limit.map(|limit| [&*limit.name]),
    };
    // The type serialises into memory without a way to fail.
    serde_json::to_vec(&problem).map(Bytes::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::*;
    use crate::limit::Quota;
    use crate::service::Refusal;
    use crate::service::attendees::id::Id;

    fn dressed(body: RejectBody, limit: Option<LimitState>) -> Reply {
        let error = ServiceError::new(429, "Slow<Down>", "Rate exceeded");
        let answer = Answer { refusal: Some(Refusal { body, limit: limit.map(Box::new) }), ..Answer::error(error) };
        render::reply(&answer, Id::of_request(1, 0))
    }

    fn limit(window: Option<Nanos>, wait: Nanos) -> LimitState {
        let quota = Quota { limit: 20, window, remaining: 0 };
        LimitState { name: "cre\"até".into(), quota, wait, ratelimit: true, x_ratelimit: true }
    }

    fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
        reply.head.headers.get(name).map(|value| value.to_str().expect("ASCII"))
    }

    #[test]
    fn headers_tell_of_the_limit() {
        let reply = dressed(RejectBody::AwsJson, Some(limit(Some(Nanos::from_secs(2)), Nanos::from_millis(1_500))));
        assert_eq!(header(&reply, "ratelimit"), Some("\"cre\\\"at_\";r=0;t=2"));
        assert_eq!(header(&reply, "ratelimit-policy"), Some("\"cre\\\"at_\";q=20;w=2"));
        let old = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"].map(|name| header(&reply, name));
        assert_eq!(old, [Some("20"), Some("0"), Some("2")]);
        assert_eq!(header(&reply, "content-type"), Some("application/json"));
        let places = dressed(RejectBody::AwsJson, Some(limit(None, Nanos::from_secs(1))));
        assert_eq!(header(&places, "ratelimit"), Some("\"cre\\\"at_\";r=0"));
        assert_eq!(header(&places, "ratelimit-policy"), Some("\"cre\\\"at_\";q=20;qu=\"concurrent-requests\""));
        let never = dressed(RejectBody::AwsJson, Some(limit(Some(Nanos::from_secs(2)), Nanos::MAX)));
        assert_eq!(header(&never, "ratelimit"), Some("\"cre\\\"at_\";r=0"));
        assert_eq!(header(&never, "x-ratelimit-reset"), None);
        let silent = dressed(RejectBody::AwsJson, None);
        assert_eq!((header(&silent, "ratelimit"), header(&silent, "x-ratelimit-limit")), (None, None));
    }

    #[test]
    fn a_body_has_the_shape_that_was_asked_for() {
        let text = |reply: &Reply| String::from_utf8(reply.body.to_vec()).expect("UTF-8");
        let xml = dressed(RejectBody::AwsXml, None);
        assert!(
            text(&xml).contains("<Type>Sender</Type><Code>Slow&lt;Down&gt;</Code><Message>Rate exceeded</Message>")
        );
        assert_eq!((header(&xml, "content-type"), header(&xml, "x-amzn-errortype")), (Some("text/xml"), None));
        let problem = dressed(RejectBody::ProblemJson, Some(limit(None, Nanos::ZERO)));
        assert_eq!(header(&problem, "content-type"), Some("application/problem+json"));
        let json: serde_json::Value = serde_json::from_slice(&problem.body).expect("JSON");
        assert_eq!((&json["status"], &json["code"]), (&429.into(), &"Slow<Down>".into()));
        assert_eq!(json["violated-policies"], serde_json::json!(["cre\"até"]));
        let plain = dressed(RejectBody::Text, None);
        assert_eq!(
            (text(&plain).as_str(), header(&plain, "content-type")),
            ("Rate exceeded", Some("text/plain; charset=utf-8"))
        );
    }
}
