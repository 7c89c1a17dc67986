//! What breaks first, just above the answer.

use super::goal::counts;
use super::judge::growth;
use super::{Constraint, ConstraintKind, Made, ObjectiveKind, Purpose, Rules, words};

/// What the trials at the upper bound met most often, the worse kind where two are as frequent: in words that say what was seen.
pub(super) fn binding(rules: &Rules, trials: &[Made], upper: f64) -> Option<Constraint> {
    let there: Vec<&Made> = trials
        .iter()
        .filter(|made| made.trial.load.total_cmp(&upper).is_eq() && counts(&made.reading))
        .filter(|made| matches!(made.trial.purpose, Purpose::Range | Purpose::Search | Purpose::Verify))
        .collect();
    const KINDS: [ConstraintKind; 5] = [
        ConstraintKind::Throttle,
        ConstraintKind::Latency,
        ConstraintKind::Errors,
        ConstraintKind::Backlog,
        ConstraintKind::Objective,
    ];
    let count = |kind| there.iter().filter(|made| made.violates == Some(kind)).count();
    // The last of the most frequent ones is taken, so the order is turned.
    let kind = KINDS.into_iter().rev().max_by_key(|kind| count(*kind)).filter(|kind| count(*kind) > 0)?;
    Some(Constraint { kind, why: why(rules, &there, kind, upper) })
}

fn why(rules: &Rules, there: &[&Made], kind: ConstraintKind, upper: f64) -> String {
    let bad: Vec<&Made> = there.iter().copied().filter(|made| made.violates == Some(kind)).collect();
    let mean = |pick: fn(&Made) -> f64| bad.iter().map(|made| pick(made)).sum::<f64>() / bad.len().max(1) as f64;
    let seen = match kind {
        ConstraintKind::Throttle => {
            format!("{} of first attempts were throttled", words::percent(mean(|made| made.reading.throttled)))
        }
        ConstraintKind::Errors => format!("{} of calls failed", words::percent(mean(|made| made.reading.failed))),
        ConstraintKind::Backlog => format!(
            "{}/s of {}/s ended well, and what is outstanding grew by {} calls a trial",
            words::number(mean(|made| made.reading.goodput_per_s)),
            words::number(mean(|made| made.reading.offered_per_s)),
            words::number(mean(|made| growth(&made.reading)).round())
        ),
        _ => objective(rules, &bad, kind),
    };
    let trials = words::of_trials(bad.len(), there.len());
    format!("at {} {seen}, {trials}; {}", words::load(rules, upper), words::advice(kind))
}

/// The objective of a kind that is violated most often, and the middle of what it came to.
fn objective(rules: &Rules, bad: &[&Made], kind: ConstraintKind) -> String {
    let is = |of: &ObjectiveKind| matches!(of, ObjectiveKind::Latency { .. }) == (kind == ConstraintKind::Latency);
    let violated = |index: usize| {
        bad.iter().filter(|made| made.reading.objectives.get(index).is_some_and(|seen| !seen.ok)).count()
    };
    let candidates = (0..rules.objectives.len()).filter(|index| is(&rules.objectives[*index].kind));
    let Some(index) = candidates.max_by_key(|index| (violated(*index), usize::MAX - index)) else {
        return "an objective was violated".into();
    };
    let objective = &rules.objectives[index];
    let values: Vec<f64> = bad.iter().filter_map(|made| made.reading.objectives.get(index)?.value).collect();
    let value = crate::stats::median(&values);
    let of = &objective.expression.measure;
    match (&objective.kind, value) {
        (ObjectiveKind::Latency { limit_s, .. }, Some(value)) => {
            format!("{of} was {}, over {}", words::latency(value), words::latency(*limit_s))
        }
        (ObjectiveKind::Latency { .. }, None) => format!("no call was left to tell {of} from"),
        (_, Some(value)) => format!("{} came to {}", objective.expression.text, words::number(value)),
        (_, None) => format!("{} had nothing to go by", objective.expression.text),
    }
}
