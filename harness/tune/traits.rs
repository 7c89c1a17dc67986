//! What kind of policy a policy is, for those who explain it.

use crate::retry::budget::BudgetSpec;
use crate::retry::{FailureKind, HintUse, Policy};
use crate::units::Nanos;

/// Whether it ever sends a call again.
pub(super) fn retries(policy: &Policy) -> bool {
    policy.max_attempts > 1
}

/// Whether its waits are spread at random.
pub(super) fn is_jittered(policy: &Policy) -> bool {
    let backoff = policy.backoff.of(FailureKind::Throttling);
    let delay = |index, unit| backoff.delay(index, Nanos::ZERO, unit);
    (0..3).any(|index| delay(index, 0.1) != delay(index, 0.9))
}

/// Whether anything but the attempts of each call bounds its retries.
pub(super) fn is_bounded(policy: &Policy) -> bool {
    policy.budget != BudgetSpec::Unlimited || policy.breaker.is_some() || policy.throttle.is_some()
}

/// Whether it looks at what the server says of when to come back.
pub(super) fn heeds_hints(policy: &Policy) -> bool {
    policy.hint.mode != HintUse::Ignore
}
