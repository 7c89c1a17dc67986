//! `X-RateLimit-Reset` and its like, which no standard defines: some send seconds to go, some the second or millisecond of the epoch.

use crate::units::Nanos;

/// Numbers above this are seconds of the epoch; as seconds to go they would be more than thirty years.
const EPOCH_SECONDS: u64 = 1_000_000_000;
/// Numbers above this are milliseconds of the epoch.
const EPOCH_MILLIS: u64 = 1_000_000_000_000;

/// Reads it as a wait. `unix_now` is the second of the epoch at which the reply came, asked for only where it is needed. An
/// instant in the past is no wait; what is no whole number is ignored.
pub fn parse_reset(value: &str, unix_now: impl FnOnce() -> f64) -> Option<Nanos> {
    let number: u64 = value.trim().parse().ok()?;
    let until = |instant: f64, now: f64| Nanos::from_secs_f64((instant - now).max(0.0));
    Some(if number <= EPOCH_SECONDS {
        Nanos::from_secs(number)
    } else if number <= EPOCH_MILLIS {
        until(number as f64, unix_now())
    } else {
        until(number as f64 / 1e3, unix_now())
    })
}
