//! Shares of which almost nothing happens: ranks of zeros say nothing, so the candidate's own bound has to.

use statrs::function::beta::beta_reg;

use super::{Bound, Change, Method, Metric, MetricJudged, Reading, Reason, Scale, Verdict, Worse};

/// Fewer events than this in a run on average are few: its value is one of a handful of steps, and ranks are mostly ties.
const FEW: f64 = 5.0;

/// The verdict on a share with few events; `None` for any other. The candidate's events bound it from above, and that bound is one of the
/// difference as well, as no baseline has fewer than none. Of what should happen, as `ratio(calls.ok)`, the events are those in which it did
/// not. Events of all runs are counted together, and as many times less as they cluster in the run where they cluster most.
pub(super) fn few_events(
    metric: &Metric,
    alpha: f64,
    [base, candidate]: [&[&Reading]; 2],
    seen: &MetricJudged,
) -> Option<MetricJudged> {
    let bad = |reading: &&Reading| {
        let events = reading.events?;
        let count = if metric.worse == Worse::Higher { events.count } else { events.of - events.count };
        Some((count as f64, events.of as f64, events.dispersion))
    };
    let counts: Vec<f64> = base.iter().chain(candidate).filter_map(bad).map(|(count, ..)| count).collect();
    let is_rare = counts.iter().sum::<f64>() < FEW * counts.len() as f64;
    if metric.scale() != Scale::Points || metric.change == Change::Any || !is_rare {
        return None;
    }
    let (mut count, mut of, mut dispersion) = (0.0, 0.0, 1.0_f64);
    for (bad, all, clustered) in candidate.iter().filter_map(bad) {
        (count, of, dispersion) = (count + bad, of + all, dispersion.max(clustered));
    }
    let at = upper(count / dispersion, of / dispersion, alpha);
    let (verdict, reason) = match at < metric.margin() {
        true => (Verdict::Pass, Reason::FewEvents),
        false => (Verdict::Inconclusive, Reason::WideInterval),
    };
    let upper = Some(Bound { at, confidence: 1.0 - alpha });
    Some(MetricJudged { method: Method::ClopperPearson, verdict, reason, upper, ..seen.clone() })
}

/// What a share surely is no higher than, where `count` of `of` trials were seen, with a chance of `alpha` of being wrong: the share of
/// which as few or fewer are seen that rarely (Clopper and Pearson, 1934). Trials need not be whole.
fn upper(count: f64, of: f64, alpha: f64) -> f64 {
    if count >= of {
        return 1.0;
    }
    // The distribution function of Beta(count + 1, of − count) rises, so halving finds where it passes 1 − α.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if beta_reg(count + 1.0, of - count, middle) < 1.0 - alpha {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_that_of_clopper_and_pearson() {
        // Without events, 1 − α^(1/n): the rule of three.
        for of in [10.0, 100.0, 5_000.0] {
            assert!((upper(0.0, of, 0.05) - (1.0 - 0.05_f64.powf(1.0 / of))).abs() < 1e-9, "{of}");
        }
        // Of ten, three: (1 − p)^10 + 10 p (1 − p)^9 + 45 p² (1 − p)^8 + 120 p³ (1 − p)^7 is 5 % there.
        let p = upper(3.0, 10.0, 0.05);
        let q: f64 = 1.0 - p;
        let chance = q.powi(10) + 10.0 * p * q.powi(9) + 45.0 * p * p * q.powi(8) + 120.0 * p.powi(3) * q.powi(7);
        assert!((chance - 0.05).abs() < 1e-9, "{p}");
        assert!((upper(10.0, 10.0, 0.05) - 1.0).abs() < 1e-12);
    }
}
