//! The generic cell rate algorithm (ITU-T I.371): a token bucket that is kept as one instant.

use super::Quota;
use super::exact::{span, tokens, units_a_nanosecond, whole};
use crate::units::{Nanos, Rate};

/// Accepts a request unless it comes too long before its theoretical arrival time.
///
/// The instant is kept on an axis on which a token has a length of exactly one: time multiplied by the rate. 1/rate seconds
/// are no whole number of nanoseconds as a rule, and on that axis nothing has to be rounded. So this limiter and the token
/// bucket of the same rate and burst decide alike, always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gcra {
    /// Units a nanosecond; never zero.
    rate: u128,
    /// How many requests may come at once.
    burst: u32,
    /// When the next request would come if all came at the rate; in units, on the axis of `now · rate`.
    expected: u128,
}

impl Gcra {
    /// A limiter to which nothing has come yet.
    pub fn new(rate: Rate, burst: u32) -> Self {
        Self { rate: units_a_nanosecond(rate), burst, expected: 0 }
    }

    /// Whether a request would be accepted.
    ///
    /// # Errors
    /// The shortest wait after which it would be; [`Nanos::MAX`] where `cost` is more than the burst.
    pub fn check(&self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        let (debt, burst) = (self.debt(now) + tokens(cost), tokens(self.burst));
        if debt <= burst {
            Ok(())
        } else if cost > self.burst {
            Err(Nanos::MAX)
        } else {
            Err(span(debt - burst, self.rate))
        }
    }

    /// Moves the expected instant by the cost, but never further than a burst from `now`.
    pub fn charge(&mut self, now: Nanos, cost: u32) {
        let debt = (self.debt(now) + tokens(cost)).min(tokens(self.burst));
        self.expected = self.axis(now) + debt;
    }

    /// Changes the rate; what was gained until `now` was gained at the old one.
    pub(super) fn set_rate(&mut self, now: Nanos, rate: Rate) {
        let debt = self.debt(now);
        self.rate = units_a_nanosecond(rate);
        self.expected = self.axis(now) + debt;
    }

    /// Changes the burst. The instant stays as it is, so that a larger burst is there at once: what is kept says how much
    /// was taken, not how much is left.
    pub(super) fn set_burst(&mut self, burst: u32) {
        self.burst = burst;
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&self, now: Nanos) -> bool {
        self.debt(now) == 0
    }

    pub(super) fn quota(&self, now: Nanos) -> Quota {
        let burst = tokens(self.burst);
        let remaining = whole(burst.saturating_sub(self.debt(now)));
        Quota { limit: self.burst.into(), window: Some(span(burst, self.rate)), remaining }
    }

    /// `now` on the axis.
    fn axis(&self, now: Nanos) -> u128 {
        u128::from(now.as_nanos()) * self.rate
    }

    /// How far the expected instant lies ahead.
    fn debt(&self, now: Nanos) -> u128 {
        self.expected.saturating_sub(self.axis(now))
    }
}
