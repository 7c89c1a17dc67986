//! The verdict on one metric.

use super::detectable::{detectable, pairs_needed};
use super::rare::rare;
use super::{Bound, Change, FaultKind, Method, Metric, MetricJudged, Position, Reading, Reason, Run, Scale, Verdict};
use crate::stats::{WalshAverages, autocorrelation, deviation, median};

/// How sure a verdict has to be: chances of being wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Levels {
    /// Of failing: all metrics share it, because one that fails is enough.
    pub(super) fail: f64,
    /// Of passing: nothing is shared, because all have to pass.
    pub(super) pass: f64,
}

/// Judges the metric of that index by pairs that nothing speaks against.
pub(super) fn judge(index: usize, metric: &Metric, pairs: &[[Run; 2]], levels: Levels, strict: bool) -> MetricJudged {
    let side =
        |side: usize| -> Vec<&Reading> { pairs.iter().filter_map(|pair| pair[side].readings.get(index)).collect() };
    let (baseline, candidate) = (side(0), side(1));
    let values =
        |readings: &[&Reading]| median(&readings.iter().filter_map(|reading| reading.value).collect::<Vec<_>>());
    let mut judged = MetricJudged {
        baseline: values(&baseline),
        candidate: values(&candidate),
        ..MetricJudged::nothing(Reason::NoSamples, Method::SignedRank)
    };
    if let Some(reason) = baseline.iter().chain(&candidate).find_map(|reading| objection(reading)) {
        return MetricJudged { reason, ..judged };
    }
    for pair in pairs {
        match difference(index, metric, pair) {
            Ok(difference) => judged.differences.push(difference),
            Err(reason) => return MetricJudged { reason, ..judged },
        }
    }
    describe(&mut judged, metric, levels);
    if let Some(rare) = rare(metric, [&baseline, &candidate], levels.pass) {
        judged.method = Method::ClopperPearson;
        (judged.estimate, judged.lower, judged.upper) = (Some(rare.estimate), Some(rare.lower), Some(rare.upper));
        let passes =
            rare.upper.at < metric.margin() && (metric.change == Change::Worse || -rare.lower.at < metric.margin());
        (judged.verdict, judged.reason) =
            if passes { (Verdict::Pass, Reason::FewEvents) } else { (Verdict::Inconclusive, Reason::WideInterval) };
        if !passes {
            // Zeros collapse the interval of ranks, so that it must not pass anything; but what it is sure of is sure.
            let ranked = by_ranks(judged.clone(), metric, levels, strict);
            if ranked.verdict == Verdict::Fail {
                return MetricJudged { method: Method::SignedRank, ..ranked };
            }
        }
        return judged;
    }
    if metric.scale() == Scale::Factor
        && judged.differences.len() > 1
        && judged.zeros as usize == judged.differences.len()
    {
        return MetricJudged { reason: Reason::ZeroVariance, ..judged };
    }
    by_ranks(judged, metric, levels, strict)
}

/// What speaks against a number.
pub(super) fn objection(reading: &Reading) -> Option<Reason> {
    match reading.fault.as_ref().map(|fault| fault.kind) {
        Some(FaultKind::NoSamples) => Some(Reason::NoSamples),
        Some(FaultKind::TooFewSamples) => Some(Reason::TooFewSamples),
        Some(FaultKind::Drift) => Some(Reason::Drift),
        Some(_) => Some(Reason::RunsInvalid),
        None if reading.value.is_none() => Some(Reason::NoSamples),
        None => None,
    }
}

/// How much worse the candidate was in a pair, on the metric's scale. Of runs that were made at the same time, seconds are compared
/// with the seconds that they shared; the mean of that is one number all the same, since the unit is the run.
fn difference(index: usize, metric: &Metric, pair: &[Run; 2]) -> Result<f64, Reason> {
    let [Some(baseline), Some(candidate)] = [pair[0].readings.get(index), pair[1].readings.get(index)] else {
        return Err(Reason::NoSamples);
    };
    if pair[0].position == Position::Together {
        let seconds = baseline.seconds.iter().zip(&candidate.seconds);
        let both: Vec<f64> =
            seconds.filter_map(|(before, after)| Some(metric.place((*after)?)? - metric.place((*before)?)?)).collect();
        if !both.is_empty() {
            return Ok(both.iter().sum::<f64>() / both.len() as f64);
        }
    }
    let place = |reading: &Reading| reading.value.and_then(|value| metric.place(value)).ok_or(Reason::NoScale);
    Ok(place(candidate)? - place(baseline)?)
}

/// What the differences say of themselves.
fn describe(judged: &mut MetricJudged, metric: &Metric, levels: Levels) {
    let differences = &judged.differences;
    let zeros = differences.iter().filter(|difference| **difference == 0.0).count();
    judged.zeros = u32::try_from(zeros).unwrap_or(u32::MAX);
    judged.spread = deviation(differences);
    judged.autocorrelation = autocorrelation(differences);
    let pairs = u32::try_from(differences.len()).unwrap_or(u32::MAX);
    judged.detectable = judged.spread.and_then(|spread| detectable(spread, pairs, levels.fail));
    judged.pairs_needed = judged.spread.and_then(|spread| pairs_needed(spread, metric.margin() * 2.0, levels.fail));
}

/// The verdict by Hodges, Lehmann and signed ranks: exact, because a coin decided who came first, so that without a difference each
/// sign is as likely as the other.
fn by_ranks(judged: MetricJudged, metric: &Metric, levels: Levels, strict: bool) -> MetricJudged {
    let averages = WalshAverages::of(&judged.differences);
    let judged = MetricJudged { estimate: averages.estimate(), ..judged };
    by_bounds(judged, metric, levels, strict, [&|alpha| averages.lower(alpha), &|alpha| averages.upper(alpha)])
}

/// The rule, for whatever finds the estimate and its bounds: the lower and the upper one, each for a chance of being wrong.
pub(super) fn by_bounds(
    mut judged: MetricJudged,
    metric: &Metric,
    levels: Levels,
    strict: bool,
    [lower_at, upper_at]: [&dyn Fn(f64) -> f64; 2],
) -> MetricJudged {
    let Some(estimate) = judged.estimate else { return judged };
    let margin = metric.margin();
    let any = metric.change == Change::Any;
    // Two ways to fail share the chance of failing by mistake.
    let fail = if any { levels.fail / 2.0 } else { levels.fail };
    let (lower, upper) = (lower_at(fail), upper_at(levels.pass));
    judged.lower = Some(Bound { at: lower, confidence: 1.0 - fail });
    judged.upper = Some(Bound { at: upper, confidence: 1.0 - levels.pass });
    let worse = if strict { lower > margin } else { lower > 0.0 && estimate >= margin };
    let better = upper_at(fail);
    let other_way = any && if strict { better < -margin } else { better < 0.0 && estimate <= -margin };
    let passes = upper < margin && (!any || lower_at(levels.pass) > -margin);
    (judged.verdict, judged.reason) = match () {
        () if worse => (Verdict::Fail, if any { Reason::Different } else { Reason::Worse }),
        () if other_way => (Verdict::Fail, Reason::Different),
        () if passes && lower > 0.0 => (Verdict::Pass, Reason::RealWithinTolerance),
        () if passes && better < 0.0 => (Verdict::Pass, Reason::Better),
        () if passes => (Verdict::Pass, Reason::WithinTolerance),
        () if lower.is_infinite() && upper.is_infinite() => (Verdict::Inconclusive, Reason::TooFewPairs),
        () => (Verdict::Inconclusive, Reason::WideInterval),
    };
    judged
}
