//! Limits on the retries that are under way, as Envoy has them (`circuit_breaker.proto`, `resource_manager_impl.h`).

use super::{Budget, Held};
use crate::retry::{AttemptKind, Ended, FailureKind};
use crate::units::{Nanos, Ratio};

/// A retry is under way from its decision, its backoff included, to its end. So is one that was withdrawn for beside another
/// attempt.
fn is_retry(kind: AttemptKind) -> bool {
    kind != AttemptKind::First
}

/// Envoy's `retry_budget`: retries under way stay below `max(⌊percent · attempts under way⌋, min)`. Attempts under way are all
/// that are being sent or wait to be, retries among them.
#[derive(Clone, Copy, Debug)]
pub struct Concurrent {
    percent: f64,
    min: u32,
    attempts: u32,
    retries: u32,
}

impl Concurrent {
    /// With nothing under way.
    pub fn new(percent: Ratio, min: u32) -> Self {
        Self { percent: percent.get(), min, attempts: 0, retries: 0 }
    }
}

impl Budget for Concurrent {
    fn begin(&mut self, _now: Nanos, _kind: AttemptKind) {
        self.attempts += 1;
    }

    fn end(&mut self, _now: Nanos, kind: AttemptKind, _ended: Ended) {
        self.attempts = self.attempts.saturating_sub(1);
        if is_retry(kind) {
            self.retries = self.retries.saturating_sub(1);
        }
    }

    fn withdraw(&mut self, _now: Nanos, _kind: FailureKind) -> Option<Held> {
        // A share such as 20 % of 15 must not come out as 2 for want of the last bit.
        let part = (self.percent * f64::from(self.attempts) + 1e-9) as u32;
        if self.retries >= part.max(self.min) {
            return None;
        }
        self.retries += 1;
        Some(Held::default())
    }
}

/// Envoy's `max_retries`: retries under way stay at or below a number.
#[derive(Clone, Copy, Debug)]
pub struct MaxRetries {
    most: u32,
    retries: u32,
}

impl MaxRetries {
    /// With nothing under way.
    pub fn new(most: u32) -> Self {
        Self { most, retries: 0 }
    }
}

impl Budget for MaxRetries {
    fn end(&mut self, _now: Nanos, kind: AttemptKind, _ended: Ended) {
        if is_retry(kind) {
            self.retries = self.retries.saturating_sub(1);
        }
    }

    fn withdraw(&mut self, _now: Nanos, _kind: FailureKind) -> Option<Held> {
        if self.retries >= self.most {
            return None;
        }
        self.retries += 1;
        Some(Held::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Ended = Ended::Failure { kind: FailureKind::Transient, service: Nanos::ZERO };

    fn all(budget: &mut impl Budget) -> usize {
        std::iter::from_fn(|| budget.withdraw(Nanos::ZERO, FailureKind::Transient)).count()
    }

    fn begin(budget: &mut impl Budget, kind: AttemptKind, count: u32) {
        (0..count).for_each(|_| budget.begin(Nanos::ZERO, kind));
    }

    #[test]
    fn a_part_of_what_is_under_way_and_never_fewer_than_the_least() {
        for (attempts, retries) in [(0, 3), (15, 3), (19, 3), (20, 4), (24, 4), (25, 5), (1_000, 200)] {
            let mut budget = Concurrent::new(Ratio::new(0.2).expect("a part"), 3);
            begin(&mut budget, AttemptKind::First, attempts);
            assert_eq!(all(&mut budget), retries, "{attempts} under way");
        }
    }

    #[test]
    fn what_ends_makes_room() {
        let mut budget = Concurrent::new(Ratio::new(0.2).expect("a part"), 1);
        begin(&mut budget, AttemptKind::First, 10);
        assert_eq!(all(&mut budget), 2);
        begin(&mut budget, AttemptKind::Retry, 1);
        begin(&mut budget, AttemptKind::Hedge, 1);
        assert_eq!(all(&mut budget), 0, "12 are under way, and two of them are retries");
        for kind in [AttemptKind::Retry, AttemptKind::Hedge] {
            budget.end(Nanos::ZERO, kind, FAILED);
        }
        assert_eq!(all(&mut budget), 2);
    }

    #[test]
    fn at_most_so_many_at_once() {
        let mut budget = MaxRetries::new(3);
        assert_eq!(all(&mut budget), 3);
        budget.end(Nanos::ZERO, AttemptKind::First, FAILED);
        assert_eq!(all(&mut budget), 0);
        budget.end(Nanos::ZERO, AttemptKind::Retry, Ended::NeverSent);
        assert_eq!(all(&mut budget), 1);
    }
}
