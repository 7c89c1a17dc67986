//! gRPC's throttling of retries (grpc/proposal, A6 "gRPC Retry Design", "Throttling Retry Attempts and Hedged RPCs").

use super::{Budget, Held};
use crate::retry::{AttemptKind, Ended, FailureKind};
use crate::units::Nanos;

/// The proposal counts in thousandths: "at most three decimal places".
const TOKEN: f64 = 1_000.0;

/// A failed attempt takes a token, a successful one adds a part of one; retries go only while more than half is left. Judged
/// after the failure has been counted, so the failure that brings the count to half is not retried any more.
///
/// Failures that nobody would retry do not count. Nothing is taken for a retry itself: its own failure is.
#[derive(Clone, Copy, Debug)]
pub struct Grpc {
    /// In thousandths of a token.
    tokens: u64,
    most: u64,
    ratio: u64,
}

impl Grpc {
    /// A full one.
    pub fn new(max_tokens: f64, token_ratio: f64) -> Self {
        let most = (max_tokens * TOKEN) as u64;
        Self { tokens: most, most, ratio: (token_ratio * TOKEN).round() as u64 }
    }
}

impl Budget for Grpc {
    fn end(&mut self, _now: Nanos, _kind: AttemptKind, ended: Ended) {
        match ended {
            Ended::Success { .. } => self.tokens = (self.tokens + self.ratio).min(self.most),
            Ended::Failure { kind: FailureKind::Permanent, .. } | Ended::Cancelled | Ended::NeverSent => {}
            Ended::Failure { .. } => self.tokens = self.tokens.saturating_sub(TOKEN as u64),
        }
    }

    fn withdraw(&mut self, _now: Nanos, _kind: FailureKind) -> Option<Held> {
        (self.tokens > self.most / 2).then_some(Held::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(budget: &mut Grpc, ended: Ended, times: u32) {
        (0..times).for_each(|_| budget.end(Nanos::ZERO, AttemptKind::First, ended));
    }

    fn retries(budget: &mut Grpc) -> bool {
        budget.withdraw(Nanos::ZERO, FailureKind::Transient).is_some()
    }

    const FAILURE: Ended = Ended::Failure { kind: FailureKind::Transient, service: Nanos::ZERO };
    const SUCCESS: Ended = Ended::Success { service: Nanos::ZERO };

    #[test]
    fn it_stops_at_half_and_not_before() {
        let mut budget = Grpc::new(10.0, 0.1);
        ended(&mut budget, FAILURE, 4);
        assert!(retries(&mut budget), "six of ten are left");
        ended(&mut budget, FAILURE, 1);
        assert!(!retries(&mut budget), "half is not more than half");
        ended(&mut budget, SUCCESS, 1);
        assert!(retries(&mut budget));
    }

    #[test]
    fn after_a_long_outage_it_takes_as_many_successes_as_the_ratio_says() {
        let mut budget = Grpc::new(10.0, 0.1);
        ended(&mut budget, FAILURE, 1_000);
        ended(&mut budget, SUCCESS, 50);
        assert!(!retries(&mut budget));
        ended(&mut budget, SUCCESS, 1);
        assert!(retries(&mut budget));
        ended(&mut budget, SUCCESS, 1_000);
        ended(&mut budget, FAILURE, 4);
        assert!(retries(&mut budget), "it never has more than all of its tokens");
        ended(&mut budget, FAILURE, 1);
        assert!(!retries(&mut budget));
    }

    #[test]
    fn what_is_not_retried_does_not_count_and_three_decimals_do() {
        let mut budget = Grpc::new(1.0, 0.001_4);
        let permanent = Ended::Failure { kind: FailureKind::Permanent, service: Nanos::ZERO };
        for nothing in [permanent, Ended::Cancelled, Ended::NeverSent] {
            ended(&mut budget, nothing, 5);
        }
        assert!(retries(&mut budget));
        ended(&mut budget, FAILURE, 1);
        ended(&mut budget, SUCCESS, 500);
        assert!(!retries(&mut budget), "500 times a thousandth is half");
        ended(&mut budget, SUCCESS, 1);
        assert!(retries(&mut budget));
    }
}
