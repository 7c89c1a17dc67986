//! A limit on how many requests are there at the same time.

use std::collections::VecDeque;

use super::Quota;
use crate::units::Nanos;

/// Accepts while fewer than `limit` requests are being worked on and fewer than `queue` wait for that, first come, first
/// served.
///
/// When a request ends is told as soon as it begins, since nothing here takes real time: the limiter keeps the ends and
/// forgets each when it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concurrency {
    limit: u32,
    queue: u32,
    /// Accepted, and nobody has said yet when they end.
    open: u32,
    /// When each of the others ends, the earliest first. New ones nearly always belong at the back.
    ends: VecDeque<Nanos>,
}

impl Concurrency {
    /// A limiter under which nothing runs.
    pub fn new(limit: u32, queue: u32) -> Self {
        Self { limit, queue, open: 0, ends: VecDeque::new() }
    }

    /// Whether a request would be accepted. Forgets what has ended, which changes no decision.
    ///
    /// # Errors
    /// The shortest wait after which it would be; a nanosecond where nobody knows.
    pub fn check(&mut self, now: Nanos) -> Result<(), Nanos> {
        self.forget(now);
        let (here, room) = (self.here(), self.limit as usize + self.queue as usize);
        if here < room {
            return Ok(());
        }
        let end = self.ends.get(here - room).or(self.ends.back());
        Err(end.map_or(Nanos::new(1), |&end| end - now))
    }

    /// Takes a place.
    pub fn charge(&mut self) {
        self.open += 1;
    }

    /// How long a request that was accepted waits before it is worked on.
    pub fn begin(&mut self, now: Nanos) -> Nanos {
        self.forget(now);
        match self.ends.len().checked_sub(self.limit as usize) {
            // Without a queue only noise can lead here, and what it lets through is let through at once.
            Some(above) if self.queue > 0 => self.ends.get(above).map_or(Nanos::ZERO, |&end| end - now),
            _ => Nanos::ZERO,
        }
    }

    /// Says when a request that was accepted ends.
    pub fn finish(&mut self, now: Nanos, end: Nanos) {
        self.open = self.open.saturating_sub(1);
        if end > now {
            let at = if self.ends.back().is_none_or(|&last| last <= end) {
                self.ends.len()
            } else {
                self.ends.partition_point(|&other| other <= end)
            };
            self.ends.insert(at, end);
        }
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&mut self, now: Nanos) -> bool {
        self.forget(now);
        self.here() == 0
    }

    pub(super) fn quota(&mut self, now: Nanos) -> Quota {
        self.forget(now);
        let limit = u64::from(self.limit) + u64::from(self.queue);
        Quota { limit, window: None, remaining: limit.saturating_sub(self.here() as u64) }
    }

    fn here(&self) -> usize {
        self.open as usize + self.ends.len()
    }

    fn forget(&mut self, now: Nanos) {
        while self.ends.front().is_some_and(|&end| end <= now) {
            self.ends.pop_front();
        }
    }
}
