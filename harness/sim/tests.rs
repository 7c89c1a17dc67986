//! The light way of the service against the full one, and runs beside each other.

use std::path::Path;

use super::*;
use crate::scenario::{self, Flags, Source};

fn plan(text: &str) -> Arc<Plan> {
    let source = Source { name: "test.yaml".to_owned(), text: text.to_owned() };
    let (flags, environment) = (Flags::default(), |_: &str| None);
    let input = scenario::Input {
        source: &source,
        folder: Path::new(""),
        overrides: &[],
        flags: &flags,
        environment: &environment,
    };
    let plan = scenario::load(input).and_then(|loaded| loaded.simulation());
    Arc::new(plan.unwrap_or_else(|faults| panic!("{faults}\n{text}")))
}

fn simulation(plan: &Arc<Plan>) -> Simulation {
    Simulation { plan: Arc::clone(plan), network: Network { round_trip: Nanos::from_millis(2) }, trace: true }
}

/// A scenario over a service with everything that can come in between a request and its effect.
fn scenario(steps: &str, rest: &str) -> String {
    format!(
        "
name: light
target: {{mock: attendees}}
safety: {{max_requests: 1000000, max_duration: 1h}}
retry: aws-standard-2.1
clients: 5
limiters:
  bucket: {{type: token_bucket, rate: 40/s, burst: 30, scope: [account, operation], noise: 1%}}
  few: {{type: concurrency, limit: 6, queue: 2, scope: [client]}}
  items: {{type: token_bucket, rate: 900/s, burst: 500, cost: batch.items, scope: [account]}}
mock:
  limits:
    - {{operations: [BatchCreateAttendee], all_of: [bucket, items]}}
    - {{all_of: [bucket, few]}}
  reject: {{retry_after: ceil_seconds, latency: 1ms, cost: 10%}}
  latency: {{type: log_normal, median: 30ms, p99: 300ms}}
  workers: {{count: 4, queue: 20}}
  faults:
    - {{chance: 2%, status: 500}}
    - {{every: 40, truncate: true}}
    - {{chance: 1%, invalid_json: true}}
    - {{at: 3s, for: 1s, chance: 20%, reset: before_reply}}
  events:
    - {{at: 4s, for: 1s, set: {{down: {{status: 503}}}}}}
    - {{at: 6s, for: 1s, set: {{latency: 3, error_rate: 10%, workers: 2}}}}
    - {{at: 8s, for: 1s, set: {{limiters.bucket.rate: 5/s}}}}
  {rest}
setup:
  - call: CreateMeeting
    repeat: 3
    with: {{ClientRequestToken: '{{{{ uuid }}}}', MediaRegion: us-east-1, ExternalMeetingId: 'm-{{{{ seq }}}}'}}
    publish: {{meetings: $.Meeting.MeetingId}}
  - call: CreateAttendee
    repeat: 2
    with: {{MeetingId: '{{{{ meetings.next }}}}', ExternalUserId: 'host-{{{{ seq }}}}'}}
    publish: {{hosts: $.Attendee.AttendeeId}}
workloads:
  - name: w
    arrivals: {{rate: 60/s, duration: 10s, spacing: poisson}}
    flow:
{steps}"
    )
}

const UNLIMITED: &str = "quotas: {attendees_per_meeting: unlimited, meetings: unlimited}";
const GET: &str = "      - {call: GetMeeting, with: {MeetingId: '{{ meetings.random }}'}}\n";
const LOST: &str =
    "      - {call: GetAttendee, with: {MeetingId: '{{ meetings.next }}', AttendeeId: '{{ hosts.random }}'}}\n";
const CREATE: &str =
    "      - {call: CreateAttendee, with: {MeetingId: '{{ meetings.next }}', ExternalUserId: 'user-{{ seq }}'}}\n";
const OPEN: &str = "      - {call: CreateMeeting, with: {ClientRequestToken: '{{ uuid }}', MediaRegion: r2, ExternalMeetingId: abc}}\n";
const BATCH: &str = "      - call: BatchCreateAttendee
        with: {MeetingId: '{{ meetings.next }}'}
        batch: {size: 100, item: {ExternalUserId: 'b-{{ seq }}'}}
";
const LIST: &str =
    "      - {call: ListAttendees, with: {MeetingId: '{{ meetings.next }}'}, paginate: {page_size: 50}}\n";
const BAD: &str =
    "      - {call: CreateAttendee, with: {MeetingId: '{{ meetings.next }}', ExternalUserId: 'user-{{ item }}x'}}\n";
const CAPTURED: &str = "      - call: CreateAttendee
        with: {MeetingId: '{{ meetings.next }}', ExternalUserId: 'c-{{ seq }}'}
        capture: {attendee: $.Attendee.AttendeeId}
";

/// How many exchanges go the light way.
fn light(plan: &Arc<Plan>) -> usize {
    let simulation = simulation(plan);
    let mut run = Run::new(&simulation, false).expect("a service");
    for workload in &plan.setup {
        let end = run.quietly(Phase::Setup, workload.clone(), &watch::Seconds(|_: &Interval| {}));
        run.legacy.inherit(vec![end]);
    }
    run.model.lighten(run.now, run.legacy.pools());
    run.model.light()
}

#[test]
fn the_light_way_has_the_outcomes_of_the_full_one() {
    for (steps, rest, expected) in [
        (GET.to_owned(), "", 1),
        ([GET, BATCH, CREATE, OPEN].concat(), UNLIMITED, 4),
        // What an operation needs to know decides, for each by itself.
        ([GET, BATCH, CREATE, OPEN].concat(), "quotas: {attendees_per_meeting: 300, meetings: 20}", 1),
        ([GET, CAPTURED, CREATE].concat(), UNLIMITED, 2),
        // A pair of ids that does not belong together is not there, and a name may be bad.
        ([GET, LOST].concat(), "", 1),
        ([GET, BAD].concat(), UNLIMITED, 1),
        // Who lists sees everything.
        ([GET, CREATE, LIST].concat(), UNLIMITED, 0),
        (GET.to_owned(), "meeting_lifetime: 5s", 0),
    ] {
        let plan = plan(&scenario(&steps, rest));
        assert_eq!(light(&plan), expected, "{steps}{rest}");
        let simulation = simulation(&plan);
        let run = |light| {
            let run = Run { light, ..Run::new(&simulation, false).expect("a service") };
            run.whole(&mut watch::Seconds(|_: &Interval| {})).expect("a simulation").trace.expect("a trace")
        };
        let (light, full) = (run(true), run(false));
        assert!(full.attempts.len() > 500, "{}", full.attempts.len());
        assert!(light == full, "{steps}{rest}: {} and {} attempts", light.attempts.len(), full.attempts.len());
    }
}

#[test]
fn a_trace_is_the_same_with_and_without_seconds() {
    let simulation = simulation(&plan(&scenario(&[GET, CREATE].concat(), UNLIMITED)));
    let with = simulation.run(|_| {}).expect("a simulation");
    let without = simulation.traced().expect("a simulation");
    assert!(with.trace.as_ref().is_some_and(|trace| trace.calls.len() > 500));
    assert!(with.trace == without.trace);
    assert_eq!(with.duration, without.duration);
}
