//! From the service's answer to what a client reads of it.

use serde_json::Value;

use super::super::told;
use crate::api::{
    CaptureSource, Claim, Cursor, Exchange, Extracted, FailedItem, Hints, Input, Reply, Stamps, WireError,
};
use crate::service::attendees::document::Document;
use crate::service::config::{RejectBody, ResetAt, WireFault};
use crate::service::{Answer, Batch, Body};
use crate::units::Nanos;

fn item_names(exchange: &Exchange, input: &Input) -> Vec<String> {
    let items = input.items.iter().flat_map(|items| items.iter().copied());
    items.map(|item| exchange.key_of(input, Some(item)).unwrap_or_default()).collect()
}

pub(super) fn reply_of(exchange: &Exchange, input: &Input, answer: &Answer) -> Reply {
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
    let claim = exchange.wants.claims.then(|| told::claim(answer)).filter(Claim::says_anything).map(Box::new);
    Reply { status: Ok(answer.status), error_code, hints, extracted, claim, stamps: Stamps::default() }
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
pub(super) fn fault_delay(answer: &Answer) -> Nanos {
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
