//! The block `gate`, from what is written to what will be done.

use std::path::Path;

use url::Url;

use super::{GateTask, Server};
use crate::gate::{Change, OnInconclusive, Trim, Worse};
use crate::plan::Target;
use crate::scenario::{Faults, Flags, GateFlags, Input, Loaded, SideFlag, load, source};
use crate::units::Nanos;

/// A scenario of 100 calls a second, ten seconds long, around more blocks.
fn scenario(blocks: &str) -> String {
    format!(
        "name: a\nlimiters: {{api: {{type: token_bucket, rate: 10/s, burst: 20}}}}\nworkloads:\n  - {{name: w, arrivals: {{rate: 100/s, duration: 10s}}, flow: [{{call: CreateMeeting}}]}}\n{blocks}"
    )
}

fn loaded(blocks: &str, flags: &Flags) -> Result<Loaded, Faults> {
    let text = scenario(blocks);
    let source = source::text("scenario.yaml", text.into_bytes())?;
    let environment = |name: &str| (name == "TOKEN").then(|| "hunter2".to_owned());
    load(Input { source: &source, folder: Path::new(""), overrides: &[], flags, environment: &environment })
}

fn gate(blocks: &str) -> Result<GateTask, Faults> {
    loaded(blocks, &Flags::default())?.gate()
}

fn task(gate_block: &str) -> GateTask {
    gate(&format!("target: {{mock: attendees}}\n{gate_block}")).unwrap_or_else(|faults| panic!("{faults}"))
}

fn whats(task: &GateTask) -> [&str; 2] {
    [&task.sides[0], &task.sides[1]].map(|side| side.what.as_str())
}

#[test]
fn a_gate_that_says_nothing_compares_the_target_with_itself() {
    let task = task("");
    assert_eq!(whats(&task), ["the embedded mock"; 2]);
    assert!(task.notes[0].contains("both sides are the same"), "{:?}", task.notes);
    let rules = &task.rules;
    assert_eq!((rules.pairs, rules.max_pairs, rules.spare_pairs, rules.seed), (8, 16, 8, 1));
    assert_eq!(
        (rules.on_inconclusive, rules.trim, rules.strict, task.duet),
        (OnInconclusive::Warn, Trim::Nothing, false, false)
    );
    // A thousand calls are enough for p90, and not for p99.
    let metrics: Vec<(&str, f64)> = rules.metrics.iter().map(|it| (it.text.as_str(), it.tolerance)).collect();
    assert_eq!(metrics, [("p90(response)", 0.05), ("ratio(calls.failed)", 0.001)]);
}

#[test]
fn a_side_is_the_scenario_with_other_values_of_the_service() {
    let task = task(
        "mock: {latency: {type: constant, value: 5ms}}\ngate:\n  candidate: {set: {mock.latency.value: 6ms, limiters.api.rate: 5/s}}\n",
    );
    assert_eq!(
        whats(&task),
        ["the embedded mock", "the embedded mock with mock.latency.value = 6ms, limiters.api.rate = 5/s"]
    );
    let [baseline, candidate] = &task.sides;
    assert_ne!(baseline.plan.service, candidate.plan.service);
    assert!(candidate.plan.resolved.contains("value: 6ms"), "{}", candidate.plan.resolved);
    assert_eq!(format!("{:?}", baseline.plan.workloads), format!("{:?}", candidate.plan.workloads));
    assert!(!task.notes.iter().any(|note| note.contains("the same")), "{:?}", task.notes);
}

#[test]
fn a_url_and_a_command_replace_the_target() {
    let task = task(
        "gate:\n  baseline: {url: 'http://127.0.0.1:8081'}\n  candidate: {command: [./server, --name, \"a b\", --token, \"${env:TOKEN}\"], ready_within: 3s}\n",
    );
    assert_eq!(whats(&task), ["http://127.0.0.1:8081/", "./server --name 'a b' --token ${env:TOKEN}"]);
    let [baseline, candidate] = &task.sides;
    assert_eq!(baseline.server, Server::Ready);
    let Server::Command(command) = &candidate.server else { panic!("{candidate:?}") };
    assert_eq!((command.url.as_ref(), command.ready_within), (None, Nanos::from_secs(3)));
    assert_eq!(command.arguments[3], "hunter2");
    let url = |text: &str| Url::parse(text).expect("a URL");
    let there = candidate.plan_at(url("http://127.0.0.1:9999"));
    assert_eq!((&there.target, &there.refusal), (&Target::Url(url("http://127.0.0.1:9999")), &None));
    let elsewhere = candidate.plan_at(url("http://elsewhere.example"));
    assert_eq!(elsewhere.refusal.map(|refusal| refusal.host).as_deref(), Some("elsewhere.example"));
}

#[test]
fn metrics_say_which_way_is_worse() {
    let task = task(
        "gate: {metrics: [{of: p50(response), tolerance: 3%}, {of: rate(calls.ok), tolerance: 2%}, {of: ratio(calls.ok), tolerance: 1%, worse: higher, change: any}], trim: mser5, strict: true, on_inconclusive: fail}",
    );
    let metrics = &task.rules.metrics;
    assert_eq!(metrics.iter().map(|it| it.worse).collect::<Vec<_>>(), [Worse::Higher, Worse::Lower, Worse::Higher]);
    assert_eq!(metrics[2].change, Change::Any);
    assert_eq!(
        (task.rules.trim, task.rules.strict, task.rules.on_inconclusive),
        (Trim::Mser5, true, OnInconclusive::Fail)
    );
    assert!(task.notes.iter().any(|note| note.contains("only restate it")), "{:?}", task.notes);
}

#[test]
fn flags_come_before_the_block() {
    let gate = GateFlags {
        candidate: Some(SideFlag::Url("http://127.0.0.1:1".to_owned())),
        pairs: Some(6),
        metrics: vec!["p50(response)=2%".to_owned()],
        ..GateFlags::default()
    };
    let flags = Flags { gate, ..Flags::default() };
    let task =
        loaded("target: {mock: attendees}\ngate: {pairs: 20, candidate: {set: {mock.throttling: off}}}\n", &flags)
            .and_then(|loaded| loaded.gate())
            .unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(whats(&task), ["the embedded mock", "http://127.0.0.1:1/"]);
    assert_eq!((task.rules.pairs, task.rules.max_pairs), (6, 12));
    assert!((task.rules.metrics[0].tolerance - 0.02).abs() < 1e-12);
}

#[test]
fn too_few_pairs_are_said_and_not_refused() {
    let notes = task("gate: {pairs: 4, max_pairs: 4, metrics: [{of: p50(response), tolerance: 5%}]}").notes;
    assert!(notes.iter().any(|note| note.contains("4 pairs are too few")), "{notes:?}");
    let notes = task("gate: {metrics: [{of: p50(response), tolerance: 5%}]}").notes;
    assert!(!notes.iter().any(|note| note.contains("too few")), "{notes:?}");
}

#[test]
fn a_baseline_against_itself_takes_one_look() {
    let task = task("gate: {candidate: {set: {mock.throttling: off}}}").against_itself();
    assert_eq!(whats(&task), ["the embedded mock"; 2]);
    assert_eq!((task.rules.pairs, task.rules.max_pairs), (8, 8));
}

#[test]
fn what_is_wrong_is_said_at_its_own_place() {
    let mock = "target: {mock: attendees}\n";
    let blocks = [
        "gate: {pairs: 8, max_pairs: 6, metrics: [{of: p50(response), tolerance: 0%}, {of: p50( response ), tolerance: 1%}, {of: recovery(), tolerance: 5%}]}",
        "gate: {metrics: [{of: 'p99(response, workload=x)', tolerance: 5%}, {of: 'p50(response, over=3s)', tolerance: 5%}]}",
        "gate: {candidate: {set: {workloads.0.arrivals.rate: 5/s}, ready_within: 3s}}",
        "gate: {candidate: {url: 'http://127.0.0.1:1', set: {mock.throttling: off}}}",
        "gate: {candidate: {set: {mock.latencies.median: 5ms, limiters.api.rate: 5}}}",
        "gate: {candidate: {url: 'ftp://x'}}",
        "gate: {metrics: [{of: p99(response), tolerance: 5%}]}",
        "gate: {baseline: {url: 'http://127.0.0.1:1'}, candidate: {url: 'http://127.0.0.1:1'}, duet: true}",
        "mock: {listen: '127.0.0.1:8099'}\ngate: {duet: true}",
    ];
    let faults = blocks.map(|block| gate(&format!("{mock}{block}")).expect_err(block).to_string());
    insta::assert_snapshot!(faults.join("\n\n"));
}
