//! Limits on retrying that a client shares among its calls. A new budget is one file here and one variant of [`BudgetSpec`].

mod active;
mod aws_quota;
mod costs;
mod grpc;
mod ratio;
mod spec;
mod token_bucket;
mod unlimited;

use std::fmt::Debug;

pub use active::{Concurrent, MaxRetries};
pub use aws_quota::AwsQuota;
pub use costs::Costs;
pub use grpc::Grpc;
pub use ratio::RetryRatio;
pub use spec::BudgetSpec;
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
    /// An attempt stands ready to be sent: the call's first, or one that was withdrawn for.
    fn begin(&mut self, _now: Nanos, _kind: AttemptKind) {}

    /// An attempt that began is over, or was never sent.
    fn end(&mut self, _now: Nanos, _kind: AttemptKind, _ended: Ended) {}

    /// Takes what a retry costs. `None` refuses it and leaves the budget as it was.
    fn withdraw(&mut self, now: Nanos, kind: FailureKind) -> Option<Held>;

    /// Puts back what was withdrawn for a retry that the client then did not let pass: it costs nothing.
    fn put_back(&mut self, _now: Nanos, _held: Held) {}

    /// A call succeeded; `held` is what its last retry took, `None` where it was never retried.
    fn deposit(&mut self, _held: Option<Held>) {}
}
