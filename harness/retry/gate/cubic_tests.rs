//! The numbers that the SDKs hold their own limiters to. Facts only; every table names its source and commit.

use super::*;

const SPEC: CubicSpec = CubicSpec { beta: 0.7, scale: 0.4, smooth: 0.8, min_fill_rate: 0.5 };

#[track_caller]
fn check(what: &str, value: f64, expected: f64) {
    assert!((value - expected).abs() < 1e-9, "{what}: {value} instead of {expected}");
}

fn millis(t: f64) -> Nanos {
    Nanos::from_secs_f64(t)
}

/// A reply: when, whether it was throttling, the rate measured then, the rate set then.
type Reply = (f64, bool, f64, f64);

/// aws/aws-sdk-go-v2 `aws/retry/adaptive_ratelimit_test.go` (`TestAdaptiveRateLimit_Update`, at
/// c213f6605dbc3ee1634aeba46f443c879b199481); the same table is in smithy-lang/smithy-rs
/// `rust-runtime/aws-smithy-runtime/src/client/retries/client_rate_limiter.rs` (at a5ee3a6a37e46e036476eaed3ad49bf2f9013d57).
const UPDATES: [Reply; 17] = [
    (0.2, false, 0.0, 0.5),
    (0.4, false, 0.0, 0.5),
    (0.6, false, 4.8, 0.5),
    (0.8, false, 4.8, 0.5),
    (1.0, false, 4.16, 0.5),
    (1.2, false, 4.16, 0.6912),
    (1.4, false, 4.16, 1.0976),
    (1.6, false, 5.632, 1.6384),
    (1.8, false, 5.632, 2.3328),
    (2.0, true, 4.3264, 3.02848),
    (2.2, false, 4.3264, 3.486_639_173_470_26),
    (2.4, false, 4.3264, 3.821_874_416_040_255),
    (2.6, false, 5.66528, 4.053_385_727_709_987),
    (2.8, false, 5.66528, 4.200_373_108_479_455),
    (3.0, false, 4.333_056, 4.282_036_558_348_658),
    (3.2, true, 4.333_056, 2.997_425_590_844_06),
    (3.4, false, 4.333_056, 3.452_226_394_386_346_3),
];

#[test]
fn measures_and_sets_the_rate_as_go_and_rust_do() {
    let mut cubic = Cubic::new(SPEC);
    // Their clock starts at zero.
    assert_eq!(cubic.take(Nanos::ZERO), Ok(()));
    for (t, throttled, measured, rate) in UPDATES {
        cubic.reply(millis(t), throttled);
        let state = cubic.state(millis(t));
        check(&format!("measured at {t}"), state.meter.measured, measured);
        check(&format!("set at {t}"), state.bucket.fill_rate, rate);
    }
}

/// A reply on the curve: when, whether it was throttling, the rate then.
type Point = (f64, bool, f64);

/// aws/aws-sdk-go-v2, as above, `TestAdaptiveRateLimit_cubic`: throttling came at second 5, at 10 a second.
const SUCCESS: [Point; 7] = [
    (5.0, false, 7.0),
    (6.0, false, 9.648_936_009_66),
    (7.0, false, 10.000_030_849_917_364),
    (8.0, false, 10.453_284_520_772_092),
    (9.0, false, 13.408_697_022_224_185),
    (10.0, false, 21.266_268_354_273_64),
    (11.0, false, 36.425_998_516_920_465),
];
/// Throttled again, twice. Their test notes the rate after the drop as the one at which throttling came.
const MIXED: [Point; 8] = [
    (5.0, false, 7.0),
    (6.0, false, 9.648_936_009_66),
    (7.0, true, 6.754_255_206_761_999),
    (8.0, true, 4.727_978_644_733_399),
    (9.0, false, 4.670_125_557_970_046),
    (10.0, false, 4.770_870_456_867_401),
    (11.0, false, 6.011_819_748_005_445),
    (12.0, false, 10.792_973_431_384_178),
];

#[test]
fn the_curve_is_that_of_go() {
    for points in [&SUCCESS[..], &MIXED] {
        let mut curve = Curve { last_max_rate: 10.0, last_throttle: 5.0 };
        let mut rate = 0.0;
        for &(t, throttled, expected) in points {
            rate = if throttled { curve.throttled(t, rate, &SPEC) } else { curve.rate(t, &SPEC) };
            if throttled {
                curve.last_max_rate = rate;
            }
            check(&format!("at {t}"), rate, expected);
        }
    }
}

/// boto/botocore `tests/unit/retries/test_throttling.py` (at 9f85135cab6cd8be577dceadf7f61440dd6a11a3).
#[test]
fn the_curve_is_that_of_botocore() {
    let mut curve = Curve { last_max_rate: 10.0, last_throttle: 0.0 };
    let plateau = curve.plateau(&SPEC);
    check("K at 10 a second", plateau, 1.957_433_820_584_431_7);
    for part in [3.0, 2.0, 1.1] {
        assert!(curve.rate(plateau / part, &SPEC) <= 10.0, "below the old rate until K");
        assert!(curve.rate(plateau * part, &SPEC) >= 10.0, "above it after K");
    }
    check("at K", curve.rate(plateau, &SPEC), 10.0);
    check("throttled at 8", curve.throttled(1.0, 8.0, &SPEC), 5.6);
    check("K at 8 a second", curve.plateau(&SPEC), 1.817_120_592_832_139_7);
    let gentle = CubicSpec { beta: 0.6, ..SPEC };
    check("another beta", curve.throttled(1.0, 10.0, &gentle), 6.0);
    check("the curve begins where throttling left it", curve.rate(1.0, &gentle), 6.0);
}

/// boto/botocore `tests/unit/retries/test_adaptive.py`, `TestRateClocker` (at d75a96509f153354ffdfc18911bdeda56045e2ee).
#[test]
fn the_rate_is_measured_as_in_botocore() {
    let measured = |times: &[f64]| {
        let mut meter = Meter { bucket: 0.0, measured: 0.0, count: 0 };
        for &t in times {
            meter.count(t, SPEC.smooth);
        }
        meter.measured
    };
    check("nothing yet", measured(&[]), 0.0);
    check("one", measured(&[1.0]), 0.8);
    let even: Vec<f64> = (1..=20).map(f64::from).collect();
    assert!((measured(&even) - 1.0).abs() < 1e-7, "one a second");
    let dense = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0];
    assert!((1.99..=2.0).contains(&measured(&dense)), "two a second");
    let then_sparse = [&dense[..], &[14.0]].concat();
    assert!((0.1..=2.0).contains(&measured(&then_sparse)), "then one in ten seconds");
    assert!(measured(&[1.0, 1.0, 1.0, 2.0, 3.0]) >= 1.0);
    let bucket = [0.1, 0.2, 0.3, 0.4, 0.49];
    check("within the first half second", measured(&bucket), 0.0);
    check("six in half a second", measured(&[&bucket[..], &[0.5]].concat()), 12.0 * 0.8);
}

fn bucket(rate: f64, min: f64) -> Bucket {
    let mut bucket = Bucket { fill_rate: 0.0, max_capacity: 0.0, capacity: 0.0, last_refill: 0.0 };
    bucket.set_rate(0.0, rate, min);
    bucket
}

/// boto/botocore `tests/unit/retries/test_bucket.py` (at 9f85135cab6cd8be577dceadf7f61440dd6a11a3).
#[test]
fn the_bucket_is_that_of_botocore() {
    let mut slow = bucket(10.0, 0.1);
    assert!((1..=5).all(|t| slow.take(f64::from(t)).is_ok()), "one a second of ten");
    slow.set_rate(5.0, 1.0, 0.1);
    assert!((6..=10).all(|t| slow.take(f64::from(t)).is_ok()), "one a second of one");
    let mut small = bucket(10.0, 0.1);
    small.set_rate(1.0, 0.5, 0.1);
    check("half a token a second", small.fill_rate, 0.5);
    check("never holds less than one", small.max_capacity, 1.0);
    let mut full = bucket(10.0, 0.1);
    assert!((0..20).all(|i| full.take(1.0 + 0.1 * f64::from(i)).is_ok()), "ten a second of ten");
    let mut floor = bucket(1.0, 0.2);
    floor.set_rate(1.0, 0.1, 0.2);
    check("the floor", floor.fill_rate, 0.2);
    let mut wait = bucket(10.0, 0.1);
    assert_eq!(wait.take(0.1), Ok(()));
    check("half a token is missing", wait.take(0.15).expect_err("it waits"), 0.05);
    check("and was not taken", wait.capacity, 0.5);
    assert_eq!((wait.take(0.2), wait.take(0.300_001)), (Ok(()), Ok(())));
}

#[test]
fn a_cold_client_that_is_throttled_at_once_is_stuck_at_half_an_attempt_a_second() {
    let mut cubic = Cubic::new(SPEC);
    let begin = Nanos::from_secs(7);
    assert_eq!(cubic.take(begin), Ok(()), "nothing is counted before the first throttling");
    cubic.reply(begin + millis(0.01), true);
    assert_eq!(cubic.take(begin + millis(0.01)), Err(begin + millis(2.01)));
    assert_eq!(cubic.take(begin + millis(2.01)), Ok(()), "the wait is enough");
    cubic.give_back(begin + millis(2.01));
    assert_eq!(cubic.take(begin + millis(2.01)), Ok(()), "what was not sent is there again");
    assert_eq!(cubic.take(begin + millis(2.01)), Err(begin + millis(4.01)));
}

/// Whatever it is told, it never lets more through than the sum of its rates and a bucket.
#[test]
fn what_passes_is_bounded_by_the_rate() {
    let mut cubic = Cubic::new(SPEC);
    let (mut now, mut passed, mut allowed) = (Nanos::ZERO, 0_u32, 0.0);
    cubic.reply(now, true);
    for number in 0..20_000_u64 {
        let Bucket { fill_rate, max_capacity, .. } = cubic.state(now).bucket;
        let step = Nanos::from_millis(1 + number * 7 % 13);
        now += step;
        allowed += fill_rate * step.as_secs_f64();
        if cubic.take(now).is_ok() {
            passed += 1;
            cubic.reply(now, number % 11 == 0);
        }
        assert!(f64::from(passed) <= allowed + max_capacity + 1e-6, "{passed} of {allowed}");
    }
    assert!(passed > 50, "{passed}: it does let through");
}
