//! The retry quota of the AWS SDKs' standard mode.

use super::{Budget, Held};
use crate::retry::FailureKind;
use crate::units::Nanos;

/// Tokens that retries cost and successes give back.
///
/// A refused retry does not touch the quota. A success returns what its last retry cost, earlier costs are gone for good; a
/// call that was never retried gives one token. A call that fails in the end returns nothing. Source: botocore
/// `botocore/retries/quota.py` and `standard.py`; smithy-rs `client/retries/token_bucket.rs`.
#[derive(Clone, Copy, Debug)]
pub struct AwsQuota {
    tokens: f64,
    capacity: f64,
    throttling_cost: f64,
    other_cost: f64,
}

impl AwsQuota {
    /// A full quota.
    pub fn new(capacity: f64, throttling_cost: f64, other_cost: f64) -> Self {
        Self { tokens: capacity, capacity, throttling_cost, other_cost }
    }
}

impl Budget for AwsQuota {
    fn withdraw(&mut self, _now: Nanos, kind: FailureKind) -> Option<Held> {
        let cost = if kind == FailureKind::Throttling { self.throttling_cost } else { self.other_cost };
        if self.tokens < cost {
            return None;
        }
        self.tokens -= cost;
        Some(Held(cost))
    }

    fn deposit(&mut self, held: Option<Held>) {
        self.tokens = (self.tokens + held.map_or(1.0, |held| held.0)).min(self.capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained_by(kind: FailureKind) -> usize {
        let mut quota = AwsQuota::new(500.0, 5.0, 14.0);
        std::iter::from_fn(|| quota.withdraw(Nanos::ZERO, kind)).count()
    }

    #[test]
    fn a_total_outage_drains_it_after_the_documented_number_of_retries() {
        assert_eq!(drained_by(FailureKind::Throttling), 100);
        assert_eq!(drained_by(FailureKind::Transient), 35);
        assert_eq!(drained_by(FailureKind::Timeout), 35);
    }

    #[test]
    fn a_success_returns_the_last_retry_and_an_untroubled_one_a_single_token() {
        let mut quota = AwsQuota::new(500.0, 5.0, 14.0);
        let _ = quota.withdraw(Nanos::ZERO, FailureKind::Throttling);
        let held = quota.withdraw(Nanos::ZERO, FailureKind::Transient);
        quota.deposit(held);
        assert!((quota.tokens - 495.0).abs() < f64::EPSILON);
        quota.deposit(None);
        assert!((quota.tokens - 496.0).abs() < f64::EPSILON);
        (0..10).for_each(|_| quota.deposit(None));
        assert!((quota.tokens - 500.0).abs() < f64::EPSILON);
    }
}
