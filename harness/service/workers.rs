//! A bounded pool of workers, kept in books only: nothing runs, the answer is when it would have ended.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::config::Workers;
use crate::units::Nanos;

/// First come, first served by `count` workers with a bounded queue.
///
/// A request that a limiter holds back comes later than it is entered, and keeps its worker from then on. What is entered
/// after it but comes before it takes a worker that is free earlier where there is one, and else waits behind it: with all
/// its ends told at once, a pool cannot know who will come in between.
#[derive(Debug)]
pub(super) struct Pool {
    /// How many workers are free from each instant on; `count` of them in all.
    free_at: BTreeMap<Nanos, u32>,
    count: u32,
    /// When those that wait will begin, the earliest on top.
    begins: BinaryHeap<Reverse<Nanos>>,
    /// How many may wait.
    queue: usize,
}

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Pool {
    /// A pool of idle workers.
    pub(super) fn new(workers: Workers) -> Self {
        let Workers { count, queue } = workers;
        let free_at = BTreeMap::from([(Nanos::ZERO, count)]);
        Self { free_at, count, begins: BinaryHeap::new(), queue: queue as usize }
    }

    /// Changes the number of workers. Those that leave finish what they have begun; the first that would be free go.
    pub(super) fn set_count(&mut self, now: Nanos, count: u32) {
        while self.count > count {
            let Some((&first, _)) = self.free_at.first_key_value() else { break };
            self.take(first);
            self.count -= 1;
        }
        if self.count < count {
            *self.free_at.entry(now).or_default() += count - self.count;
            self.count = count;
        }
    }

    /// Takes in a request that comes at `arrival`, which is not before `now`, and needs `service` of a worker's time. Gives
    /// when it ends.
    pub(super) fn enter(&mut self, now: Nanos, arrival: Nanos, service: Nanos) -> Result<Nanos, Full> {
        while self.begins.peek().is_some_and(|&Reverse(begin)| begin <= now) {
            self.begins.pop();
        }
        // Of the workers that are free by then the one that was busy last, so that an earlier comer finds the others.
        let idle = self.free_at.range(..=arrival).next_back();
        let Some((&free, _)) = idle.or_else(|| self.free_at.first_key_value()) else { return Err(Full) };
        let begin = free.max(arrival);
        if begin > arrival {
            if self.begins.len() >= self.queue {
                return Err(Full);
            }
            self.begins.push(Reverse(begin));
        }
        self.take(free);
        *self.free_at.entry(begin + service).or_default() += 1;
        Ok(begin + service)
    }

    /// Takes a worker away that is free from `at` on.
    fn take(&mut self, at: Nanos) {
        if let Some(number) = self.free_at.get_mut(&at) {
            *number -= 1;
            if *number == 0 {
                self.free_at.remove(&at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(millis: u64) -> Nanos {
        Nanos::from_millis(millis)
    }

    fn enter(pool: &mut Pool, now: u64, service: u64) -> Result<Nanos, Full> {
        pool.enter(ms(now), ms(now), ms(service))
    }

    #[test]
    fn requests_wait_for_a_worker_and_a_full_queue_refuses() {
        let mut pool = Pool::new(Workers { count: 2, queue: 1 });
        assert_eq!(enter(&mut pool, 0, 10), Ok(ms(10)));
        assert_eq!(enter(&mut pool, 0, 20), Ok(ms(20)));
        assert_eq!(enter(&mut pool, 5, 10), Ok(ms(20)), "waits until 10");
        assert_eq!(enter(&mut pool, 5, 10), Err(Full));
        assert_eq!(enter(&mut pool, 10, 10), Ok(ms(30)), "the one that waited has begun");
        assert_eq!(enter(&mut pool, 100, 1), Ok(ms(101)), "idle again");
    }

    #[test]
    fn who_comes_later_leaves_the_worker_that_is_free_earlier() {
        let mut pool = Pool::new(Workers { count: 2, queue: 0 });
        assert_eq!(enter(&mut pool, 0, 10), Ok(ms(10)));
        assert_eq!(pool.enter(ms(1), ms(50), ms(10)), Ok(ms(60)), "held back until 50");
        assert_eq!(enter(&mut pool, 2, 10), Ok(ms(12)), "and nobody waits for it");
    }

    #[test]
    fn the_number_of_workers_can_change() {
        let mut pool = Pool::new(Workers { count: 1, queue: 10 });
        assert_eq!(enter(&mut pool, 0, 10), Ok(ms(10)));
        pool.set_count(ms(2), 3);
        assert_eq!(enter(&mut pool, 3, 10), Ok(ms(13)));
        assert_eq!(enter(&mut pool, 3, 10), Ok(ms(13)));
        pool.set_count(ms(4), 1);
        assert_eq!(enter(&mut pool, 4, 10), Ok(ms(23)), "the one that stays is free at 13");
    }

    proptest! {
        #[test]
        fn never_more_at_once_than_there_are_workers(
            count in 1_u32..5,
            steps in prop::collection::vec((0_u64..20, 0_u64..30, 1_u64..50), 1..100),
        ) {
            let mut pool = Pool::new(Workers { count, queue: 10 });
            let mut spans = Vec::new();
            let mut now = 0;
            for (gap, held, service) in steps {
                now += gap;
                if let Ok(end) = pool.enter(ms(now), ms(now + held), ms(service)) {
                    prop_assert!(end >= ms(now + held + service));
                    spans.push((end - ms(service), end));
                }
            }
            for &(begin, _) in &spans {
                let busy = spans.iter().filter(|&&(other, end)| other <= begin && begin < end).count();
                prop_assert!(busy <= count as usize);
            }
        }
    }
}
