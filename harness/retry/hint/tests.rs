use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;
use crate::api::{Hints, Noted, NotedHeaders, Pushback};
use crate::units::{Nanos, Ratio};

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
/// `DATE` as a second of the epoch.
const NOW: f64 = 784_111_777.0;

#[expect(clippy::unnecessary_wraps, reason = "what every parser returns")]
fn seconds(seconds: u64) -> Option<Nanos> {
    Some(Nanos::from_secs(seconds))
}

fn read(fields: &[(&str, &str)]) -> Hints {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        let name: HeaderName = name.parse().expect("a name");
        map.append(name, HeaderValue::from_str(value).expect("a value"));
    }
    read_hints(&map, &NotedHeaders::default(), || NOW)
}

#[test]
fn retry_after_is_seconds_or_any_of_three_forms_of_a_date() {
    let check = |value: &str, date: Option<&str>, expected: Option<Nanos>| {
        assert_eq!(parse_retry_after(value, date, || NOW), expected, "{value}");
    };
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
fn a_pushback_that_is_no_number_stops() {
    let check = |value, expected| assert_eq!(parse_pushback(value), expected, "{value}");
    check("250", Pushback::Wait(Nanos::from_millis(250)));
    check("0", Pushback::Wait(Nanos::ZERO));
    for stop in ["-1", "", "soon", "1.5", "99999999999999999999999"] {
        check(stop, Pushback::Stop);
    }
}

#[test]
fn a_reset_is_seconds_to_go_or_an_instant() {
    let check = |value: &str, expected| assert_eq!(parse_reset(value, || 1_700_000_000.0), expected, "{value}");
    check("30", seconds(30));
    check("1700000030", seconds(30));
    check("1700000030500", Some(Nanos::from_millis(30_500)));
    check("1600000000", seconds(0));
    for invalid in ["", "-5", "3.5", "soon"] {
        check(invalid, None);
    }
}

#[test]
fn of_ratelimit_the_longest_wait_of_an_empty_limit_counts() {
    let check = |value: &str, expected| assert_eq!(parse_ratelimit(value), expected, "{value}");
    check("\"default\";r=0;t=30", seconds(30));
    check("\"a\";r=0;t=2 , \"b\";r=0;t=9,\"c\";r=5;t=60", seconds(9));
    check("\"a\\\"b\\\\\"; t=7; r=0; pk=:cHJhbg==:; note; x=1.5; y=?1; z=tok/en", seconds(7));
    check("default;r=0;t=3", seconds(3));
    check("\"a\";r=1;t=30", None);
    check("\"a\";r=0", None);
}

/// The draft has receivers ignore a field that they cannot read as a whole.
#[test]
fn a_malformed_ratelimit_says_nothing() {
    for malformed in [
        "",
        "\"a\"",
        "\"a\";t=5",
        "\"a;r=0;t=5",
        "\"a\";r=0;t=5,",
        "\"a\";r=0;t=5 \"b\";r=0;t=6",
        "\"a\";r=-1;t=5",
        "\"a\";r=0;t=5.5",
        "\"a\";r=0;t=\"5\"",
        "5;r=0;t=5",
        "(\"a\");r=0;t=5",
        "\"a\";R=0;t=5",
        "\"a\";r=0;t=1234567890123456",
        "\"a\";r=0;t=5;k=:open",
        "\"ä\";r=0;t=5",
        "\"a\";r=0;t=5;d=?2",
        "limit=10, remaining=0, reset=5",
    ] {
        assert_eq!(parse_ratelimit(malformed), None, "{malformed}");
    }
}

#[test]
fn a_reply_is_read_field_by_field() {
    let all = read(&[
        ("grpc-retry-pushback-ms", "40"),
        ("x-amz-retry-after", "1500"),
        ("retry-after", "2"),
        ("ratelimit", "\"a\";r=0;t=3"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "4"),
        ("x-envoy-ratelimited", "true"),
    ]);
    assert_eq!(all.pushback, Some(Pushback::Wait(Nanos::from_millis(40))));
    assert_eq!(all.amz_retry_after, Some(Nanos::from_millis(1_500)));
    let [plain, limit, reset] = [all.retry_after, all.ratelimit, all.x_ratelimit_reset];
    assert_eq!([plain, limit, reset], [seconds(2), seconds(3), seconds(4)]);
    assert!(all.noted.meets(Noted::ENVOY_RATELIMITED) && all.says_when() && all.asks_to_wait());
    let silent = read(&[("x-amz-retry-after", "-5"), ("content-type", "text/plain")]);
    assert_eq!(silent, Hints::default());
    assert!(!silent.says_when());
}

#[test]
fn what_has_something_left_is_not_what_refused() {
    let older =
        |left: &str| read(&[("ratelimit-limit", "10"), ("ratelimit-remaining", left), ("ratelimit-reset", "7")]);
    assert_eq!(older("0").ratelimit, seconds(7));
    assert_eq!(older("3").ratelimit, None);
    assert_eq!(read(&[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "7")]).x_ratelimit_reset, None);
    assert_eq!(read(&[("x-rate-limit-reset", "7")]).x_ratelimit_reset, seconds(7));
    assert_eq!(read(&[("ratelimit", "\"a\";r=0;t=3"), ("ratelimit", "\"b\";r=0;t=8")]).ratelimit, seconds(8));
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
fn jitter_comes_on_top_of_a_hint_and_stays_below_a_second() {
    let tenth = Ratio::new(0.1).expect("a ratio");
    let policy = HintPolicy { mode: HintUse::Exact, jitter: tenth, ..HintPolicy::IGNORE };
    assert_eq!(policy.wait(Nanos::ZERO, Nanos::from_secs(2), 0.5), Nanos::from_millis(2_100));
    assert_eq!(policy.wait(Nanos::ZERO, Nanos::from_secs(50), 0.5), Nanos::from_millis(50_500));
}

#[test]
fn absurd_hints_are_cut_and_precedence_is_kept() {
    let policy = HintPolicy { mode: HintUse::Exact, ..HintPolicy::IGNORE };
    let absurd = Hints { retry_after: Some(Nanos::MAX), ..Hints::default() };
    assert_eq!(policy.pick(&absurd), Said::Wait(Nanos::from_secs(60)));
    let mut hints = Hints {
        pushback: Some(Pushback::Stop),
        amz_retry_after: seconds(1),
        retry_after: seconds(2),
        ratelimit: seconds(3),
        x_ratelimit_reset: seconds(4),
        noted: Noted::NONE,
    };
    assert_eq!(policy.pick(&hints), Said::Stop);
    assert_eq!(HintPolicy::IGNORE.pick(&hints), Said::Nothing);
    let only = |header| HintPolicy { headers: HintHeaders::of(&[header]), ..policy };
    assert_eq!(only(HintHeader::RateLimit).pick(&hints), Said::Wait(Nanos::from_secs(3)));
    hints.pushback = None;
    let mut order = Vec::new();
    for name in 1..=4 {
        order.push(policy.pick(&hints));
        match name {
            1 => hints.amz_retry_after = None,
            2 => hints.retry_after = None,
            3 => hints.ratelimit = None,
            _ => hints.x_ratelimit_reset = None,
        }
    }
    assert_eq!(order, [1, 2, 3, 4].map(|wait| Said::Wait(Nanos::from_secs(wait))));
    assert_eq!(policy.pick(&hints), Said::Nothing);
}

#[test]
fn the_longest_wait_knows_what_hints_may_do() {
    let longest = |mode| HintPolicy { mode, ..HintPolicy::IGNORE }.longest(Nanos::from_secs(2));
    assert_eq!(longest(HintUse::Ignore), Nanos::from_secs(2));
    assert_eq!(longest(HintUse::Clamp { add: Nanos::from_secs(5) }), Nanos::from_secs(7));
    assert_eq!(longest(HintUse::AtLeast), Nanos::from_secs(60));
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(value in "\\PC{0,40}", date in "\\PC{0,40}") {
        let _ = parse_retry_after(&value, Some(&date), || 0.0);
        let _ = parse_pushback(&value);
        let _ = parse_reset(&value, || 0.0);
        let _ = parse_ratelimit(&value);
    }

    #[test]
    fn nothing_that_looks_like_a_list_makes_it_panic(value in "[\"\\\\a-c;=,:?()\\-.0-9 rt]{0,40}") {
        let _ = parse_ratelimit(&value);
    }

    #[test]
    fn what_a_server_writes_is_what_is_read(left in 0_u64..3, wait in 0_u64..1_000_000, name in "[ -~]{0,12}") {
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        let read = parse_ratelimit(&format!("\"{name}\";r={left};t={wait}"));
        prop_assert_eq!(read, (left == 0).then(|| Nanos::from_secs(wait)));
    }
}
