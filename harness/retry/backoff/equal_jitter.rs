//! Half of the exponential bound for certain, the other half at random: nobody returns at once (the same article as full
//! jitter).

use super::{Backoff, exponential};
use crate::units::Nanos;

/// `E/2 + u · E/2` with `E = min(cap, base · multiplierⁱ)`.
pub(super) fn delay(backoff: &Backoff, index: u32, unit: f64) -> Nanos {
    exponential::bound(backoff, index).scale(0.5 + unit / 2.0)
}
