//! A wait that depends on the last one instead of on how many there were (the same article as full jitter; its simulator is
//! `aws-samples/aws-arch-backoff-simulator`). Finagle's shape of this name takes the last wait for the lower bound; ours is the
//! article's.

use super::{Backoff, exponential};
use crate::units::Nanos;

/// `min(cap, base + u · (3 · previous − base))`. The wait before a call's first retry has no predecessor and counts `base` for it,
/// as does one whose predecessor was shorter because it followed another kind of failure.
pub(super) fn delay(backoff: &Backoff, previous: Nanos, unit: f64) -> Nanos {
    let previous = previous.max(backoff.base);
    let spread = previous * 3 - backoff.base;
    (backoff.base + spread.scale(unit)).min(backoff.cap)
}

/// `min(cap, base · 3ⁱ⁺¹)`: every wait before it had to be at its longest.
pub(super) fn longest(backoff: &Backoff, index: u32) -> Nanos {
    backoff.base.scale(exponential::power(3.0, index.saturating_add(1))).min(backoff.cap)
}
