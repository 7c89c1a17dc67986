//! What all kinds share: counted rejections, penalties, noise, and changes while they run.

use super::*;
use crate::units::Ratio;

fn with(kind: Kind, options: Options) -> Limiter {
    Limiter::new(kind, options, Place { seed: 7, ..Place::default() })
}

fn bucket(per_second: f64, burst: u32) -> Kind {
    Kind::TokenBucket { rate: rate(per_second), burst, refill: None }
}

/// How many of the requests that come every so many milliseconds for a minute are accepted.
fn accepted(limiter: &mut Limiter, every: u64) -> usize {
    (0..60_000 / every).filter(|number| accept(limiter, ms(number * every), 1)).count()
}

#[test]
fn who_is_charged_for_rejections_has_to_slow_down() {
    let options = Options { count_rejected: true, ..Options::default() };
    let window = Nanos::from_secs(10);
    for (kind, slow) in [
        (bucket(10.0, 10), 600),
        (Kind::Gcra { rate: rate(10.0), burst: 10 }, 600),
        (Kind::LeakyMeter { rate: rate(10.0), burst: 9 }, 600),
        (Kind::SlidingLog { limit: 100, window }, 600),
    ] {
        assert_eq!(accepted(&mut with(kind, options), 100), slow, "{kind:?} at its rate");
        let fast = accepted(&mut with(kind, options), 10);
        assert!(fast <= 110, "{kind:?} lets {fast} through at ten times its rate");
        assert!(accepted(&mut limiter(kind), 10) >= 600, "{kind:?} that counts what it accepts alone");
    }
    // Whose windows begin anew lets a client in again at every edge.
    let kind = Kind::FixedWindow { limit: 100, window, align: Align::Epoch };
    assert_eq!(accepted(&mut with(kind, options), 10), 600);
}

#[test]
fn a_penalty_denies_everything_for_its_time() {
    let penalty = |extend| Some(Penalty { lasting: Nanos::from_secs(5), extend });
    let mut once = with(bucket(1.0, 1), Options { penalty: penalty(false), ..Options::default() });
    assert!(accept(&mut once, ms(0), 1));
    assert!(!accept(&mut once, ms(500), 1), "denied, and so until 5.5 s");
    assert_eq!(once.check(ms(2_000), 1), Err(ms(3_500)));
    assert!(!accept(&mut once, ms(5_499), 1), "which does not start it again");
    assert!(!once.is_fresh(ms(5_499)));
    assert!(accept(&mut once, ms(5_500), 1));

    let mut extended = with(bucket(1.0, 1), Options { penalty: penalty(true), ..Options::default() });
    assert!(accept(&mut extended, ms(0), 1));
    assert!((1..100).all(|number| !accept(&mut extended, ms(number * 1_000 - 500), 1)), "who keeps asking is kept out");
    assert!(accept(&mut extended, ms(98_500 + 5_000), 1));
}

#[test]
fn a_penalty_is_for_ones_own_denials() {
    let penalty = Some(Penalty { lasting: Nanos::from_secs(5), extend: true });
    let mut limiter = with(bucket(1.0, 2), Options { penalty, ..Options::default() });
    limiter.refuse(ms(0), 1, false);
    assert_eq!(limiter.check(ms(1), 1), Ok(()));
}

#[test]
fn noise_is_as_frequent_as_it_says_and_errs_both_ways() {
    let options = Options { noise: Ratio::new(0.1).expect("a chance"), ..Options::default() };
    let wrong = |kind, right: bool| {
        let mut limiter = with(kind, options);
        (0..10_000).filter(|&number| accept(&mut limiter, ms(number), 1) != right).count()
    };
    // 1,000 expected, three standard deviations are 90.
    let denied = wrong(bucket(1e6, 1_000), true);
    assert!(denied.abs_diff(1_000) < 90, "{denied} wrongly denied");
    let mut empty = with(bucket(1e-9, 1), options);
    empty.charge(Nanos::ZERO, 1);
    let let_in = (0..10_000).filter(|&number| accept(&mut empty, ms(number), 1)).count();
    assert!(let_in.abs_diff(1_000) < 90, "{let_in} wrongly let in");
}

#[test]
fn noise_is_the_same_for_the_same_seed_and_differs_between_limiters() {
    let options = Options { noise: Ratio::new(0.5).expect("a chance"), ..Options::default() };
    let verdicts = |seed, identity| {
        let mut limiter = Limiter::new(bucket(1e6, 1_000), options, Place { seed, identity, ..Place::default() });
        (0..64).map(|_| accept(&mut limiter, ms(1), 1)).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(1, 1), verdicts(1, 1));
    assert_ne!(verdicts(1, 1), verdicts(2, 1));
    assert_ne!(verdicts(1, 1), verdicts(1, 2));
}

#[test]
fn asking_changes_nothing() {
    let options = Options { noise: Ratio::new(0.5).expect("a chance"), ..Options::default() };
    let mut limiter = with(bucket(10.0, 3), options);
    for number in 0..200 {
        let first = limiter.check(ms(number * 20), 1);
        assert!((0..5).all(|_| limiter.check(ms(number * 20), 1) == first));
        accept(&mut limiter, ms(number * 20), 1);
    }
}

#[test]
fn a_change_counts_from_its_own_time() {
    let mut gcra = limiter(Kind::Gcra { rate: rate(10.0), burst: 10 });
    gcra.charge(Nanos::ZERO, 10);
    // Five were gained at ten a second; from now on there are two a second.
    gcra.change(ms(500), Kind::Gcra { rate: rate(2.0), burst: 10 });
    assert_eq!((gcra.check(ms(500), 5), gcra.check(ms(500), 6)), (Ok(()), Err(ms(500))));

    let mut meter = limiter(Kind::LeakyMeter { rate: rate(10.0), burst: 9 });
    meter.charge(Nanos::ZERO, 10);
    meter.change(ms(500), Kind::LeakyMeter { rate: rate(2.0), burst: 9 });
    assert_eq!((meter.check(ms(500), 5), meter.check(ms(500), 6)), (Ok(()), Err(ms(500))));

    let mut shaper = limiter(Kind::Shaper { rate: rate(10.0), queue: 10 });
    assert_eq!(shaper.charge(Nanos::ZERO, 2), Nanos::ZERO);
    shaper.change(ms(100), Kind::Shaper { rate: rate(1.0), queue: 10 });
    assert_eq!(shaper.charge(ms(100), 1), Nanos::from_secs(1), "one space is left, and it is longer now");

    let steps = |interval| Some(Steps { interval: ms(interval), amount: 5 });
    let stepwise = |interval| Kind::TokenBucket { rate: rate(5.0), burst: 10, refill: steps(interval) };
    let mut bucket = limiter(stepwise(1_000));
    bucket.charge(Nanos::ZERO, 10);
    bucket.change(ms(1_500), stepwise(2_000));
    assert_eq!((bucket.check(ms(3_499), 5), bucket.check(ms(3_499), 6)), (Ok(()), Err(ms(1))));

    let window = |limit, seconds| Kind::FixedWindow { limit, window: Nanos::from_secs(seconds), align: Align::Epoch };
    let mut fixed = limiter(window(5, 10));
    fixed.charge(Nanos::from_secs(8), 5);
    fixed.change(Nanos::from_secs(9), window(6, 4));
    // The window is now the one from 8 to 12, and what was counted still counts in it.
    assert_eq!(fixed.check(Nanos::from_secs(9), 1), Ok(()));
    assert_eq!(fixed.check(Nanos::from_secs(9), 2), Err(Nanos::from_secs(3)));

    let log = |seconds| Kind::SlidingLog { limit: 1, window: Nanos::from_secs(seconds) };
    let mut sliding = limiter(log(10));
    sliding.charge(Nanos::ZERO, 1);
    sliding.change(Nanos::from_secs(1), log(3));
    assert_eq!(sliding.check(Nanos::from_secs(1), 1), Err(Nanos::from_secs(2)));

    let counter = |limit| Kind::SlidingCounter { limit, window: Nanos::from_secs(10) };
    let mut counting = limiter(counter(5));
    counting.charge(Nanos::from_secs(1), 5);
    counting.change(Nanos::from_secs(2), counter(6));
    assert_eq!(
        (counting.check(Nanos::from_secs(2), 1), counting.check(Nanos::from_secs(2), 2).is_err()),
        (Ok(()), true)
    );
}
