//! What a reply claims of the limit behind it: how much it allows, how much is left, and when there will be more.

use super::parse_reset;
use crate::api::{Claim, Fields};
use crate::units::Nanos;

/// Reads `X-RateLimit-*`, `RateLimit-*` (the three fields), or `RateLimit-Policy` and `RateLimit` of the draft, whichever is there. Of
/// several limits in one field the first counts. `unix_now` is asked for only where a field means an instant.
pub fn read_claim(fields: &dyn Fields, unix_now: impl Fn() -> f64) -> Claim {
    let field = |ends: &str| {
        ["x-ratelimit-", "x-rate-limit-", "ratelimit-"].iter().find_map(|begins| fields.get(&format!("{begins}{ends}")))
    };
    let whole = |ends: &str| field(ends)?.split([',', ';']).next()?.trim().parse::<u64>().ok();
    let (state, policy) = (fields.get("ratelimit"), fields.get("ratelimit-policy"));
    Claim {
        limit: whole("limit").or_else(|| parameter(policy?, "q")),
        remaining: whole("remaining").or_else(|| parameter(state?, "r")),
        reset: field("reset")
            .and_then(|value| parse_reset(value, unix_now))
            .or_else(|| parameter(state?, "t").map(Nanos::from_secs)),
    }
}

/// A whole number among the parameters of the first member of a list (RFC 9651).
fn parameter(value: &str, name: &str) -> Option<u64> {
    let member = value.split(',').next()?;
    member.split(';').skip(1).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=')?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn read(lines: &[(&'static str, &'static str)]) -> Claim {
        let mut fields = HeaderMap::new();
        for (name, value) in lines {
            fields.insert(*name, value.parse().expect("a field value"));
        }
        read_claim(&fields, || 1_800_000_000.0)
    }

    #[test]
    fn each_way_of_writing_it_is_read() {
        let claim = |limit, remaining, seconds| Claim {
            limit: Some(limit),
            remaining: Some(remaining),
            reset: Some(Nanos::from_secs(seconds)),
        };
        let old = [("x-ratelimit-limit", "40"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800000007")];
        assert_eq!(read(&old), claim(40, 0, 7));
        let three = [("ratelimit-limit", "40, 40;w=1"), ("ratelimit-remaining", "3"), ("ratelimit-reset", "2")];
        assert_eq!(read(&three), claim(40, 3, 2));
        let draft = [("ratelimit-policy", "\"all\";q=100;w=60, \"own\";q=5"), ("ratelimit", "\"all\";r=9;t=30")];
        assert_eq!(read(&draft), claim(100, 9, 30));
    }

    #[test]
    fn nothing_is_claimed_by_nonsense() {
        assert!(!read(&[("x-ratelimit-limit", "many"), ("ratelimit", ";;r=x"), ("retry-after", "3")]).says_anything());
    }
}
