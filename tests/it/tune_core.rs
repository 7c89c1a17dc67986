//! Comparisons of policies whose outcome is known beyond doubt.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use loadline::plan::Plan;
use loadline::service::config::Change;
use loadline::sim::Network;
use loadline::tune::{
    Arrivals, Candidate, Metric, Place, Progress, Row, Shift, Task, Trigger, TuneError, Tuned, Weights, compare,
    compare_order,
};
use loadline::tune::{CLIENT_LIMIT, Confirmed};
use loadline::units::Nanos;

use crate::virtual_time::plan;

/// Calls of `GetMeeting` by ten clients, against what `mock` says.
fn scenario(mock: &str, workload: &str, retry: &str) -> Arc<Plan> {
    plan(&format!(
        "name: core
target: {{mock: attendees}}
limiters:
  shared: {{type: token_bucket, rate: 20/s, burst: 10, scope: [account]}}
  ample: {{type: token_bucket, rate: 1000/s, burst: 1000, scope: [account]}}
  counted: {{type: sliding_window_log, limit: 60, window: 5s, count_rejected: true, scope: [account]}}
mock: {mock}
policies:
  lock-step: {{max_attempts: 100, backoff: {{type: exponential, base: 100ms, multiplier: 2, cap: 5s}}}}
  jittered: {{max_attempts: 100, backoff: {{type: full_jitter, base: 100ms, multiplier: 2, cap: 5s}}}}
  storm: {{max_attempts: 1000, backoff: {{type: full_jitter, base: 50ms, multiplier: 2, cap: 2s}}}}
  budgeted: {{extends: storm, budget: {{type: token_bucket, size: 5, per_success: 0.1}}}}
retry: {retry}
clients: 10
setup:
  - call: CreateMeeting
    with: {{ClientRequestToken: '{{{{ uuid }}}}', MediaRegion: us-east-1, ExternalMeetingId: core}}
    publish: {{meetings: $.Meeting.MeetingId}}
workloads:
  - name: calls
    {workload}
    flow:
      - call: GetMeeting
        with: {{MeetingId: '{{{{ meetings.next }}}}'}}
"
    ))
}

fn limited_by(limiter: &str) -> String {
    format!("{{limits: [{{operations: [GetMeeting], all_of: [{limiter}]}}], latency: {{type: constant, value: 5ms}}}}")
}

/// Sixty calls at once.
const BATCH: &str = "iterations: {count: 60, users: 60}";

fn task(mock: &str, workload: &str, policies: &[&str]) -> Task {
    let candidate = |name: &&str| {
        let plan = scenario(mock, workload, name);
        let policy = plan.policies[plan.workloads[0].flows[0].steps[0].policy].clone();
        let name = (*name).to_owned();
        Candidate { base: name.clone(), yaml: format!("retry: {name}\n"), name, swept: Vec::new(), policy }
    };
    Task {
        plan: scenario(mock, workload, "none"),
        candidates: policies.iter().map(candidate).collect(),
        arrivals: vec![Arrivals::Closed],
        seeds: 6,
        trigger: None,
        require: Vec::new(),
        weights: Weights::default(),
        confirm: None,
        network: Network::default(),
    }
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("above zero")
}

fn run(task: &Task) -> Tuned {
    task.run(threads(2), &|_| {}, &|| false).unwrap_or_else(|error| panic!("{error}"))
}

fn row<'a>(tuned: &'a Tuned, name: &str) -> &'a Row {
    tuned.rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no row {name}"))
}

fn mean(row: &Row, metric: Metric) -> f64 {
    row.metrics.iter().find(|(other, _)| *other == metric).map_or(f64::NAN, |(_, estimate)| estimate.mean)
}

/// The same but for the real time that it took.
fn timeless(mut tuned: Tuned) -> String {
    tuned.cost.wall_s = 0.0;
    format!("{tuned:?}")
}

#[test]
fn holding_back_wins_over_jitter_jitter_over_lock_step_and_all_over_giving_up() {
    let mut task = task(&limited_by("shared"), BATCH, &["none", "lock-step", "jittered"]);
    task.require = vec!["ratio(calls.ok) >= 99%".parse().expect("an expression")];
    let tuned = run(&task);
    assert_eq!(tuned.verdict.winner.as_deref(), Some(CLIENT_LIMIT), "{}", tuned.verdict.sentence);
    assert_eq!(tuned.verdict.runner_up.as_deref(), Some("jittered"));
    assert!(tuned.verdict.confidence.is_some_and(|sure| sure > 0.95) && tuned.verdict.throttled);
    assert!(tuned.verdict.yaml.contains("client_throttle:"), "{}", tuned.verdict.yaml);
    let none = row(&tuned, "none");
    assert_eq!(none.standing.kind, Place::FailsRequirement);
    // Ten of sixty are let in at once, and nobody asks again.
    assert!((none.fails[0].seen - 1.0 / 6.0).abs() < 1e-9, "{:?}", none.fails);
    let (jittered, lock_step) = (row(&tuned, "jittered"), row(&tuned, "lock-step"));
    assert!(mean(lock_step, Metric::Completion) > 1.5 * mean(jittered, Metric::Completion));
    assert!(jittered.standing.place < lock_step.standing.place);
    // The contrast is shown with its busiest second, and the limit is told.
    let contrast = tuned.portraits.iter().find(|portrait| portrait.name == "lock-step").expect("a portrait");
    assert!(contrast.causes.iter().any(|cause| cause.starts_with("no jitter: ")), "{:?}", contrast.causes);
    assert_eq!(tuned.credibility.limit, "token bucket of 20/s, burst 10, for each account");
    assert!(tuned.stability.iter().any(|row| row.shift == Shift::Burst && row.factor == Some(0.8)));
    assert!(tuned.advice[0].headline.starts_with("No policy can be done before 2.5s"), "{:?}", tuned.advice);
}

#[test]
fn the_outcome_does_not_depend_on_threads() {
    let mut task = task(
        &limited_by("shared"),
        "arrivals: {rate: 30/s, duration: 2s, spacing: poisson}",
        &["none", "lock-step", "jittered"],
    );
    task.arrivals = vec![Arrivals::Closed, Arrivals::Open];
    let with = |count| timeless(task.run(threads(count), &|_| {}, &|| false).unwrap_or_else(|error| panic!("{error}")));
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

#[test]
fn where_more_is_offered_than_passes_the_first_advice_is_no_policy() {
    let mut task =
        task(&limited_by("shared"), "arrivals: {rate: 40/s, duration: 5s, spacing: even}", &["none", "jittered"]);
    task.arrivals = vec![Arrivals::Open];
    let tuned = run(&task);
    let advice = &tuned.advice[0];
    assert!(advice.text.starts_with("Offered 40/s > limit 20/s: at most 50 % can ever succeed in time"), "{advice:?}");
    // Forty of the burst and the refill in five seconds pass; the rest does not, whatever the policy.
    assert!(
        mean(row(&tuned, "none"), Metric::Goodput) > 20.0 && mean(row(&tuned, "jittered"), Metric::Amplification) > 2.0
    );
}

#[test]
fn where_nothing_is_turned_away_nobody_wins() {
    let tuned = run(&task(&limited_by("ample"), BATCH, &["none", "jittered"]));
    assert!(!tuned.verdict.throttled && tuned.verdict.winner.is_none() && tuned.verdict.confidence.is_none());
    assert!(tuned.verdict.sentence.starts_with("Nothing was turned away"), "{}", tuned.verdict.sentence);
    assert_eq!((tuned.rows.len(), tuned.cost.simulations), (2, 3));
    assert!(tuned.rows[1].standing.tied && tuned.portraits.is_empty() && tuned.stability.is_empty());
}

#[test]
fn what_nothing_meets_is_told_with_what_came_closest() {
    let mut task = task(&limited_by("shared"), BATCH, &["none", "jittered"]);
    task.require =
        ["amplification() <= 0.5", "ratio(calls.ok) >= 99%"].map(|text| text.parse().expect("valid")).to_vec();
    let tuned = run(&task);
    assert!(tuned.verdict.winner.is_none() && tuned.verdict.throttled);
    assert_eq!(tuned.unmet.len(), 1, "{:?}", tuned.unmet);
    assert_eq!((tuned.unmet[0].closest.as_str(), tuned.unmet[0].seen), ("none", 1.0));
    // Each met by somebody, and by nobody both.
    task.require = ["p99(response) < 1s", "ratio(calls.ok) >= 99%"].map(|text| text.parse().expect("valid")).to_vec();
    let unmet = run(&task).unmet;
    assert!(unmet.len() == 2 && unmet.iter().all(|unmet| unmet.why.contains("contradict")), "{unmet:?}");
}

#[test]
fn who_does_not_come_back_after_an_outage_stands_behind_all_who_do() {
    let mut task =
        task(&limited_by("counted"), "arrivals: {rate: 10/s, duration: 30s, spacing: even}", &["storm", "budgeted"]);
    task.arrivals = vec![Arrivals::Open];
    task.seeds = 2;
    task.trigger = Some(Trigger { set: vec![Change::DOWN], at: None, lasting: vec![Nanos::from_secs(5)] });
    // Other worlds are many, and a storm in each of them takes long.
    let enough = AtomicU64::new(0);
    let look = |progress: &Progress| {
        _ = enough.fetch_or(u64::from(progress.phase == "trying other worlds"), Ordering::Relaxed);
    };
    let tuned = task.run(threads(2), &look, &|| enough.load(Ordering::Relaxed) > 0);
    let tuned = tuned.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(tuned.verdict.winner.as_deref(), Some("budgeted"));
    let (storm, budgeted) = (row(&tuned, "storm"), row(&tuned, "budgeted"));
    assert_eq!(storm.standing.kind, Place::Metastable);
    assert!(storm.recoveries[0].metastable > 0.99 && storm.recoveries[0].slo_s.is_infinite());
    assert!(storm.vulnerable_s.is_some_and(|seconds| seconds <= 5.0), "{:?}", storm.vulnerable_s);
    assert!(budgeted.recoveries[0].slo_s < 5.0 && budgeted.vulnerable_s == Some(f64::INFINITY), "{budgeted:?}");
}

#[test]
fn a_stop_leaves_what_is_known_and_nothing_where_nothing_is() {
    let task = task(&limited_by("shared"), BATCH, &["lock-step", "jittered"]);
    assert!(matches!(task.run(threads(2), &|_| {}, &|| true), Err(TuneError::Stopped)));
    let done = AtomicU64::new(0);
    // The first round is a seed for each of the three, the client's limit among them.
    let count = |progress: &Progress| _ = done.fetch_add(progress.done.min(1), Ordering::Relaxed);
    let tuned = task.run(threads(1), &count, &|| done.load(Ordering::Relaxed) >= 4);
    let tuned = tuned.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((tuned.rows.len(), tuned.credibility.seeds), (3, (1, 1)));
    assert!(tuned.portraits.is_empty());
}

#[test]
fn a_simulation_confirms_itself() {
    let task = task(&limited_by("shared"), BATCH, &["lock-step", "jittered"]);
    let runs = |policy| {
        let trace = |number| {
            let (simulation, context) = task.run_of(policy, Arrivals::Closed, number, None);
            let simulated = simulation.traced().unwrap_or_else(|error| panic!("{error}"));
            (simulated.trace.expect("a trace"), context)
        };
        let (traces, contexts): (Vec<_>, Vec<_>) = (0..3).map(trace).unzip();
        (traces, contexts[0])
    };
    let all: Vec<_> =
        task.candidates.iter().map(|candidate| (candidate.name.as_str(), runs(&candidate.policy))).collect();
    for (name, (traces, context)) in &all {
        let confirmation = compare(name, "the winner", traces, traces, context);
        assert!(confirmation.comparisons.iter().all(|comparison| comparison.within), "{confirmation:?}");
    }
    let confirmed: Vec<_> = all
        .iter()
        .map(|(name, (traces, context))| Confirmed { name, predicted: traces, real: traces, context })
        .collect();
    let order = compare_order(&task.weights, &confirmed);
    assert!(order.len() == 2 && order.iter().all(|comparison| comparison.within), "{order:?}");
    // One taken for the other is not as predicted.
    let swapped = compare("jittered", "the winner", &all[0].1.0, &all[1].1.0, &all[0].1.1);
    assert!(swapped.comparisons.iter().any(|comparison| !comparison.within));
}
