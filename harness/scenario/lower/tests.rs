use std::path::Path;
use std::rc::Rc;

use crate::api::{self, StatusSet};
use crate::plan::{Drive, Local, Pick, Plan, Sink};
use crate::retry::{Facts, FailureKind};
use crate::scenario::forecast::forecast;
use crate::scenario::{Faults, Flags, Input, load, source};
use crate::service::config::Authentication;
use crate::units::Nanos;

/// The example of the manual.
const EXAMPLE: &str = include_str!("tests/example.yaml");

fn plan_with(text: &str, flags: &Flags, folder: &Path) -> Result<Plan, Faults> {
    let source = source::text("scenario.yaml", text.as_bytes().to_vec())?;
    let environment = |name: &str| (name == "TOKEN").then(|| "hunter2-secret".to_owned());
    load(Input { source: &source, folder, overrides: &[], flags, environment: &environment })?.plan()
}

fn plan(text: &str) -> Plan {
    plan_with(text, &Flags::default(), Path::new("")).unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(text: &str) -> String {
    plan_with(text, &Flags::default(), Path::new("")).map(|plan| plan.name).expect_err(text).to_string()
}

/// A scenario around some workloads.
fn around(workloads: &str) -> String {
    format!(
        "name: a\ntarget: {{mock: attendees}}\nsetup:\n  - {{call: CreateMeeting, publish: {{meetings: $.Meeting.MeetingId}}}}\nworkloads:\n{workloads}"
    )
}

#[test]
fn the_example_becomes_a_plan() {
    let plan = plan(EXAMPLE);
    assert_eq!(plan.pools, ["meetings"]);
    assert_eq!(plan.exchanges.len(), plan.cells.len());
    assert_eq!(plan.service.check(), Ok(()));
    let fill = &plan.workloads[0];
    let step = &fill.flows[0].steps[0];
    assert_eq!(step.locals, [Local::Pool { pool: 0, pick: Pick::Next }]);
    assert_eq!((step.batch, step.uses_seq, step.audited), (Some(100), true, true));
    assert_eq!(step.sinks, [Sink::Slot(0)]);
    assert_eq!(fill.flows[0].slots, 1);
    assert_eq!(plan.workloads[1].flows[0].steps[0].limiter, Some(0));
    let policy = &plan.policies[step.policy];
    assert_eq!((policy.name.as_str(), policy.max_attempts), ("polite", 4));
    assert_eq!(policy.backoff.transient.longest(0), Nanos::from_millis(100));
    assert_eq!(policy.backoff.throttling.longest(0), Nanos::from_secs(1));
    assert_eq!(plan.audit.as_ref().map(|audit| audit.pool), Some(0));
    assert_eq!(plan.digest.len(), 64);
    assert!(plan.refusal.is_none());
}

#[test]
fn what_will_be_done_is_told_beforehand() {
    insta::assert_snapshot!(forecast(&plan(EXAMPLE)).to_string());
}

#[test]
fn only_this_machine_is_free_to_load() {
    let refused = |url: &str, flags: Flags| {
        let text = format!(
            "name: a\ntarget: {{url: \"{url}\"}}\nworkloads: [{{name: w, iterations: {{count: 1}}, flow: [{{call: GetMeeting, with: {{MeetingId: m}}}}]}}]\n"
        );
        plan_with(&text, &flags, Path::new(""))
            .unwrap_or_else(|faults| panic!("{faults}"))
            .refusal
            .map(|refusal| refusal.host)
    };
    for free in ["http://localhost:80", "http://127.1.2.3/base", "http://[::1]:8080"] {
        assert_eq!(refused(free, Flags::default()), None, "{free}");
    }
    assert_eq!(refused("https://api.example.com", Flags::default()).as_deref(), Some("api.example.com"));
    assert_eq!(refused("http://localhost.example.com", Flags::default()).as_deref(), Some("localhost.example.com"));
    let flags = Flags { allow_hosts: vec!["*.example.com".to_owned()], ..Flags::default() };
    assert_eq!(refused("https://api.example.com", flags), None);
    let flags = Flags { target: Some("https://other.example.com".to_owned()), ..Flags::default() };
    assert_eq!(refused("http://localhost", flags).as_deref(), Some("other.example.com"));
}

#[test]
fn policies_extend_one_another_field_by_field() {
    let text = around("  - {name: w, iterations: {count: 1}, retry: child, flow: [{call: CreateMeeting}]}\n")
        + "policies:\n  parent: {extends: aws-standard-2.1, backoff: {base: 200ms}, classify: [{when: {status: 409, code: [A, B]}, as: throttling}]}\n  child: {extends: parent, max_attempts: 5, retry_on: {status: [404, 429]}, never_retry_on: {status: 503}}\n";
    let plan = plan(&text);
    let child = plan.policies.iter().find(|policy| policy.name == "child").expect("in use");
    assert_eq!(child.max_attempts, 5);
    assert_eq!(child.backoff.transient.longest(0), Nanos::from_millis(200));
    // What the preset says of throttling stays.
    assert_eq!(child.backoff.throttling.longest(0), Nanos::from_secs(1));
    let kind = |status, code| child.classifier.classify(&Facts::bare(Ok(status), code));
    assert_eq!(kind(409, Some("A")), FailureKind::Throttling);
    assert_eq!(kind(409, None), FailureKind::Permanent);
    assert_eq!(kind(404, None), FailureKind::Transient);
    assert_eq!(kind(429, None), FailureKind::Throttling);
    assert_eq!(kind(503, None), FailureKind::Permanent);
}

#[test]
fn a_catalogue_of_the_users_own_is_bound() {
    let text = "name: a\ntarget: {url: \"http://127.0.0.1:1\", headers: {X-Team: load}, auth: {type: bearer, token: \"${env:TOKEN}\"}}
api:
  operations:
    GetThing: {method: GET, path: \"/things/{id}\", success: [200, 404]}
    ListThings: {method: GET, path: /things, paging: {items: $.things, next: $.next, send: query.next, size: query.max}, lists: {key: name}}
workloads:
  - name: w
    arrivals: {rate: 10/s, duration: 1s}
    flows:
      - {weight: 3, flow: [{call: GetThing, with: {id: 5}, expect: {status: 2xx}}]}
      - {flow: [{call: ListThings, paginate: {page_size: 10}}]}
";
    let plan = plan(text);
    assert_eq!(plan.exchanges[0].success, StatusSet::success());
    let input =
        api::Input { exchange: 0, values: Rc::default(), items: None, page: None, attempt: api::Attempt::default() };
    let mut names = Vec::new();
    plan.exchanges[0].write_headers(&input, &mut String::new(), &mut |name, _| names.push(name.to_owned()));
    assert_eq!(names, ["X-Team", "authorization"]);
    assert!(!plan.resolved.contains("hunter2"));
    assert_eq!(plan.workloads[0].flows.iter().map(|flow| flow.weight).collect::<Vec<_>>(), [3, 1]);
}

#[test]
fn data_files_feed_templates() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("people.csv"), "id,email\n1,a@example.com\n2,b@example.com\n").expect("written");
    let text = |cell: &str| {
        around(&format!(
            "  - {{name: w, iterations: {{count: 1}}, flow: [{{call: GetMeeting, with: {{MeetingId: \"{{{{ {cell} }}}}\"}}}}]}}\n"
        )) + "data: {people: {csv: people.csv, order: shuffled}}\n"
    };
    let plan =
        plan_with(&text("people.email"), &Flags::default(), folder.path()).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(plan.workloads[0].flows[0].steps[0].locals, [Local::Cell { feeder: 0, column: 1 }]);
    assert_eq!(plan.feeders[0].rows.len(), 2);
    let message = plan_with(&text("people.emial"), &Flags::default(), folder.path()).expect_err("a fault").to_string();
    assert!(message.contains("did you mean `people.email`?"), "{message}");
    let message =
        plan_with(&text("people.email"), &Flags::default(), Path::new("nowhere")).expect_err("a fault").to_string();
    assert!(message.contains("there is no such file") && !message.contains("2 faults"), "{message}");
}

#[test]
fn flags_reach_the_plan() {
    let flags = Flags {
        rate: "20/s".parse().ok(),
        duration: Some(Nanos::from_secs(3)),
        seed: Some(9),
        thresholds: vec!["count(calls) > 1".to_owned()],
        ..Flags::default()
    };
    let plan = plan_with(EXAMPLE, &flags, Path::new("")).unwrap_or_else(|faults| panic!("{faults}"));
    let Drive::Open { profile, .. } = &plan.workloads[0].drive else { panic!("open") };
    assert!((profile.count() - 60.0).abs() < 1e-9);
    assert_eq!(plan.workloads[1].drive.duration(), Some(Nanos::from_secs(3)));
    assert_eq!((plan.seed, plan.thresholds.len()), (9, 3));
}

#[test]
fn the_service_alone_needs_no_target_and_no_workloads() {
    let text = "name: a
seed: 7
mock:
  authentication: strict
  credentials: [{access_key: AKIA1, secret_key: '${env:TOKEN}', deny: [GetMeeting]}]
  faults: [{at: 10s, for: 5s, stall_accept: 5s}, {at: 20s, chance: 5%, duplicate: true}]
";
    let source = source::text("mock.yaml", text.as_bytes().to_vec()).expect("text");
    let environment = |name: &str| (name == "TOKEN").then(|| "hunter2-secret".to_owned());
    let flags = Flags::default();
    let input =
        Input { source: &source, folder: Path::new(""), overrides: &[], flags: &flags, environment: &environment };
    let config = load(input).and_then(|loaded| loaded.service()).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.seed, 7);
    let Authentication::Strict(credentials) = &config.authentication else { panic!("strict") };
    assert_eq!(credentials[0].secret_key, "hunter2-secret");
    assert!(!format!("{config:?}").contains("hunter2"));
    insta::assert_debug_snapshot!(config.faults);
}

macro_rules! fault_snapshots {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(faults($text));
        }
    )*};
}

fault_snapshots! {
    models_exclude_each_other: &around("  - {name: a, arrivals: {rate: 1/s, duration: 1s}, users: {count: 1, duration: 1s}, flow: [{call: CreateMeeting}]}
  - {name: b, flow: [{call: CreateMeeting}]}
  - {name: c, iterations: {count: 1}, flow: [{call: CreateMeeting}], flows: [{flow: [{call: CreateMeeting}]}]}
  - {name: c, users: {count: 1, duration: 1s, think_time: 1s, pacing: 1s}, overload: drop, flow: [{call: CreateMeeting}]}
  - {name: d, arrivals: {rate: 1/s, stages: [{to: 1/s, over: 1s}]}, flow: [{call: CreateMeeting}]}
  - {name: e, arrivals: {rate: 1/s}, flow: [{call: CreateMeeting}]}
  - {name: f, users: {count: 1, duration: 2h}, warm_up: 3h, overload: {queue: 5}, flow: [{call: CreateMeeting}]}
  - {name: setup, iterations: {count: 1}}
");
    unknown_names: &(around("  - name: w
    iterations: {count: 1}
    retry: aws-standard
    flow:
      - {call: GetMeting, with: {MeetingId: m}}
      - {call: GetMeeting, with: {MeetingId: \"{{ meeting.next }}\"}}
      - {call: GetMeeting, with: {MeetingId: \"{{ later }}\"}}
      - {call: GetMeeting, with: {MeetingId: m}, capture: {later: $.Meeting}, retry: polte}
") + "policies: {polite: {extends: politer}, a: {extends: b}, b: {extends: a}}
limiters: {create: {type: token_bucket, rate: 1/s, burst: 1}}
mock: {limits: [{operations: [CreateMeting], all_of: [creat]}], events: [{at: 1s, set: {limiters.crate.rate: 1/s, don: true}}]}
audit: {list: GetMeeting, over: meetings}
thresholds: [\"p99(response, ListAttendee) < 1s\", \"count(calls, workload=v) > 1\"]
tune: {policies: [none, polit], sweep: {aws.max_attempts: [1]}}
capacity: {vary: x, start: 5/s, max: 1/s, objectives: [\"p99(response) < 1s\"]}
discover: {operation: GetMeetings}
");
    steps_that_do_not_fit: &around("  - name: w
    iterations: {count: 1}
    flow:
      - {call: GetMeeting}
      - {call: GetMeeting, with: {MeetingId: m, Metingid: n}}
      - {call: GetMeeting, with: {MeetingId: [m]}}
      - {call: GetMeeting, with: {MeetingId: m}, batch: {size: 1, item: {}}}
      - {call: GetMeeting, with: {MeetingId: m}, paginate: {}}
      - {call: BatchCreateAttendee, with: {MeetingId: m}}
      - {call: BatchCreateAttendee, with: {MeetingId: m}, batch: {size: 101, item: {ExternalUserId: \"{{ random(9, 1) }}\"}}}
      - {call: ListAttendees, with: {MeetingId: m}, paginate: {page_size: 101}, repeat: 5}
      - {call: GetMeeting, with: {MeetingId: \"{{ m\"}, capture: {x: Meeting.Id, y: \"$[\", meetings: status}}
");
    setup_in_the_wrong_order: "name: a\ntarget: {mock: attendees}\nsetup:
  - {call: CreateAttendee, with: {MeetingId: \"{{ meetings.next }}\", ExternalUserId: u}, capture: {id: $.Attendee.AttendeeId}}
  - {call: CreateMeeting, publish: {meetings: $.Meeting.MeetingId}}
workloads: [{name: w, iterations: {count: 1}, flow: [{call: CreateMeeting}]}]\n";
    what_nobody_can_do: &(around("  - {name: w, iterations: {count: 1}, flow: [{call: CreateMeeting}]}\n") + "policies:
  none: {max_attempts: 2}
mock: {faults: [{chance: 1%}, {status: 500}, {every: 5, truncate: true, stall: true}]}
");
    whose_signatures_are_good: &(around("  - {name: w, iterations: {count: 1}, flow: [{call: CreateMeeting}]}\n") + "mock:
  authentication: strict
  credentials: [{access_key: AKIA1, secret_key: plain, deny: [DeleteMeting]}]
  faults: [{stall_accept: 1s, operations: [GetMeeting], at: 5s}]
");
    nobody_has_signed: &(around("  - {name: w, iterations: {count: 1}, flow: [{call: CreateMeeting}]}\n") + "mock: {authentication: strict}\n");
    nobody_looks_at_credentials: &(around("  - {name: w, iterations: {count: 1}, flow: [{call: CreateMeeting}]}\n") + "mock: {credentials: []}\n");
    a_text_has_no_members: "name: a\ntarget: {url: \"http://127.0.0.1:1\"}
api:
  operations:
    A: {method: POST, path: /, body_text: a, body: {}}
    B: {method: POST, path: /, body_text: a, batch: {items: list}}
    C: {method: POST, path: /, body_text: a, paging: {items: $.things, next: $.next, send: body.next}}
workloads: [{name: w, iterations: {count: 1}, flow: [{call: C}]}]\n";
    no_target_and_nothing_to_send: "name: a\n";
    a_target_that_is_none: "name: a\ntarget: {url: \"ftp://user:hunter2@example.com\"}\nmock: {listen: 0.0.0.0:80}\nrate_limit: {burst: 5, per_operation: {GetMeting: {rate: 1/s}}}\n";
}

#[test]
fn the_load_digest_tells_what_is_sent_and_nothing_else() {
    let scenario = |more: &str, rate: &str| {
        let workload =
            format!("  - {{name: w, arrivals: {{rate: {rate}, duration: 1s}}, flow: [{{call: CreateMeeting}}]}}\n");
        format!("target: {{mock: attendees}}\n{more}workloads:\n{workload}")
    };
    let digest = |text: &str| plan(text).load_digest;
    let plain = digest(&format!("name: a\n{}", scenario("", "5/s")));
    assert_eq!(plain.len(), 64);
    let alike = [
        format!("name: b\ndescription: another\n{}", scenario("", "5/s")),
        format!(
            "{}name: a\n",
            scenario("seed: 7\nmock: {latency: {type: log_normal, median: 5ms, p99: 30ms}}\n", "5/s")
        ),
        format!("name: a\n{}", scenario("thresholds: [\"p99(response) < 1s\"]\nsafety: {max_requests: 9}\n", "5/s")),
        format!("name: a\n{}", scenario("gate: {pairs: 4}\n", "5/s")),
    ];
    for text in &alike {
        assert_eq!(digest(text), plain, "{text}");
    }
    let other = [scenario("", "6/s"), scenario("clients: 2\n", "5/s"), scenario("retry: none\n", "5/s")];
    for text in &other {
        assert_ne!(digest(&format!("name: a\n{text}")), plain, "{text}");
    }
}
