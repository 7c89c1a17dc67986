//! All hints of a reply.

use super::{parse_pushback, parse_ratelimit, parse_reset, parse_retry_after};
use crate::api::{Fields, Hints, NotedHeaders};
use crate::units::Nanos;

/// Reads what a reply says about when to come back, and which of the noted header fields it has. `unix_now` is the second of the
/// epoch; it is asked for only where a field means an instant.
///
/// A field that is malformed is as good as absent, with the one exception of gRPC's. Nothing is allocated.
pub fn read_hints(fields: &dyn Fields, noted: &NotedHeaders, unix_now: impl Fn() -> f64) -> Hints {
    let whole = |name: &str| fields.get(name).and_then(|value| value.trim().parse::<u64>().ok());
    let left = |name: &str| whole(name).is_none_or(|left| left == 0);
    // A limit that has something left is not the one that refused.
    let triple = || Some(Nanos::from_secs(whole("ratelimit-reset").filter(|_| left("ratelimit-remaining"))?));
    let reset = || fields.get("x-ratelimit-reset").or_else(|| fields.get("x-rate-limit-reset"));
    Hints {
        pushback: fields.get("grpc-retry-pushback-ms").map(parse_pushback),
        amz_retry_after: whole("x-amz-retry-after").map(Nanos::from_millis),
        retry_after: fields
            .get("retry-after")
            .and_then(|value| parse_retry_after(value, fields.get("date"), &unix_now)),
        ratelimit: joined(fields).or_else(triple),
        x_ratelimit_reset: reset()
            .filter(|_| left("x-ratelimit-remaining") && left("x-rate-limit-remaining"))
            .and_then(|value| parse_reset(value, &unix_now)),
        noted: noted.of(|name| fields.get(name).is_some()),
    }
}

/// `RateLimit`, which may come in several lines: the longest wait of them counts.
fn joined(fields: &dyn Fields) -> Option<Nanos> {
    // Nearly always absent, or a single line.
    fields.get("ratelimit")?;
    let mut longest = None;
    fields.each("ratelimit", &mut |line| longest = longest.max(parse_ratelimit(line)));
    longest
}
