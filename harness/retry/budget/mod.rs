//! Limits on retrying that a client shares among its calls. A new budget is one file here and one variant of [`BudgetSpec`].

mod aws_quota;
mod token_bucket;
mod unlimited;

use std::fmt::Debug;

pub use aws_quota::AwsQuota;
pub use token_bucket::TokenBucket;
pub use unlimited::Unlimited;

use super::classify::FailureKind;
use super::client::{AttemptKind, Ended};
use crate::units::Nanos;

/// What a retry took from the budget; given back in part when the call succeeds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Held(pub f64);

/// A client's budget.
pub trait Budget: Debug {
    /// A call begins with its first attempt.
    fn begin_call(&mut self, _now: Nanos) {}

    /// An attempt is over, or was never sent.
    fn end_attempt(&mut self, _now: Nanos, _kind: AttemptKind, _ended: Ended) {}

    /// Takes what a retry costs. `None` refuses it and leaves the budget as it was.
    fn withdraw(&mut self, now: Nanos, kind: FailureKind) -> Option<Held>;

    /// A call succeeded; `held` is what its last retry took, `None` where it was never retried.
    fn deposit(&mut self, held: Option<Held>);
}

/// A budget as a policy describes it; each client gets its own state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BudgetSpec {
    /// No limit but the policy's own attempts.
    Unlimited,
    /// The retry quota of the AWS SDKs.
    AwsQuota {
        /// Tokens at first and at most.
        capacity: f64,
        /// What a retry after throttling costs.
        throttling_cost: f64,
        /// What any other retry costs.
        other_cost: f64,
    },
    /// A token bucket that successes fill.
    TokenBucket {
        /// Tokens at first and at most.
        size: f64,
        /// What a success adds.
        per_success: f64,
    },
}

impl BudgetSpec {
    /// Whether what one call of a client does bears on another.
    pub fn is_shared(&self) -> bool {
        !matches!(self, Self::Unlimited)
    }

    /// A fresh, full budget.
    pub fn start(&self) -> Box<dyn Budget> {
        match *self {
            Self::Unlimited => Box::new(Unlimited),
            Self::AwsQuota { capacity, throttling_cost, other_cost } => {
                Box::new(AwsQuota::new(capacity, throttling_cost, other_cost))
            }
            Self::TokenBucket { size, per_success } => Box::new(TokenBucket::new(size, per_success)),
        }
    }
}
