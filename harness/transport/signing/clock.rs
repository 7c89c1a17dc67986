//! Whether a service refused a signature because our clock is wrong.

/// A difference between two clocks that a service may refuse, in seconds. Services allow five minutes; one less is left for the
/// time that the request took.
const TOLERATED: i64 = 240;

/// Error codes by which services refuse a signature that is too old, too new or not understood; botocore and the SDK for
/// JavaScript look for the same ones. The last two are what the attendees service says to any signature that it does not like.
const CODES: [&str; 9] = [
    "AuthFailure",
    "InvalidSignatureException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "RequestTimeTooSkewedException",
    "SignatureDoesNotMatch",
    "UnauthorizedException",
    "UnauthorizedClientException",
];

/// What has to be added to our clock, in seconds, where a reply says that the clock was the trouble. `used` is what was added
/// when the attempt was signed: attempts that were under way while another one corrected the clock are judged by what they said.
pub(super) fn correction(used: i64, status: u16, code: Option<&str>, date: Option<&str>, unix_now: f64) -> Option<i64> {
    if !matches!(status, 400 | 401 | 403) || !code.is_some_and(|code| CODES.contains(&code)) {
        return None;
    }
    let theirs = httpdate::parse_http_date(date?).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let offset = i64::try_from(theirs.as_secs()).ok()?.checked_sub(unix_now as i64)?;
    (offset.abs_diff(used) > TOLERATED.unsigned_abs()).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 784111777.
    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn check(used: i64, status: u16, code: &str, now: f64, expected: Option<i64>) {
        assert_eq!(correction(used, status, Some(code), Some(DATE), now), expected, "{used} {status} {code} {now}");
    }

    #[test]
    fn a_refused_signature_with_another_date_moves_the_clock() {
        check(0, 403, "RequestTimeTooSkewed", 784_111_777.0 - 900.0, Some(900));
        check(0, 401, "UnauthorizedException", 784_111_777.0 + 900.0, Some(-900));
        check(0, 400, "InvalidSignatureException", 784_111_777.0 + 241.0, Some(-241));
    }

    #[test]
    fn a_clock_that_agrees_is_left_alone() {
        // The key is wrong, then, and no clock will help.
        check(0, 403, "SignatureDoesNotMatch", 784_111_777.0 + 200.0, None);
        check(0, 403, "AccessDenied", 784_111_777.0 + 900.0, None);
        check(0, 500, "RequestExpired", 784_111_777.0 + 900.0, None);
        assert_eq!(correction(0, 403, Some("RequestExpired"), None, 0.0), None);
        assert_eq!(correction(0, 403, Some("RequestExpired"), Some("yesterday"), 0.0), None);
    }

    #[test]
    fn attempts_are_judged_by_the_clock_that_signed_them() {
        // Signed with a clock that another attempt had corrected already: nothing more to correct.
        check(900, 403, "RequestTimeTooSkewed", 784_111_777.0 - 900.0, None);
        // Signed before that correction: to be sent again.
        check(0, 403, "RequestTimeTooSkewed", 784_111_777.0 - 900.0, Some(900));
    }
}
