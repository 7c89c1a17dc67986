//! A bounded pool of workers, kept in books only: nothing runs, the answer is when it would have ended.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::config::Workers;
use crate::units::Nanos;

/// First come, first served by `count` workers with a bounded queue.
#[derive(Debug)]
pub(super) struct Pool {
    /// When each worker is free, the earliest on top; always `count` of them.
    free_at: BinaryHeap<Reverse<Nanos>>,
    /// When those that wait will begin; rising, because all are served in order.
    begins: VecDeque<Nanos>,
    /// How many may wait.
    queue: usize,
}

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Pool {
    pub(super) fn new(workers: Workers) -> Self {
        let free_at = (0..workers.count).map(|_| Reverse(Nanos::ZERO)).collect();
        Self { free_at, begins: VecDeque::new(), queue: workers.queue as usize }
    }

    /// Takes in a request that needs `service` of a worker's time; gives how long it takes from now, waiting included.
    pub(super) fn enter(&mut self, now: Nanos, service: Nanos) -> Result<Nanos, Full> {
        while self.begins.front().is_some_and(|&begin| begin <= now) {
            self.begins.pop_front();
        }
        let Some(mut earliest) = self.free_at.peek_mut() else { return Err(Full) };
        let begin = earliest.0.max(now);
        if begin > now {
            if self.begins.len() >= self.queue {
                return Err(Full);
            }
            self.begins.push_back(begin);
        }
        *earliest = Reverse(begin + service);
        Ok(begin + service - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(millis: u64) -> Nanos {
        Nanos::from_millis(millis)
    }

    #[test]
    fn requests_wait_for_a_worker_and_a_full_queue_refuses() {
        let mut pool = Pool::new(Workers { count: 2, queue: 1 });
        assert_eq!(pool.enter(ms(0), ms(10)), Ok(ms(10)));
        assert_eq!(pool.enter(ms(0), ms(20)), Ok(ms(20)));
        assert_eq!(pool.enter(ms(5), ms(10)), Ok(ms(15)), "waits until 10, ends at 20");
        assert_eq!(pool.enter(ms(5), ms(10)), Err(Full));
        assert_eq!(pool.enter(ms(10), ms(10)), Ok(ms(20)), "the one that waited has begun");
        assert_eq!(pool.enter(ms(100), ms(1)), Ok(ms(1)), "idle again");
    }

    proptest! {
        #[test]
        fn never_more_at_once_than_there_are_workers(
            count in 1_u32..5,
            steps in prop::collection::vec((0_u64..20, 1_u64..50), 1..100),
        ) {
            let mut pool = Pool::new(Workers { count, queue: 10 });
            let mut spans = Vec::new();
            let mut now = 0;
            for (gap, service) in steps {
                now += gap;
                if let Ok(delay) = pool.enter(ms(now), ms(service)) {
                    let end = ms(now) + delay;
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
