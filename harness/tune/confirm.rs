//! Real runs beside what was predicted.
//!
//! Every line of the comparison has its tolerance here and nowhere else. Real time is one machine's and one day's: what
//! the tolerances allow for is the granularity of timers, the cost of connections, and chance.

use super::metrics::{Context, Metrics, Recovery, nearest_rank};
use super::score::{Scale, Values, values};
use super::task::Weights;
use super::tuned::{Comparison, Confirmation, Estimate};
use super::words::{number, percent, seconds};
use crate::record::Trace;

/// How far a measured mean may lie from the predicted one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tolerance {
    /// So much, whatever the value.
    Points(f64),
    /// Such a part of the predicted value, and so much more.
    Part { share: f64, and: f64 },
    /// So much or such a part of the predicted value, whichever is more.
    Either { share: f64, or: f64 },
}

/// In what a line is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Share,
    Seconds,
    Number,
}

/// A line of the comparison.
struct Line {
    what: &'static str,
    counted: Counted,
    tolerance: Tolerance,
    of: fn(&Metrics) -> f64,
}

/// The lines that compare means over runs.
const LINES: [Line; 11] = [
    Line {
        what: "success_ratio",
        counted: Counted::Share,
        tolerance: Tolerance::Points(0.01),
        of: |m| m.success_ratio,
    },
    Line {
        what: "goodput",
        counted: Counted::Number,
        tolerance: Tolerance::Part { share: 0.02, and: 0.0 },
        of: |m| m.goodput_per_s,
    },
    Line {
        what: "server_load",
        counted: Counted::Number,
        tolerance: Tolerance::Part { share: 0.02, and: 0.0 },
        of: |m| m.server_load_per_s,
    },
    Line {
        what: "amplification",
        counted: Counted::Number,
        tolerance: Tolerance::Part { share: 0.03, and: 0.0 },
        of: |m| m.amplification,
    },
    Line {
        what: "reject_fraction",
        counted: Counted::Share,
        tolerance: Tolerance::Points(0.02),
        of: |m| m.reject_fraction,
    },
    Line {
        what: "p50",
        counted: Counted::Seconds,
        tolerance: Tolerance::Part { share: 0.05, and: 0.002 },
        of: |m| m.response_ok_s[0],
    },
    Line {
        what: "p90",
        counted: Counted::Seconds,
        tolerance: Tolerance::Part { share: 0.05, and: 0.002 },
        of: |m| m.response_ok_s[1],
    },
    Line {
        what: "p99",
        counted: Counted::Seconds,
        tolerance: Tolerance::Part { share: 0.10, and: 0.002 },
        of: |m| m.response_ok_s[2],
    },
    Line {
        what: "completion",
        counted: Counted::Seconds,
        tolerance: Tolerance::Part { share: 0.03, and: 0.05 },
        of: |m| m.completion_s,
    },
    Line {
        what: "peak_load_1s",
        counted: Counted::Number,
        tolerance: Tolerance::Part { share: 0.10, and: 0.0 },
        of: |m| m.peak_load_1s,
    },
    Line { what: "fairness", counted: Counted::Number, tolerance: Tolerance::Points(0.02), of: |m| m.jain },
];

/// Recovery, where there was a trigger: half a second, or 15 %.
const RECOVERY: Line = Line {
    what: "recovery",
    counted: Counted::Seconds,
    tolerance: Tolerance::Either { share: 0.15, or: 0.5 },
    of: |metrics| metrics.recovery.map_or(f64::NAN, Recovery::seconds),
};

/// How far the distributions of response times may lie apart (Kolmogorov and Smirnov's distance).
const KS: f64 = 0.05;
/// How far the histograms of attempts may lie apart (total variation).
const VARIATION: f64 = 0.03;
/// How well the order of candidates must agree (Kendall's tau).
const TAU: f64 = 0.9;
/// The lowest and the highest of the simulated 99th percentiles that count, as parts of their number.
const BAND: [f64; 2] = [0.01, 0.99];

/// Compares real runs of a candidate with simulated ones of the same plan. `real` and `predicted` hold at least one run
/// each.
///
/// What lies outside a tolerance and inside the middle 98 % of what as many simulated runs give is as predicted all the same: it is
/// what chance gives, and the tolerance says so then.
pub fn compare(name: &str, role: &str, real: &[Trace], predicted: &[Trace], context: &Context) -> Confirmation {
    let measure = |traces: &[Trace]| traces.iter().map(|trace| Metrics::of(trace, context)).collect::<Vec<_>>();
    let (measured, simulated) = (measure(real), measure(predicted));
    let chance = Chance { runs: real.len().max(1) };
    let recovery = context.disturbance.is_some().then_some(&RECOVERY);
    let mut comparisons: Vec<Comparison> =
        LINES.iter().chain(recovery).map(|line| line.compare(&simulated, &measured, chance)).collect();
    comparisons.push(response_distance(predicted, real, chance));
    comparisons.push(attempts_distance(&simulated, &measured, chance));
    Confirmation {
        name: name.to_owned(),
        role: role.to_owned(),
        runs: (real.len() as u32, predicted.len() as u32),
        comparisons,
    }
}

/// What chance alone gives. Real runs are few, and each of them is one of many that might have been. So as many simulated ones as
/// there were real ones are taken together, again and again: as far as these lie from all of them, real runs may lie as well.
#[derive(Clone, Copy, Debug)]
struct Chance {
    /// How many runs are taken together.
    runs: usize,
}

impl Chance {
    /// The fewest groups from which something can be said of the middle 98 %.
    const GROUPS: usize = 20;

    /// The range in which a measure of a group lies, its outermost hundredths left out; `None` for too few groups.
    fn range<T>(self, simulated: &[T], of: impl Fn(&[T]) -> f64) -> Option<[f64; 2]> {
        let mut all: Vec<f64> = simulated.chunks_exact(self.runs).map(of).collect();
        let known = all.len() >= Self::GROUPS;
        known.then(|| BAND.map(|quantile| nearest_rank(&mut all, quantile).unwrap_or(f64::NAN)))
    }
}

impl Line {
    fn compare(&self, simulated: &[Metrics], measured: &[Metrics], chance: Chance) -> Comparison {
        let mean = |runs: &[Metrics]| Estimate::of(runs.iter().map(self.of)).mean;
        let (predicted, seen) = (mean(simulated), mean(measured));
        let (mut within, mut tolerance) = (self.tolerance.holds(predicted, seen), self.tolerance.words(self.counted));
        if let Some([low, high]) = chance.range(simulated, mean).filter(|_| !within) {
            within = (low..=high).contains(&seen);
            let plain = |value: f64| match self.counted {
                Counted::Share => percent(value),
                Counted::Seconds => seconds(value),
                Counted::Number => number(value),
            };
            tolerance = format!("{tolerance}, or by chance {} to {}", plain(low), plain(high));
        }
        Comparison { what: self.what.to_owned(), predicted, measured: seen, tolerance, within }
    }
}

impl Tolerance {
    fn holds(self, predicted: f64, measured: f64) -> bool {
        if predicted.is_nan() && measured.is_nan() || predicted.total_cmp(&measured).is_eq() {
            return true;
        }
        let allowed = match self {
            Self::Points(points) => points,
            Self::Part { share, and } => share * predicted.abs() + and,
            Self::Either { share, or } => (share * predicted.abs()).max(or),
        };
        // A hair more, so that a difference of exactly the tolerance is not lost to rounding.
        (measured - predicted).abs() <= allowed * (1.0 + 1e-9)
    }

    fn words(self, counted: Counted) -> String {
        let plain = |value: f64| match counted {
            Counted::Share => format!("{} points", number(value * 100.0)),
            Counted::Seconds => seconds(value),
            Counted::Number => number(value),
        };
        match self {
            Self::Points(points) => format!("±{}", plain(points)),
            Self::Part { share, and: 0.0 } => format!("±{}", percent(share)),
            Self::Part { share, and } => format!("±({} + {})", percent(share), plain(and)),
            Self::Either { share, or } => format!("±{} or {}", plain(or), percent(share)),
        }
    }
}

/// The largest distance between the two distributions of response times, all runs of a side taken together.
fn response_distance(predicted: &[Trace], real: &[Trace], chance: Chance) -> Comparison {
    let responses = |traces: &[Trace]| {
        let calls = traces.iter().flat_map(|trace| &trace.calls).filter(|call| !call.warm_up);
        let mut responses: Vec<u64> = calls.map(|call| call.response().as_nanos()).collect();
        responses.sort_unstable();
        responses
    };
    let all = responses(predicted);
    let distance = ks_distance(&all, &responses(real));
    let by_chance = chance.range(predicted, |group| ks_distance(&all, &responses(group)));
    distance_of("response_distribution", distance, KS, by_chance)
}

/// Kolmogorov and Smirnov's distance of two sorted samples.
fn ks_distance(one: &[u64], other: &[u64]) -> f64 {
    let (mut at, mut beside, mut distance) = (0, 0, 0.0_f64);
    while at < one.len() && beside < other.len() {
        let value = one[at].min(other[beside]);
        at += one[at..].partition_point(|seen| *seen <= value);
        beside += other[beside..].partition_point(|seen| *seen <= value);
        let share = |count: usize, of: &[u64]| count as f64 / of.len() as f64;
        distance = distance.max((share(at, one) - share(beside, other)).abs());
    }
    distance
}

/// Half of what the two histograms of attempts for each call differ by.
fn attempts_distance(simulated: &[Metrics], measured: &[Metrics], chance: Chance) -> Comparison {
    let shares = |runs: &[Metrics]| {
        let mut sum = [0.0; 16];
        for metrics in runs {
            sum.iter_mut().zip(metrics.attempts_per_call).for_each(|(sum, calls)| *sum += calls as f64);
        }
        let all: f64 = sum.iter().sum::<f64>().max(1.0);
        sum.map(|calls| calls / all)
    };
    let all = shares(simulated);
    let variation = |runs: &[Metrics]| {
        let differences = all.iter().zip(shares(runs)).map(|(one, other)| (one - other).abs());
        differences.sum::<f64>() / 2.0
    };
    distance_of("attempts_distribution", variation(measured), VARIATION, chance.range(simulated, variation))
}

fn distance_of(what: &str, distance: f64, most: f64, by_chance: Option<[f64; 2]>) -> Comparison {
    let (mut within, mut tolerance) = (distance < most, format!("distance below {most}"));
    if let Some([_, high]) = by_chance.filter(|_| !within) {
        within = distance <= high;
        tolerance = format!("{tolerance}, or by chance {}", number(high));
    }
    Comparison { what: what.to_owned(), predicted: 0.0, measured: distance, tolerance, within }
}

/// A candidate that was run for real.
#[derive(Clone, Copy, Debug)]
pub struct Confirmed<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its simulated runs, at least one.
    pub predicted: &'a [Trace],
    /// Its real runs, at least one.
    pub real: &'a [Trace],
    /// What has to be known to measure either.
    pub context: &'a Context,
}

/// Compares the order in which candidates stand, scored by the scale of the simulated ones: Kendall's tau over the
/// pairs that are tied on neither side, and whether the real winner is among the simulated top two. Two whose means lie
/// within two standard errors of each other are tied. Nothing for fewer than two candidates.
pub fn compare_order(weights: &Weights, confirmed: &[Confirmed<'_>]) -> Vec<Comparison> {
    let of = |one: &Confirmed<'_>, traces: &[Trace]| -> Vec<Values> {
        traces.iter().map(|trace| values(&Metrics::of(trace, one.context))).collect()
    };
    let all: Vec<(Vec<Values>, Vec<Values>)> =
        confirmed.iter().map(|one| (of(one, one.predicted), of(one, one.real))).collect();
    let mean = |runs: &[Values]| -> Values {
        std::array::from_fn(|at| Estimate::of(runs.iter().map(|values| values[at])).mean)
    };
    let scale = Scale::new(weights, &all.iter().map(|(predicted, _)| mean(predicted)).collect::<Vec<_>>());
    let score = |runs: &[Values]| runs.iter().map(|values| scale.score(values)).collect();
    let scores = confirmed.iter().zip(&all).map(|(one, (predicted, measured))| Scores {
        name: one.name.to_owned(),
        predicted: score(predicted),
        measured: score(measured),
    });
    compare_ranking(&scores.collect::<Vec<_>>())
}

/// The scores of a candidate, simulated and real, one for each run.
#[derive(Clone, Debug, PartialEq)]
struct Scores {
    name: String,
    predicted: Vec<f64>,
    measured: Vec<f64>,
}

fn compare_ranking(candidates: &[Scores]) -> Vec<Comparison> {
    if candidates.len() < 2 {
        return Vec::new();
    }
    let of = |scores: &[f64]| Estimate::of(scores.iter().copied());
    let all: Vec<(Estimate, Estimate)> =
        candidates.iter().map(|scores| (of(&scores.predicted), of(&scores.measured))).collect();
    let (mut agree, mut pairs) = (0.0, 0.0);
    for (at, one) in all.iter().enumerate() {
        for other in &all[at + 1..] {
            if let (Some(predicted), Some(measured)) = (ahead(&one.0, &other.0), ahead(&one.1, &other.1)) {
                pairs += 1.0;
                agree += if predicted == measured { 1.0 } else { -1.0 };
            }
        }
    }
    // Where all are tied there is no order to be wrong about.
    let tau = if pairs > 0.0 { agree / pairs } else { 1.0 };
    let winner = (0..all.len()).max_by(|&a, &b| all[a].1.mean.total_cmp(&all[b].1.mean)).unwrap_or_default();
    let better = all.iter().filter(|(predicted, _)| ahead(predicted, &all[winner].0) == Some(true)).count();
    vec![
        Comparison {
            what: format!("ranking of {} (Kendall's tau)", candidates.len()),
            predicted: 1.0,
            measured: tau,
            tolerance: format!("at least {TAU}"),
            within: tau >= TAU,
        },
        Comparison {
            what: format!("simulated place of the real winner, {}", candidates[winner].name),
            predicted: 1.0,
            measured: better as f64 + 1.0,
            tolerance: "at most 2".to_owned(),
            within: better < 2,
        },
    ]
}

/// Whether one is ahead of the other; `None` where they cannot be told apart.
fn ahead(one: &Estimate, other: &Estimate) -> Option<bool> {
    let difference = one.mean - other.mean;
    let error = libm::sqrt(one.error * one.error + other.error * other.error);
    (difference.abs() > (2.0 * error).max(1e-9)).then_some(difference > 0.0)
}

#[cfg(test)]
#[path = "confirm_tests.rs"]
mod tests;
