//! Whether a trial violates anything, and what it met first.

use super::{ConstraintKind, ObjectiveKind, Reading, Rules};
use crate::stats::student_quantile;

/// At least this share of what is offered has to end well.
const GOODPUT: f64 = 0.99;
/// A backlog matters from this share of the calls of its trial on; below, it is how a queue breathes.
const BACKLOG_SHARE: f64 = 0.01;
/// And from this many calls on.
const BACKLOG_CALLS: f64 = 5.0;
/// How sure it has to be that the backlog grows.
const CONFIDENCE: f64 = 0.95;

/// What every load must hold, and this one does not.
pub(super) fn unwell(reading: &Reading) -> Option<ConstraintKind> {
    if reading.offered_per_s > 0.0 && reading.goodput_per_s < GOODPUT * reading.offered_per_s {
        let missing = 1.0 - reading.goodput_per_s / reading.offered_per_s;
        // Calls that neither failed nor were throttled did not end in time.
        return Some(if reading.throttled.max(reading.failed) < missing / 2.0 {
            ConstraintKind::Backlog
        } else if reading.throttled >= reading.failed {
            ConstraintKind::Throttle
        } else {
            ConstraintKind::Errors
        });
    }
    (growth(reading) > 0.0).then_some(ConstraintKind::Backlog)
}

/// By how many calls what is outstanding grew within a trial, where that is sure and matters; else 0. It is the slope of a straight line
/// through the seconds, tested with Student's t.
pub(super) fn growth(reading: &Reading) -> f64 {
    let counts = &reading.outstanding;
    let n = counts.len() as f64;
    if counts.len() < 4 {
        return 0.0;
    }
    let middle = (n - 1.0) / 2.0;
    let mean = counts.iter().sum::<f64>() / n;
    let (mut spread, mut product) = (0.0, 0.0);
    for (index, count) in counts.iter().enumerate() {
        let at = index as f64 - middle;
        spread += at * at;
        product += at * (count - mean);
    }
    let slope = product / spread;
    let off = |(index, count): (usize, &f64)| (count - mean - slope * (index as f64 - middle)).powi(2);
    let rest: f64 = counts.iter().enumerate().map(off).sum();
    let error = (rest / (n - 2.0) / spread).sqrt();
    let grown = slope * (n - 1.0);
    let matters = grown > (BACKLOG_SHARE * reading.calls as f64).max(BACKLOG_CALLS);
    if matters && slope > student_quantile(CONFIDENCE, n - 2.0) * error { grown } else { 0.0 }
}

/// The first thing that a trial violates; `None` where all holds.
///
/// Where several are violated at once, what causes the others comes first. A throttle makes retries slow and calls fail. A queue that grows
/// makes calls slow until they time out, and its users feel the latency. Errors by themselves may be fast or slow.
pub(super) fn first(rules: &Rules, reading: &Reading) -> Option<ConstraintKind> {
    let mut found: Vec<ConstraintKind> = unwell(reading).into_iter().collect();
    for (objective, seen) in rules.objectives.iter().zip(&reading.objectives) {
        if seen.ok {
            continue;
        }
        found.push(match objective.kind {
            ObjectiveKind::Latency { .. } => ConstraintKind::Latency,
            ObjectiveKind::Share { throttle: true, .. } => ConstraintKind::Throttle,
            ObjectiveKind::Share { .. } if reading.throttled > reading.failed => ConstraintKind::Throttle,
            ObjectiveKind::Share { .. } => ConstraintKind::Errors,
            ObjectiveKind::Value => ConstraintKind::Objective,
        });
    }
    let has = |kind| found.contains(&kind);
    let queue = has(ConstraintKind::Latency) && growth(reading) > 0.0 && reading.p50_s.is_some();
    let order = if queue {
        [ConstraintKind::Throttle, ConstraintKind::Latency, ConstraintKind::Errors, ConstraintKind::Backlog]
    } else {
        [ConstraintKind::Throttle, ConstraintKind::Errors, ConstraintKind::Latency, ConstraintKind::Backlog]
    };
    order.into_iter().find(|kind| has(*kind)).or_else(|| found.first().copied())
}
