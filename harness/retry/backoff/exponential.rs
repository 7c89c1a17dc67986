//! Longer each time, without jitter: for contrast. Clients that failed together return together.

use super::Backoff;
use crate::units::Nanos;

/// From this retry on, a curve that at least doubles waits for its cap: the AWS SDK for Rust cannot raise two to a higher power in
/// 32 bits, and every sensible curve has met its cap long before.
const SATURATED: u32 = 32;

/// `min(cap, base · multiplierⁱ)`: the bound that the jittered shapes share.
pub(super) fn bound(backoff: &Backoff, index: u32) -> Nanos {
    if index >= SATURATED && backoff.multiplier >= 2.0 {
        return backoff.cap;
    }
    backoff.base.scale(power(backoff.multiplier, index)).min(backoff.cap)
}

/// A number to a whole power, by squaring. It is made of multiplications alone, which are the same on every machine; beyond the
/// range of numbers it is infinite, and the cap holds.
pub(super) fn power(mut number: f64, mut exponent: u32) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= number;
        }
        number *= number;
        exponent >>= 1;
    }
    product
}
