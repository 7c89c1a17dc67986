//! Goals: all objectives together, one alone, or one with a wider limit.

use super::judge::unwell;
use super::{Made, ObjectiveKind, Purpose, Reading, Rules, Tally};

/// What a load is asked for. Every goal is judged by the same trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Of {
    /// All objectives.
    All,
    /// One.
    One(usize),
    /// One of latency, its limit multiplied.
    Relaxed(usize, f64),
}

/// What the trials of a load say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Load {
    pub(super) load: f64,
    pub(super) tally: Tally,
}

/// Whether a trial violates a goal.
pub(super) fn violates(rules: &Rules, reading: &Reading, of: Of) -> bool {
    let bad = |index: usize| !reading.objectives.get(index).is_some_and(|objective| objective.ok);
    unwell(reading).is_some()
        || match of {
            Of::All => (0..rules.objectives.len()).any(bad),
            Of::One(index) => bad(index),
            Of::Relaxed(index, factor) => {
                let seen = reading.objectives.get(index).and_then(|objective| objective.value);
                match rules.objectives.get(index).map(|objective| &objective.kind) {
                    Some(ObjectiveKind::Latency { limit_s, .. }) => seen.is_none_or(|seen| seen > limit_s * factor),
                    _ => bad(index),
                }
            }
        }
}

/// Whether a trial says something of the target.
pub(super) fn counts(reading: &Reading) -> bool {
    reading.void.is_none() && reading.fatal.is_none()
}

/// The loads that were tried, from low to high. Trials of the verification are judged by themselves.
pub(super) fn loads(rules: &Rules, trials: &[Made], of: Of) -> Vec<Load> {
    let mut loads: Vec<Load> = Vec::new();
    let searching = trials
        .iter()
        .filter(|made| matches!(made.trial.purpose, Purpose::Range | Purpose::Search) && counts(&made.reading));
    for made in searching {
        let trial = made.trial;
        let at = loads.partition_point(|load| load.load < trial.load);
        if loads.get(at).is_none_or(|load| load.load > trial.load) {
            loads.insert(at, Load { load: trial.load, tally: Tally::default() });
        }
        let good = !violates(rules, &made.reading, of);
        loads[at].tally.add(trial.measure.as_secs_f64(), trial.measure >= rules.trial, good);
    }
    loads
}
