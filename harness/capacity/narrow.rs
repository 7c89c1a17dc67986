//! Which load is tried next: the range by doubling, then geometric bisection until the bounds are close.

use super::goal::{Load, Of, loads};
use super::{Bounds, Class, Made, Rules, Vary};

/// Below this share of the first load nothing is looked for.
const LOWEST: f64 = 1.0 / 1024.0;
/// From this ratio of the bounds on the lower one has to be certain: a short trial too kind would cost a second bisection.
const CERTAIN_FROM: f64 = 1.5;

/// What to do next for a goal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    /// A short trial finds the range.
    Range(f64),
    /// A full trial narrows it.
    Search(f64),
    /// The bounds are close enough.
    Found,
    /// The highest load that is allowed is sustained.
    AboveMax,
    /// No load is.
    BelowStart,
}

/// What to do next for a goal, with no load above `most`.
pub(super) fn next(rules: &Rules, trials: &[Made], of: Of, most: f64) -> Next {
    let loads = loads(rules, trials, of);
    let known = Known { rules, loads: &loads };
    let bounds = known.bounds();
    if let Some(open) = known.begun(bounds) {
        return Next::Search(open);
    }
    if let Some(doubtful) = bounds.upper.filter(|upper| known.doubtful(*upper)) {
        return Next::Range(doubtful);
    }
    let within = |load: f64| rounded(rules, load.clamp(lowest(rules), most.max(lowest(rules))));
    match (bounds.lower, bounds.upper) {
        (None, None) => Next::Range(within(rules.start)),
        (Some(lower), None) if lower < within(f64::INFINITY) => Next::Range(within(lower * 2.0)),
        (Some(lower), None) if known.class(lower) == Class::Undecided => Next::Search(lower),
        (Some(_), None) => Next::AboveMax,
        (None, Some(upper)) if upper > lowest(rules) => Next::Range(within(upper / 2.0)),
        (None, Some(upper)) if known.class(upper) == Class::Undecided => Next::Search(upper),
        (None, Some(_)) => Next::BelowStart,
        (Some(lower), Some(upper)) => known.between(lower, upper),
    }
}

/// The bounds that trials show. The lower one is below every load that is not sustained, as RFC 9971 wants it. What is not decided yet counts
/// as it looks.
pub(super) fn bounds(rules: &Rules, trials: &[Made], of: Of) -> Bounds {
    Known { rules, loads: &loads(rules, trials, of) }.bounds()
}

/// Whether a load above a bad one is surely good: trials contradict each other.
pub(super) fn contradicted(rules: &Rules, trials: &[Made], of: Of) -> bool {
    let loads = loads(rules, trials, of);
    let known = Known { rules, loads: &loads };
    let upper = loads.iter().find(|load| known.of(load) == Class::Upper);
    upper.is_some_and(|upper| loads.iter().any(|load| load.load > upper.load && known.of(load) == Class::Lower))
}

/// What the trials of one load decide.
pub(super) fn class(rules: &Rules, trials: &[Made], of: Of, load: f64) -> Class {
    Known { rules, loads: &loads(rules, trials, of) }.class(load)
}

/// A load as it can be sent: users are whole, and of rates more than four digits are for nobody.
pub(super) fn rounded(rules: &Rules, load: f64) -> f64 {
    match rules.vary {
        Vary::Users => load.round().max(1.0),
        Vary::Rate if load > 0.0 => {
            let unit = 10_f64.powi(load.log10().floor() as i32 - 3);
            let whole = (load / unit).round();
            // Division by a power of ten is exact where multiplication with its inverse is not.
            if unit < 1.0 { whole / unit.recip().round() } else { whole * unit }
        }
        Vary::Rate => load,
    }
}

fn lowest(rules: &Rules) -> f64 {
    match rules.vary {
        Vary::Users => 1.0,
        Vary::Rate => rounded(rules, rules.start.min(rules.max) * LOWEST),
    }
}

struct Known<'a> {
    rules: &'a Rules,
    loads: &'a [Load],
}

impl Known<'_> {
    fn of(&self, load: &Load) -> Class {
        load.tally.class(self.rules.duration_sum.as_secs_f64(), self.rules.exceed)
    }

    fn class(&self, load: f64) -> Class {
        let found = self.loads.iter().find(|known| known.load.total_cmp(&load).is_eq());
        found.map_or(Class::Undecided, |load| self.of(load))
    }

    fn high(&self, load: &Load) -> bool {
        match self.of(load) {
            Class::Upper => true,
            Class::Lower => false,
            Class::Undecided => load.tally.looks_high(self.rules.exceed),
        }
    }

    fn bounds(&self) -> Bounds {
        let upper = self.loads.iter().position(|load| self.high(load));
        let below = &self.loads[..upper.unwrap_or(self.loads.len())];
        Bounds { lower: below.last().map(|load| load.load), upper: upper.map(|upper| self.loads[upper].load) }
    }

    /// A load whose full trials have begun and not decided yet, among those that can still move a bound.
    fn begun(&self, bounds: Bounds) -> Option<f64> {
        let (lower, upper) = (bounds.lower.unwrap_or(0.0), bounds.upper.unwrap_or(f64::INFINITY));
        let begun =
            |load: &&Load| load.tally.good_long + load.tally.bad_long > 0.0 && self.of(load) == Class::Undecided;
        self.loads.iter().filter(begun).map(|load| load.load).find(|load| (lower..=upper).contains(load))
    }

    /// Whether only one short trial speaks against a load: it may have met a hiccup, and a range that is too low by half costs more than
    /// another look.
    fn doubtful(&self, load: f64) -> bool {
        let twice = 1.5 * self.rules.range_trial.as_secs_f64();
        self.loads.iter().any(|known| {
            let tally = known.tally;
            known.load.total_cmp(&load).is_eq() && tally.good_long + tally.bad_long == 0.0 && tally.bad_short < twice
        })
    }

    fn between(&self, lower: f64, upper: f64) -> Next {
        let close = match self.rules.vary {
            Vary::Users if upper - lower <= 1.0 => true,
            _ => upper <= lower * (1.0 + self.rules.width),
        };
        if self.class(lower) == Class::Undecided && (close || upper < lower * CERTAIN_FROM) {
            return Next::Search(lower);
        }
        if close {
            return if self.class(upper) == Class::Undecided { Next::Search(upper) } else { Next::Found };
        }
        let middle = rounded(self.rules, (lower * upper).sqrt());
        // Loads that differ by less than their last digit are as close as they can be.
        if middle > lower && middle < upper { Next::Search(middle) } else { Next::Found }
    }
}
