//! Asking the modelled service in the same process: an attempt's values go in, a typed reply comes out. No clock, no waiting.

use std::sync::Arc;

use serde_json::Value;

use super::told;
use crate::api::{
    CaptureSource, Context, Cursor, Exchange, Extracted, FailedItem, Hints, Input, Reply, Stamps, WireError,
};
use crate::plan::Plan;
use crate::service::attendees::document::Document;
use crate::service::config::{RejectBody, ResetAt, WireFault};
use crate::service::{Address, Answer, Batch, Body, Identity, OperationKind, Sent, Service, ServiceError};
use crate::units::Nanos;

/// Puts attempts to the modelled service. Captures from headers are absent: there are none.
#[derive(Clone, Debug)]
pub struct Asking {
    plan: Arc<Plan>,
}

impl Asking {
    /// For the attempts of a plan.
    pub fn new(plan: Arc<Plan>) -> Self {
        Self { plan }
    }

    /// What the service answers to a request that reaches it at `now`, without stamps, and how long it takes until the reply
    /// leaves; [`Nanos::MAX`] is never.
    pub fn ask(&self, service: &mut Service, now: Nanos, input: &Input) -> (Nanos, Reply) {
        let exchange = &self.plan.exchanges[input.exchange];
        match ask(service, exchange, input, now) {
            Ok(answer) => (answer.delay + fault_delay(&answer), reply_of(exchange, input, &answer)),
            Err(error) => (Nanos::ZERO, Reply::broken(error, Stamps::default())),
        }
    }
}

/// The parameters of a step, filled in.
struct Parameters<'a> {
    exchange: &'a Exchange,
    context: Context<'a>,
}

impl Parameters<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.exchange.parameter(name)?.as_text()?.fill(&self.context)
    }

    fn needed(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }
}

/// Asks the service for what the exchange's operation names; an operation that it does not have is as if nobody listened.
///
/// The body is the very text that would go over the wire, read by the very code that reads it there: so no parameter can
/// mean one thing here and another thing there. The operations that are asked most have no body.
fn ask(service: &mut Service, exchange: &Exchange, input: &Input, now: Nanos) -> Result<Answer, WireError> {
    let operation = OperationKind::from_name(&exchange.operation).ok_or(WireError::Refused)?;
    let caller = service.caller(&Identity { client: input.values.client, ..Identity::default() });
    if !operation.is_in(caller.namespace()) {
        return Ok(Answer::error(ServiceError::unknown_operation()));
    }
    let parameters = Parameters { exchange, context: exchange.context(input) };
    let (meeting, attendee) = (parameters.needed("MeetingId"), parameters.needed("AttendeeId"));
    let arn = if operation == OperationKind::ListTagsForResource { parameters.text("ResourceARN") } else { None };
    let max_results = exchange.page_size.map(|size| size.to_string());
    let next_token = match &input.page {
        Some(Cursor::Token(Value::String(token))) => Some(token.as_str()),
        _ => None,
    };
    let address = Address {
        operation,
        meeting: &meeting,
        attendee: &attendee,
        max_results: max_results.as_deref(),
        next_token,
        arn: arn.as_deref(),
    };
    let text = if operation.has_body() { exchange.render_body(input).unwrap_or_default() } else { String::new() };
    let path = exchange.render_path(input);
    let query = |name: &str| if name == "max-results" { max_results.clone() } else { None };
    let sent = Sent { path: &path, query: &query };
    let answer = service.serve(now, caller, sent, address, || {
        serde_json::from_str(&text).map_err(|fault| ServiceError::bad_request(fault.to_string()))
    });
    Ok(answer.unwrap_or_else(Answer::from))
}

fn item_names(exchange: &Exchange, input: &Input) -> Vec<String> {
    let items = input.items.iter().flat_map(|items| items.iter().copied());
    items.map(|item| exchange.key_of(input, Some(item)).unwrap_or_default()).collect()
}

fn reply_of(exchange: &Exchange, input: &Input, answer: &Answer) -> Reply {
    if let Some(error) = answer.fault.and_then(|fault| wire_error(fault, exchange)) {
        return Reply::broken(error, Stamps::default());
    }
    let error_code = match &answer.body {
        // Plain text has no place for it.
        Body::Error(_) if answer.refusal.as_ref().is_some_and(|refusal| refusal.body == RejectBody::Text) => None,
        Body::Error(error) => Some(error.type_name.as_ref().into()),
        _ => None,
    };
    let (hints, extracted) = if exchange.success.contains(answer.status) {
        (Hints::default(), extract(exchange, input, answer))
    } else {
        (told::hints(&exchange.wants.noted, answer), Extracted::default())
    };
    Reply { status: Ok(answer.status), error_code, hints, extracted, stamps: Stamps::default() }
}

/// What a client sees of a fault on the wire; `None` where it still gets its reply.
fn wire_error(fault: WireFault, exchange: &Exchange) -> Option<WireError> {
    match fault {
        WireFault::Reset(ResetAt::AfterReply)
        | WireFault::SlowBody { .. }
        | WireFault::Stall
        | WireFault::Duplicate => None,
        WireFault::Reset(_) => Some(WireError::Reset),
        WireFault::Truncate => Some(WireError::Closed),
        WireFault::Garbage => Some(WireError::Protocol),
        // Half a body, and a body that is no JSON, hurt only those who read it.
        WireFault::WrongLength | WireFault::InvalidJson => exchange.wants.needs_body().then_some(WireError::BadBody),
    }
}

/// How much longer a fault makes the reply take.
fn fault_delay(answer: &Answer) -> Nanos {
    match answer.fault {
        Some(WireFault::SlowBody { over }) => over,
        Some(WireFault::Stall) => Nanos::MAX,
        _ => Nanos::ZERO,
    }
}

fn extract(exchange: &Exchange, input: &Input, answer: &Answer) -> Extracted {
    let mut extracted = Extracted::default();
    match &answer.body {
        Body::Batch(Batch { errors, .. }) | Body::MeetingWithAttendees(_, Batch { errors, .. })
            if !errors.is_empty() =>
        {
            let names = item_names(exchange, input);
            let items = input.items.as_deref().unwrap_or_default();
            extracted.failed = errors
                .iter()
                .filter_map(|error| {
                    let position = names.iter().position(|name| *name == error.external_user_id)?;
                    Some(FailedItem { index: items[position], code: error.code.as_ref().into() })
                })
                .collect();
        }
        Body::Meetings { meetings, next_token } => {
            extracted.listed = meetings.len() as u32;
            extracted.next = next_token.clone().map(|token| Cursor::Token(Value::String(token)));
        }
        Body::Page { attendees, next_token } => {
            extracted.listed = attendees.len() as u32;
            extracted.next = next_token.clone().map(|token| Cursor::Token(Value::String(token)));
            if exchange.wants.keys.is_some() {
                extracted.keys = attendees.iter().map(|attendee| attendee.external_user_id.to_string()).collect();
            }
        }
        _ => {}
    }
    if !exchange.wants.captures.is_empty() {
        // The document that the wire would carry; built only where a step captures something.
        let document = Document { body: &answer.body, request_id: None };
        let document = serde_json::to_value(document).unwrap_or_default();
        extracted.captures =
            exchange.wants.captures.iter().map(|source| capture(source, answer.status, &document)).collect();
    }
    extracted
}

fn capture(source: &CaptureSource, status: u16, document: &Value) -> Value {
    match source {
        CaptureSource::Status => Value::from(status),
        CaptureSource::Header(_) => Value::Null,
        CaptureSource::Body(path) => path.first(document).cloned().unwrap_or(Value::Null),
        CaptureSource::Every(path) => Value::Array(path.all(document).into_iter().cloned().collect()),
    }
}
