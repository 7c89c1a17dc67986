//! From a typed answer to status, headers and bytes.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::response::Parts;
use http::{Response, StatusCode};

use super::reject;
use crate::service::attendees::document::Document;
use crate::service::attendees::id::Id;
use crate::service::{Answer, Body};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const AWS_RETRY_AFTER: HeaderName = HeaderName::from_static("x-amz-retry-after");

/// A reply as bytes, before it is sent or damaged.
pub(super) struct Reply {
    pub(super) head: Parts,
    pub(super) body: Bytes,
}

impl Reply {
    /// Tells which methods a path supports, as a 405 has to.
    pub(super) fn allow(&mut self, methods: &'static str) {
        self.head.headers.insert(ALLOW, HeaderValue::from_static(methods));
    }
}

/// An answer with one attendee fits.
const USUAL_LENGTH: usize = 512;

/// Renders an answer.
pub(super) fn reply(answer: &Answer, request_id: Id) -> Reply {
    let mut body = Vec::new();
    if answer.body != Body::Empty {
        body.reserve(USUAL_LENGTH);
        let document = Document { body: &answer.body, request_id: Some(request_id) };
        // Writing these types into memory has no way to fail.
        let _ = serde_json::to_writer(&mut body, &document);
    }
    let body = Bytes::from(body);
    let (mut head, ()) = Response::new(()).into_parts();
    head.status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = &mut head.headers;
    if head.status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Ok(value) = HeaderValue::try_from(request_id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    if let Body::Error(error) = &answer.body
        && let Ok(value) = HeaderValue::try_from(&*error.type_name)
    {
        headers.insert(ERROR_TYPE, value);
    }
    if let Some(seconds) = answer.hints.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(millis) = answer.hints.aws_retry_after {
        headers.insert(AWS_RETRY_AFTER, HeaderValue::from(millis));
    }
    reject::dress(Reply { head, body }, answer, request_id)
}
