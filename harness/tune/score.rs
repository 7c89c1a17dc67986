//! One number for a run, out of the measures that count.

use super::metrics::{Metric, Metrics};
use super::task::Weights;

/// The measures that candidates are weighed by.
pub(super) const ASPECTS: [Metric; 5] =
    [Metric::SuccessRatio, Metric::P99, Metric::Amplification, Metric::Recovery, Metric::Fairness];

/// The values of those.
pub(super) type Values = [f64; 5];

/// The values of a run.
pub(super) fn values(metrics: &Metrics) -> Values {
    ASPECTS.map(|metric| metrics.get(metric))
}

/// The score of what never came.
const LOWEST: f64 = -1.0;

/// What each measure is normalised by.
///
/// The best of the candidates that may win is 1, the worst of them 0, and in between it is a straight line. Candidates
/// that lie closer together than anybody would notice are not pulled apart: the line is at least as long as
/// [`noticeable`] times ten. What cannot be measured, and a recovery that never came, is as far below the worst as that
/// is below the best.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    aspects: [Aspect; 5],
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Aspect {
    weight: f64,
    better: f64,
    best: f64,
    span: f64,
}

/// The least difference that somebody would notice: a tenth of a percentage point of success, 1 % and a millisecond of
/// latency, a hundredth of an attempt for each call, a tenth of a second of recovery, two thousandths of Jain's index.
pub(super) fn noticeable(metric: Metric, near: f64) -> f64 {
    match metric {
        Metric::P99 => (0.01 * near).max(0.001),
        Metric::Amplification => 0.01,
        Metric::Recovery => 0.1,
        Metric::Fairness => 0.002,
        _ => 0.001,
    }
}

impl Scale {
    /// The scale of some candidates, each given by its mean values. Without a trigger recovery does not count.
    pub(super) fn new(weights: &Weights, candidates: &[Values]) -> Self {
        let weights = [weights.success_ratio, weights.p99, weights.amplification, weights.recovery, weights.fairness];
        let mut aspects = [Aspect { weight: 0.0, better: 1.0, best: 0.0, span: 1.0 }; 5];
        for (at, (metric, weight)) in ASPECTS.into_iter().zip(weights).enumerate() {
            let better = metric.better();
            let seen = || candidates.iter().map(|values| values[at]).filter(|value| value.is_finite());
            let best = seen().max_by(|a, b| (a * better).total_cmp(&(b * better)));
            let worst = seen().min_by(|a, b| (a * better).total_cmp(&(b * better)));
            if let (Some(best), Some(worst)) = (best, worst) {
                let span = (best - worst).abs().max(10.0 * noticeable(metric, best));
                aspects[at] = Aspect { weight: weight.max(0.0), better, best, span };
            } else if candidates.iter().any(|values| values[at].is_infinite()) {
                // Nobody comes back: all have nothing of it.
                aspects[at] = Aspect { weight: weight.max(0.0), better, best: f64::NAN, span: 1.0 };
            }
        }
        Self { aspects }
    }

    /// The score of a run. The lines go on beyond their ends, so that the mean score is that of the mean values, and
    /// differences between runs with the same seed are not cut off; down to as far below the worst as that is below the
    /// best, where lies what never came.
    pub(super) fn score(&self, values: &Values) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (aspect, value) in self.aspects.iter().zip(values) {
            let good = 1.0 - aspect.better * (aspect.best - value) / aspect.span;
            sum += aspect.weight * if good.is_finite() { good.max(LOWEST) } else { LOWEST };
            weights += aspect.weight;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    }
}

/// Whether one is at least as good as the other in every respect and better in one, each by what somebody would notice.
pub(super) fn dominates(one: &Values, other: &Values) -> bool {
    let mut better = false;
    for (at, metric) in ASPECTS.into_iter().enumerate() {
        let (one, other) = (one[at] * metric.better(), other[at] * metric.better());
        if one.is_nan() && other.is_nan() || one == other {
            continue;
        }
        // A measure that is not there is the worst that it can be.
        let (one, other) = if one.is_nan() { (f64::NEG_INFINITY, other) } else { (one, other) };
        let other = if other.is_nan() { f64::NEG_INFINITY } else { other };
        let noticeable = noticeable(metric, one.abs().min(other.abs()));
        if one < other - noticeable {
            return false;
        }
        better |= one > other + noticeable;
    }
    better
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Success, p99, amplification, recovery, fairness.
    const GOOD: Values = [1.0, 1.0, 1.1, 2.0, 1.0];
    const BAD: Values = [0.5, 3.0, 2.1, 12.0, 0.9];

    #[test]
    fn the_best_is_one_the_worst_is_nothing_and_weights_decide_in_between() {
        let scale = Scale::new(&Weights::default(), &[GOOD, BAD]);
        assert!((scale.score(&GOOD) - 1.0).abs() < 1e-12 && scale.score(&BAD).abs() < 1e-12);
        // Success alone is 4 of 10.
        assert!((scale.score(&[1.0, 3.0, 2.1, 12.0, 0.9]) - 0.4).abs() < 1e-12);
        assert!((scale.score(&[1.0, 4.0, 2.1, 12.0, 0.9]) - 0.3).abs() < 1e-12);
        // What never came lies one line below the worst, and nothing lies deeper.
        assert!((scale.score(&[1.0, 3.0, 2.1, f64::INFINITY, 0.9]) - 0.3).abs() < 1e-12);
        assert!((scale.score(&[1.0, 99.0, 2.1, 12.0, 0.9]) - 0.2).abs() < 1e-12);
        assert!((scale.score(&[1.0, f64::NAN, 2.1, 12.0, 0.9]) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn what_nobody_would_notice_is_not_pulled_apart() {
        let almost: Values = [0.999, 1.0, 1.1, 2.0, 1.0];
        let scale = Scale::new(&Weights::default(), &[GOOD, almost]);
        assert!(scale.score(&GOOD) - scale.score(&almost) < 0.05);
        assert!(!dominates(&GOOD, &almost));
    }

    #[test]
    fn without_a_trigger_recovery_does_not_count() {
        let no_trigger = |values: Values| [values[0], values[1], values[2], f64::NAN, values[4]];
        let (good, bad) = (no_trigger(GOOD), no_trigger(BAD));
        let scale = Scale::new(&Weights::default(), &[good, bad]);
        assert!((scale.score(&good) - 1.0).abs() < 1e-12);
        // Success alone is 4 of 9 then.
        assert!((scale.score(&[1.0, 3.0, 2.1, f64::NAN, 0.9]) - 4.0 / 9.0).abs() < 1e-12);
    }

    #[test]
    fn only_what_is_worse_in_nothing_dominates() {
        assert!(dominates(&GOOD, &BAD) && !dominates(&BAD, &GOOD) && !dominates(&GOOD, &GOOD));
        let cheaper = [0.5, 3.0, 1.0, 12.0, 0.9];
        assert!(!dominates(&GOOD, &cheaper) && !dominates(&cheaper, &GOOD) && dominates(&cheaper, &BAD));
        let lost = [0.5, 3.0, 2.1, f64::INFINITY, 0.9];
        assert!(dominates(&BAD, &lost) && !dominates(&lost, &BAD));
    }
}
