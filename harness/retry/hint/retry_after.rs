//! `Retry-After` (RFC 9110, section 10.2.3).

use crate::units::Nanos;

/// Reads it as a wait: seconds, or a date in any of the three forms of HTTP. A date counts from the reply's own `Date` where it has
/// one, so that the two clocks need not agree; else from `unix_now`. A date in the past is no wait; what is neither is ignored.
pub fn parse_retry_after(value: &str, date: Option<&str>, unix_now: impl FnOnce() -> f64) -> Option<Nanos> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are an absurd wait, not an invalid one.
        return Some(Nanos::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = |text: &str| {
        let time = httpdate::parse_http_date(text).ok()?;
        Some(time.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs_f64())
    };
    let then = seconds(value)?;
    let now = date.and_then(seconds).unwrap_or_else(unix_now);
    Some(Nanos::from_secs_f64((then - now).max(0.0)))
}
