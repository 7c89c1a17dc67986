//! Blocking a thread that has nothing else to wait for.

use std::thread;

use super::MonotonicClock;
use crate::units::Nanos;

/// Blocks this thread until an instant, or until another thread unparks it; may return for no reason.
pub fn park_until(clock: MonotonicClock, at: Nanos) {
    let now = clock.now();
    if at > now {
        thread::park_timeout((at - now).into());
    }
}
