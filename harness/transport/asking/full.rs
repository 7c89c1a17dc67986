//! The whole way: the request is made, read and carried out.

use serde_json::Value;

use crate::api::{Cursor, Exchange, Input};
use crate::service::{Address, Answer, Identity, OperationKind, Sent, Service, ServiceError};
use crate::units::Nanos;

/// The parts of a request, filled in.
pub(super) struct Made {
    operation: OperationKind,
    meeting: String,
    attendee: String,
    arn: Option<String>,
    max_results: Option<String>,
    next_token: Option<String>,
    /// The very text that would go over the wire.
    pub(super) body: String,
}

impl Made {
    /// Makes the request of one attempt. The operations that are asked most have no body.
    pub(super) fn new(exchange: &Exchange, operation: OperationKind, input: &Input) -> Self {
        let context = exchange.context(input);
        let text = |name: &str| exchange.parameter(name)?.as_text()?.fill(&context);
        let next_token = match &input.page {
            Some(Cursor::Token(Value::String(token))) => Some(token.clone()),
            _ => None,
        };
        Self {
            operation,
            meeting: text("MeetingId").unwrap_or_default(),
            attendee: text("AttendeeId").unwrap_or_default(),
            arn: if operation == OperationKind::ListTagsForResource { text("ResourceARN") } else { None },
            max_results: exchange.page_size.map(|size| size.to_string()),
            next_token,
            body: if operation.has_body() { exchange.render_body(input).unwrap_or_default() } else { String::new() },
        }
    }

    /// Its path and query.
    pub(super) fn address(&self) -> Address<'_> {
        Address {
            operation: self.operation,
            meeting: &self.meeting,
            attendee: &self.attendee,
            max_results: self.max_results.as_deref(),
            next_token: self.next_token.as_deref(),
            arn: self.arn.as_deref(),
        }
    }

    /// The meeting's id.
    pub(super) fn meeting(&self) -> &str {
        &self.meeting
    }
}

/// Asks the service for an operation of its own.
///
/// The body is the very text that would go over the wire, read by the very code that reads it there: so no parameter can
/// mean one thing here and another thing there.
pub(super) fn ask(
    service: &mut Service,
    exchange: &Exchange,
    operation: OperationKind,
    input: &Input,
    now: Nanos,
) -> Answer {
    let caller = service.caller(&Identity { client: input.values.client, ..Identity::default() });
    if !operation.is_in(caller.namespace()) {
        return Answer::error(ServiceError::unknown_operation());
    }
    let made = Made::new(exchange, operation, input);
    let path = exchange.render_path(input);
    let query = |name: &str| if name == "max-results" { made.max_results.clone() } else { None };
    let sent = Sent { path: &path, query: &query };
    let answer = service.serve(now, caller, sent, made.address(), || {
        serde_json::from_str(&made.body).map_err(|fault| ServiceError::bad_request(fault.to_string()))
    });
    answer.unwrap_or_else(Answer::from)
}
