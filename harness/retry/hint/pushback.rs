//! `grpc-retry-pushback-ms` (grpc/proposal A6, "Pushback").

use crate::api::Pushback;
use crate::units::Nanos;

/// Reads it: whole milliseconds. Whatever is negative or no number means "do not retry", as the proposal asks for: a server that
/// wants to be left alone should not be pestered because it cannot spell.
pub fn parse_pushback(value: &str) -> Pushback {
    value.trim().parse().map_or(Pushback::Stop, |millis| Pushback::Wait(Nanos::from_millis(millis)))
}
