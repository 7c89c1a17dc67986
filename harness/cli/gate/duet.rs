//! Both runs of a pair at the same time, each against a server of its own (Bulej et al. 2020, "Duet benchmarking: improving
//! measurement accuracy in the cloud").
//!
//! What disturbs the machine disturbs both alike, second by second. So the difference of a pair is the mean of the differences of
//! its seconds; the unit of the statistics stays the pair.

use std::thread;

use super::one_run::{GateError, Made, Prepared, Setting};
use crate::gate::{Metric, Pair, Position, Scale, Worse};

/// Makes both runs, the baseline first in the answer.
pub(super) fn carry_out(setting: &Setting<'_>, prepared: [Prepared; 2], pair: &Pair) -> Result<[Made; 2], GateError> {
    let [baseline, candidate] = prepared;
    let mut made = thread::scope(|scope| {
        let other = scope.spawn(|| setting.carry_out(candidate, pair, Position::Together));
        let baseline = setting.carry_out(baseline, pair, Position::Together);
        let candidate = match other.join() {
            Ok(candidate) => candidate,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Ok::<_, GateError>([baseline?, candidate?])
    })?;
    let [baseline, candidate] = &mut made;
    let readings = baseline.run.readings.iter_mut().zip(&mut candidate.run.readings);
    for (metric, (baseline, candidate)) in setting.rules.metrics.iter().zip(readings) {
        if let Some(values) = common(metric, &baseline.seconds, &candidate.seconds) {
            (baseline.value, candidate.value) = (Some(values[0]), Some(values[1]));
        }
    }
    Ok(made)
}

/// The values whose difference on the metric's scale is the mean of the differences of the seconds; `None` where no second has both.
fn common(metric: &Metric, baseline: &[Option<f64>], candidate: &[Option<f64>]) -> Option<[f64; 2]> {
    let place = |value: Option<f64>| value.and_then(|value| metric.place(value));
    let pairs = baseline
        .iter()
        .zip(candidate)
        .filter_map(|(&baseline, &candidate)| Some([place(baseline)?, place(candidate)?]));
    let pairs: Vec<[f64; 2]> = pairs.collect();
    if pairs.is_empty() {
        return None;
    }
    let mean = |side: usize| pairs.iter().map(|pair| pair[side]).sum::<f64>() / pairs.len() as f64;
    Some([mean(0), mean(1)].map(|place| value_at(metric, place)))
}

/// The value that has a place on the metric's scale.
fn value_at(metric: &Metric, place: f64) -> f64 {
    let place = if metric.worse == Worse::Higher { place } else { -place };
    match metric.scale() {
        Scale::Factor => libm::exp(place),
        Scale::Points => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(of: &str) -> Metric {
        Metric::new(of, of.parse().expect("a measure"), 0.05)
    }

    #[test]
    fn the_difference_is_the_mean_of_what_the_seconds_differ_by() {
        // The third second has no baseline, and the machine was three times slower in the second.
        let [baseline, candidate] =
            common(&metric("p50(response)"), &[Some(0.010), Some(0.030), None], &[Some(0.011), Some(0.033), Some(9.0)])
                .expect("two seconds");
        assert!((candidate / baseline - 1.1).abs() < 1e-9, "{baseline} {candidate}");
        let [baseline, candidate] =
            common(&metric("rate(calls.ok)"), &[Some(100.0)], &[Some(90.0)]).expect("one second");
        assert!((baseline - 100.0).abs() < 1e-9 && (candidate - 90.0).abs() < 1e-9);
        let shares = common(&metric("ratio(calls.failed)"), &[Some(0.0), Some(0.0)], &[Some(0.0), Some(0.02)]);
        assert_eq!(shares, Some([0.0, 0.01]));
    }

    #[test]
    fn without_a_common_second_nothing_is_changed() {
        assert_eq!(common(&metric("p50(response)"), &[None, Some(1.0)], &[Some(1.0), None]), None);
    }
}
