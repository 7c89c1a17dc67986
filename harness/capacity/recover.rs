//! Whether the target is well again after an overload.

use super::{Made, Purpose, Rules, Vary, goal};
use crate::units::Nanos;

/// How much slower than at rest counts as well: a fifth.
const WELL: f64 = 1.2;
/// A median may be off by chance: about so many standard errors of one of exponential times, which is 1/ln 2 of it over √n.
const CHANCE: f64 = 3.0;
/// Half a millisecond more is nobody's sickness.
const NOTHING_S: f64 = 0.000_5;
/// How long is waited for it at most, in seconds.
const LONGEST_S: f64 = 30.0;
/// How long the target is looked at each time.
pub(super) const LOOK: Nanos = Nanos::from_secs(3);

/// The load of a target at rest: next to nothing, and enough for a median.
pub(super) fn idle_load(rules: &Rules) -> f64 {
    match rules.vary {
        Vary::Users => 1.0,
        Vary::Rate => (rules.start / 5.0).max(10.0).min(rules.start),
    }
}

/// How the target does after the last trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// Nothing speaks against the next trial.
    Well,
    /// It was overloaded, and has to be looked at.
    Unknown,
    /// It had the longest time that it is given.
    Sick,
}

/// How the target does after the last trial.
pub(super) fn health(trials: &[Made]) -> Health {
    let idle = trials.iter().find(|made| made.trial.purpose == Purpose::Idle && goal::counts(&made.reading));
    let Some(idle_s) = idle.and_then(|made| made.reading.p50_s) else { return Health::Well };
    let mut waited = 0.0;
    let mut looked = false;
    for made in trials.iter().rev() {
        let reading = &made.reading;
        if made.trial.purpose != Purpose::Recover {
            return match (goal::counts(reading), made.violates.is_some()) {
                (true, true) if waited < LONGEST_S => Health::Unknown,
                (true, true) => Health::Sick,
                _ => Health::Well,
            };
        }
        let chance = CHANCE / (reading.calls.max(1) as f64).sqrt() / std::f64::consts::LN_2;
        let well_s = (idle_s * (WELL + chance)).max(idle_s + NOTHING_S);
        // Only the last look counts.
        if !looked && goal::counts(reading) && reading.p50_s.is_some_and(|p50_s| p50_s <= well_s) {
            return Health::Well;
        }
        looked = true;
        waited += made.trial.measure.as_secs_f64();
    }
    Health::Well
}

/// Loads after which the target was not well again in time.
pub(super) fn sick_after(trials: &[Made]) -> Vec<f64> {
    let ends = (0..trials.len()).filter(|index| {
        trials.get(index + 1).is_none_or(|next| next.trial.purpose != Purpose::Recover)
            && trials[*index].trial.purpose == Purpose::Recover
            && health(&trials[..=*index]) == Health::Sick
    });
    ends.filter_map(|end| trials[..end].iter().rev().find(|made| made.trial.purpose != Purpose::Recover))
        .map(|made| made.trial.load)
        .collect()
}
