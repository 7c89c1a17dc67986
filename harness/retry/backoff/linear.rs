//! The same step more each time (Finagle's `Backoff.linear`).

use super::Backoff;
use crate::units::Nanos;

/// `min(cap, base + i · step)`.
pub(super) fn delay(backoff: &Backoff, index: u32) -> Nanos {
    (backoff.base + backoff.step * u64::from(index)).min(backoff.cap)
}
