//! The retry quota of the AWS SDKs' standard mode.

use super::{Budget, Costs, Held};
use crate::retry::FailureKind;
use crate::units::Nanos;

/// Tokens that retries cost and successes give back.
///
/// A refused retry does not touch the quota. A success returns what its last retry cost, earlier costs are gone for good; a
/// call that was never retried gives a refund, one token with all SDKs. A call that fails in the end returns nothing. Source:
/// botocore `botocore/retries/quota.py` and `standard.py`; smithy-rs `client/retries/token_bucket.rs`.
#[derive(Clone, Copy, Debug)]
pub struct AwsQuota {
    tokens: f64,
    capacity: f64,
    cost: Costs,
    refund: f64,
}

impl AwsQuota {
    /// A full quota.
    pub fn new(capacity: f64, cost: Costs, refund: f64) -> Self {
        Self { tokens: capacity, capacity, cost, refund }
    }
}

impl Budget for AwsQuota {
    fn withdraw(&mut self, _now: Nanos, kind: FailureKind) -> Option<Held> {
        let cost = self.cost.of(kind);
        if self.tokens < cost {
            return None;
        }
        self.tokens -= cost;
        Some(Held(cost))
    }

    fn put_back(&mut self, _now: Nanos, held: Held) {
        self.tokens = (self.tokens + held.0).min(self.capacity);
    }

    fn deposit(&mut self, held: Option<Held>) {
        self.tokens = (self.tokens + held.map_or(self.refund, |held| held.0)).min(self.capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V2_0: Costs = Costs { throttling: 5.0, transient: 5.0, timeout: 10.0 };
    const V2_1: Costs = Costs { throttling: 5.0, transient: 14.0, timeout: 14.0 };

    fn drained_by(cost: Costs, kind: FailureKind) -> usize {
        let mut quota = AwsQuota::new(500.0, cost, 1.0);
        std::iter::from_fn(|| quota.withdraw(Nanos::ZERO, kind)).count()
    }

    #[test]
    fn a_total_outage_drains_it_after_the_documented_number_of_retries() {
        assert_eq!(drained_by(V2_0, FailureKind::Transient), 100);
        assert_eq!(drained_by(V2_0, FailureKind::Timeout), 50);
        assert_eq!(drained_by(V2_1, FailureKind::Transient), 35);
        assert_eq!(drained_by(V2_1, FailureKind::Timeout), 35);
        assert_eq!(drained_by(V2_1, FailureKind::Throttling), 100);
    }

    #[test]
    fn a_refusal_costs_nothing() {
        let mut quota = AwsQuota::new(16.0, V2_1, 1.0);
        assert_eq!(quota.withdraw(Nanos::ZERO, FailureKind::Timeout), Some(Held(14.0)));
        assert_eq!(quota.withdraw(Nanos::ZERO, FailureKind::Throttling), None);
        assert!((quota.tokens - 2.0).abs() < f64::EPSILON);
        quota.put_back(Nanos::ZERO, Held(14.0));
        assert!((quota.tokens - 16.0).abs() < f64::EPSILON, "neither does a retry that was not let pass");
    }

    #[test]
    fn a_success_returns_the_last_retry_and_an_untroubled_one_a_single_token() {
        let mut quota = AwsQuota::new(500.0, V2_1, 1.0);
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
