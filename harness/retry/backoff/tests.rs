use super::*;
use proptest::prelude::*;

fn ms(millis: u64) -> Nanos {
    Nanos::from_millis(millis)
}

fn second(shape: Shape) -> Backoff {
    Backoff::new(shape, Nanos::from_secs(1))
}

/// The waits before the first retries, with one draw for all of them, each after the one before it.
fn waits(backoff: Backoff, unit: f64, count: u32) -> Vec<f64> {
    let mut previous = Nanos::ZERO;
    (0..count)
        .map(|index| {
            previous = backoff.delay(index, previous, unit);
            previous.as_secs_f64()
        })
        .collect()
}

fn check(backoff: Backoff, unit: f64, expected: &[f64]) {
    let found = waits(backoff, unit, expected.len() as u32);
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{:?}: {found:?}", backoff.shape);
}

#[test]
fn every_shape_waits_as_its_formula_says() {
    check(second(Shape::Constant), 0.5, &[1.0, 1.0, 1.0]);
    check(second(Shape::Linear), 0.5, &[1.0, 2.0, 3.0, 4.0]);
    check(Backoff { step: ms(500), ..second(Shape::Linear) }, 0.5, &[1.0, 1.5, 2.0]);
    check(second(Shape::Exponential), 0.5, &[1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]);
    check(second(Shape::FullJitter), 0.5, &[0.5, 1.0, 2.0, 4.0, 8.0, 10.0]);
    check(second(Shape::EqualJitter), 0.5, &[0.75, 1.5, 3.0, 6.0, 12.0, 15.0]);
    check(second(Shape::DecorrelatedJitter), 0.5, &[2.0, 3.5, 5.75, 9.125, 14.1875, 20.0]);
    let grpc = Backoff { jitter: Ratio::new(0.2).expect("a ratio"), ..second(Shape::ProportionalJitter) };
    check(grpc, 0.0, &[0.8, 1.6, 3.2]);
    check(grpc, 0.5, &[1.0, 2.0, 4.0]);
    check(grpc.with_cap(Nanos::from_secs(2)), 1.0, &[1.2, 2.4, 2.4]);
    check(second(Shape::Fibonacci), 0.5, &[1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0]);
}

/// The means of the table in "Exponential Backoff And Jitter", by a thousand even draws.
#[test]
fn jitter_keeps_its_mean() {
    for (shape, mean) in [(Shape::FullJitter, 2.0), (Shape::EqualJitter, 3.0), (Shape::ProportionalJitter, 4.0)] {
        let backoff = Backoff { jitter: Ratio::new(0.5).expect("a ratio"), ..second(shape) };
        let draws =
            (0..1_000).map(|draw| backoff.delay(2, Nanos::ZERO, (f64::from(draw) + 0.5) / 1_000.0).as_secs_f64());
        let found = draws.sum::<f64>() / 1_000.0;
        assert!((found - mean).abs() < 1e-6, "{shape:?}: {found}");
    }
}

#[test]
fn decorrelated_jitter_begins_anew_with_each_call_and_never_below_its_base() {
    let backoff = second(Shape::DecorrelatedJitter);
    assert_eq!(backoff.delay(7, Nanos::ZERO, 0.0), Nanos::from_secs(1));
    assert_eq!(backoff.delay(7, ms(50), 0.0), Nanos::from_secs(1));
    assert_eq!(backoff.delay(7, ms(50), 0.5), backoff.delay(0, Nanos::ZERO, 0.5));
}

#[test]
fn the_thirty_third_attempt_waits_for_the_cap() {
    for shape in [Shape::Exponential, Shape::Fibonacci, Shape::Linear] {
        assert_eq!(second(shape).delay(32, Nanos::ZERO, 1.0), Nanos::from_secs(20), "{shape:?}");
        assert_eq!(second(shape).delay(u32::MAX, Nanos::ZERO, 1.0), Nanos::from_secs(20), "{shape:?}");
    }
    let slow = Backoff { multiplier: 1.01, ..second(Shape::Exponential) };
    assert!(slow.longest(32) < Nanos::from_secs(2), "a slow curve does not jump to its cap");
    assert_eq!(second(Shape::Exponential).with_cap(Nanos::MAX).longest(40), Nanos::MAX);
}

#[test]
fn words_are_those_of_the_grammar_and_tell_who_spreads() {
    let spread: Vec<_> = Shape::ALL.into_iter().filter(|shape| shape.has_jitter()).map(Shape::word).collect();
    assert_eq!(spread, ["full_jitter", "equal_jitter", "decorrelated_jitter", "proportional_jitter"]);
}

proptest! {
    #[test]
    fn no_shape_waits_longer_than_it_may_or_panics(
        base in 0_u64..100_000, cap in 0_u64..1_000_000, multiplier in 1.0..10.0_f64, step in 0_u64..100_000,
        jitter in 0.0..1.0_f64, index in 0..u32::MAX, previous in 0_u64..1_000_000, unit in 0.0..1.0_f64,
    ) {
        let (base, cap, step) = (ms(base.min(cap)), ms(cap), ms(step));
        let jitter = Ratio::new(jitter).expect("a ratio");
        for shape in Shape::ALL {
            let backoff = Backoff { shape, base, multiplier, cap, step, jitter };
            let most = if shape == Shape::ProportionalJitter { cap.scale(1.0 + jitter.get()) } else { cap };
            prop_assert!(backoff.delay(index, ms(previous), unit) <= most, "{shape:?}");
            if shape != Shape::DecorrelatedJitter {
                prop_assert!(backoff.delay(index, ms(previous), unit) <= backoff.longest(index), "{shape:?}");
            }
        }
    }

    #[test]
    fn no_chain_of_decorrelated_waits_passes_its_longest(units in proptest::collection::vec(0.0..1.0_f64, 1..12)) {
        let backoff = Backoff::new(Shape::DecorrelatedJitter, ms(100));
        let mut previous = Nanos::ZERO;
        for (index, unit) in units.into_iter().enumerate() {
            previous = backoff.delay(index as u32, previous, unit);
            prop_assert!(previous <= backoff.longest(index as u32));
            prop_assert!(previous >= backoff.base);
        }
    }
}
