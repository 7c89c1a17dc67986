//! No wire at all: the modelled service answers in the same process, and no byte is made or read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Alarm, Transport};
use crate::api::{
    CaptureSource, Context, Cursor, Exchange, Extracted, FailedItem, Hints, Input, NotedHeaders, Reply, Stamps,
    WireError,
};
use crate::lane::AttemptId;
use crate::plan::Plan;
use crate::service::attendees::document::Document;
use crate::service::config::{RejectBody, ResetAt, WireFault};
use crate::service::{Address, Answer, Batch, Body, Identity, LimitState, OperationKind, Sent, Service, ServiceError};
use crate::time::{MonotonicClock, park_until};
use crate::units::Nanos;

/// Calls the modelled service. Captures from headers are absent: there are none.
#[derive(Debug)]
pub struct InProcess {
    plan: Arc<Plan>,
    service: Rc<RefCell<Service>>,
    clock: MonotonicClock,
    /// Replies by the time at which they are there, and by a number that keeps two for the same instant in order.
    coming: BTreeMap<(Nanos, u64), (AttemptId, Reply)>,
    /// Where an attempt's reply stands, for one that is given up.
    places: FxHashMap<AttemptId, (Nanos, u64)>,
    /// Numbers the replies.
    next: u64,
}

impl InProcess {
    /// A transport to a service.
    pub fn new(plan: Arc<Plan>, service: Rc<RefCell<Service>>, clock: MonotonicClock) -> Self {
        Self { plan, service, clock, coming: BTreeMap::new(), places: FxHashMap::default(), next: 0 }
    }

    /// What the service answers to a request that is sent now, without stamps, and how long it takes until the reply is there.
    pub fn ask(&self, now: Nanos, input: &Input) -> (Nanos, Reply) {
        let exchange = &self.plan.exchanges[input.exchange];
        match ask(&mut self.service.borrow_mut(), exchange, input, now) {
            Ok(answer) => (answer.delay + fault_delay(&answer), reply_of(exchange, input, &answer)),
            Err(error) => (Nanos::ZERO, Reply::broken(error, Stamps::default())),
        }
    }
}

impl Transport for InProcess {
    fn send(&mut self, attempt: AttemptId, input: Input) {
        let sent = self.clock.now();
        let (delay, mut reply) = self.ask(sent, &input);
        reply.stamps.sent = sent;
        let place = (sent + delay, self.next);
        self.next += 1;
        self.places.insert(attempt, place);
        self.coming.insert(place, (attempt, reply));
    }

    fn cancel(&mut self, attempt: AttemptId) {
        if let Some(place) = self.places.remove(&attempt) {
            self.coming.remove(&place);
        }
    }

    fn wait(&mut self, until: Nanos) {
        let first = self.coming.first_key_value().map_or(Nanos::MAX, |((at, _), _)| *at);
        park_until(self.clock, until.min(first));
    }

    fn next_reply(&mut self) -> Option<(AttemptId, Reply)> {
        let now = self.clock.now();
        let first = self.coming.first_entry().filter(|entry| entry.key().0 <= now)?;
        let (attempt, mut reply) = first.remove();
        self.places.remove(&attempt);
        (reply.stamps.first_byte, reply.stamps.done) = (now, now);
        Some((attempt, reply))
    }

    fn alarm(&self) -> Alarm {
        let waiting = std::thread::current();
        Alarm::new(move || waiting.unpark())
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
        (hints(&exchange.wants.noted, answer), Extracted::default())
    };
    Reply { status: Ok(answer.status), error_code, hints, extracted, stamps: Stamps::default() }
}

/// What the header fields of a refusal would say.
fn hints(noted: &NotedHeaders, answer: &Answer) -> Hints {
    let limit = answer.refusal.as_ref().and_then(|refusal| refusal.limit.as_deref());
    // One that has something left does not say when there is more.
    let empty = limit.filter(|limit| limit.quota.remaining == 0);
    let reset = |limit: &LimitState| limit.reset().map(Nanos::from_secs);
    let (told, told_before) =
        (limit.is_some_and(|limit| limit.ratelimit), limit.is_some_and(|limit| limit.x_ratelimit));
    let hints = Hints {
        amz_retry_after: answer.hints.aws_retry_after.map(Nanos::from_millis),
        retry_after: answer.hints.retry_after.map(Nanos::from_secs),
        ratelimit: empty.filter(|limit| limit.ratelimit && limit.quota.window.is_some()).and_then(reset),
        x_ratelimit_reset: empty.filter(|limit| limit.x_ratelimit).and_then(reset),
        ..Hints::default()
    };
    let noted = noted.of(|name| match name {
        "content-type" | "x-amzn-requestid" => true,
        "x-amzn-errortype" => answer.refusal.as_ref().is_none_or(|refusal| refusal.body == RejectBody::AwsJson),
        "retry-after" => hints.retry_after.is_some(),
        "x-amz-retry-after" => hints.amz_retry_after.is_some(),
        "ratelimit" | "ratelimit-policy" => told,
        "x-ratelimit-limit" | "x-ratelimit-remaining" => told_before,
        "x-ratelimit-reset" => told_before && limit.and_then(LimitState::reset).is_some(),
        _ => false,
    });
    Hints { noted, ..hints }
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
