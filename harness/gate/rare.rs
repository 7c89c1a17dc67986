//! Shares with almost no events: ranks of zeros say nothing, counts do.

use super::{Bound, Events, Metric, Reading, Worse};
use crate::stats::clopper_pearson_upper;

/// Fewer events than this for each run, and most differences are zero or a single event.
const EVENTS_A_RUN: f64 = 2.0;

/// The events of one side, all runs together: how many, of how many, and how much more they vary than independent ones.
#[derive(Clone, Copy, Debug, Default)]
struct Pooled {
    count: f64,
    of: f64,
    dispersion: f64,
}

/// Bounds by counts, where the events of a share are too few for ranks; `None` where they are not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rare {
    /// The difference of both shares.
    pub(super) estimate: f64,
    /// No lower than this: the baseline's own upper bound, below zero.
    pub(super) lower: Bound,
    /// No higher than this: the candidate's upper bound, since the baseline's share is not below zero.
    pub(super) upper: Bound,
}

/// Looks at the readings of both sides, the baseline first.
pub(super) fn rare(metric: &Metric, sides: [&[&Reading]; 2], alpha: f64) -> Option<Rare> {
    let [baseline, candidate] = [pooled(metric, sides[0])?, pooled(metric, sides[1])?];
    let runs = (sides[0].len() + sides[1].len()) as f64;
    if baseline.count + candidate.count >= EVENTS_A_RUN * runs || baseline.of <= 0.0 || candidate.of <= 0.0 {
        return None;
    }
    let bound = |side: Pooled| {
        // Events that come in clusters stand for fewer independent ones.
        clopper_pearson_upper(side.count / side.dispersion, side.of / side.dispersion, alpha)
    };
    Some(Rare {
        estimate: candidate.count / candidate.of - baseline.count / baseline.of,
        lower: Bound { at: -bound(baseline), confidence: 1.0 - alpha },
        upper: Bound { at: bound(candidate), confidence: 1.0 - alpha },
    })
}

/// Adds up one side: events for the worse, which of a share of what went well are all the others.
fn pooled(metric: &Metric, readings: &[&Reading]) -> Option<Pooled> {
    let mut sum = Pooled { dispersion: 1.0, ..Pooled::default() };
    for reading in readings {
        let Events { count, of, dispersion } = reading.events?;
        let count = if metric.worse == Worse::Higher { count } else { of.saturating_sub(count) };
        sum.count += count as f64;
        sum.of += of as f64;
        // The most clustered run speaks for all: too wide a bound is the error that passes nothing by mistake.
        sum.dispersion = sum.dispersion.max(dispersion);
    }
    Some(sum)
}
