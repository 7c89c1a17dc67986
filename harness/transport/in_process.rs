//! No wire at all: the modelled service answers in the same process, and no byte is made or read.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use super::Transport;
use crate::api::{
    CaptureSource, Context, Cursor, Exchange, Extracted, FailedItem, Hints, Input, Reply, Stamps, WireError,
};
use crate::plan::Plan;
use crate::service::attendees::AttendeeView;
use crate::service::attendees::request::{CreateMeeting, NewAttendee};
use crate::service::config::{RejectBody, ResetAt, WireFault};
use crate::service::{Answer, Body, Identity, Request, Service};
use crate::time::MonotonicClock;
use crate::units::Nanos;

/// Waits until an instant; given by the driver, which owns waiting.
pub trait Wait {
    /// Waits.
    fn until(&self, at: Nanos) -> impl Future<Output = ()> + use<Self>;
}

/// Calls the modelled service. Captures from headers are absent: there are none.
#[derive(Debug)]
pub struct InProcess<W> {
    plan: Arc<Plan>,
    service: Rc<RefCell<Service>>,
    clock: MonotonicClock,
    wait: W,
}

impl<W: Wait> InProcess<W> {
    /// A transport to a service.
    pub fn new(plan: Arc<Plan>, service: Rc<RefCell<Service>>, clock: MonotonicClock, wait: W) -> Self {
        Self { plan, service, clock, wait }
    }
}

impl<W: Wait> Transport for InProcess<W> {
    fn send(&self, input: Input) -> impl Future<Output = Reply> + use<W> {
        let sent = self.clock.now();
        let exchange = &self.plan.exchanges[input.exchange];
        let answer = ask(&mut self.service.borrow_mut(), exchange, &input, sent);
        let (delay, reply) = match answer {
            Ok(answer) => (answer.delay + fault_delay(&answer), reply_of(exchange, &input, &answer)),
            Err(error) => (Nanos::ZERO, Reply::broken(error, Stamps::default())),
        };
        let wait = self.wait.until(sent + delay);
        let clock = self.clock;
        async move {
            wait.await;
            let now = clock.now();
            Reply { stamps: Stamps { sent, first_byte: now, done: now }, ..reply }
        }
    }

    fn name(&self) -> &'static str {
        "in process"
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
fn ask(service: &mut Service, exchange: &Exchange, input: &Input, now: Nanos) -> Result<Answer, WireError> {
    let parameters = Parameters { exchange, context: exchange.context(input) };
    let meeting = parameters.needed("MeetingId");
    let attendee = parameters.needed("AttendeeId");
    let identity = Identity { client: input.values.client, ..Identity::default() };
    let caller = service.caller(&identity);
    let mut handle = |request: &Request<'_>| Ok(service.handle(now, caller, request));
    match exchange.operation.as_ref() {
        "CreateMeeting" => {
            let (token, region) = (parameters.needed("ClientRequestToken"), parameters.needed("MediaRegion"));
            let external = parameters.needed("ExternalMeetingId");
            handle(&Request::CreateMeeting(CreateMeeting {
                client_request_token: &token,
                media_region: &region,
                external_meeting_id: &external,
                ..CreateMeeting::default()
            }))
        }
        "GetMeeting" => handle(&Request::GetMeeting { meeting: &meeting }),
        "DeleteMeeting" => handle(&Request::DeleteMeeting { meeting: &meeting }),
        "CreateAttendee" => {
            let name = parameters.needed("ExternalUserId");
            let attendee = NewAttendee { external_user_id: &name, capabilities: None };
            handle(&Request::CreateAttendee { meeting: &meeting, attendee })
        }
        "BatchCreateAttendee" => {
            let names = item_names(exchange, input);
            let attendees: Vec<_> =
                names.iter().map(|name| NewAttendee { external_user_id: name, capabilities: None }).collect();
            handle(&Request::BatchCreateAttendee { meeting: &meeting, attendees: &attendees })
        }
        "GetAttendee" => handle(&Request::GetAttendee { meeting: &meeting, attendee: &attendee }),
        "ListAttendees" => {
            let next_token = match &input.page {
                Some(Cursor::Token(Value::String(token))) => Some(token.as_str()),
                _ => None,
            };
            let max_results = exchange.page_size.map(i64::from);
            handle(&Request::ListAttendees { meeting: &meeting, max_results, next_token })
        }
        "DeleteAttendee" => handle(&Request::DeleteAttendee { meeting: &meeting, attendee: &attendee }),
        _ => Err(WireError::Refused),
    }
}

fn item_names(exchange: &Exchange, input: &Input) -> Vec<String> {
    let items = input.items.iter().flat_map(|items| items.iter().copied());
    items.map(|item| exchange.key_of(input, Some(item)).unwrap_or_default()).collect()
}

fn reply_of(exchange: &Exchange, input: &Input, answer: &Answer) -> Reply {
    let hints = Hints {
        amz_retry_after: answer.hints.aws_retry_after.map(Nanos::from_millis),
        retry_after: answer.hints.retry_after.map(Nanos::from_secs),
    };
    if let Some(error) = answer.fault.and_then(|fault| wire_error(fault, exchange)) {
        return Reply::broken(error, Stamps::default());
    }
    let error_code = match &answer.body {
        // Plain text has no place for it.
        Body::Error(_) if answer.refusal.as_ref().is_some_and(|refusal| refusal.body == RejectBody::Text) => None,
        Body::Error(error) => Some(error.type_name.as_ref().into()),
        _ => None,
    };
    let extracted =
        if exchange.success.contains(answer.status) { extract(exchange, input, answer) } else { Extracted::default() };
    Reply { status: Ok(answer.status), error_code, hints, extracted, stamps: Stamps::default() }
}

/// What a client sees of a fault on the wire; `None` where it still gets its reply.
fn wire_error(fault: WireFault, exchange: &Exchange) -> Option<WireError> {
    match fault {
        WireFault::Reset(ResetAt::AfterReply) | WireFault::SlowBody { .. } | WireFault::Stall => None,
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
        Body::Batch { errors, .. } => {
            let names = item_names(exchange, input);
            let items = input.items.as_deref().unwrap_or_default();
            extracted.failed = errors
                .iter()
                .filter_map(|error| {
                    let position = names.iter().position(|name| *name == error.external_user_id)?;
                    Some(FailedItem { index: items[position], code: error.code.into() })
                })
                .collect();
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
    extracted.captures = exchange.wants.captures.iter().map(|source| capture(source, answer)).collect();
    extracted
}

/// The ids that the model can supply for a capture, by the member that the path ends in.
fn capture(source: &CaptureSource, answer: &Answer) -> Value {
    let path = match source {
        CaptureSource::Status => return Value::from(answer.status),
        CaptureSource::Header(_) => return Value::Null,
        CaptureSource::Body(path) | CaptureSource::Every(path) => path,
    };
    let document = document(&answer.body);
    match source {
        CaptureSource::Every(_) => Value::Array(path.all(&document).into_iter().cloned().collect()),
        _ => path.first(&document).cloned().unwrap_or(Value::Null),
    }
}

/// The ids and names of an answer in the shape of its JSON; built only where a step captures something.
fn document(body: &Body) -> Value {
    let attendee = |view: &AttendeeView| {
        serde_json::json!({
            "AttendeeId": view.id.to_string(),
            "ExternalUserId": view.external_user_id.as_ref(),
            "JoinToken": view.join_token(),
        })
    };
    match body {
        Body::Meeting(meeting) => serde_json::json!({
            "Meeting": {
                "MeetingId": meeting.id.to_string(),
                "ExternalMeetingId": meeting.external_id,
                "MeetingArn": meeting.arn(),
            }
        }),
        Body::Attendee(view) => serde_json::json!({ "Attendee": attendee(view) }),
        Body::Batch { attendees, .. } | Body::Page { attendees, .. } => {
            serde_json::json!({ "Attendees": attendees.iter().map(attendee).collect::<Vec<_>>() })
        }
        Body::Empty | Body::Error(_) => Value::Null,
    }
}
