use std::path::Path;

use super::{Effort, Size};
use crate::retry::{PRESETS, Policy};
use crate::scenario::{Faults, Flags, Input, Loaded, load, source};
use crate::tune::{Arrivals, Task, Weights};
use crate::units::Nanos;

/// A scenario around the blocks `policies` and `tune`.
fn scenario(blocks: &str) -> String {
    format!(
        "name: a\ntarget: {{mock: attendees}}\nlimiters: {{api: {{type: token_bucket, rate: 10/s, burst: 20}}}}\nworkloads:\n  - {{name: w, arrivals: {{rate: 5/s, duration: 30s}}, flow: [{{call: CreateMeeting}}]}}\n{blocks}"
    )
}

fn loaded(text: &str, flags: &Flags) -> Result<Loaded, Faults> {
    let source = source::text("scenario.yaml", text.as_bytes().to_vec())?;
    load(Input { source: &source, folder: Path::new(""), overrides: &[], flags, environment: &|_| None })
}

fn tuned(blocks: &str, effort: Effort) -> Result<Task, Faults> {
    loaded(&scenario(blocks), &Flags::default())?.tune(effort, Nanos::ZERO)
}

fn task(blocks: &str) -> Task {
    tuned(blocks, Effort::Usual).unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(blocks: &str) -> String {
    tuned(blocks, Effort::Usual).map(|task| task.candidates.len()).expect_err(blocks).to_string()
}

fn names(task: &Task) -> Vec<&str> {
    task.candidates.iter().map(|candidate| candidate.name.as_str()).collect()
}

const POLITE: &str = "policies:
  calm: {attempt_timeout: 3s, budget: {type: token_bucket, size: 10, per_success: 0.1}}
  polite: {extends: calm, max_attempts: 4, backoff: {type: full_jitter, base: 100ms, cap: 20s}}
";

#[test]
fn every_combination_of_what_is_swept_is_a_candidate() {
    let task = task(&format!(
        "{POLITE}tune: {{policies: [none, polite], sweep: {{polite.backoff.base: [50ms, 1s], polite.max_attempts: [3, 6]}}}}"
    ));
    assert_eq!(
        names(&task),
        [
            "none",
            "polite (base=50ms, max_attempts=3)",
            "polite (base=50ms, max_attempts=6)",
            "polite (base=1s, max_attempts=3)",
            "polite (base=1s, max_attempts=6)",
        ]
    );
    let last = &task.candidates[4];
    assert_eq!((last.base.as_str(), last.policy.name.as_str()), ("polite", last.name.as_str()));
    assert_eq!(last.swept, [("backoff.base", "1s"), ("max_attempts", "6")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!((last.policy.max_attempts, last.policy.attempt_timeout), (6, Some(Nanos::from_secs(3))));
}

#[test]
fn a_preset_and_what_it_has_inside_can_be_swept() {
    let task = task("tune: {policies: [aws-standard-2.1], sweep: {aws-standard-2.1.max_attempts: [2, 5]}}");
    assert_eq!(names(&task), ["aws-standard-2.1 (max_attempts=2)", "aws-standard-2.1 (max_attempts=5)"]);
    assert_eq!(task.candidates[1].policy.max_attempts, 5);
}

#[test]
fn equal_last_words_are_told_apart_by_their_whole_paths() {
    let task = task(&format!(
        "{POLITE}tune: {{policies: [polite], sweep: {{polite.backoff.base: [50ms], 'polite.backoff.by_kind.throttling.base': [1s]}}}}"
    ));
    assert_eq!(names(&task), ["polite (backoff.base=50ms, backoff.by_kind.throttling.base=1s)"]);
}

/// A policy without its name, which a paste does not keep.
fn nameless(policy: &Policy) -> String {
    format!("{:?}", Policy { name: String::new(), ..policy.clone() })
}

#[test]
fn what_is_to_be_pasted_reads_back_as_the_candidate() {
    let task = task(&format!(
        "{POLITE}tune: {{policies: [none, polite, calm, aws-standard-2.1], sweep: {{polite.backoff.base: [50ms, 1s], polite.budget.size: [20], aws-standard-2.1.max_attempts: [7]}}}}"
    ));
    assert_eq!(task.candidates.len(), 5);
    for candidate in &task.candidates {
        let text = scenario(&candidate.yaml);
        let plan = loaded(&text, &Flags::default()).and_then(|loaded| loaded.plan());
        let plan = plan.unwrap_or_else(|faults| panic!("{faults}\n{text}"));
        let step = &plan.workloads[0].flows[0].steps[0];
        assert_eq!(nameless(&plan.policies[step.policy]), nameless(&candidate.policy), "{}", candidate.yaml);
    }
    insta::assert_snapshot!(task.candidates[1].yaml, @r"
    policies:
      calm:
        attempt_timeout: 3s
        budget:
          type: token_bucket
          size: 10
          per_success: 0.1
      polite:
        extends: calm
        max_attempts: 4
        backoff:
          type: full_jitter
          base: 50ms
          cap: 20s
        budget:
          type: token_bucket
          size: 20
          per_success: 0.1
    retry: polite
    ");
}

#[test]
fn without_a_block_every_preset_and_every_policy_of_the_file_is_compared() {
    let task = task(POLITE);
    let names = names(&task);
    assert!(PRESETS.iter().all(|(name, ..)| names.contains(name)));
    assert!(names.contains(&"polite") && names.len() == PRESETS.len() + 2);
    assert_eq!((task.arrivals.as_slice(), task.seeds), ([Arrivals::Open, Arrivals::Closed].as_slice(), 30));
    assert_eq!((task.weights, task.trigger, task.confirm), (Weights::default(), None, None));
}

#[test]
fn a_trigger_weights_and_flags_are_taken_over() {
    let text = scenario(
        "tune: {policies: [none], arrivals: [closed, closed], trigger: {set: {down: true}, for: [10s, 2s, 10s]}, weights: {p99: 9, fairness: 0}, confirm: {}, require: [recovery() < 10s]}",
    );
    let flags = Flags { seeds: Some(4), require: vec!["amplification() < 2".to_owned()], ..Flags::default() };
    let task = loaded(&text, &flags).and_then(|loaded| loaded.tune(Effort::Usual, Nanos::from_millis(1)));
    let task = task.unwrap_or_else(|faults| panic!("{faults}"));
    let trigger = task.trigger.expect("a trigger");
    assert_eq!((trigger.set.len(), trigger.at), (1, None));
    assert_eq!(trigger.lasting, [2, 10].map(Nanos::from_secs));
    assert_eq!((task.weights.p99, task.weights.fairness, task.weights.success_ratio), (9.0, 0.0, 4.0));
    assert_eq!((task.arrivals.as_slice(), task.seeds), ([Arrivals::Closed].as_slice(), 4));
    assert_eq!(task.require.len(), 2);
    assert_eq!(task.confirm.map(|confirm| (confirm.top, confirm.runs)), Some((2, 3)));
    assert_eq!(task.network.round_trip, Nanos::from_millis(1));
}

#[test]
fn what_is_wrong_is_said_at_its_own_place() {
    let sweep = |sweep: &str| faults(&format!("{POLITE}tune:\n  policies: [none, polite]\n  sweep:\n    {sweep}\n"));
    insta::assert_snapshot!(
        [
            sweep("polite.backoff.base: [50ms, fast]"),
            sweep("polite.backof.base: [50ms]"),
            sweep("\"polite.max_attempts\": [0, 3]"),
            sweep("polite.backoff.cap: [10ms, 1s]"),
            sweep("polite.max_attempts: []"),
            sweep("polite.max_attempts: [3, 3]"),
            sweep("polit.max_attempts: [3]"),
            faults("tune: {policies: [none, none]}"),
            faults("tune: {policies: [none], weights: {p95: 1}}"),
            faults("tune: {policies: [none], weights: {p99: -1}}"),
            faults("tune: {policies: [none], weights: {success_ratio: 0, p99: 0, amplification: 0, recovery: 0, fairness: 0}}"),
            faults("tune: {policies: [none], require: [recovery() < 10s]}"),
            faults("tune: {policies: [none], trigger: {set: {down: true}, at: 40s, for: 0s}}"),
        ]
        .join("\n")
    );
}

#[test]
fn a_sweep_that_explodes_is_refused_before_it_is_made() {
    let values = (1..=60).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let block = format!(
        "{POLITE}tune:\n  policies: [polite]\n  sweep: {{polite.max_attempts: [{values}], polite.budget.size: [{values}], polite.backoff.multiplier: [{values}], polite.budget.per_success: [{values}]}}\n"
    );
    let huge = loaded(&scenario(&block), &Flags::default()).and_then(|loaded| loaded.tune_size());
    let huge = huge.expect("a size");
    assert_eq!((huge.candidates, huge.simulations()), (12_960_000, 777_600_000));
    let refused = |effort| tuned(&block, effort).map(|task| task.candidates.len()).expect_err("too many").to_string();
    let short =
        format!("{POLITE}tune: {{policies: [polite], seeds: 1000, sweep: {{polite.max_attempts: [{values}]}}}}");
    let many_seeds = tuned(&short, Effort::Usual).map(|task| task.seeds).expect_err("too many").to_string();
    let one_seed = tuned(&short, Effort::AtMost(100)).map(|task| task.seeds).expect_err("too many").to_string();
    insta::assert_snapshot!([refused(Effort::Usual), refused(Effort::Any), many_seeds, one_seed].join("\n"));
}

#[test]
fn whoever_insists_gets_what_was_asked_for_and_a_cap_takes_fewer_seeds() {
    let values = (1..=60).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let block =
        format!("{POLITE}tune: {{policies: [polite], seeds: 1000, sweep: {{polite.max_attempts: [{values}]}}}}");
    let seeds = |effort| tuned(&block, effort).unwrap_or_else(|faults| panic!("{faults}")).seeds;
    assert_eq!(seeds(Effort::Any), 1_000);
    assert_eq!(seeds(Effort::AtMost(60 * 2 * 25)), 25);
    let size = Size { candidates: 60, arrivals: 2, seeds: 1_000, runs: 1 };
    assert_eq!(size.simulations(), 120_000);
}
