//! The clock that this process, the target server and the kernel's own stamps share.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of `CLOCK_MONOTONIC`. It is one clock for all processes of a machine, so a stamp taken here before a program is
/// started can be compared with one that the server takes when that program's first request arrives.
pub(crate) fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
