//! What stands in the way where nothing meets the requirements.

use super::judge::{Entry, Judged};
use super::lineup::Lineup;
use super::scene::Scene;
use super::task::Task;
use super::tuned::{Estimate, Unmet};
use super::words::{number, percent, seconds};
use crate::plan::expression::{Comparison, Expression, Function, Unit};

/// The requirements that nothing meets; where each is met by somebody and all together by nobody, all of them. Empty
/// where something meets all.
pub(super) fn unmet(task: &Task, lineup: &Lineup, scene: &Scene, entries: &[Entry], judged: &[Judged]) -> Vec<Unmet> {
    if task.require.is_empty() || judged.iter().any(|judged| judged.fails.is_empty()) {
        return Vec::new();
    }
    let looks: Vec<Look> = (0..task.require.len()).map(|at| look(task, entries, at)).collect();
    let never: Vec<usize> = (0..looks.len()).filter(|&at| !looks[at].met).collect();
    let named = if never.is_empty() { (0..looks.len()).collect() } else { never };
    let of = |&at: &usize| {
        let requirement = &task.require[at];
        let Look { candidate, seen, met } = looks[at];
        let closest = lineup.candidates[candidate].name.clone();
        let why = if met {
            let others = judged.iter().find(|judged| judged.candidate == candidate).map(|judged| {
                let texts = judged.fails.iter().map(|failing| format!("`{}`", failing.requirement));
                texts.collect::<Vec<_>>().join(" and ")
            });
            format!(
                "{closest} meets it, and fails {}: the requirements contradict each other here",
                others.unwrap_or_default()
            )
        } else {
            blocked_by(scene, requirement, &entries[candidate], seen)
        };
        Unmet { requirement: requirement.text.clone(), closest, seen, why }
    };
    named.iter().map(of).collect()
}

/// Who comes closest to a requirement.
#[derive(Clone, Copy, Debug)]
struct Look {
    candidate: usize,
    seen: f64,
    met: bool,
}

fn look(task: &Task, entries: &[Entry], at: usize) -> Look {
    let requirement = &task.require[at];
    let bound = requirement.value.as_f64();
    let seen = |entry: &Entry| Estimate::of(entry.samples.iter().map(|sample| sample.required[at])).mean;
    let distance = |seen: f64| match requirement.comparison {
        _ if seen.is_nan() => f64::INFINITY,
        Comparison::Less | Comparison::AtMost => seen - bound,
        Comparison::Greater | Comparison::AtLeast => bound - seen,
        Comparison::Equal => (seen - bound).abs(),
    };
    let closest = entries.iter().map(|entry| (entry.candidate, seen(entry)));
    let closest = closest.min_by(|(_, a), (_, b)| distance(*a).total_cmp(&distance(*b)));
    let (candidate, seen) = closest.unwrap_or((0, f64::NAN));
    Look { candidate, seen, met: requirement.comparison.holds(seen, bound) }
}

/// What blocks a requirement that nothing meets, by its closest candidate.
fn blocked_by(scene: &Scene, requirement: &Expression, entry: &Entry, seen: f64) -> String {
    let measure = &requirement.measure;
    if seen.is_nan() {
        return match measure.function {
            Function::Recovery => "there is no trigger to recover from: give `tune.trigger` one".to_owned(),
            _ => "nothing was seen of it in any simulation: check its operation, workload and outcome".to_owned(),
        };
    }
    let shown = match measure.function.unit() {
        Unit::Duration => seconds(seen),
        Unit::Rate => format!("{}/s", number(seen)),
        Unit::Ratio => percent(seen),
        Unit::Number => number(seen),
    };
    let sample = entry.samples.first();
    let lost = sample.and_then(|sample| sample.metrics.lost.iter().max_by_key(|(_, calls)| *calls));
    let limit = scene.limit.per_s.filter(|_| scene.limit.is_exceeded());
    match (measure.function, limit) {
        (Function::Recovery, _) if seen.is_infinite() => {
            "no candidate recovers: the load that remains after the trigger is more than the service can take"
                .to_owned()
        }
        (Function::Ratio | Function::Rate, Some(limit)) => format!(
            "{shown} is the best: {} calls a second are offered and {} a second let through, so at most {} can \
             succeed in time",
            number(scene.limit.offered_per_s),
            number(limit),
            percent((limit / scene.limit.offered_per_s).min(1.0))
        ),
        (Function::Percentile(_) | Function::Mean | Function::Max, Some(limit)) => format!(
            "{shown} is the best: {} calls a second queue up for {} a second, and whoever is not turned away \
             has to wait",
            number(scene.limit.offered_per_s),
            number(limit)
        ),
        (Function::Amplification, _) => {
            format!(
                "{shown} is the best: every candidate with fewer attempts would have to give up on calls that \
                 were turned away"
            )
        }
        _ => lost.map_or_else(
            || format!("{shown} is the best that any candidate does"),
            |(reason, calls)| {
                format!("{shown} is the best; {calls} of its calls were lost for the reason `{}`", reason.word())
            },
        ),
    }
}
