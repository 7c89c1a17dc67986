//! The counting limiters against definitions that keep every accepted request and add up anew for each decision.

use proptest::prelude::*;

use super::*;

/// What was accepted: when, in nanoseconds, and at which cost.
type Accepted = [(u64, u64)];

/// Over every span that ends now, what is accepted is at most `capacity` and what `gain` says comes in that span.
fn spans(accepted: &Accepted, now: u64, cost: u64, capacity: u128, unit: u128, gain: impl Fn(u64) -> u128) -> bool {
    let mut sum = u128::from(cost) * unit;
    sum <= capacity
        && accepted.iter().rev().all(|&(at, cost)| {
            sum += u128::from(cost) * unit;
            sum <= capacity + gain(now - at)
        })
}

fn sum(accepted: &Accepted, within: impl Fn(u64) -> bool) -> u64 {
    accepted.iter().filter(|&&(at, _)| within(at)).map(|&(_, cost)| cost).sum()
}

/// Feeds a limiter and its definition alike. Besides the decision, the wait of a refusal has to be right to the nanosecond.
fn agrees(
    kind: Kind,
    epoch: Nanos,
    steps: &[(u64, u32)],
    most: u32,
    definition: impl Fn(&Accepted, u64, u64) -> bool,
) -> Result<(), TestCaseError> {
    let mut limiter = Limiter::new(kind, Options::default(), Place { epoch, ..Place::default() });
    let mut accepted = Vec::new();
    let mut now = 0;
    for &(gap, cost) in steps {
        now += gap;
        let expected = definition(&accepted, now, cost.into());
        match limiter.check(Nanos::new(now), cost) {
            Ok(()) => {
                prop_assert!(expected, "accepted at {now} after {accepted:?}");
                limiter.charge(Nanos::new(now), cost);
                accepted.push((now, u64::from(cost)));
            }
            Err(wait) => {
                prop_assert!(!expected, "refused at {now} after {accepted:?}");
                prop_assert_eq!(wait == Nanos::MAX, cost > most);
                if wait < Nanos::MAX {
                    let at = now + wait.as_nanos();
                    prop_assert!(definition(&accepted, at, cost.into()), "a wait of {wait} is enough");
                    prop_assert!(!definition(&accepted, at - 1, cost.into()), "a wait of {wait} is not too long");
                }
                limiter.refuse(Nanos::new(now), cost, true);
            }
        }
        let quota = limiter.quota(Nanos::new(now));
        prop_assert!(quota.remaining <= quota.limit);
        let left = u32::try_from(quota.remaining).expect("small");
        prop_assert!(left == 0 || definition(&accepted, now, left.into()), "{left} are said to be left");
        prop_assert!(!definition(&accepted, now, u64::from(left) + 1), "more than {left} are left");
    }
    Ok(())
}

fn steps() -> impl Strategy<Value = Vec<(u64, u32)>> {
    // Now and then exactly nothing or a whole number of milliseconds passes, so that edges are met.
    let gap = prop_oneof![Just(0), (0_u64..300).prop_map(|millis| millis * 1_000_000), 0_u64..300_000_000];
    prop::collection::vec((gap, 1_u32..8), 1..100)
}

proptest! {
    #[test]
    fn gcra_decides_as_a_token_bucket_is_defined(per_second in 1_u32..5_000, burst in 1_u32..30, steps in steps()) {
        let gain = |span: u64| u128::from(per_second) * u128::from(span);
        agrees(Kind::Gcra { rate: rate(per_second.into()), burst }, Nanos::ZERO, &steps, burst, |accepted, now, cost| {
            spans(accepted, now, cost, u128::from(burst) * 1_000_000_000, 1_000_000_000, gain)
        })?;
    }

    #[test]
    fn gcra_and_token_bucket_are_the_same(
        per_second in 0.001_f64..1e7,
        burst in 1_u32..50,
        count_rejected: bool,
        steps in steps(),
    ) {
        let rate = rate(per_second);
        let options = Options { count_rejected, ..Options::default() };
        let mut one = Limiter::new(Kind::Gcra { rate, burst }, options, Place::default());
        let mut other = Limiter::new(Kind::TokenBucket { rate, burst, refill: None }, options, Place::default());
        let mut now = Nanos::ZERO;
        for (gap, cost) in steps {
            now += Nanos::new(gap);
            prop_assert_eq!(one.check(now, cost), other.check(now, cost));
            prop_assert_eq!(one.quota(now), other.quota(now));
            prop_assert_eq!(accept(&mut one, now, cost), accept(&mut other, now, cost));
            prop_assert_eq!(one.is_fresh(now), other.is_fresh(now));
        }
    }

    #[test]
    fn a_stepwise_bucket_gains_so_much_at_a_time(
        interval in 1_u64..500,
        amount in 1_u32..10,
        burst in 1_u32..30,
        steps in steps(),
    ) {
        let interval = interval * 1_000_000;
        let refill = Some(Steps { interval: Nanos::new(interval), amount });
        // Played through step by step: the clock of the steps runs while the bucket is not full.
        let level = |accepted: &Accepted, now: u64| {
            let (mut level, mut started) = (u64::from(burst), 0);
            let advance = |level: &mut u64, started: &mut u64, to: u64| {
                while *level < u64::from(burst) && *started + interval <= to {
                    *started += interval;
                    *level = (*level + u64::from(amount)).min(burst.into());
                }
            };
            for &(at, cost) in accepted {
                advance(&mut level, &mut started, at);
                if level == u64::from(burst) {
                    started = at;
                }
                level -= cost;
            }
            advance(&mut level, &mut started, now);
            level
        };
        let kind = Kind::TokenBucket { rate: rate(1.0), burst, refill };
        agrees(kind, Nanos::ZERO, &steps, burst, |accepted, now, cost| cost <= level(accepted, now))?;
    }

    #[test]
    fn a_leaky_meter_is_a_token_bucket_of_one_more_on_a_clock_of_milliseconds(
        per_second in 1_u32..2_000,
        burst in 0_u32..30,
        steps in steps(),
    ) {
        // In thousandths of a request, of which a whole number a second leaks a whole number each millisecond.
        let gain = |millis: u64| u128::from(per_second) * u128::from(millis);
        let kind = Kind::LeakyMeter { rate: rate(per_second.into()), burst };
        agrees(kind, Nanos::ZERO, &steps, burst + 1, |accepted, now, cost| {
            let accepted: Vec<_> = accepted.iter().map(|&(at, cost)| (at / 1_000_000, cost)).collect();
            spans(&accepted, now / 1_000_000, cost, u128::from(burst + 1) * 1_000, 1_000, gain)
        })?;
    }

    #[test]
    fn a_fixed_window_counts_from_edge_to_edge(
        limit in 1_u32..20,
        window in 1_u64..800,
        epoch in 0_u64..2_000_000_000_000,
        steps in steps(),
    ) {
        let window = window * 1_000_000;
        let kind = Kind::FixedWindow { limit, window: Nanos::new(window), align: Align::Epoch };
        agrees(kind, Nanos::new(epoch), &steps, limit, |accepted, now, cost| {
            let number = |at: u64| (at + epoch) / window;
            cost + sum(accepted, |at| number(at) == number(now)) <= limit.into()
        })?;
    }

    #[test]
    fn a_fixed_window_can_begin_with_the_first_request(limit in 1_u32..20, window in 1_u64..800, steps in steps()) {
        let window = window * 1_000_000;
        let kind = Kind::FixedWindow { limit, window: Nanos::new(window), align: Align::FirstRequest };
        agrees(kind, Nanos::ZERO, &steps, limit, |accepted, now, cost| {
            let mut began = None;
            for &(at, _) in accepted {
                if began.is_none_or(|began| at >= began + window) {
                    began = Some(at);
                }
            }
            let counted = began.filter(|began| now < began + window);
            cost + counted.map_or(0, |began| sum(accepted, |at| at >= began)) <= limit.into()
        })?;
    }

    #[test]
    fn a_log_counts_what_lies_in_the_window_that_ends_now(limit in 1_u32..20, window in 1_u64..800, steps in steps()) {
        let window = window * 1_000_000;
        let kind = Kind::SlidingLog { limit, window: Nanos::new(window) };
        agrees(kind, Nanos::ZERO, &steps, limit, |accepted, now, cost| {
            cost + sum(accepted, |at| at + window > now) <= limit.into()
        })?;
    }

    #[test]
    fn a_counter_fades_the_last_window_out(
        limit in 1_u32..20,
        window in 1_u64..800,
        epoch in 0_u64..2_000_000_000_000,
        steps in steps(),
    ) {
        let window = window * 1_000_000;
        let kind = Kind::SlidingCounter { limit, window: Nanos::new(window) };
        agrees(kind, Nanos::new(epoch), &steps, limit, |accepted, now, cost| {
            let (number, elapsed) = ((now + epoch) / window, (now + epoch) % window);
            let count = |number: u64| u128::from(sum(accepted, |at| (at + epoch) / window == number));
            let old = if number == 0 { 0 } else { count(number - 1) };
            let whole = u128::from(window);
            old * u128::from(window - elapsed) + (count(number) + u128::from(cost)) * whole <= u128::from(limit) * whole
        })?;
    }

    #[test]
    fn a_shaper_spaces_what_it_lets_through(per_second in 1_u32..200, queue in 0_u32..20, steps in steps()) {
        let mut limiter = limiter(Kind::Shaper { rate: rate(per_second.into()), queue });
        // In units of which a second has `per_second` · 10⁹, so that a space is a whole number of them.
        let (unit, space) = (u128::from(per_second), 1_000_000_000_u128);
        let mut starts: Vec<u128> = Vec::new();
        let mut now = 0;
        for (gap, _) in steps {
            now += gap;
            let at = u128::from(now) * unit;
            let waiting = starts.iter().filter(|&&start| start > at).count();
            let start = starts.last().map_or(at, |&last| at.max(last + space));
            // Who need not wait is let through even where nobody may.
            let expected = start == at || waiting < queue as usize;
            match limiter.check(Nanos::new(now), 1) {
                Ok(()) => {
                    prop_assert!(expected);
                    let held = limiter.charge(Nanos::new(now), 1);
                    prop_assert_eq!(u128::from(held.as_nanos()), (start - at).div_ceil(unit));
                    starts.push(start);
                }
                Err(wait) => {
                    prop_assert!(!expected);
                    prop_assert!(limiter.check(Nanos::new(now) + wait, 1).is_ok());
                    prop_assert!(limiter.check(Nanos::new(now) + wait - Nanos::new(1), 1).is_err());
                }
            }
        }
    }

    #[test]
    fn what_is_fresh_decides_like_new(kind in any_kind(), before in steps(), rest in 0_u64..10_000, after in steps()) {
        let mut used = limiter(kind);
        let mut now = Nanos::ZERO;
        for (gap, cost) in before {
            now += Nanos::new(gap);
            accept(&mut used, now, cost);
            if kind.minds_ends() {
                used.finish(now, now + ms(u64::from(cost)), false);
            }
        }
        now += ms(rest);
        if used.is_fresh(now) {
            let mut new = limiter(kind);
            for (gap, cost) in after {
                now += Nanos::new(gap);
                prop_assert_eq!(used.check(now, cost), new.check(now, cost));
                prop_assert_eq!(accept(&mut used, now, cost), accept(&mut new, now, cost));
            }
        }
    }

    #[test]
    fn with_rejections_counted_nothing_overflows_and_the_log_stays_short(kind in any_kind(), steps in steps()) {
        let options = Options { count_rejected: true, ..Options::default() };
        let mut limiter = Limiter::new(kind, options, Place::default());
        let mut now = Nanos::ZERO;
        for (gap, cost) in steps {
            now += Nanos::new(gap);
            for _ in 0..20 {
                accept(&mut limiter, now, cost);
            }
            let quota = limiter.quota(now);
            prop_assert!(quota.remaining <= quota.limit);
        }
    }
}

fn any_kind() -> impl Strategy<Value = Kind> {
    let (rate, number) = ((1_u32..200).prop_map(|per_second| rate(per_second.into())), 1_u32..20);
    let window = (1_u64..800).prop_map(ms);
    let align = prop_oneof![Just(Align::Epoch), Just(Align::FirstRequest)];
    prop_oneof![
        (rate.clone(), number.clone()).prop_map(|(rate, burst)| Kind::TokenBucket { rate, burst, refill: None }),
        (rate.clone(), number.clone(), window.clone(), number.clone()).prop_map(|(rate, burst, interval, amount)| {
            Kind::TokenBucket { rate, burst, refill: Some(Steps { interval, amount }) }
        }),
        (rate.clone(), number.clone()).prop_map(|(rate, burst)| Kind::Gcra { rate, burst }),
        (rate.clone(), number.clone()).prop_map(|(rate, burst)| Kind::LeakyMeter { rate, burst }),
        (rate, number.clone()).prop_map(|(rate, queue)| Kind::Shaper { rate, queue }),
        (number.clone(), window.clone(), align).prop_map(|(limit, window, align)| Kind::FixedWindow {
            limit,
            window,
            align
        }),
        (number.clone(), window.clone()).prop_map(|(limit, window)| Kind::SlidingLog { limit, window }),
        (number.clone(), window).prop_map(|(limit, window)| Kind::SlidingCounter { limit, window }),
        (number.clone(), 0_u32..5).prop_map(|(limit, queue)| Kind::Concurrency { limit, queue }),
        number.prop_map(|initial| Kind::Adaptive { algorithm: Algorithm::Vegas, initial, min: 1, max: 20 }),
    ]
}

#[test]
fn the_log_is_never_longer_than_its_limit() {
    let mut log = SlidingLog::new(10, Nanos::from_secs(1_000));
    for number in 0..10_000 {
        log.charge(ms(number), 1);
    }
    assert!(format!("{log:?}").matches("Nanos").count() <= 12, "ten entries and the window: {log:?}");
}

#[test]
fn a_burst_leaves_a_counter_dead_for_a_window_and_then_evenly_open() {
    let mut limiter = limiter(Kind::SlidingCounter { limit: 10, window: Nanos::from_secs(10) });
    let accepts: Vec<u64> = (0..40_000).filter(|&at| accept(&mut limiter, ms(at), 1)).collect();
    assert!(accepts[..10].iter().all(|&at| at < 10), "{accepts:?}");
    assert_eq!(accepts[10..14], [11_000, 12_000, 13_000, 14_000]);
}
