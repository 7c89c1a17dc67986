//! What a discovery found, as limiters of a scenario.

use std::path::Path;

use loadline::discover::{KnownTarget, Rules, Way, limiters_yaml};
use loadline::limit::{Align, Kind, Options, Penalty, Steps};
use loadline::scenario::{self, Flags, Input, Source};
use loadline::units::{Nanos, Ratio};

use crate::discover_theory::{bucket, discover, rate};

/// The limiters of a scenario, as the service gets them.
fn lowered(yaml: &str) -> Vec<(Kind, Options)> {
    let head = "name: found\ntarget: {mock: attendees}\napi: attendees\nworkloads:\n  - name: w\n    iterations: {count: 1, users: 1}\n    flow: [{call: ListAttendees, with: {MeetingId: m}}]\n";
    let source = Source { name: "found.yaml".to_owned(), text: format!("{head}{yaml}") };
    let flags = Flags::default();
    let input = Input { source: &source, folder: Path::new(""), overrides: &[], flags: &flags, environment: &|_| None };
    let plan = scenario::load(input)
        .and_then(|loaded| loaded.simulation())
        .unwrap_or_else(|faults| panic!("{faults}\n{yaml}"));
    plan.service.limiters.iter().map(|limiter| (limiter.kind, limiter.options)).collect()
}

#[test]
fn what_was_found_goes_straight_into_a_scenario() {
    let mut target = KnownTarget::new(5, Way::default()).limited(bucket(20.0, 25), Options::default());
    let mut found = discover(Rules::default(), &mut target);
    let seconds = |seconds| Nanos::from_secs_f64(seconds);
    let kinds = [
        bucket(20.0, 25),
        bucket(1.0 / 3.0, 5),
        Kind::TokenBucket { rate: rate(4.0), burst: 50, refill: Some(Steps { interval: seconds(5.0), amount: 20 }) },
        Kind::Gcra { rate: rate(5.0), burst: 1 },
        Kind::LeakyMeter { rate: rate(50.0), burst: 20 },
        Kind::Shaper { rate: rate(12.5), queue: 10 },
        Kind::FixedWindow { limit: 30, window: seconds(5.0), align: Align::Epoch },
        Kind::FixedWindow { limit: 30, window: seconds(0.25), align: Align::FirstRequest },
        Kind::SlidingLog { limit: 2, window: seconds(1.0) },
        Kind::SlidingCounter { limit: 250, window: seconds(20.0) },
        Kind::Concurrency { limit: 64, queue: 3 },
    ];
    let penalty = Some(Penalty { lasting: seconds(2.5), extend: true });
    let options =
        [Options::default(), Options { count_rejected: true, penalty, noise: Ratio::new(0.02).expect("a ratio") }];
    for kind in kinds {
        for options in options {
            found.limiters[0].fit.kind = kind;
            found.limiters[0].fit.options = options;
            let read = lowered(&limiters_yaml(&found));
            let [(read, read_options)] = read[..] else { panic!("{read:?}") };
            // What takes a place or a turn has none to charge a rejected request for.
            let charges = !matches!(kind, Kind::Shaper { .. } | Kind::Concurrency { .. });
            assert_eq!(read_options, Options { count_rejected: options.count_rejected && charges, ..options });
            let (mut one, mut other) = (kind, read);
            if let (Some(one), Some(other)) = (one.rate_mut(), other.rate_mut()) {
                assert!((one.as_per_second() / other.as_per_second() - 1.0).abs() < 1e-4, "{one} {other}");
                *other = *one;
            }
            assert_eq!(one, other);
        }
    }
}
