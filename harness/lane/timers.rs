//! What will happen when.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::units::Nanos;

/// Something that happens at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A user starts the next round, planned for this instant.
    User { source: usize, user: u32, due: Nanos },
    /// Something may have ended by the passing of time alone.
    Look,
    /// A call's backoff is over.
    Retry { call: usize, number: u64 },
    /// The wait of a call that gets no further attempt is over.
    Lingered { call: usize, number: u64 },
    /// The head of a client's line may ask again.
    Gate { place: usize },
    /// A call has waited so long for the reply to an attempt that it is sent once more.
    Hedge { call: usize, serial: u32 },
    /// An attempt has taken too long.
    AttemptTimeout { call: usize, serial: u32 },
    /// A call has taken too long.
    CallDeadline { call: usize, number: u64 },
}

/// All timers of a lane.
///
/// Timeouts are set for every attempt and nearly never fire. A heap would carry each of them for its full thirty seconds;
/// since all timeouts of a policy have the same length, a queue keeps them in order, and those whose attempt is over are
/// dropped from its front as it moves on.
#[derive(Debug)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Nanos, Timer)>>,
    /// Two for each policy: attempt timeouts, then call deadlines.
    queues: Vec<VecDeque<(Nanos, Timer)>>,
}

impl Timers {
    pub(super) fn new(policies: usize) -> Self {
        Self { heap: BinaryHeap::new(), queues: vec![VecDeque::new(); policies * 2] }
    }

    /// Sets a timer.
    pub(super) fn set(&mut self, at: Nanos, timer: Timer) {
        self.heap.push(Reverse((at, timer)));
    }

    /// Sets an attempt's timeout; the policy's timeouts come in order of time.
    pub(super) fn set_attempt_timeout(&mut self, policy: usize, at: Nanos, timer: Timer) {
        push(&mut self.queues[policy * 2], at, timer);
    }

    /// Sets a call's deadline.
    pub(super) fn set_call_deadline(&mut self, policy: usize, at: Nanos, timer: Timer) {
        push(&mut self.queues[policy * 2 + 1], at, timer);
    }

    /// When the next timer fires; it may turn out to be out of date.
    pub(super) fn next_at(&self) -> Option<Nanos> {
        let queues = self.queues.iter().filter_map(|queue| queue.front()).map(|(at, _)| *at);
        self.heap.peek().map(|Reverse((at, _))| *at).into_iter().chain(queues).min()
    }

    /// The next timer that is due and still current; timers that are out of date are dropped on the way.
    pub(super) fn pop_due(&mut self, now: Nanos, is_current: impl Fn(&Timer) -> bool) -> Option<Timer> {
        for queue in &mut self.queues {
            while let Some((at, timer)) = queue.front().copied() {
                let current = is_current(&timer);
                if current && at > now {
                    break;
                }
                queue.pop_front();
                if current {
                    return Some(timer);
                }
            }
        }
        while let Some(Reverse((at, timer))) = self.heap.peek().copied() {
            if at > now {
                return None;
            }
            self.heap.pop();
            if is_current(&timer) {
                return Some(timer);
            }
        }
        None
    }
}

/// Puts a timer at the end. A call's deadline counts from its due time and may be a moment before its predecessor's; it then
/// fires with it, late by no more than the lane's own lag.
fn push(queue: &mut VecDeque<(Nanos, Timer)>, at: Nanos, timer: Timer) {
    let at = queue.back().map_or(at, |(last, _)| at.max(*last));
    queue.push_back((at, timer));
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Nanos = Nanos::from_millis(1);

    #[test]
    fn timers_fire_in_order_and_not_before_their_time() {
        let mut timers = Timers::new(1);
        timers.set(MILLI * 5, Timer::Retry { call: 1, number: 1 });
        timers.set(MILLI * 3, Timer::Retry { call: 2, number: 2 });
        timers.set_attempt_timeout(0, MILLI * 4, Timer::AttemptTimeout { call: 3, serial: 3 });
        assert_eq!(timers.next_at(), Some(MILLI * 3));
        assert_eq!(timers.pop_due(MILLI * 2, |_| true), None);
        assert_eq!(timers.pop_due(MILLI * 3, |_| true), Some(Timer::Retry { call: 2, number: 2 }));
        assert_eq!(timers.pop_due(MILLI * 4, |_| true), Some(Timer::AttemptTimeout { call: 3, serial: 3 }));
        assert_eq!(timers.pop_due(MILLI * 9, |_| true), Some(Timer::Retry { call: 1, number: 1 }));
        assert_eq!(timers.next_at(), None);
    }

    #[test]
    fn timeouts_of_finished_attempts_do_not_pile_up() {
        let mut timers = Timers::new(1);
        for serial in 0..100_000 {
            timers.set_attempt_timeout(0, Nanos::from_secs(30), Timer::AttemptTimeout { call: 0, serial });
            let _ = timers.pop_due(Nanos::ZERO, |_| false);
        }
        assert!(timers.queues[0].len() <= 1);
    }
}
