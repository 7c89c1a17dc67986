//! What searches are made of scenarios, and what cannot be searched.

use std::path::Path;

use crate::capacity::{Assert, ObjectiveKind, Purpose, Trial, Vary};
use crate::plan::Drive;
use crate::scenario::{CapacityFlags, CapacityForecast, CapacityTask, Faults, Flags, Input, Source, load};
use crate::units::Nanos;

const MIXED: &str = "name: a
target: {mock: attendees}
retry: aws-standard-2.1
rate_limit: {rate: 10/s, burst: 5}
thresholds: [\"p99(response) < 1s\"]
setup:
  - {call: CreateMeeting, publish: {meetings: $.Meeting.MeetingId}}
workloads:
  - name: one
    arrivals: {from: 10/s, stages: [{to: 30/s, over: 10s}]}
    start: 3s
    flow: [{call: CreateMeeting}, {call: GetMeeting, with: {MeetingId: \"{{ meetings.next }}\"}}]
  - {name: two, arrivals: {rate: 10/s, duration: 5s, spacing: poisson}, flow: [{call: CreateMeeting}]}
  - {name: people, users: {count: 3, duration: 5s, think_time: 1s, ramp: 4s}, flow: [{call: CreateMeeting}]}
";

fn task_with(text: &str, flags: CapacityFlags) -> Result<CapacityTask, Faults> {
    let source = Source { name: "scenario.yaml".to_owned(), text: text.to_owned() };
    let flags = Flags { capacity: flags, ..Flags::default() };
    let input = Input { source: &source, folder: Path::new(""), overrides: &[], flags: &flags, environment: &|_| None };
    load(input)?.capacity()
}

fn task(text: &str) -> CapacityTask {
    task_with(text, CapacityFlags::default()).unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(text: &str) -> String {
    task_with(text, CapacityFlags::default()).expect_err("faults").to_string()
}

fn trial(load: f64) -> Trial {
    let (settle, measure) = (Nanos::from_secs(2), Nanos::from_secs(10));
    Trial { number: 1, purpose: Purpose::Search, load, settle, measure, seed: 99 }
}

/// Rates and numbers of users, in the order of the workloads.
fn loads(task: &CapacityTask, load: f64) -> Vec<f64> {
    let plan = task.trial_plan(&trial(load));
    let load = |drive: &Drive| match drive {
        Drive::Open { profile, .. } => profile.peak(),
        Drive::Closed(users) => f64::from(users.count),
        Drive::Count(_) => panic!("no load"),
    };
    plan.workloads.iter().map(|workload| load(&workload.drive)).collect()
}

#[test]
fn a_scenario_without_the_block_can_be_searched() {
    let task = task(MIXED);
    insta::assert_snapshot!(CapacityForecast::of(&task).to_string());
    // Three to one, and the users stay.
    assert_eq!(loads(&task, 80.0), [60.0, 20.0, 3.0]);
    // Two calls of each flow of the first, one of the second; of users nobody knows.
    assert_eq!(task.calls_per_s(80.0), None);
}

#[test]
fn every_trial_is_one_constant_load() {
    let task = task(MIXED);
    let plan = task.trial_plan(&trial(40.0));
    assert_eq!(plan.seed, 99);
    for workload in &plan.workloads {
        assert_eq!(workload.drive.duration(), Some(Nanos::from_secs(12)), "{workload:?}");
        assert_eq!((workload.start, workload.warm_up), (Nanos::ZERO, Nanos::from_secs(2)));
        for step in workload.flows.iter().flat_map(|flow| &flow.steps) {
            assert_eq!(plan.policies[step.policy].max_attempts, 1);
            assert_eq!(step.limiter, None);
        }
        match &workload.drive {
            Drive::Open { profile, .. } => assert!(profile.is_constant()),
            Drive::Closed(users) => assert_eq!(users.ramp, Nanos::from_secs(2)),
            Drive::Count(_) => panic!("no load"),
        }
    }
    // The setup has to succeed.
    assert!(plan.policies[plan.setup[0].flows[0].steps[0].policy].max_attempts > 1);
    assert!(plan.thresholds.is_empty() && plan.rate_limits.scenario.is_none());
}

#[test]
fn one_workload_is_varied_where_it_is_named() {
    let task = task(&format!("{MIXED}capacity: {{vary: two, start: 5/s, max: 20/s}}\n"));
    assert_eq!(loads(&task, 80.0), [30.0, 80.0, 3.0]);
    assert_eq!((task.rules.start, task.rules.max), (5.0, 20.0));
}

#[test]
fn journeys_vary_users_and_lose_none() {
    let text = MIXED.replace(
        "  - {name: people",
        "  - {name: others, users: {count: 3, duration: 5s}, flow: [{call: CreateMeeting}]}\n  - {name: people",
    );
    let flags = CapacityFlags { journeys: true, assert: Some("40".to_owned()), ..CapacityFlags::default() };
    let task = task_with(&text, flags).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!((task.rules.vary, task.rules.start, task.expected), (Vary::Users, 1.0, Some(40.0)));
    for users in [2.0, 7.0, 10.0, 31.0] {
        let loads = loads(&task, users);
        assert_eq!((loads[0], loads[1]), (30.0, 10.0));
        assert!((loads[2] + loads[3] - users).abs() < 1e-9 && (loads[2] - loads[3]).abs() <= 1.0, "{loads:?}");
    }
}

#[test]
fn the_whole_block_is_obeyed() {
    let task = task(&format!(
        "{MIXED}seed: 7
safety: {{max_duration: 20m, max_requests: 5000}}
capacity:
  start: 20/s
  objectives: [\"p95(response, GetMeeting) <= 200ms\", \"ratio(attempts.429) < 2%\", \"mean(service) < 1s\", \"ratio(calls.throttled) < 3%\"]
  width: 5%
  mode: compare
  trial: 4s
  settle: 1s
  duration_sum: 16s
  verify: {{trials: 2, trial: 8s}}
  expected: 33/s
  assert: 40/s
  margin: 30%
  max_duration: 30m
"
    ));
    insta::assert_snapshot!(CapacityForecast::of(&task).to_string());
    let rules = &task.rules;
    assert_eq!((rules.max, rules.exceed, rules.range_trial, rules.seed), (20_000.0, 0.5, Nanos::from_secs(2), 7));
    assert_eq!(rules.max_duration, Nanos::from_secs(1_200));
    assert_eq!(rules.assert.map(Assert::tried), Some(52.0));
    let kinds = rules.objectives.iter().map(|objective| match &objective.kind {
        ObjectiveKind::Latency { quantile, limit_s } => format!("p{quantile} {limit_s}"),
        ObjectiveKind::Share { limit, throttle, .. } => format!("share {limit} {throttle}"),
        ObjectiveKind::Value => "value".to_owned(),
    });
    let kinds: Vec<String> = kinds.collect();
    // What is throttled is counted by an objective of its own; what fails is not.
    assert_eq!(kinds, ["p0.95 0.2", "share 0.02 true", "value", "share 0.03 true", "share 0.01 false"]);
}

#[test]
fn what_tells_nothing_of_a_load_is_no_objective() {
    let with = |objective: &str| faults(&format!("{MIXED}capacity: {{objectives: [\"{objective}\"]}}\n"));
    let check = |objective: &str, part: &str| {
        let said = with(objective);
        assert!(said.contains(part), "{objective}: {said}");
    };
    check("p99(response) > 300ms", "write `p99(response) < 300ms`");
    check("ratio(calls.failed) >= 1%", "write `ratio(calls.failed) < 1%`");
    check("ratio(calls.ok) < 99%", "write `ratio(calls.ok) > 99%`");
    check("mean(response) == 1s", "write `mean(response) < 1s`");
    check("rate(calls.ok) > 5/s", "changes with the load");
    check("amplification() < 2", "retries are off");
    check("p99(lag) < 5ms", "of the generator");
    check("p99(response, over=5s) < 1s", "remove `over`");
    check("p99(response, DeleteMeeting) < 1s", "never have a sample");
    check("p99(response, GetMeting) < 1s", "GetMeeting");
}

#[test]
fn what_cannot_be_varied_is_said() {
    let with = |block: &str| faults(&format!("{MIXED}capacity: {block}\n"));
    let check = |said: String, part: &str| assert!(said.contains(part), "{said}");
    check(with("{vary: three}"), "there is no workload `three`");
    check(with("{vary: people}"), "has no rate to vary");
    check(with("{vary: one, users: {}}"), "has no users to vary");
    check(with("{users: {start: 5, max: 2}}"), "fewer than the first 5");
    check(with("{start: 5/s, users: {}}"), "`start` is no rate");
    check(with("{start: 5/s, max: 1/s}"), "below the first");
    check(with("{max: 1/s}"), "below the first of 50/s");
    check(with("{margin: 30%}"), "asserted");
    check(with("{width: 0%}"), "never reached");
    check(with("{trial: 0s}"), "no time");
    let count = "name: a\ntarget: {mock: attendees}\nworkloads: [{name: w, iterations: {count: 5}, flow: [{call: CreateMeeting}]}]\n";
    check(faults(count), "no constant load");
}
