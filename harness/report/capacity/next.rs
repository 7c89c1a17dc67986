//! What to do next: for each outcome the step that moves the question on.

use super::super::model::capacity::{Capacity, CapacityConstraintKind, CapacityOutcome};
use super::super::number::percent;
use super::loads::load;

/// The steps, most useful first; never empty.
pub(super) fn steps(capacity: &Capacity) -> Vec<String> {
    let mut steps = by_outcome(capacity);
    if matches!(capacity.outcome, CapacityOutcome::Found | CapacityOutcome::BelowStart | CapacityOutcome::Breaks) {
        steps.extend(capacity.binding.as_ref().map(|binding| by_constraint(binding.kind).to_owned()));
    }
    steps
}

fn by_outcome(capacity: &Capacity) -> Vec<String> {
    let at = |bound: Option<f64>| bound.map_or_else(|| "the first load".into(), |bound| load(capacity, bound));
    match capacity.outcome {
        CapacityOutcome::Found => {
            let mut steps = Vec::new();
            if capacity.headroom_ratio.is_some_and(|ratio| ratio < 0.0) {
                steps.push("It carries less than is expected: more capacity, a lower load or a looser objective.".into());
            }
            if capacity.rules.exceed_ratio > 0.3 {
                steps.push(
                    "This search compares builds: it is as often above the truth as below. To promise a load, search with `mode: launch`.".into(),
                );
            }
            steps.push(format!(
                "To hold it to that in CI, without searching again: `loadline capacity SCENARIO --assert {}`.",
                argument(capacity, capacity.expected_load.or(capacity.bounds.lower))
            ));
            steps
        }
        CapacityOutcome::Irregular => vec![
            "Look at the trials below: loads that hold at one time and break at another point to something that comes and goes (a neighbour, \
             garbage collection, a cache that warms up, an autoscaler)."
                .into(),
            "Give it more time (`max_duration`), longer trials (`trial`), or a longer wait before them (`settle`).".into(),
        ],
        CapacityOutcome::AboveMax => {
            vec![format!("To find where it breaks, allow more than {}: raise `max`.", load(capacity, capacity.rules.max))]
        }
        CapacityOutcome::BelowStart => vec![format!(
            "Start lower than {}, or look at one run at that load first: `loadline run` says what its calls waited for.",
            at(capacity.bounds.upper)
        )],
        CapacityOutcome::GeneratorLimited => vec![
            "Use a machine with more cores, or several, and leave it to the generator alone.".into(),
            "What is below the limit of the generator is known, and a promise up to there holds.".into(),
        ],
        CapacityOutcome::Holds => vec!["To learn how much more it carries, search without `--assert`.".into()],
        CapacityOutcome::Breaks => {
            vec!["To learn how much it does carry, search without `--assert`.".into()]
        }
        CapacityOutcome::Inconclusive => vec![format!(
            "More or longer trials would tell: raise `verify` (now {} of {} s), or accept a smaller margin than {}.",
            capacity.rules.verify_trials,
            capacity.rules.verify_s,
            percent(capacity.rules.assert.map_or(0.0, |assert| assert.margin_ratio))
        )],
        CapacityOutcome::Invalid => {
            vec!["Make one run first (`loadline run`): it says whether the target answers and whether the generator keeps up.".into()]
        }
        CapacityOutcome::Interrupted => vec![
            "Run it again for an answer. What is below is what was known when it stopped, and has not been verified.".into(),
        ],
    }
}

/// A load as `--assert` reads it.
fn argument(capacity: &Capacity, at: Option<f64>) -> String {
    at.map_or_else(
        || "LOAD".into(),
        |at| load(capacity, at.floor()).replace([',', ' '], "").replace("users", "").replace("user", ""),
    )
}

fn by_constraint(kind: CapacityConstraintKind) -> &'static str {
    match kind {
        CapacityConstraintKind::Latency => {
            "Latency binds: the curve below shows whether it rises slowly, as with a queue, or at once, as with a pool that is exhausted."
        }
        CapacityConstraintKind::Errors => "Errors bind: a run at the upper bound tells which calls fail, and how.",
        CapacityConstraintKind::Throttle => {
            "The limit is a policy and not the machine: `loadline discover` measures it, and whoever sets it can raise it."
        }
        CapacityConstraintKind::Backlog => {
            "It answers slower than it is asked: whatever works on requests needs more hands."
        }
        CapacityConstraintKind::Objective => "A run at the upper bound shows how the objective is missed.",
        CapacityConstraintKind::Generator => "The generator binds: nothing beyond this is known of the target.",
    }
}
