//! The exponential bound, give or take a part of it: gRPC (a fifth, grpc/proposal A6), the `backoff` crate and Google's HTTP client
//! for Java (a half, with a multiplier of 1.5).

use super::{Backoff, exponential};
use crate::units::Nanos;

/// `E · (1 − f + 2 · f · u)` with `E = min(cap, base · multiplierⁱ)` and `f` the jitter. The cap comes before the jitter, so the
/// wait may pass it by that part, as gRPC says it may.
pub(super) fn delay(backoff: &Backoff, index: u32, unit: f64) -> Nanos {
    let part = backoff.jitter.get();
    exponential::bound(backoff, index).scale(1.0 - part + 2.0 * part * unit)
}
