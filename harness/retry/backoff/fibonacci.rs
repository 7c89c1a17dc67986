//! Waits that grow like Fibonacci's numbers: more slowly than by doubling, at the golden ratio in the end.

use super::Backoff;
use crate::units::Nanos;

/// The last of Fibonacci's numbers that fits into 64 bits, counted from 1, 1.
const LAST: u32 = 92;

/// `min(cap, base · Fᵢ)` with F = 1, 1, 2, 3, 5, …
pub(super) fn delay(backoff: &Backoff, index: u32) -> Nanos {
    let (mut number, mut next) = (1_u64, 1_u64);
    for _ in 0..index.min(LAST) {
        (number, next) = (next, number.saturating_add(next));
    }
    (backoff.base * number).min(backoff.cap)
}
