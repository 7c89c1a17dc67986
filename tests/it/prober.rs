//! Probers: stretches sent at the embedded service for real, and in virtual time.

use std::path::Path;
use std::sync::Arc;

use loadline::engine::{Halt, HaltSwitch, LiveProber, Unwatched};
use loadline::plan::{Shot, Stretch, Until};
use loadline::record::{Sight, Sighting};
use loadline::runner::Prober;
use loadline::scenario::{DiscoverTask, Flags, Input, load, source};
use loadline::sim::{Network, SimulatedProber};
use loadline::units::Nanos;

fn task(limiter: &str, latency: &str, discover: &str) -> DiscoverTask {
    let text = format!(
        "name: probed
target: {{mock: attendees}}
limiters: {{one: {limiter}}}
mock:
  throttling: off
  latency: {latency}
  limits: [{{operations: [GetMeeting], all_of: [one]}}]
setup:
  - call: CreateMeeting
    with: {{ClientRequestToken: one, MediaRegion: us-east-1, ExternalMeetingId: m}}
    publish: {{meetings: $.Meeting.MeetingId}}
workloads:
  - name: load
    arrivals: {{rate: 1/s, duration: 1s}}
    flow: [{{call: GetMeeting, with: {{MeetingId: \"{{{{ meetings.next }}}}\"}}}}]
discover: {discover}"
    );
    let source = source::text("scenario.yaml", text.into_bytes()).expect("a text");
    let flags = Flags::default();
    let input =
        Input { source: &source, folder: Path::new(""), overrides: &[], flags: &flags, environment: &|_| None };
    load(input).and_then(|loaded| loaded.discover()).expect("a task")
}

fn live(task: &DiscoverTask, halt: HaltSwitch) -> LiveProber {
    LiveProber::open(Arc::new(task.plan.clone()), task.steps.clone(), halt, &mut Unwatched).expect("a prober")
}

fn simulated(task: &DiscoverTask) -> SimulatedProber {
    let network = Network { round_trip: Nanos::from_millis(1) };
    SimulatedProber::open(Arc::new(task.plan.clone()), task.steps.clone(), network).expect("a prober")
}

fn stretch(count: u64, gap: Nanos, quiet: Nanos) -> Stretch {
    let shots = (0..count).map(|index| Shot { at: gap * index, variant: 0 }).collect();
    Stretch { quiet, shots, serial: false, until: Until::default() }
}

fn accepted(seen: &[Sighting]) -> usize {
    seen.iter().filter(|sighting| sighting.is_accepted()).count()
}

const BUCKET: &str = "{type: token_bucket, rate: 1/s, burst: 5, scope: [global]}";
const SOON: &str = "{type: constant, value: 1ms}";

/// What both have to do alike.
fn check<P: Prober>(prober: &mut P) {
    let seen = prober.probe(&stretch(20, Nanos::ZERO, Nanos::from_millis(50))).expect("sightings");
    assert_eq!((seen.len(), accepted(&seen)), (20, 5), "{seen:?}");
    assert!(seen.iter().all(|sighting| sighting.stretch == 0 && sighting.due >= Nanos::from_millis(50)));
    assert!(seen.iter().all(|it| it.due <= it.sent && it.sent < it.done), "{seen:?}");
    let refused = seen.iter().find(|sighting| sighting.is_throttled()).expect("a refusal");
    assert!(matches!(&refused.sight, Sight::Throttled { status: 429, code: Some(_) }), "{refused:?}");
    // The silence counts from the last reply.
    let last = seen.iter().map(|sighting| sighting.done).max().expect("a reply");
    let until = Until { throttled: Some(3), failed: None };
    let gap = Nanos::from_millis(20);
    let next = prober.probe(&Stretch { until, ..stretch(50, gap, Nanos::from_millis(30)) }).expect("sightings");
    assert!(next[0].due >= last + Nanos::from_millis(30) && next[0].stretch == 1, "{:?}", next[0]);
    assert!((3..10).contains(&next.len()), "three refusals end it: {}", next.len());
    let serial = prober.probe(&Stretch { serial: true, ..stretch(6, Nanos::ZERO, Nanos::ZERO) }).expect("sightings");
    assert!(serial.windows(2).all(|pair| pair[1].sent >= pair[0].done), "{serial:?}");
}

#[test]
fn real_probes_are_sent_at_their_instants_and_judged() {
    check(&mut live(&task(BUCKET, SOON, "{}"), HaltSwitch::new()));
}

#[test]
fn simulated_probes_are_the_same_each_time() {
    let task = task(BUCKET, SOON, "{}");
    check(&mut simulated(&task));
    let once = |task| simulated(task).probe(&stretch(30, Nanos::from_millis(7), Nanos::from_secs(1))).expect("seen");
    assert_eq!(once(&task), once(&task));
}

#[test]
fn variants_meet_the_buckets_that_their_headers_name() {
    let each = "{type: token_bucket, rate: 1/s, burst: 3, scope: [api_key]}";
    let task = task(each, SOON, "{dimensions: [{header.X-Api-Key: [a, b]}]}");
    assert_eq!(task.rules.dimensions[0].variants, [0, 1, 2]);
    let shots = (0..30).map(|index| Shot { at: Nanos::from_millis(index), variant: (index % 3) as u32 }).collect();
    let all = Stretch { shots, ..stretch(0, Nanos::ZERO, Nanos::ZERO) };
    let seen = live(&task, HaltSwitch::new()).probe(&all).expect("sightings");
    for variant in 0..3 {
        let of: Vec<Sighting> = seen.iter().filter(|sighting| sighting.variant == variant).cloned().collect();
        assert_eq!(accepted(&of), 3, "variant {variant}");
    }
}

#[test]
fn whoever_stops_it_does_not_wait_for_the_rest() {
    let halt = HaltSwitch::new();
    let mut prober = live(&task(BUCKET, SOON, "{}"), halt.clone());
    halt.raise(Halt::Everything);
    let seen = prober.probe(&stretch(10, Nanos::from_secs(60), Nanos::from_secs(60))).expect("sightings");
    assert!(seen.is_empty(), "{seen:?}");
}
