//! The capacity curve, and where it bends.

use super::{CurvePoint, Knee, Made, Purpose, goal, kneedle};
use crate::stats::median;

/// Of fewer loads no curve can be told to bend.
const KNEE_LOADS: usize = 4;

/// One point for each load: its trials added up, from low to high. Trials that only look after the target's recovery are left out.
pub(super) fn curve(trials: &[Made]) -> Vec<CurvePoint> {
    let drawn = |made: &&Made| !matches!(made.trial.purpose, Purpose::Calibrate | Purpose::Recover);
    let mut loads: Vec<f64> = trials.iter().filter(drawn).map(|made| made.trial.load).collect();
    loads.sort_unstable_by(f64::total_cmp);
    loads.dedup();
    let at = |load: f64| trials.iter().filter(drawn).filter(move |made| made.trial.load.total_cmp(&load).is_eq());
    loads.into_iter().map(|load| point(load, &at(load).collect::<Vec<_>>())).collect()
}

fn point(load: f64, made: &[&Made]) -> CurvePoint {
    let counting: Vec<&&Made> = made.iter().filter(|made| goal::counts(&made.reading)).collect();
    let seconds: f64 = counting.iter().map(|made| made.trial.measure.as_secs_f64()).sum();
    let mean = |pick: fn(&Made) -> f64| {
        let sum: f64 = counting.iter().map(|made| pick(made) * made.trial.measure.as_secs_f64()).sum();
        if seconds > 0.0 { sum / seconds } else { 0.0 }
    };
    // The middle, so that one hiccup does not bend the curve.
    let middle =
        |pick: fn(&Made) -> Option<f64>| median(&counting.iter().filter_map(|made| pick(made)).collect::<Vec<f64>>());
    CurvePoint {
        load,
        offered_per_s: mean(|made| made.reading.offered_per_s),
        goodput_per_s: mean(|made| made.reading.goodput_per_s),
        throttled_per_s: mean(|made| made.reading.throttled * made.reading.offered_per_s),
        mean_s: middle(|made| made.reading.mean_s),
        p50_s: middle(|made| made.reading.p50_s),
        p99_s: middle(|made| made.reading.p99_s),
        trials: (counting.len() as u32, (made.len() - counting.len()) as u32),
        violations: counting.iter().filter(|made| made.violates.is_some()).count() as u32,
    }
}

/// Where a curve bends: the load of the most power, goodput over mean response (Kleinrock, "Power and deterministic rules of thumb for
/// probabilistic problems in computer communications", 1979), and beside it what Kneedle says.
///
/// # Errors
/// Why it cannot be told: a sentence.
pub fn knee(curve: &[CurvePoint]) -> Result<Knee, String> {
    let power = |point: &CurvePoint| {
        let mean_s = point.mean_s.filter(|mean_s| *mean_s > 0.0)?;
        (point.trials.0 > 0).then_some((point.load, point.goodput_per_s / mean_s))
    };
    let powers: Vec<(f64, f64)> = curve.iter().filter_map(power).collect();
    if powers.len() < KNEE_LOADS {
        return Err(format!("the knee: {} loads were measured, and a bend needs {KNEE_LOADS}", powers.len()));
    }
    let best = powers.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0.0, |best| best.0);
    if powers.last().is_some_and(|last| last.0.total_cmp(&best).is_eq()) {
        return Err("the knee: goodput over response time still rises at the highest load, so it lies above".into());
    }
    let points: Vec<(f64, f64)> =
        curve.iter().filter(|point| point.trials.0 > 0).map(|point| (point.load, point.goodput_per_s)).collect();
    Ok(Knee { load: best, kneedle: kneedle(&points, 1.0) })
}
