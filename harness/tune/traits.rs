//! What kind of policy a policy is, for those who explain it.

use crate::retry::backoff::Shape;
use crate::retry::budget::BudgetSpec;
use crate::retry::{HintUse, Policy};

/// Whether it ever sends a call again.
pub(super) fn retries(policy: &Policy) -> bool {
    policy.max_attempts > 1
}

/// Whether its waits are spread at random, those after throttling that is: it is they that a limit sees.
pub(super) fn is_jittered(policy: &Policy) -> bool {
    let backoff = &policy.backoff.throttling;
    backoff.shape.has_jitter() && (backoff.shape != Shape::ProportionalJitter || backoff.jitter.get() > 0.0)
}

/// Whether anything but the attempts of each call bounds its retries.
pub(super) fn is_bounded(policy: &Policy) -> bool {
    policy.budget != BudgetSpec::Unlimited || policy.breaker.is_some() || policy.throttle.is_some()
}

/// Whether it looks at what the server says of when to come back.
pub(super) fn heeds_hints(policy: &Policy) -> bool {
    policy.hint.mode != HintUse::Ignore
}
