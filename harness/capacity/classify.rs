//! What the trials of one load say of it: RFC 9971's rule.

/// For how long the trials of one load kept a goal and for how long they violated it, in seconds.
///
/// Source: RFC 9971 (MLRsearch), with the reading of its reference implementation: a trial shorter than the full length cannot speak for
/// a load, and speaks against it only as far as good short trials do not make up for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Full-length trials that kept the goal.
    pub good_long: f64,
    /// Full-length trials that violated it.
    pub bad_long: f64,
    /// Shorter trials that kept the goal.
    pub good_short: f64,
    /// Shorter trials that violated it.
    pub bad_short: f64,
}

/// What a load is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Sustained, whatever further trials would say.
    Lower,
    /// Not sustained, whatever further trials would say.
    Upper,
    /// Further trials decide.
    Undecided,
}

/// Seconds are sums of whole nanoseconds, but of floats.
const ROUNDING_S: f64 = 1e-9;

impl Tally {
    /// Adds a trial.
    pub fn add(&mut self, seconds: f64, long: bool, good: bool) {
        let sum = match (long, good) {
            (true, true) => &mut self.good_long,
            (true, false) => &mut self.bad_long,
            (false, true) => &mut self.good_short,
            (false, false) => &mut self.bad_short,
        };
        *sum += seconds;
    }

    /// What the load is, where `duration_sum` seconds decide and the share `exceed` of them may violate the goal.
    ///
    /// Decided is what the missing seconds cannot change: the rule is asked twice, as if all of them violated the goal and as if none did.
    pub fn class(&self, duration_sum: f64, exceed: f64) -> Class {
        // Short trials in the allowed mixture of good and bad say nothing; only what is bad beyond it does.
        let made_up = if exceed < 1.0 { self.good_short * exceed / (1.0 - exceed) } else { self.bad_short };
        let bad = self.bad_long + (self.bad_short - made_up).max(0.0);
        let whole = (self.good_long + bad).max(duration_sum);
        let allowed = whole * exceed + ROUNDING_S;
        if bad > allowed {
            Class::Upper
        } else if whole - self.good_long <= allowed {
            Class::Lower
        } else {
            Class::Undecided
        }
    }

    /// What the load looks like by the trials so far. Of short ones alone, most decide.
    pub fn looks_high(&self, exceed: f64) -> bool {
        if self.good_long + self.bad_long == 0.0 {
            return self.bad_short > 0.0 && self.bad_short >= self.good_short;
        }
        let bad = self.bad_long + self.bad_short;
        bad > exceed * (bad + self.good_long + self.good_short) + ROUNDING_S
    }
}
