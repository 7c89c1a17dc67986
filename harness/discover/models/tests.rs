//! Limiters that are known, probed by stretches that are not chosen by what was seen: each model finds its own.

use crate::discover::stretches::{even, stretch, volley};
use crate::discover::{Class, Fit, KnownTarget, Log, ParameterName, Way, explain, explain_class, forecast};
use crate::limit::{Align, Kind, Options, Penalty, Steps};
use crate::record::Sighting;
use crate::runner::Prober;
use crate::units::{Nanos, Rate, Ratio};

/// A target after some probing.
struct Probed {
    target: KnownTarget,
    seen: Vec<Sighting>,
    way: Way,
}

impl Probed {
    /// Silence and a volley larger than the limit; a load far above the rate; volleys after silences; a load a little above the rate.
    fn new(kind: Kind, options: Options, way: Way, seed: u64) -> Self {
        let mut target = KnownTarget::new(seed, way).limited(kind, options);
        let (rate, burst, period) = size(kind);
        let mut stretches = vec![(2.2 * period, volley(burst + 5, Nanos::ZERO))];
        stretches.push((0.0, even(4.0 * rate, 2.5 * period, Nanos::ZERO, seed)));
        for part in [0.25, 0.5, 1.0, 2.0, 0.7, 1.3] {
            stretches.push((part * period, volley(burst + 5, Nanos::ZERO)));
        }
        stretches.push((0.1, even(1.3 * rate, 3.0 * period, Nanos::ZERO, seed + 1)));
        let mut seen = Vec::new();
        for (silence, shots) in stretches {
            let Ok(more) = target.probe(&stretch(Nanos::from_secs_f64(silence), shots));
            seen.extend(more);
        }
        Self { target, seen, way }
    }

    fn log(&self) -> Log<'_> {
        let round_trip = self.way.round_trip;
        let uncertainty = round_trip.scale(0.5).max(Nanos::from_millis(1));
        Log { sightings: &self.seen, epoch: self.target.epoch(), uncertainty, round_trip }
    }
}

/// About how many a second, how many at once, and how long until it is as new, in seconds.
fn size(kind: Kind) -> (f64, u64, f64) {
    match kind {
        Kind::TokenBucket { rate, burst, .. } | Kind::Gcra { rate, burst } | Kind::LeakyMeter { rate, burst } => {
            (rate.as_per_second(), burst.into(), f64::from(burst) / rate.as_per_second())
        }
        Kind::Shaper { rate, queue } => (rate.as_per_second(), queue.into(), f64::from(queue) / rate.as_per_second()),
        Kind::FixedWindow { limit, window, .. }
        | Kind::SlidingLog { limit, window }
        | Kind::SlidingCounter { limit, window } => {
            (f64::from(limit) / window.as_secs_f64(), limit.into(), window.as_secs_f64())
        }
        Kind::Concurrency { limit, .. } => (40.0, limit.into(), 2.0),
        Kind::Adaptive { .. } => panic!("what it lets in is not looked for"),
    }
}

fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).expect("a rate above zero")
}

fn bucket() -> Kind {
    Kind::TokenBucket { rate: rate(20.0), burst: 25, refill: None }
}

fn kinds() -> [(Class, Kind); 8] {
    let window = Nanos::from_secs(5);
    let steps = Steps { interval: Nanos::from_secs(1), amount: 10 };
    [
        (Class::Bucket, bucket()),
        (Class::SteppedBucket, Kind::TokenBucket { rate: rate(10.0), burst: 50, refill: Some(steps) }),
        (Class::Shaper, Kind::Shaper { rate: rate(20.0), queue: 10 }),
        (Class::FixedWindow, Kind::FixedWindow { limit: 30, window, align: Align::Epoch }),
        (Class::AnchoredWindow, Kind::FixedWindow { limit: 30, window, align: Align::FirstRequest }),
        (Class::SlidingLog, Kind::SlidingLog { limit: 30, window }),
        (Class::SlidingCounter, Kind::SlidingCounter { limit: 30, window }),
        (Class::Concurrency, Kind::Concurrency { limit: 10, queue: 0 }),
    ]
}

/// The true value of a parameter.
fn truth(kind: Kind, name: ParameterName) -> Option<f64> {
    Some(match (name, kind) {
        (ParameterName::Rate, _) => size(kind).0,
        (ParameterName::Burst | ParameterName::Limit | ParameterName::Queue, _) => size(kind).1 as f64,
        (ParameterName::Window, _) => size(kind).2,
        (ParameterName::Interval, Kind::TokenBucket { refill: Some(steps), .. }) => steps.interval.as_secs_f64(),
        (ParameterName::Amount, Kind::TokenBucket { refill: Some(steps), .. }) => steps.amount.into(),
        _ => return None,
    })
}

/// Intervals of a fit that miss the truth, and their number.
fn missed(kind: Kind, fit: &Fit) -> (Vec<String>, usize) {
    let known: Vec<_> = fit.parameters.iter().filter_map(|it| Some((*it, truth(kind, it.name)?))).collect();
    let outside = known.iter().filter(|(it, truth)| *truth < it.low - 1e-9 || *truth > it.high + 1e-9);
    (outside.map(|(it, truth)| format!("{:?} is {truth}: {it:?}", fit.class)).collect(), known.len())
}

fn near_and_far() -> [Way; 2] {
    let far = Way { round_trip: Nanos::from_millis(30), ..Way::default() };
    [Way::default(), far]
}

/// The way to a target; requests have to stay a while for a limit on those at the same time to be met.
fn way_to(class: Class, way: Way) -> Way {
    let service = if class == Class::Concurrency { Nanos::from_millis(200) } else { way.service };
    Way { service, ..way }
}

#[test]
fn a_bucket_is_explained_from_near_and_from_far_and_its_intervals_hold_the_truth() {
    let kind = bucket();
    for way in near_and_far() {
        for seed in [1, 2] {
            let probed = Probed::new(kind, Options::default(), way, seed);
            let fit = explain_class(&probed.log(), Class::Bucket).expect("something was refused");
            assert_eq!(fit.violations, 0, "{fit:?}");
            assert_eq!(missed(kind, &fit), (Vec::new(), 2), "{fit:?}");
        }
    }
}

#[test]
fn the_true_class_comes_first() {
    for (class, kind) in kinds() {
        let probed = Probed::new(kind, Options::default(), way_to(class, Way::default()), 1);
        let fits = explain(&probed.log());
        let table: Vec<_> = fits.iter().map(|fit| (fit.class, fit.violations, fit.evidence.round())).collect();
        assert_eq!(fits.first().map(|fit| fit.class), Some(class), "{table:?}");
        // Requests of a volley overtake each other, and a shaper tells their order by their latencies: that is not modelled.
        assert!(class == Class::Shaper || fits[0].violations == 0, "{table:?}");
        assert!(fits.windows(2).all(|pair| pair[0].evidence >= pair[1].evidence), "{table:?}");
    }
}

#[test]
fn options_are_found_only_where_they_are() {
    let counting = Options { count_rejected: true, ..Options::default() };
    let lasting = Nanos::from_secs(2);
    let penal = Options { penalty: Some(Penalty { lasting, extend: false }), ..Options::default() };
    let noisy = Options { noise: Ratio::new(0.02).expect("a ratio"), ..Options::default() };
    for options in [Options::default(), counting, penal, noisy] {
        let probed = Probed::new(bucket(), options, Way::default(), 3);
        let fit = explain_class(&probed.log(), Class::Bucket).expect("something was refused");
        assert_eq!(fit.options.count_rejected, options.count_rejected, "{fit:?}");
        assert_eq!(fit.options.penalty.is_some(), options.penalty.is_some(), "{fit:?}");
        assert_eq!(fit.options.noise > Ratio::ZERO, options.noise > Ratio::ZERO, "{fit:?}");
        let of = |name| fit.parameters.iter().find(|it| it.name == name);
        if let Some(noise) = of(ParameterName::Noise) {
            assert!((noise.low..=noise.high).contains(&0.02), "{noise:?}");
        }
        if let Some(penalty) = of(ParameterName::Penalty) {
            assert!((penalty.low..=penalty.high).contains(&2.0), "{penalty:?}");
        }
    }
}

#[test]
fn what_was_never_or_always_refused_is_not_explained() {
    let wide = Kind::TokenBucket { rate: rate(1_000.0), burst: 500, refill: None };
    let mut target = KnownTarget::new(1, Way::default()).limited(wide, Options::default());
    let Ok(seen) = target.probe(&stretch(Nanos::ZERO, volley(50, Nanos::ZERO)));
    let log = |sightings| Log {
        sightings,
        epoch: Nanos::ZERO,
        uncertainty: Nanos::from_millis(1),
        round_trip: Nanos::from_micros(600),
    };
    assert_eq!(explain(&log(&seen)), []);
    let mut target = KnownTarget::new(1, Way::default()).limited(bucket(), Options::default());
    let Ok(seen) = target.probe(&stretch(Nanos::ZERO, volley(50, Nanos::ZERO)));
    assert_eq!(explain_class(&log(&seen), Class::Bucket).map(|fit| fit.of), Some(50));
    let refused: Vec<Sighting> = seen.iter().filter(|it| it.is_throttled()).cloned().collect();
    assert_eq!(refused.len(), 25);
    assert_eq!(explain(&log(&refused)), []);
    assert_eq!(explain_class(&log(&refused), Class::Bucket), None);
}

#[test]
fn what_is_forecast_comes_true() {
    let mut probed = Probed::new(bucket(), Options::default(), Way::default(), 5);
    let fit = explain_class(&probed.log(), Class::Bucket).expect("something was refused");
    let (rate, burst, period) = size(bucket());
    let mut shots = volley(burst / 2 + 3, Nanos::ZERO);
    shots.extend(even(1.7 * rate, period, Nanos::from_millis(300), 9));
    let quiet = Nanos::from_secs_f64(0.6 * period);
    let said = forecast(&fit, &probed.log(), probed.target.now() + quiet, &shots);
    let Ok(seen) = probed.target.probe(&stretch(quiet, shots));
    let (of, right) = (seen.len(), said.iter().zip(&seen).filter(|(said, it)| **said == it.is_accepted()).count());
    assert_eq!(of, 58);
    assert!(right >= 55, "{right} of {of} came as forecast");
}
