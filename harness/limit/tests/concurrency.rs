//! Concurrency against a model that plays every request through.

use proptest::prelude::*;

use super::*;

/// When each accepted request began and ended.
type Spans = Vec<(u64, u64)>;

fn running(spans: &Spans, now: u64) -> usize {
    spans.iter().filter(|&&(begin, end)| begin <= now && now < end).count()
}

proptest! {
    #[test]
    fn requests_take_places_and_turns_first_come_first_served(
        limit in 1_u32..6,
        queue in 0_u32..6,
        steps in prop::collection::vec((0_u64..30, 1_u64..100), 1..120),
    ) {
        let mut limiter = limiter(Kind::Concurrency { limit, queue });
        let mut spans: Spans = Vec::new();
        let mut now = 0;
        for (gap, takes) in steps {
            now += gap;
            let here = spans.iter().filter(|&&(_, end)| end > now).count();
            let verdict = limiter.check(ms(now), 1);
            prop_assert_eq!(verdict.is_ok(), here < (limit + queue) as usize);
            match verdict {
                Ok(()) => {
                    // The first instant from which on a place is free.
                    let ends = spans.iter().map(|&(_, end)| end).filter(|&end| end > now);
                    let begin = std::iter::once(now).chain(ends).filter(|&at| running(&spans, at) < limit as usize);
                    let begin = begin.filter(|&at| spans.iter().all(|&(other, _)| other <= at)).min().expect("a place");
                    limiter.charge(ms(now), 1);
                    prop_assert_eq!(ms(now) + limiter.begin(ms(now)), ms(begin));
                    limiter.finish(ms(now), ms(begin + takes), false);
                    spans.push((begin, begin + takes));
                }
                Err(wait) => {
                    prop_assert!(limiter.clone().check(ms(now) + wait, 1).is_ok());
                    prop_assert!(limiter.check(ms(now) + wait - Nanos::new(1), 1).is_err());
                }
            }
        }
    }
}

#[test]
fn a_place_is_taken_until_somebody_says_when_it_ends() {
    let mut limiter = limiter(Kind::Concurrency { limit: 2, queue: 0 });
    limiter.charge(ms(0), 1);
    limiter.charge(ms(0), 1);
    assert_eq!(limiter.check(ms(1_000), 1), Err(Nanos::new(1)), "nobody knows");
    limiter.finish(ms(1_000), ms(1_500), false);
    assert_eq!(limiter.check(ms(1_000), 1), Err(ms(500)));
    limiter.release(ms(1_100));
    assert_eq!(limiter.check(ms(1_100), 1), Ok(()));
    assert!(!limiter.is_fresh(ms(1_499)));
    assert!(limiter.is_fresh(ms(1_500)));
}

#[test]
fn a_lower_limit_waits_for_places_to_become_free() {
    let mut limiter = limiter(Kind::Concurrency { limit: 3, queue: 0 });
    for end in [100, 300, 200] {
        limiter.charge(ms(0), 1);
        limiter.finish(ms(0), ms(end), false);
    }
    limiter.change(ms(0), Kind::Concurrency { limit: 1, queue: 0 });
    assert_eq!(limiter.check(ms(0), 1), Err(ms(300)));
}
