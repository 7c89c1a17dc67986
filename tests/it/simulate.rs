//! Simulations, by the command line and by the library: whole folders, the same bytes every time, the model of own operations,
//! and a real run beside a simulated one.

use std::fs;
use std::sync::Arc;
use std::thread;

use loadline::engine::{HaltSwitch, Unwatched};
use loadline::plan::Plan;
use loadline::record::{JOURNAL_VERSION, RunStart, Trace};
use loadline::runner::{Runner as _, SimulatedRun};
use loadline::scenario::{self, Flags, Input, Source};
use loadline::sim::{Network, Simulation};
use loadline::units::Nanos;
use serde_json::{Value, json};

use crate::program::{FILES, Place, Said};

/// The plan of a simulation, with a seed.
pub(crate) fn plan(text: &str, seed: u64) -> Arc<Plan> {
    let source = Source { name: "test.yaml".to_owned(), text: text.to_owned() };
    let (flags, environment) = (Flags { seed: Some(seed), ..Flags::default() }, |_: &str| None);
    let folder = std::path::Path::new("");
    let input = Input { source: &source, folder, overrides: &[], flags: &flags, environment: &environment };
    let plan = scenario::load(input).and_then(|loaded| loaded.simulation());
    Arc::new(plan.unwrap_or_else(|faults| panic!("{faults}\n{text}")))
}

/// Every call and attempt of a simulation.
pub(crate) fn trace(text: &str, seed: u64) -> Trace {
    let simulation = Simulation { plan: plan(text, seed), network: Network::default(), trace: true };
    simulation.traced().expect("a simulation").trace.expect("a trace")
}

fn simulate(place: &Place, arguments: &[&str]) -> Said {
    place.command("simulate", arguments).output().expect("it starts").into()
}

/// Everything that a run goes through: setup, faults, an outage, pages, batches, retries, audit, teardown.
const WHOLE: &str = "
name: whole
target: {mock: attendees}
safety: {max_requests: 100000, max_duration: 1h}
limiters: {shared: {type: token_bucket, rate: 30/s, burst: 20, scope: [account]}}
mock:
  limits: [{operations: [BatchCreateAttendee, GetMeeting], all_of: [shared]}, {all_of: []}]
  quotas: {attendees_per_meeting: unlimited}
  latency: {type: log_normal, median: 10ms, p99: 90ms}
  faults: [{operations: [GetMeeting], every: 9, status: 500}]
  events: [{at: 3s, for: 1s, set: {down: {status: 503}}}]
retry: aws-standard-2.1
clients: 4
setup:
  - call: CreateMeeting
    repeat: 3
    with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: 'm-{{ seq }}'}
    publish: {meetings: $.Meeting.MeetingId}
workloads:
  - name: fill
    arrivals: {rate: 20/s, duration: 5s, spacing: poisson}
    flow:
      - call: BatchCreateAttendee
        with: {MeetingId: '{{ meetings.next }}'}
        batch: {size: 10, item: {ExternalUserId: 'u-{{ seq }}'}}
        capture: {first: '$.Attendees[0].AttendeeId'}
      - {call: GetMeeting, with: {MeetingId: '{{ meetings.random }}'}}
  - name: browse
    users: {count: 2, duration: 5s, think_time: 200ms}
    flow: [{call: ListAttendees, with: {MeetingId: '{{ meetings.random }}'}, paginate: {page_size: 20}}]
teardown: [{call: DeleteMeeting, repeat: 3, with: {MeetingId: '{{ meetings.next }}'}}]
audit: {list: ListAttendees, over: meetings}
thresholds: ['ratio(calls.ok, ListAttendees) >= 90%']
";

#[test]
fn a_simulation_leaves_a_folder_like_a_run_and_the_same_bytes_every_time() {
    let folders = [(); 2].map(|()| {
        let place = Place::with(WHOLE);
        let said = simulate(&place, &["--rtt", "3ms"]);
        said.check_code(0);
        assert!(said.err.contains("Simulated in virtual time"), "{}", said.err);
        FILES.map(|name| (name, place.read(name)))
    });
    for ((name, one), (_, other)) in folders[0].iter().zip(&folders[1]) {
        assert!(one == other, "{name} differs");
    }
    let file = |wanted: &str| &folders[0].iter().find(|(name, _)| *name == wanted).expect("a file").1;
    let report: Value = serde_json::from_str(file("report.json")).expect("JSON");
    assert_eq!((&report["mode"], &report["started_at"]), (&json!("simulated"), &json!("")));
    assert_eq!(report["environment"]["cpu"], json!(""), "no machine");
    assert_eq!((&report["validity"]["verdict"], &report["validity"]["checks"]), (&json!("valid"), &json!([])));
    let notes = report["validity"]["notes"].to_string();
    assert!(notes.contains("virtual time: the generator cannot be the bottleneck"), "{notes}");
    assert!(notes.contains("3ms"), "{notes}");
    assert_eq!(report["audit"]["ok"], json!(true));
    assert!(report["audit"]["acknowledged"].as_u64() > Some(300), "{}", report["audit"]);
    assert_eq!(report["events"][0]["what"], json!("outage, answered 503"));
    assert!(report["totals"]["attempts"]["by_status"]["503"].as_u64() > Some(0));
    assert!(file("report.html").contains("<strong>simulated</strong>"));
    assert!(file("summary.md").contains("simulated service, virtual time"));
}

#[test]
fn a_simulation_ends_as_a_run_does() {
    let place = Place::with(WHOLE);
    simulate(&place, &["--threshold", "p99(response) < 1ms", "--quiet"]).check_code(99);
    let abort = "safety.abort_when=[\"ratio(attempts.failed, over=1s) > 20%\"]";
    let place = Place::with(WHOLE);
    simulate(&place, &["--set", abort]).check_code(99);
    let report = place.read_report();
    assert_eq!(report["verdict"]["word"], json!("aborted"));
    // The outage begins at 3 s, and its first second is full at 4 s; the grace time is for what is under way.
    let ended = report["duration_s"].as_f64().expect("a number");
    assert!((4.0..9.5).contains(&ended), "{ended}");
    let place = Place::with(WHOLE);
    simulate(&place, &["--max-requests", "17"]).check_code(0);
    let report = place.read_report();
    assert_eq!((&report["capped"], &report["totals"]["attempts"]["count"]), (&json!(true), &json!(17)));
}

#[test]
fn a_report_is_rebuilt_from_the_journal_of_a_simulation() {
    let place = Place::with(WHOLE);
    simulate(&place, &[]).check_code(0);
    let (before, folder) = (place.read("report.json"), place.run_folder().expect("a run"));
    fs::remove_file(folder.join("report.json")).expect("removed");
    let said: Said = crate::program::loadline().arg("report").arg(&folder).output().expect("it starts").into();
    said.check_code(0);
    assert!(before == place.read("report.json"));
}

#[test]
fn simulations_beside_each_other_write_the_same_journal() {
    let journal = || {
        let plan = plan(WHOLE, 7);
        let cells = plan.cells.iter().map(|cell| (cell.workload.clone(), cell.operation.clone())).collect();
        let start = RunStart { version: JOURNAL_VERSION, cells, clients: plan.clients, ..RunStart::default() };
        let simulation = Simulation { plan, network: Network::default(), trace: false };
        let mut journal = Vec::new();
        let run = SimulatedRun { simulation, start, halt: HaltSwitch::new() };
        run.run(&mut journal, &mut Unwatched).expect("a simulation");
        journal
    };
    let alone = journal();
    assert!(alone.len() > 1_000);
    let threads = [(); 4].map(|()| thread::spawn(move || [journal(), journal()]));
    for beside in threads.into_iter().flat_map(|thread| thread.join().expect("it ends")) {
        assert!(beside == alone);
    }
}

/// A scenario over operations of its own, at an address where nobody has to listen.
pub(crate) fn own(models: &str, rest: &str) -> String {
    format!(
        "
name: own
target: {{url: 'http://example.org'}}
safety: {{max_requests: 10000000, max_duration: 24h}}
api:
  operations:
    GetThing: {{method: GET, path: '/things/{{id}}'}}
    MakeThing: {{method: POST, path: /things}}
    List: {{method: GET, path: /things, paging: PAGING}}
mock: {{throttling: off, models: {models}}}
{rest}"
    )
}

/// The calls of a walk over own pages that ended well.
fn pages(paging: &str, items: u64) -> usize {
    let rest =
        "workloads: [{name: w, iterations: {count: 1, users: 1}, flow: [{call: List, paginate: {page_size: 10}}]}]";
    let text = own(&format!("{{List: {{items: {items}}}}}"), rest).replace("PAGING", paging);
    let calls = trace(&text, 1).calls;
    assert!(calls.iter().all(loadline::record::CallTrace::is_ok), "{calls:?}");
    calls.len()
}

#[test]
fn pages_of_own_operations_are_as_many_as_the_items_take() {
    let token = "{items: '$.things[*]', next: '$.next', send: query.token, size: query.size}";
    let header = "{items: '$.things[*]', next: header.X-Next, send: query.token, size: query.size}";
    let link = "{items: '$.things[*]', dialect: link, size: query.size}";
    for paging in [token, header, link] {
        assert_eq!([0, 10, 95, 100, 101].map(|items| pages(paging, items)), [1, 1, 10, 10, 11], "{paging}");
    }
    // Whoever counts cannot know that a full page is the last.
    let page = "{items: '$.things[*]', dialect: page, send: query.page, size: query.size, first: 0}";
    let offset = "{items: '$.things[*]', dialect: offset, send: query.from, size: query.size}";
    for paging in [page, offset] {
        assert_eq!([0, 10, 95, 100, 101].map(|items| pages(paging, items)), [1, 2, 10, 11, 11], "{paging}");
    }
}

const OFFSET: &str = "{items: '$.things[*]', dialect: offset, send: query.from, size: query.size}";

#[test]
fn limits_faults_and_latencies_know_own_operations_and_captures_lead_on() {
    let models = "{MakeThing: {captures: {thing: 'thing-{{ seq }}', ids: 'id-{{ seq }}'}, latency: {type: constant, value: 30ms}}, GetThing: {status: 404}}";
    let rest = "
limiters: {few: {type: token_bucket, rate: 0.001/s, burst: 7}}
workloads:
  - name: w
    iterations: {count: 10, users: 1}
    flow:
      - {call: MakeThing, capture: {thing: $.id}, publish: {ids: '$.all[*]'}}
      - {call: GetThing, with: {id: '{{ thing }}'}, expect: {status: 404}}
      - {call: GetThing, with: {id: '{{ ids.next }}'}}";
    let text = own(models, rest).replace("PAGING", OFFSET).replace(
        "mock: {",
        "mock: {limits: [{operations: [MakeThing], all_of: [few]}], faults: [{operations: [GetThing], every: 5, status: 500}], ",
    );
    let trace = trace(&text, 1);
    let count = |cell: u32, status_ok: bool| {
        trace.calls.iter().filter(|call| call.cell == cell && call.is_ok() == status_ok).count()
    };
    assert_eq!((count(0, true), count(0, false)), (7, 3), "the limiter");
    let made = trace.attempts.iter().find(|attempt| attempt.cell == 0).expect("an attempt");
    assert_eq!(made.done - made.sent, Nanos::from_millis(30));
    assert_eq!(count(2, true), 0, "404 is no success unless it is expected");
    assert_eq!(count(1, true) + count(1, false), 7);
    assert!(count(1, false) >= 1, "the fault");
}

#[test]
fn what_the_model_cannot_supply_is_said_before_anything_is_simulated() {
    let rest = "
workloads:
  - name: w
    iterations: {count: 1, users: 1}
    flow:
      - {call: MakeThing, capture: {thing: $.id, how: status}}
      - {call: List, paginate: {page_size: 10}}";
    let place = Place::with(&own("{MakeThing: {captures: {other: a}}}", rest).replace("PAGING", OFFSET));
    let said = simulate(&place, &[]);
    said.check_code(2);
    for part in [
        "the model does not know the `thing` of `MakeThing`",
        "write `mock: {models: {MakeThing: {captures: {thing: \"thing-{{ seq }}\"}}}}`",
        "the model does not know how many items `List` lists",
    ] {
        assert!(said.err.contains(part), "{part}\n{}", said.err);
    }
    assert!(place.run_folder().is_none());
    let place = Place::with(&own("{GetThings: {items: 3}}", rest).replace("PAGING", OFFSET));
    let said = simulate(&place, &[]);
    said.check_code(2);
    assert!(said.err.contains("the scenario describes no operation `GetThings`"), "{}", said.err);
    let place = Place::with(&WHOLE.replace("\nmock:", "\nmock:\n  models: {GetMeeting: {items: 3}}"));
    let said = simulate(&place, &[]);
    said.check_code(2);
    assert!(said.err.contains("`GetMeeting` is modelled in full already"), "{}", said.err);
}

/// Nothing in it depends on time: one user, buckets that hardly refill, faults that count.
const EXACT: &str = "
name: exact
target: {mock: attendees}
safety: {max_requests: 100000, max_duration: 1m}
limiters:
  gets: {type: token_bucket, rate: 0.0001/s, burst: 60, scope: [account]}
  items: {type: token_bucket, rate: 0.0001/s, burst: 95, cost: batch.items, scope: [account]}
mock:
  limits: [{operations: [GetMeeting], all_of: [gets]}, {operations: [BatchCreateAttendee], all_of: [items]}, {all_of: []}]
  quotas: {attendees_per_meeting: 60}
  faults:
    - {operations: [GetMeeting], every: 7, status: 500}
    - {operations: [GetMeeting], every: 11, reset: before_reply}
policies: {stubborn: {max_attempts: 3, backoff: {type: constant, base: 1ms}}}
retry: stubborn
setup:
  - {call: CreateMeeting, with: {ClientRequestToken: a1, MediaRegion: us-east-1, ExternalMeetingId: exact}, publish: {meetings: $.Meeting.MeetingId}}
workloads:
  - name: w
    iterations: {count: 40, users: 1}
    flow:
      - {call: GetMeeting, with: {MeetingId: '{{ meetings.next }}'}}
      - {call: BatchCreateAttendee, with: {MeetingId: '{{ meetings.next }}'}, batch: {size: 10, item: {ExternalUserId: 'u-{{ seq }}'}}}
      - {call: ListAttendees, with: {MeetingId: '{{ meetings.next }}'}, paginate: {page_size: 7}}
";

#[test]
fn a_run_in_real_time_counts_what_a_simulation_counts() {
    let (real, simulated) = (Place::with(EXACT), Place::with(EXACT));
    real.run(&[]).check_code(0);
    simulate(&simulated, &[]).check_code(0);
    let counts = |place: &Place| {
        let report = place.read_report();
        let of = |activity: &Value| {
            let (calls, attempts) = (&activity["calls"], &activity["attempts"]);
            let words = ["count", "ok", "throttled", "failed", "items_ok", "items_failed", "by_failure"];
            let calls: Vec<Value> = words.iter().map(|word| calls[*word].clone()).collect();
            let attempts: Vec<Value> =
                ["count", "by_status", "by_error"].iter().map(|word| attempts[*word].clone()).collect();
            json!([
                activity["name"],
                calls,
                attempts,
                activity["retry"]["attempts_per_call"],
                activity["pages"]["count"]
            ])
        };
        report["operations"].as_array().expect("a list").iter().map(of).collect::<Vec<_>>()
    };
    let (real, simulated) = (counts(&real), counts(&simulated));
    assert_eq!(real.len(), 3);
    assert!(real.iter().all(|operation| operation[2][0].as_u64() > Some(10)), "{real:?}");
    assert_eq!(real, simulated);
}
