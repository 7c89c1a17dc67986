//! The rows of the result, from what was judged.

use super::judge::{Entry, Judged};
use super::lineup::Lineup;
use super::metrics::{Metric, Recovery, median};
use super::score::dominates;
use super::task::Arrivals;
use super::tuned::{Estimate, Place, Recovered, Row, Standing};

/// The rows of one model of arrivals, in the order of their places. `judged` is in that order already.
pub(super) fn rows(lineup: &Lineup, arrivals: Arrivals, entries: &[Entry], judged: &[Judged]) -> Vec<Row> {
    let name = |judged: &Judged| lineup.candidates[judged.candidate].name.clone();
    let mut rows = Vec::with_capacity(judged.len());
    for (place, one) in judged.iter().enumerate() {
        let candidate = &lineup.candidates[one.candidate];
        let entry = &entries[one.candidate];
        let before = place.checked_sub(1).map(|place| &judged[place]);
        let kind = if one.may_win() {
            let better = judged.iter().find(|other| other.may_win() && dominates(&other.values, &one.values));
            better.map_or(Place::Pareto, |by| Place::Dominated { by: name(by) })
        } else if one.fails.is_empty() {
            Place::Metastable
        } else {
            Place::FailsRequirement
        };
        rows.push(Row {
            name: candidate.name.clone(),
            base: candidate.base.clone(),
            swept: candidate.swept.clone(),
            arrivals,
            standing: Standing {
                place: place as u32 + 1,
                kind,
                tied: before.is_some_and(|before| before.may_win() == one.may_win() && is_tied(before, one)),
            },
            score: Estimate { mean: one.score.mean.clamp(0.0, 1.0), ..one.score },
            metrics: metrics(entry),
            recoveries: recoveries(entry),
            vulnerable_s: None,
            fails: one.fails.clone(),
            yaml: candidate.yaml.clone(),
        });
    }
    rows
}

/// Whether the scores of two cannot be told apart over the seeds that both had.
pub(super) fn is_tied(one: &Judged, other: &Judged) -> bool {
    Estimate::of_differences(&one.scores, &other.scores).may_be_zero()
}

/// The means of an entry; those that no seed has anything to show for are left out.
fn metrics(entry: &Entry) -> Vec<(Metric, Estimate)> {
    let of = |metric| (metric, Estimate::of(entry.samples.iter().map(|sample| sample.metrics.get(metric))));
    Metric::ALL.into_iter().map(of).filter(|(_, estimate)| !estimate.mean.is_nan()).collect()
}

/// What became of each trigger, over all seeds.
fn recoveries(entry: &Entry) -> Vec<Recovered> {
    let lengths = entry.samples.first().map_or(0, |sample| sample.recoveries.len());
    let of_length = |length: usize| {
        let seeds = || entry.samples.iter().map(|sample| sample.recoveries[length]);
        let share =
            |holds: fn(&Recovery) -> bool| seeds().filter(holds).count() as f64 / entry.samples.len().max(1) as f64;
        Recovered {
            trigger_s: seeds().next().map_or(f64::NAN, |recovery| recovery.trigger_s),
            slo_s: median(seeds().map(|recovery| recovery.slo_s.unwrap_or(f64::INFINITY)).collect()),
            goodput_s: median(seeds().map(|recovery| recovery.goodput_s.unwrap_or(f64::INFINITY)).collect()),
            outage_load: Estimate::of(seeds().map(|recovery| recovery.outage_load)).mean,
            relapsed: share(|recovery| recovery.relapse),
            metastable: share(|recovery| recovery.metastable),
        }
    };
    (0..lengths).map(of_length).collect()
}
