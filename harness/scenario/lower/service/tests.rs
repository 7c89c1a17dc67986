//! The blocks `limiters` and `mock`, from text to the service's configuration.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use hdrhistogram::Histogram;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use crate::limit::{Algorithm, Align, Options, Penalty, Steps};
use crate::scenario::{Faults, Flags, Input, load, source};
use crate::service::ServiceConfig;
use crate::service::config::{Change, Cost, Dimension, Latency, LimiterKind, Reject, RejectBody, RetryAfter, Workers};
use crate::units::{Nanos, Rate, Ratio};

fn read(text: &str, folder: &Path) -> Result<ServiceConfig, Faults> {
    let around = "name: a\ntarget: {mock: attendees}\nworkloads: [{name: w, iterations: {count: 1}, flow: [{call: CreateMeeting}]}]\n";
    let source = source::text("scenario.yaml", format!("{around}{text}").into_bytes())?;
    let environment = |_: &str| None;
    let input = Input { source: &source, folder, overrides: &[], flags: &Flags::default(), environment: &environment };
    Ok(load(input)?.plan()?.service)
}

fn config(text: &str) -> ServiceConfig {
    let config = read(text, Path::new("")).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.check(), Ok(()));
    config
}

fn faults(text: &str) -> String {
    read(text, Path::new("")).expect_err(text).to_string()
}

fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).expect("a rate")
}

fn ratio(share: f64) -> Ratio {
    Ratio::new(share).expect("a ratio")
}

fn secs(secs: u64) -> Nanos {
    Nanos::from_secs(secs)
}

/// Every limiter, latency and event that the grammar has.
const EVERYTHING: &str = include_str!("tests/everything.yaml");

#[test]
fn every_kind_of_limiter_is_understood() {
    let config = config(EVERYTHING);
    let kinds: Vec<LimiterKind> = config.limiters.iter().map(|limiter| limiter.kind).collect();
    let (limit, window) = (100, secs(10));
    let aimd = Algorithm::Aimd { target: Nanos::from_millis(500), backoff: ratio(0.8) };
    assert_eq!(
        kinds,
        [
            LimiterKind::TokenBucket { rate: rate(10.0), burst: 20, refill: None },
            LimiterKind::TokenBucket {
                rate: rate(20.0),
                burst: 100,
                refill: Some(Steps { interval: secs(1), amount: 20 })
            },
            LimiterKind::Gcra { rate: rate(5.0), burst: 5 },
            LimiterKind::LeakyMeter { rate: rate(20.0), burst: 40 },
            LimiterKind::Shaper { rate: rate(20.0), queue: 40 },
            LimiterKind::FixedWindow { limit: 600, window: secs(60), align: Align::Epoch },
            LimiterKind::FixedWindow { limit: 600, window: secs(60), align: Align::FirstRequest },
            LimiterKind::SlidingLog { limit, window },
            LimiterKind::SlidingCounter { limit, window },
            LimiterKind::Concurrency { limit: 64, queue: 0 },
            LimiterKind::Concurrency { limit: 64, queue: 16 },
            LimiterKind::Adaptive { algorithm: aimd, initial: 10, min: 2, max: 50 },
            LimiterKind::Adaptive { algorithm: Algorithm::Gradient, initial: 20, min: 1, max: 200 },
            LimiterKind::Adaptive { algorithm: Algorithm::Vegas, initial: 8, min: 1, max: 8 },
        ]
    );
    let named = |name: &str| config.limiters.iter().find(|limiter| *limiter.name == *name).expect(name);
    let penalty = Some(Penalty { lasting: secs(5), extend: true });
    assert_eq!(named("log").options, Options { count_rejected: true, penalty, noise: ratio(0.01) });
    assert_eq!(named("create").options, Options::default());
    let costs = ["create", "ec2", "gcra", "counter", "log"].map(|name| named(name).cost.clone());
    let query = Cost::Query("count".into());
    assert_eq!(costs, [Cost::default(), Cost::Fixed(2), query, Cost::Body("instances".into()), Cost::BatchItems]);
    assert_eq!(named("create").scope, [Dimension::Account]);
    let all = [
        Dimension::Global,
        Dimension::Account,
        Dimension::ApiKey,
        Dimension::Client,
        Dimension::Operation,
        Dimension::Region,
        Dimension::Path,
    ];
    assert_eq!(named("counter").scope, all);
}

#[test]
fn everything_about_refusals_events_and_workers_is_understood() {
    let config = config(EVERYTHING);
    assert_eq!(
        config.reject,
        Reject {
            status: 503,
            error_code: Some("SlowDown".into()),
            retry_after: RetryAfter::Ceil,
            aws_retry_after: true,
            ratelimit: true,
            x_ratelimit: true,
            body: RejectBody::ProblemJson,
            latency: Nanos::from_millis(1),
            cost: ratio(0.1),
        }
    );
    assert_eq!(config.workers, Some(Workers { count: 8, queue: 50 }));
    let changes: Vec<Change> = config.events.into_iter().map(|event| event.set).collect();
    assert_eq!(
        changes,
        [
            Change::Rate { limiter: 0, rate: rate(8.0) },
            Change::Burst { limiter: 3, burst: 5 },
            Change::Limit { limiter: 9, limit: 32 },
            Change::Window { limiter: 5, window: secs(30) },
            Change::Workers(4),
            Change::DOWN,
            Change::Down { status: 500, error_code: Some("InternalFailure".into()) },
            Change::LatencyFactor(ratio(3.0)),
            Change::ErrorRate(ratio(0.05)),
        ]
    );
}

#[test]
fn a_refusal_tells_nothing_unless_asked_to() {
    assert_eq!(config("mock: {reject: {}}\n").reject, Reject::default());
    assert_eq!(Reject::default().error_code, None, "each namespace has a name of its own");
    let body = |word: &str| config(&format!("mock: {{reject: {{body: {word}}}}}\n")).reject.body;
    let bodies = ["aws_json", "aws_xml", "problem_json", "text"].map(body);
    assert_eq!(bodies, [RejectBody::AwsJson, RejectBody::AwsXml, RejectBody::ProblemJson, RejectBody::Text]);
}

#[test]
fn every_latency_is_understood() {
    let latency = |text: &str| config(&format!("mock: {{latency: {{{text}}}}}\n")).latency;
    let ms = Nanos::from_millis;
    let expected = [
        ("type: constant, value: 3ms", Latency::Constant(ms(3))),
        ("type: uniform, min: 1ms, max: 2ms", Latency::Uniform { min: ms(1), max: ms(2) }),
        ("type: exponential, mean: 5ms", Latency::Exponential { mean: ms(5) }),
        ("type: normal, mean: 5ms, deviation: 1ms", Latency::Normal { mean: ms(5), deviation: ms(1) }),
        ("type: log_normal, median: 8ms, p99: 60ms", Latency::LogNormal { median: ms(8), p99: ms(60) }),
        ("type: pareto, min: 5ms, shape: 1.5", Latency::Pareto { min: ms(5), shape: 1.5, max: secs(60) }),
        ("type: pareto, min: 5ms, shape: 2, max: 1s", Latency::Pareto { min: ms(5), shape: 2.0, max: secs(1) }),
        (
            "type: bimodal, fast: 1ms, slow: 1s, share_slow: 1%",
            Latency::Bimodal { fast: ms(1), slow: secs(1), share_slow: ratio(0.01) },
        ),
    ];
    for (text, expected) in expected {
        assert_eq!(latency(text), expected, "{text}");
    }
    let points = |text: &str| match latency(text) {
        Latency::Table(points) => points.iter().map(|point| (point.share, point.time)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let written = points("type: percentiles, points: {p99: 60ms, p50: 8ms}");
    assert_eq!(written, [(0.0, ms(0)), (0.5, ms(8)), (0.99, ms(60)), (1.0, ms(60))]);
    assert_eq!(points("type: percentiles, points: {p0: 1ms, p100: 2ms}"), [(0.0, ms(1)), (1.0, ms(2))]);
}

#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    insta::assert_snapshot!(faults(include_str!("tests/impossible.yaml")));
}

#[test]
fn impossible_latencies_are_refused_where_they_stand() {
    let impossible = [
        (
            "type: uniform, min: 2ms, max: 1ms",
            "the longest time must not be shorter than the shortest: 1ms is below 2ms",
        ),
        (
            "type: log_normal, median: 2ms, p99: 1ms",
            "the 99th percentile must not be below the median: 1ms is below 2ms",
        ),
        ("type: log_normal, median: 0s, p99: 1ms", "the median must be above zero"),
        ("type: pareto, min: 1ms, shape: 0", "the shape must be above zero"),
        ("type: bimodal, fast: 2ms, slow: 1ms, share_slow: 1%", "the slow kind must not be faster"),
        ("type: bimodal, fast: 1ms, slow: 2ms, share_slow: 101%", "a share is at most 100%"),
        ("type: percentiles, points: {}", "there is no percentile"),
        ("type: percentiles, points: {p50: 2ms, p99: 1ms}", "a higher percentile must not be a shorter time"),
        ("type: percentiles, points: {q50: 2ms}", "`q50` is no percentile"),
        ("type: percentiles, points: {p101: 2ms}", "`p101` is no percentile"),
    ];
    for (text, part) in impossible {
        let message = faults(&format!("mock: {{latency: {{{text}}}}}\n"));
        assert!(message.contains(part), "{text}: {message}");
        assert_eq!(message.matches("error: ").count(), 1, "{text}: {message}");
    }
}

/// Writes a log of these values, a second for each tag.
fn write(path: &Path, tags: &[(Option<&str>, &[u64])]) {
    let (mut bytes, mut serializer) = (Vec::new(), V2DeflateSerializer::new());
    let mut builder = IntervalLogWriterBuilder::new();
    let mut log = builder.with_start_time(UNIX_EPOCH).begin_log_with(&mut bytes, &mut serializer).expect("in memory");
    for (second, (tag, values)) in tags.iter().enumerate() {
        let mut histogram = Histogram::<u64>::new(3).expect("three digits");
        values.iter().for_each(|&value| histogram.record(value).expect("it resizes itself"));
        let (at, tag) = (Duration::from_secs(second as u64), tag.map(|tag| Tag::new(tag).expect("a tag")));
        log.write_histogram(&histogram, at, Duration::from_secs(1), tag).expect("in memory");
    }
    std::fs::write(path, bytes).expect("a temporary file");
}

#[test]
fn a_measured_distribution_is_drawn_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let (fast, slow): (Vec<u64>, Vec<u64>) = ((1..=90).map(|n| n * 100_000).collect(), vec![5_000_000_000; 10]);
    let path = folder.path().join("latency.hlog");
    // Two intervals of one tag are added up; the second needs a wider histogram than the first.
    write(&path, &[(Some("Get/service"), &fast), (Some("List/service"), &[1]), (Some("Get/service"), &slow)]);
    let latency = |text: &str| read(&format!("mock: {{latency: {{type: hlog, {text}}}}}\n"), folder.path());
    let config = latency("file: latency.hlog, tag: Get/service").unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.check(), Ok(()));
    let Latency::Table(points) = config.latency else { panic!("a table") };
    let time = |share: f64| points.iter().find(|point| point.share >= share).expect("up to 1").time.as_millis_f64();
    for (share, expected) in [(0.3, 3.0), (0.9, 9.0), (0.91, 5_000.0), (1.0, 5_000.0)] {
        assert!((time(share) / expected - 1.0).abs() < 0.002, "{share}: {} ms", time(share));
    }
    let unit = latency("file: latency.hlog, tag: Get/service, unit: 1us").unwrap_or_else(|faults| panic!("{faults}"));
    let Latency::Table(wide) = unit.latency else { panic!("a table") };
    assert_eq!(wide[5].time, points[5].time * 1_000);
}

#[test]
fn a_log_that_is_no_use_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a temporary file");
    write(&folder.path().join("two.hlog"), &[(Some("a"), &[1]), (Some("b"), &[2]), (None, &[3])]);
    write(&folder.path().join("one.hlog"), &[(None, &[1, 2, 3])]);
    write(&folder.path().join("empty.hlog"), &[(Some("a"), &[])]);
    file("nothing.hlog", b"");
    file("prose.hlog", b"#comment\nThis is no log,\n");
    file("base64.hlog", b"Tag=a,0.1,1.0,2.7,????\n");
    file("cookie.hlog", b"Tag=a,0.1,1.0,2.7,AAAAAAAA\n");
    let whole = std::fs::read_to_string(folder.path().join("one.hlog")).expect("written above");
    file("cut.hlog", &whole.trim_end().as_bytes()[..whole.trim_end().len() - 8]);
    let read = |text: &str| read(&format!("mock: {{latency: {{type: hlog, {text}}}}}\n"), folder.path());
    assert!(read("file: one.hlog").is_ok(), "without a tag there is one distribution");
    for (text, part) in [
        ("file: none.hlog", "there is no such file"),
        ("file: two.hlog", "add `tag` with one of: \"\", a, b"),
        ("file: two.hlog, tag: c", "the file has no tag `c`"),
        ("file: two.hlog, tag: a, unit: 0s", "a unit must be above zero"),
        ("file: empty.hlog", "the file has no values"),
        ("file: nothing.hlog, tag: a", "the file has no values"),
        ("file: prose.hlog", "line 2 is not one of an HdrHistogram interval log"),
        ("file: base64.hlog", "cannot be read"),
        ("file: cookie.hlog", "cannot be read"),
        ("file: cut.hlog", "cannot be read"),
    ] {
        let message = read(text).expect_err(text).to_string();
        assert!(message.contains(part), "{text}: {message}");
    }
}
