//! A token bucket that calls fill: retries stay a fixed share of the work (Brooker, "Fixing retries with token buckets and
//! circuit breakers", 2022).

use super::{Budget, Costs, Held};
use crate::retry::{AttemptKind, FailureKind};
use crate::units::Nanos;

/// A retry costs a token, or as many as its kind does, and needs more than that; a success adds a fraction of one.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    tokens: f64,
    size: f64,
    per_success: f64,
    cost: Costs,
    credit_at_start: bool,
}

impl TokenBucket {
    /// A full bucket. With `credit_at_start` a call adds its part as it begins, as in the source's simulator; the text
    /// itself speaks of successes.
    pub fn new(size: f64, per_success: f64, cost: Costs, credit_at_start: bool) -> Self {
        Self { tokens: size, size, per_success, cost, credit_at_start }
    }

    fn add(&mut self, tokens: f64) {
        self.tokens = (self.tokens + tokens).min(self.size);
    }
}

impl Budget for TokenBucket {
    fn begin(&mut self, _now: Nanos, kind: AttemptKind) {
        if self.credit_at_start && kind == AttemptKind::First {
            self.add(self.per_success);
        }
    }

    fn withdraw(&mut self, _now: Nanos, kind: FailureKind) -> Option<Held> {
        let cost = self.cost.of(kind);
        // Strictly more than the cost, as in the source's own simulator (`mbrooker/simulator_example`).
        if self.tokens <= cost {
            return None;
        }
        self.tokens -= cost;
        Some(Held(cost))
    }

    fn put_back(&mut self, _now: Nanos, held: Held) {
        self.add(held.0);
    }

    fn deposit(&mut self, _held: Option<Held>) {
        if !self.credit_at_start {
            self.add(self.per_success);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Retries that a drained bucket of ten lets through in a thousand calls, of which the first `good` attempts succeed in
    /// every ten.
    fn retries(credit_at_start: bool, good: u32) -> usize {
        let mut bucket = TokenBucket::new(10.0, 0.1, Costs::all(1.0), credit_at_start);
        while bucket.withdraw(Nanos::ZERO, FailureKind::Transient).is_some() {}
        let mut retries = 0;
        for call in 0..1_000 {
            bucket.begin(Nanos::ZERO, AttemptKind::First);
            if call % 10 < good {
                bucket.deposit(None);
            } else {
                retries += usize::from(bucket.withdraw(Nanos::ZERO, FailureKind::Transient).is_some());
            }
        }
        retries
    }

    #[test]
    fn retries_stay_a_share_of_successes_or_of_calls() {
        // A bucket that is empty keeps one token, so the count can only be one off.
        assert!((69..=71).contains(&retries(false, 7)), "{}", retries(false, 7));
        assert_eq!(retries(false, 0), 0, "no success, no retry");
        assert!((99..=101).contains(&retries(true, 7)), "{}", retries(true, 7));
        assert!((99..=101).contains(&retries(true, 0)), "{}", retries(true, 0));
    }

    #[test]
    fn a_retry_needs_more_than_it_costs() {
        let burst = |cost| {
            let mut bucket = TokenBucket::new(10.0, 0.1, cost, false);
            std::iter::from_fn(|| bucket.withdraw(Nanos::ZERO, FailureKind::Timeout)).count()
        };
        assert_eq!(burst(Costs::all(1.0)), 9);
        assert_eq!(burst(Costs { timeout: 2.5, ..Costs::all(1.0) }), 3);
    }
}
