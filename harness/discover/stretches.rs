//! Stretches of probes, by what they are good for.

use crate::plan::{Shot, Stretch, Until};
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// Shots at even distances, each moved by up to a third of the distance: what happens at edges is then not always missed by as much.
pub(super) fn even(rate: f64, span_s: f64, from: Nanos, seed: u64) -> Vec<Shot> {
    let count = (rate * span_s).round().max(1.0) as u64;
    let draw = |index| Key { seed, purpose: Purpose::Order, client: 3, call: from.as_nanos(), attempt: index };
    let place = |index: u64| (index as f64 + 0.66 * (draw(index).unit() - 0.5)).max(0.0) / rate;
    (0..count).map(|index| Shot { at: from + Nanos::from_secs_f64(place(index)), variant: 0 }).collect()
}

/// So many at the same instant.
pub(super) fn volley(count: u64, at: Nanos) -> Vec<Shot> {
    (0..count).map(|_| Shot { at, variant: 0 }).collect()
}

/// At each of these instants, in seconds.
pub(super) fn at(instants: impl IntoIterator<Item = f64>) -> Vec<Shot> {
    instants.into_iter().map(|at| Shot { at: Nanos::from_secs_f64(at.max(0.0)), variant: 0 }).collect()
}

/// So many over a span, half a second each at a rate that is drawn anew, from nothing up to twice the mean.
pub(super) fn random(count: u64, span_s: f64, seed: u64) -> Vec<Shot> {
    let parts = (span_s / 0.5).max(1.0) as u64;
    let draw = |index| Key { seed, purpose: Purpose::Order, client: 4, call: index, attempt: 0 };
    let weights: Vec<f64> = (0..parts).map(|part| draw(part).unit()).collect();
    let sum: f64 = weights.iter().sum::<f64>().max(1e-9);
    let mut shots = Vec::new();
    for (part, weight) in weights.iter().enumerate() {
        let here = (count as f64 * weight / sum).round() as u64;
        let place = |index: u64| Key { attempt: index + 1, ..draw(part as u64) }.unit();
        shots.extend(at((0..here).map(|index| (part as f64 + place(index)) * span_s / parts as f64)));
    }
    shots.sort_by_key(|shot| shot.at);
    shots
}

/// The same, as another request.
pub(super) fn as_variant(shots: Vec<Shot>, variant: u32) -> Vec<Shot> {
    shots.into_iter().map(|shot| Shot { variant, ..shot }).collect()
}

/// Silence, then shots. It ends early when more requests fail than safety allows.
pub(super) fn stretch(quiet: Nanos, shots: Vec<Shot>) -> Stretch {
    let failed = Some(3.max(shots.len() as u32 / 20 + 1));
    Stretch { quiet, shots, serial: false, until: Until { throttled: None, failed } }
}
