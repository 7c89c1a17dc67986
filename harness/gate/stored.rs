//! The verdict on stored runs: two sets that were made at different times, so that it claims less than pairs may.

use super::decide::{Levels, by_bounds, objection};
use super::rare::{Rare, rare};
use super::session::overall;
use super::{
    Bound, Change, Fault, Judged, Look, Method, Metric, MetricJudged, Reading, Reason, Rules, Run, Scale, Verdict,
};
use crate::stats::{Shifts, block_bootstrap, median};

/// How often the seconds of a single run are drawn again.
const DRAWS: u64 = 2_000;

/// Judges two sets of runs by the sum of ranks. Nothing is looked at where a run is spoiled. One run a side indicates something and
/// proves nothing: it is inconclusive, whatever its seconds say. A regression between machines is inconclusive, too.
pub fn judge_stored(rules: &Rules, base: &[Run], candidate: &[Run], same_host: bool) -> Judged {
    let sides = [base, candidate];
    let spoiled: Vec<String> = sides.into_iter().flatten().filter_map(spoiled).collect();
    if !spoiled.is_empty() || base.is_empty() || candidate.is_empty() {
        return not_comparable(rules, spoiled);
    }
    let metrics: Vec<MetricJudged> =
        (0..rules.metrics.len()).map(|index| of_metric(rules, index, sides, same_host)).collect();
    let pairs = base.len().min(candidate.len()) as u32;
    Judged {
        verdict: overall(&metrics),
        reasons: reasons(rules, &metrics, sides),
        metrics,
        pairs,
        looks: vec![Look { pairs, alpha: rules.alpha }],
        repeated: 0,
    }
}

/// Runs that cannot be compared, and why: nothing is looked at.
pub fn not_comparable(rules: &Rules, reasons: Vec<String>) -> Judged {
    let metric = |_: &Metric| nothing(Reason::RunsInvalid);
    Judged {
        verdict: Verdict::Invalid,
        metrics: rules.metrics.iter().map(metric).collect(),
        reasons,
        ..Judged::default()
    }
}

fn spoiled(run: &Run) -> Option<String> {
    let fault = run.faults.first()?;
    Some(format!("run {} of the {}, `{}`: {}", run.pair, run.side.word(), run.run_id, fault.text))
}

fn nothing(reason: Reason) -> MetricJudged {
    MetricJudged::nothing(reason, Method::RankSum)
}

/// The first fault that some run's number has.
fn fault_of(index: usize, sides: [&[Run]; 2]) -> Option<(&Run, &Fault)> {
    sides.into_iter().flatten().find_map(|run| Some((run, run.readings.get(index)?.fault.as_ref()?)))
}

fn of_metric(rules: &Rules, index: usize, sides: [&[Run]; 2], same_host: bool) -> MetricJudged {
    let metric = &rules.metrics[index];
    let readings = sides.map(|runs| runs.iter().filter_map(|run| run.readings.get(index)).collect::<Vec<&Reading>>());
    let values = readings.each_ref().map(|side| side.iter().filter_map(|reading| reading.value).collect::<Vec<f64>>());
    let seen = MetricJudged { baseline: median(&values[0]), candidate: median(&values[1]), ..nothing(Reason::NoScale) };
    if let Some(reason) = readings.iter().flatten().find_map(|reading| objection(reading)) {
        return MetricJudged { reason, ..seen };
    }
    let places =
        values.each_ref().map(|side| side.iter().map(|value| metric.place(*value)).collect::<Option<Vec<f64>>>());
    let [Some(base), Some(candidate)] = places else { return seen };
    if base.len() < sides[0].len() || candidate.len() < sides[1].len() {
        return MetricJudged { reason: Reason::NoSamples, ..seen };
    }
    let is_single = base.len() == 1 && candidate.len() == 1;
    let first = base[0];
    // Shares may be zero in every run; a latency or a rate that is the same to the last digit was not measured.
    let is_flat = base.iter().chain(&candidate).all(|place| place.to_bits() == first.to_bits());
    if is_flat && metric.scale() == Scale::Factor && !is_single {
        return MetricJudged { reason: Reason::ZeroVariance, ..seen };
    }
    let shifts = Shifts::of(&base, &candidate);
    let seen = MetricJudged { estimate: shifts.estimate(), verdict: Verdict::Inconclusive, ..seen };
    if is_single {
        return single(rules, index, [readings[0][0], readings[1][0]], seen);
    }
    if let Some(rare) = rare(metric, [&readings[0], &readings[1]], rules.alpha) {
        return by_counts(metric, &rare, seen);
    }
    by_ranks(rules, metric, &shifts, same_host, seen)
}

/// A share with almost no events, which the candidate's own number of them bounds.
fn by_counts(metric: &Metric, rare: &Rare, seen: MetricJudged) -> MetricJudged {
    let is_within =
        rare.upper.at < metric.margin() && (metric.change == Change::Worse || -rare.lower.at < metric.margin());
    let (verdict, reason) =
        if is_within { (Verdict::Pass, Reason::FewEvents) } else { (Verdict::Inconclusive, Reason::WideInterval) };
    let (lower, upper) = (Some(rare.lower), Some(rare.upper));
    MetricJudged {
        method: Method::ClopperPearson,
        estimate: Some(rare.estimate),
        lower,
        upper,
        verdict,
        reason,
        ..seen
    }
}

/// The sum of ranks, under the rule that pairs are judged by.
fn by_ranks(rules: &Rules, metric: &Metric, shifts: &Shifts, same_host: bool, seen: MetricJudged) -> MetricJudged {
    // All metrics have to pass, so each may take all of the certainty; one that fails is enough, so they share it.
    let levels = Levels { fail: rules.alpha / rules.metrics.len().max(1) as f64, pass: rules.alpha };
    let bounds: [&dyn Fn(f64) -> f64; 2] = [&|alpha| shifts.lower(alpha), &|alpha| shifts.upper(alpha)];
    let judged = by_bounds(seen, metric, levels, rules.strict, bounds);
    if judged.verdict == Verdict::Fail && !same_host {
        return MetricJudged { verdict: Verdict::Inconclusive, reason: Reason::NotComparable, ..judged };
    }
    judged
}

/// One run a side: an interval from the seconds of both, which sees nothing of how the next run would differ.
fn single(rules: &Rules, index: usize, readings: [&Reading; 2], seen: MetricJudged) -> MetricJudged {
    let metric = &rules.metrics[index];
    let seen = MetricJudged { method: Method::BlockBootstrap, reason: Reason::IndicativeOnly, ..seen };
    let series = |reading: &Reading| -> Vec<f64> {
        reading.seconds.iter().flatten().filter_map(|value| metric.place(*value)).collect()
    };
    let who = 2 * index as u64;
    let [base, candidate] = readings.map(series);
    let base = block_bootstrap(&base, DRAWS, rules.seed, who);
    let candidate = block_bootstrap(&candidate, DRAWS, rules.seed, who + 1);
    let mut offs: Vec<f64> = base.iter().zip(&candidate).map(|(base, candidate)| candidate - base).collect();
    offs.sort_by(f64::total_cmp);
    let (Some(estimate), false) = (seen.estimate, offs.is_empty()) else { return seen };
    let tail = ((rules.alpha * offs.len() as f64) as usize).min(offs.len() - 1);
    let bound = |off: f64| Some(Bound { at: estimate + off, confidence: 1.0 - rules.alpha });
    MetricJudged { lower: bound(offs[tail]), upper: bound(offs[offs.len() - 1 - tail]), ..seen }
}

/// What has to be said of the metrics that did not pass.
fn reasons(rules: &Rules, metrics: &[MetricJudged], sides: [&[Run]; 2]) -> Vec<String> {
    let told = |(index, judged): (usize, &MetricJudged)| {
        let text = &rules.metrics[index].text;
        let why = match judged.reason {
            Reason::Worse => "surely worse than the baseline".to_owned(),
            Reason::Different => "surely not what it was".to_owned(),
            Reason::NotComparable => {
                "it would have failed, had both sides been run on one machine: run them on one".to_owned()
            }
            Reason::TooFewPairs => {
                let runs = sides.map(<[Run]>::len);
                format!(
                    "{} and {} runs are too few for any bound: make at least 4 a side with `--runs`",
                    runs[0], runs[1]
                )
            }
            Reason::WideInterval => "the runs differ too much to tell: make more of them, or longer ones".to_owned(),
            Reason::IndicativeOnly => "one run a side proves nothing: make more with `--runs`".to_owned(),
            Reason::NoScale => "a run has zero of it, which is no factor of anything".to_owned(),
            Reason::ZeroVariance => "all runs have the very same value, so these are no measurements".to_owned(),
            _ => {
                let (run, fault) = fault_of(index, sides)?;
                format!("run {} of the {}: {}", run.pair, run.side.word(), fault.text)
            }
        };
        Some(format!("{text}: {why}"))
    };
    let rank = |verdict| match verdict {
        Verdict::Fail => 0,
        Verdict::Invalid => 1,
        Verdict::Inconclusive => 2,
        Verdict::Pass => 3,
    };
    let mut open: Vec<(usize, &MetricJudged)> =
        metrics.iter().enumerate().filter(|(_, judged)| judged.verdict != Verdict::Pass).collect();
    open.sort_by_key(|(_, judged)| rank(judged.verdict));
    open.into_iter().filter_map(told).collect()
}

#[cfg(test)]
#[path = "stored_tests.rs"]
mod tests;
