//! What a gate compares: a measure, the scale on which it changes, which way is worse, and how much worse is still good.

use crate::plan::expression::{Function, Measure, Outcome, Subject};

/// A measure that is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// As it was written, for reports: `p99(response)`.
    pub text: String,
    /// The measure.
    pub measure: Measure,
    /// How much worse it may be, above zero: a share of the baseline (0.05 for 5 %), or points where the measure is itself a
    /// share (0.001 for 0.1 points).
    pub tolerance: f64,
    /// Which way is worse.
    pub worse: Worse,
    /// Which changes are judged.
    pub change: Change,
}

/// How a measure changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// By a factor: latencies, rates, amplification. Differences are those of logarithms.
    Factor,
    /// By points: shares, which may be zero. Differences are those of the shares.
    Points,
}

/// Which way of a measure is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// More is worse: latencies, errors, throttled attempts, retries.
    Higher,
    /// Less is worse: goodput.
    Lower,
}

/// Which changes of a measure are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Those for the worse.
    Worse,
    /// Any: the measure must stay what it is, as counts of retries must where policies are the same.
    Any,
}

impl Metric {
    /// A metric that is judged for changes to the worse; which way that is follows from the measure.
    pub fn new(text: impl Into<String>, measure: Measure, tolerance: f64) -> Self {
        let worse = Worse::of(&measure);
        Self { text: text.into(), measure, tolerance, worse, change: Change::Worse }
    }

    /// How it changes.
    pub fn scale(&self) -> Scale {
        if self.measure.function == Function::Ratio { Scale::Points } else { Scale::Factor }
    }

    /// The place of a value on the scale, larger for worse; `None` for what has no place there: NaN, and zero or less where the
    /// scale is one of factors.
    pub fn place(&self, value: f64) -> Option<f64> {
        let place = match self.scale() {
            Scale::Factor => (value > 0.0).then(|| libm::log(value)),
            Scale::Points => Some(value),
        }?;
        place.is_finite().then_some(if self.worse == Worse::Higher { place } else { -place })
    }

    /// The tolerance on the scale: the Δ of non-inferiority, above zero.
    pub fn margin(&self) -> f64 {
        match (self.scale(), self.worse) {
            (Scale::Points, _) => self.tolerance,
            (Scale::Factor, Worse::Higher) => libm::log1p(self.tolerance),
            (Scale::Factor, Worse::Lower) => -libm::log1p(-self.tolerance.min(0.999)),
        }
    }

    /// A difference on the scale as the change of the measure itself that people read: 0.1 for 10 % (or 10 points) more, −0.05
    /// for 5 % less.
    pub fn change_of(&self, difference: f64) -> f64 {
        let difference = if self.worse == Worse::Higher { difference } else { -difference };
        match self.scale() {
            Scale::Factor => libm::expm1(difference),
            Scale::Points => difference,
        }
    }

    /// The samples that a run must have so that its number is more than an anecdote: a hundred beyond the percentile
    /// (10,000 for p99), one for anything else.
    pub fn samples_needed(&self) -> u64 {
        match self.measure.function {
            Function::Percentile(percent) => {
                let beyond = (1.0 - percent / 100.0).min(percent / 100.0).max(1e-6);
                // 100 / 0.01 is 9,999.999…
                (100.0 / beyond - 1e-6).ceil() as u64
            }
            _ => 1,
        }
    }
}

impl Worse {
    /// Which way is worse: less of what went well, and more of everything else. A bare `rate(calls)` is throughput, of which less is
    /// worse, too.
    pub fn of(measure: &Measure) -> Self {
        let counted = match measure.subject {
            Some(Subject::Counted(_, outcome)) => Some(outcome),
            _ => None,
        };
        match (measure.function, counted) {
            (Function::Rate | Function::Ratio | Function::Count, Some(Some(Outcome::Ok | Outcome::Success))) => {
                Self::Lower
            }
            (Function::Rate | Function::Count, Some(None)) => Self::Lower,
            _ => Self::Higher,
        }
    }
}
