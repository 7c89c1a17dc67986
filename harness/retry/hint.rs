//! What a server says about when to come back, and how far it is believed.

use crate::api::Hints;
use crate::units::{Nanos, Ratio};

/// How far a hint is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintUse {
    /// Not at all.
    Ignore,
    /// The wait is at least the hint.
    AtLeast,
    /// The wait is the hint.
    Exact,
    /// The wait is the hint, but not shorter than the own backoff and not longer than it plus `add`: the rule of AWS's
    /// standard mode 2.1 with `add` = 5 s.
    Clamp {
        /// How much longer than the own backoff the wait may get.
        add: Nanos,
    },
}

/// What a policy does with hints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HintPolicy {
    /// How far they are believed.
    pub mode: HintUse,
    /// A hint above this is cut to it: a server that confuses seconds with an epoch must not stop a client for 50 years.
    pub max: Nanos,
    /// How much is added on top, uniform in [0, min(1 s, jitter · hint)): without it every client returns at the same
    /// instant.
    pub jitter: Ratio,
    /// Whether `Retry-After` counts. AWS's own SDKs in standard mode read `x-amz-retry-after` alone.
    pub retry_after: bool,
}

impl HintPolicy {
    /// Reads nothing.
    pub const IGNORE: Self =
        Self { mode: HintUse::Ignore, max: Nanos::from_secs(60), jitter: Ratio::ZERO, retry_after: true };

    /// The hint that counts: `x-amz-retry-after` before `Retry-After`, cut to `max`; `None` where hints are ignored.
    pub fn pick(&self, hints: &Hints) -> Option<Nanos> {
        if self.mode == HintUse::Ignore {
            return None;
        }
        let retry_after = hints.retry_after.filter(|_| self.retry_after);
        hints.amz_retry_after.or(retry_after).map(|hint| hint.min(self.max))
    }

    /// The wait, given the own backoff, the hint that counts, and a uniform draw in [0, 1).
    pub fn wait(&self, backoff: Nanos, hint: Nanos, unit: f64) -> Nanos {
        let wait = match self.mode {
            HintUse::Ignore => return backoff,
            HintUse::AtLeast => hint.max(backoff),
            HintUse::Exact => hint,
            HintUse::Clamp { add } => hint.clamp(backoff, backoff + add),
        };
        let spread = hint.scale(self.jitter.get()).min(Nanos::from_secs(1));
        wait + spread.scale(unit)
    }
}

/// Reads `Retry-After` (RFC 9110, section 10.2.3) as a wait: seconds, or a date in any of the three forms of HTTP. A date counts
/// from the reply's own `Date` where it has one, so that the two clocks need not agree; else from `unix_now`. A date in the
/// past is no wait; what is neither is ignored.
pub fn parse_retry_after(value: &str, date: Option<&str>, unix_now: f64) -> Option<Nanos> {
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
    let now = date.and_then(seconds).unwrap_or(unix_now);
    Some(Nanos::from_secs_f64((then - now).max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn check(value: &str, date: Option<&str>, expected: Option<Nanos>) {
        // 784111777 is DATE.
        assert_eq!(parse_retry_after(value, date, 784_111_777.0), expected, "{value}");
    }

    #[test]
    fn seconds_and_all_three_forms_of_a_date_are_read() {
        let seconds = |n| Some(Nanos::from_secs(n));
        check("120", None, seconds(120));
        check("0", None, seconds(0));
        check("Sun, 06 Nov 1994 08:49:47 GMT", None, seconds(10));
        check("Sunday, 06-Nov-94 08:49:47 GMT", None, seconds(10));
        check("Sun Nov  6 08:49:47 1994", None, seconds(10));
        check(DATE, Some("Sun, 06 Nov 1994 08:49:07 GMT"), seconds(30));
        check("Sun, 06 Nov 1994 08:49:27 GMT", None, seconds(0));
        check("99999999999999999999999", None, Some(Nanos::MAX));
        for invalid in ["", "soon", "-1", "1.5", "1e3"] {
            check(invalid, None, None);
        }
    }

    #[test]
    fn each_use_of_a_hint() {
        let wait = |mode| HintPolicy { mode, ..HintPolicy::IGNORE }.wait(Nanos::from_secs(2), Nanos::from_secs(9), 0.5);
        assert_eq!(wait(HintUse::Ignore), Nanos::from_secs(2));
        assert_eq!(wait(HintUse::AtLeast), Nanos::from_secs(9));
        assert_eq!(wait(HintUse::Exact), Nanos::from_secs(9));
        assert_eq!(wait(HintUse::Clamp { add: Nanos::from_secs(5) }), Nanos::from_secs(7));
    }

    #[test]
    fn absurd_hints_are_cut_and_precedence_is_kept() {
        let policy = HintPolicy { mode: HintUse::Exact, ..HintPolicy::IGNORE };
        let hints = |amz, plain| Hints { amz_retry_after: amz, retry_after: plain };
        assert_eq!(policy.pick(&hints(None, Some(Nanos::MAX))), Some(Nanos::from_secs(60)));
        assert_eq!(
            policy.pick(&hints(Some(Nanos::from_secs(1)), Some(Nanos::from_secs(2)))),
            Some(Nanos::from_secs(1))
        );
        assert_eq!(HintPolicy::IGNORE.pick(&hints(Some(Nanos::from_secs(1)), None)), None);
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(value in "\\PC{0,40}", date in "\\PC{0,40}") {
            let _ = parse_retry_after(&value, Some(&date), 0.0);
        }
    }
}
