//! Adaptive limits: the steps of each algorithm, and that they find what a server can bear.

use super::*;
use crate::rng::{Key, Purpose};
use crate::units::Ratio;

fn aimd() -> Algorithm {
    Algorithm::Aimd { target: ms(100), backoff: Ratio::new(0.9).expect("a ratio") }
}

/// Fills the limit with requests that take so long, lets them end, and gives the limit then.
fn round(adaptive: &mut Adaptive, now: &mut Nanos, took: Nanos) -> u32 {
    while adaptive.check(*now).is_ok() {
        adaptive.charge();
        adaptive.finish(*now, *now + took, false);
    }
    *now += took;
    // Learns from what has ended.
    assert_eq!(adaptive.check(*now), Ok(()));
    adaptive.limit()
}

#[test]
fn aimd_rises_by_one_and_falls_by_a_part() {
    let mut adaptive = Adaptive::new(aimd(), 20, 1, 200);
    let mut now = Nanos::ZERO;
    // The first nine of the twenty found the limit less than half used.
    assert_eq!(round(&mut adaptive, &mut now, ms(10)), 31);
    adaptive.charge();
    adaptive.finish(now, now + ms(101), false);
    now += ms(101);
    assert_eq!(adaptive.check(now), Ok(()));
    assert_eq!(adaptive.limit(), 27, "31 · 0.9 = 27.9");
    adaptive.charge();
    adaptive.finish(now, now, true);
    assert_eq!(adaptive.limit(), 24, "a dropped one: 27 · 0.9 = 24.3");
}

#[test]
fn what_has_not_ended_teaches_nothing() {
    let mut adaptive = Adaptive::new(aimd(), 1, 1, 200);
    adaptive.charge();
    adaptive.finish(Nanos::ZERO, ms(50), false);
    assert_eq!(adaptive.check(ms(49)), Err(ms(1)));
    assert_eq!(adaptive.limit(), 1);
    assert_eq!(adaptive.check(ms(50)), Ok(()));
    assert_eq!(adaptive.limit(), 2);
}

#[test]
fn the_gradient_follows_its_formula() {
    let mut adaptive = Adaptive::new(Algorithm::Gradient, 1, 1, 200);
    let mut now = Nanos::ZERO;
    // Steady latency: the gradient is one, and the limit grows by a fifth of the headroom of four.
    round(&mut adaptive, &mut now, ms(10));
    adaptive.charge();
    adaptive.finish(now, now + ms(40), false);
    assert_eq!(adaptive.check(now + ms(40)), Ok(()));
    // After two samples of 10 and 40 ms the long one is 25: the gradient is 1.5 · 25 / 40.
    let first: f64 = 1.0 + 0.8;
    let second = 0.8 * first + 0.2 * (first * (1.5 * 25.0 / 40.0) + 4.0);
    assert_eq!(adaptive.limit(), second as u32);
    assert!((2.57..2.58).contains(&second));
}

#[test]
fn vegas_grows_without_a_queue_and_falls_with_one() {
    let mut adaptive = Adaptive::new(Algorithm::Vegas, 10, 1, 200);
    let mut now = Nanos::ZERO;
    // The first is the shortest. The fifth finds the limit half used and adds six, and so the eighth finds that of sixteen.
    assert_eq!(round(&mut adaptive, &mut now, ms(10)), 10 + 6 + 6);
    // Ten times the shortest latency means that nine in ten wait.
    let before = adaptive.limit();
    assert!(round(&mut adaptive, &mut now, ms(100)) < before);
    adaptive.charge();
    let before = adaptive.limit();
    adaptive.finish(now, now, true);
    assert_eq!(adaptive.limit(), before - 1, "a dropped one takes log10 of the limit");
}

/// A server of eight workers of 10 ms each, under ten times the load that it bears: without a limit the latency would grow
/// without end.
fn overloaded(algorithm: Algorithm) -> (f64, f64) {
    let mut adaptive = Adaptive::new(algorithm, 20, 1, 200);
    let mut free = [Nanos::ZERO; 8];
    let (mut served, mut slowest) = (0_u32, Nanos::ZERO);
    let end = Nanos::from_secs(60);
    let mut now = Nanos::ZERO;
    for number in 0.. {
        let key = Key { seed: 1, purpose: Purpose::Arrival, client: 0, call: number, attempt: 0 };
        now += Nanos::from_micros(125).scale(key.exponential());
        if now >= end {
            break;
        }
        if adaptive.check(now).is_err() {
            continue;
        }
        adaptive.charge();
        let worker = free.iter_mut().min().expect("eight");
        *worker = now.max(*worker) + ms(10).scale(0.9 + 0.2 * Key { attempt: 1, ..key }.unit());
        adaptive.finish(now, *worker, false);
        if now > end.scale(0.5) {
            served += 1;
            slowest = slowest.max(*worker - now);
        }
    }
    (f64::from(served) / 30.0, slowest.as_millis_f64())
}

#[test]
fn every_algorithm_keeps_an_overloaded_server_busy_and_its_latency_bounded() {
    for (algorithm, longest) in [(aimd(), 260.0), (Algorithm::Gradient, 160.0), (Algorithm::Vegas, 80.0)] {
        let (per_second, slowest) = overloaded(algorithm);
        assert!((700.0..840.0).contains(&per_second), "{algorithm:?} serves {per_second}/s of 800");
        assert!(slowest < longest, "{algorithm:?} lets requests take {slowest} ms");
    }
}

#[test]
fn one_that_has_learned_is_not_forgotten() {
    let mut limiter = limiter(Kind::Adaptive { algorithm: Algorithm::Gradient, initial: 5, min: 1, max: 10 });
    assert!(limiter.is_fresh(ms(0)));
    limiter.charge(ms(0), 1);
    limiter.finish(ms(0), ms(10), false);
    assert!(!limiter.is_fresh(ms(1_000)));
}
