//! Every operation of both built-in catalogues, sent over HTTP and answered in process: the same status, the same error, the
//! same document, whatever the parameters say.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use loadline::api::{self, Attempt, Cursor, Exchange, Extracted, Input, Sequence, Values};
use loadline::mock::Front;
use loadline::plan::Plan;
use loadline::scenario::{Flags, Source};
use loadline::service::attendees::request::{CreateMeeting, NewAttendee};
use loadline::service::{Body, Identity, Request, Service};
use loadline::time::MonotonicClock;
use loadline::transport::InProcess;
use loadline::units::Nanos;

/// What every call of either namespace may say. `MEETING`, `ATTENDEE` and `ARN` stand for what the first two calls make.
const COMMON: &[&str] = &[
    "{call: CreateMeeting, with: {ClientRequestToken: token, MediaRegion: eu-west-1, ExternalMeetingId: all hands, MeetingHostId: host, Tags: [{Key: team, Value: blue}]}, capture: DOC}",
    "{call: CreateAttendee, with: {MeetingId: MEETING, ExternalUserId: ada}, capture: DOC}",
    "{call: CreateAttendee, with: {MeetingId: MEETING, ExternalUserId: '{{ seq }}'}}",
    "{call: CreateAttendee, with: {MeetingId: MEETING, ExternalUserId: 'say \"é\\n\"'}, capture: DOC}",
    "{call: CreateMeeting, with: {ClientRequestToken: token-2}}",
    "{call: CreateMeeting, with: {ClientRequestToken: x, MediaRegion: r, ExternalMeetingId: [1], TenantIds: 7}}",
    "{call: GetMeeting, with: {MeetingId: MEETING}, capture: DOC}",
    "{call: GetMeeting, with: {MeetingId: not an id}}",
    "{call: BatchCreateAttendee, with: {MeetingId: MEETING}, batch: {size: 6, item: {ExternalUserId: 'user-{{ seq }}'}}, capture: DOC}",
    "{call: BatchCreateAttendee, with: {MeetingId: MEETING}, batch: {size: 2, item: {ExternalUserId: 5}}}",
    "{call: GetAttendee, with: {MeetingId: MEETING, AttendeeId: ATTENDEE}, capture: DOC}",
    "{call: ListAttendees, with: {MeetingId: MEETING}, capture: DOC}",
    "{call: ListAttendees, with: {MeetingId: MEETING}, paginate: {page_size: 2}, capture: DOC}",
    "{call: ListAttendees, with: {MeetingId: ATTENDEE}}",
    "{call: CreateMeetingWithAttendees, with: {ClientRequestToken: retro, MediaRegion: r2, ExternalMeetingId: retro}, batch: {size: 3, item: {ExternalUserId: 'a-{{ item }}'}}, capture: DOC}",
    "{call: TagResource, with: {ResourceARN: ARN, Tags: [{Key: team, Value: red}, {Key: floor, Value: '2'}]}}",
    "{call: TagResource, with: {ResourceARN: ARN, Tags: [{Key: team}]}}",
    "{call: UntagResource, with: {ResourceARN: ARN, TagKeys: [floor]}}",
    "{call: ListTagsForResource, with: {ResourceARN: ARN}, capture: DOC}",
    "{call: ListTagsForResource, with: {ResourceARN: 'arn:aws:chime:nowhere'}}",
    "{call: ListTagsForResource}",
    "{call: DeleteAttendee, with: {MeetingId: MEETING, AttendeeId: ATTENDEE}}",
    "{call: DeleteAttendee, with: {MeetingId: MEETING, AttendeeId: ATTENDEE}}",
    "{call: DeleteMeeting, with: {MeetingId: MEETING}}",
    "{call: GetMeeting, with: {MeetingId: MEETING}}",
];

const MEETINGS: &[&str] = &[
    "{call: CreateMeeting, with: {ClientRequestToken: rich, MediaRegion: r2, ExternalMeetingId: rich, TenantIds: [t1], PrimaryMeetingId: MEETING, MeetingFeatures: {Audio: {EchoReduction: AVAILABLE}, Video: {MaxResolution: None}, Content: {}, Attendee: {MaxCount: 9}}, NotificationsConfiguration: {LambdaFunctionArn: 'arn:l'}}, capture: DOC}",
    "{call: CreateAttendee, with: {MeetingId: MEETING, ExternalUserId: eve, Capabilities: {Audio: Send, Video: None, Content: Send}}, capture: DOC}",
    "{call: CreateAttendee, with: {MeetingId: MEETING, ExternalUserId: eve, Capabilities: {Audio: Loud}}}",
    "{call: UpdateAttendeeCapabilities, with: {MeetingId: MEETING, AttendeeId: ATTENDEE, Capabilities: {Audio: Receive, Video: Receive, Content: None}}, capture: DOC}",
    "{call: UpdateAttendeeCapabilities, with: {MeetingId: MEETING, AttendeeId: ATTENDEE, Capabilities: {Audio: Receive, Video: None, Content: Receive}}}",
    "{call: BatchUpdateAttendeeCapabilitiesExcept, with: {MeetingId: MEETING, ExcludedAttendeeIds: [{AttendeeId: ATTENDEE}], Capabilities: {Audio: None, Video: None, Content: None}}}",
    "{call: BatchUpdateAttendeeCapabilitiesExcept, with: {MeetingId: MEETING, ExcludedAttendeeIds: []}}",
    "{call: GetAttendee, with: {MeetingId: MEETING, AttendeeId: ATTENDEE}, capture: DOC}",
];

const LEGACY: &[&str] = &[
    "{call: CreateMeeting, with: {ClientRequestToken: bare}, capture: DOC}",
    "{call: ListMeetings, capture: DOC}",
    "{call: ListMeetings, paginate: {page_size: 1}, capture: DOC}",
    "{call: CreateAttendee, with: {MeetingId: MEETING, ExternalUserId: eve, Tags: [{Key: a, Value: b}]}, capture: DOC}",
    "{call: TagMeeting, with: {MeetingId: MEETING, Tags: [{Key: k, Value: v}]}}",
    "{call: UntagMeeting, with: {MeetingId: MEETING, TagKeys: [team]}}",
    "{call: ListMeetingTags, with: {MeetingId: MEETING}, capture: DOC}",
    "{call: TagAttendee, with: {MeetingId: MEETING, AttendeeId: ATTENDEE, Tags: [{Key: k, Value: v}, {Key: l, Value: w}]}}",
    "{call: TagAttendee, with: {MeetingId: MEETING, AttendeeId: ATTENDEE, Tags: []}}",
    "{call: UntagAttendee, with: {MeetingId: MEETING, AttendeeId: ATTENDEE, TagKeys: [k]}}",
    "{call: ListAttendeeTags, with: {MeetingId: MEETING, AttendeeId: ATTENDEE}, capture: DOC}",
];

fn plan(api: &str, steps: &[String]) -> Plan {
    let text = format!(
        "name: both\ntarget: {{mock: attendees}}\napi: {api}\nmock: {{throttling: off, quotas: {{attendees_per_meeting: 7}}}}\nworkloads:\n  - name: w\n    iterations: {{count: 1, users: 1}}\n    flow:\n      - {}\n",
        steps.join("\n      - ")
    );
    let source = Source { name: "both.yaml".to_owned(), text };
    let (overrides, flags) = ([], Flags::default());
    let input = loadline::scenario::Input {
        source: &source,
        folder: Path::new(""),
        overrides: &overrides,
        flags: &flags,
        environment: &|_| None,
    };
    let loaded = loadline::scenario::load(input).unwrap_or_else(|faults| panic!("{faults}"));
    loaded.plan().unwrap_or_else(|faults| panic!("{faults}"))
}

/// The steps with the ids that the first two calls will hand out: they are functions of the seed.
fn steps(api: &str, own: &[&str]) -> Vec<String> {
    let plan = plan(api, &[COMMON[0].replace("capture: DOC", "capture: {doc: $}")]);
    let mut service = Service::new(plan.service).expect("a sound configuration");
    let caller = service.caller(&Identity::default());
    let (media_region, external_meeting_id) = (Some("eu-west-1"), Some("all hands"));
    let asked =
        CreateMeeting { client_request_token: "token", media_region, external_meeting_id, ..CreateMeeting::default() };
    let made = service.handle(Nanos::ZERO, caller, &Request::CreateMeeting(asked));
    let Body::Meeting(details) = made.body else { panic!("{made:?}") };
    let meeting = details.id.to_string();
    let attendee = NewAttendee::named("ada");
    let request = Request::CreateAttendee { meeting: &meeting, attendee: &attendee };
    let made = service.handle(Nanos::ZERO, caller, &request);
    let Body::Attendee(attendee) = made.body else { panic!("{made:?}") };
    // What a namespace has of its own comes before the attendee is deleted.
    let (first, last) = COMMON.split_at(COMMON.len() - 4);
    let all = first.iter().chain(own).chain(last).enumerate();
    all.map(|(index, step)| {
        let step = step.replace("MEETING", &meeting).replace("ATTENDEE", &attendee.id.to_string());
        step.replace("ARN: ARN", &format!("ARN: '{}'", details.arn())).replace("DOC", &format!("{{doc{index}: $}}"))
    })
    .collect()
}

/// What a client gets to see.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    error: Option<String>,
    extracted: Extracted,
}

fn over_http(front: &Front, exchange: &Exchange, input: &Input) -> Seen {
    let rendered = exchange.render(input);
    let request = http::Request::builder().method(&*exchange.method).uri(rendered.path_and_query);
    let request = request.body(Bytes::from(rendered.body.unwrap_or_default())).expect("a sound request");
    let reply = front.answer(SocketAddr::from(([127, 0, 0, 1], 1)), request);
    let status = reply.status().as_u16();
    let error = reply.headers().get("x-amzn-errortype").map(|value| value.to_str().expect("text").to_owned());
    let extracted = if exchange.success.contains(status) {
        exchange.read(input, "mock", status, reply.headers(), reply.body()).expect("a readable reply")
    } else {
        Extracted::default()
    };
    Seen { status, error, extracted }
}

fn in_process(transport: &InProcess, now: Nanos, input: &Input) -> Seen {
    let (_, reply) = transport.ask(now, input);
    let status = reply.status.expect("there is no wire to break");
    Seen { status, error: reply.error_code.map(|code| code.to_string()), extracted: reply.extracted }
}

fn compare(api: &str, own: &[&str], catalogue: &api::Catalogue) {
    let steps = steps(api, own);
    let plan = Arc::new(plan(api, &steps));
    let front = Front::new(Service::new(plan.service.clone()).expect("a sound configuration"));
    let service = Rc::new(RefCell::new(Service::new(plan.service.clone()).expect("a sound configuration")));
    let clock = MonotonicClock::start();
    let transport = InProcess::new(Arc::clone(&plan), service, clock);
    let mut succeeded = BTreeSet::new();
    assert_eq!(plan.exchanges.len(), steps.len());
    for (index, (exchange, step)) in plan.exchanges.iter().zip(&steps).enumerate() {
        let seq = Sequence { first: 1_000, stride: 1 };
        let values = Rc::new(Values { call: index as u64, seq, ..Values::default() });
        let size = step.split("batch: {size: ").nth(1).and_then(|rest| rest.split(',').next()).map(str::parse::<u32>);
        let items: Option<Rc<[u32]>> = size.map(|size| (0..size.expect("a number")).collect());
        let mut page: Option<Cursor> = None;
        loop {
            let attempt = Attempt { call: index as u64, number: 1, max: 1 };
            let input = Input { exchange: index, values: Rc::clone(&values), items: items.clone(), page, attempt };
            let (wire, direct) = (over_http(&front, exchange, &input), in_process(&transport, clock.now(), &input));
            assert_eq!(direct, wire, "{step}");
            if wire.error.is_none() {
                succeeded.insert(exchange.operation.to_string());
            }
            page = wire.extracted.next;
            if page.is_none() {
                break;
            }
        }
    }
    let all: BTreeSet<String> = catalogue.names().map(str::to_owned).collect();
    assert_eq!(succeeded, all, "each operation of {api} has been done");
}

#[test]
fn the_catalogue_of_meetings_means_the_same_in_process_and_over_http() {
    compare("attendees", MEETINGS, &api::attendees());
}

#[test]
fn the_legacy_catalogue_means_the_same_in_process_and_over_http() {
    compare("attendees-legacy", LEGACY, &api::attendees_legacy());
}

#[test]
fn the_catalogues_offer_what_the_service_has() {
    use loadline::service::{Namespace, OperationKind};
    let cases = [(Namespace::Meetings, api::attendees()), (Namespace::Legacy, api::attendees_legacy())];
    for (namespace, catalogue) in cases {
        let offered: BTreeSet<&str> = catalogue.names().collect();
        let known = OperationKind::ALL.into_iter().filter(|operation| operation.is_in(namespace));
        assert_eq!(offered, known.map(OperationKind::name).collect(), "{namespace:?}");
    }
}
