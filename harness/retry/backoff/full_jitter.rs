//! Anything between nothing and the exponential bound, which breaks up the herd ("Exponential Backoff And Jitter", AWS
//! Architecture Blog, 2015). The AWS SDKs and Envoy wait so.

use super::{Backoff, exponential};
use crate::units::Nanos;

/// `u · min(cap, base · multiplierⁱ)`.
pub(super) fn delay(backoff: &Backoff, index: u32, unit: f64) -> Nanos {
    exponential::bound(backoff, index).scale(unit)
}
