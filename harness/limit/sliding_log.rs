//! The sliding window that remembers each request.

use std::collections::VecDeque;

use super::Quota;
use crate::units::Nanos;

/// Accepts while less than the limit was accepted in (now − window, now]. It keeps one entry for each instant at which
/// something was accepted, and never more entries than the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlidingLog {
    limit: u32,
    window: Nanos,
    /// When and how much, the oldest first.
    entries: VecDeque<(Nanos, u32)>,
    /// The sum over the entries.
    sum: u64,
}

impl SlidingLog {
    /// An empty log.
    pub fn new(limit: u32, window: Nanos) -> Self {
        Self { limit, window, entries: VecDeque::new(), sum: 0 }
    }

    /// Whether a request would be accepted. Forgets what has left the window, which changes no decision.
    ///
    /// # Errors
    /// The shortest wait after which it would be; [`Nanos::MAX`] where `cost` is more than the limit.
    pub fn check(&mut self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        self.forget(now);
        let (cost, limit) = (u64::from(cost), u64::from(self.limit));
        if self.sum + cost <= limit {
            return Ok(());
        }
        if cost > limit {
            return Err(Nanos::MAX);
        }
        // The first entry after whose end enough has gone. A cost of one needs but the first.
        let mut excess = self.sum + cost - limit;
        for &(at, size) in &self.entries {
            if excess <= u64::from(size) {
                return Err(at + self.window - now);
            }
            excess -= u64::from(size);
        }
        Err(self.window)
    }

    /// Writes the cost down.
    pub fn charge(&mut self, now: Nanos, cost: u32) {
        self.forget(now);
        self.sum += u64::from(cost);
        match self.entries.back_mut() {
            Some((at, size)) if *at == now => *size = size.saturating_add(cost),
            _ => self.entries.push_back((now, cost)),
        }
        // Where rejected requests are charged, the newest that fill the limit decide alone.
        while let Some(&(_, size)) = self.entries.front()
            && self.sum - u64::from(size) >= u64::from(self.limit)
            && self.entries.len() > 1
        {
            self.drop_front();
        }
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// Changes the length. What has been forgotten does not come back.
    pub(super) fn set_window(&mut self, now: Nanos, window: Nanos) {
        self.forget(now);
        self.window = window;
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&mut self, now: Nanos) -> bool {
        self.forget(now);
        self.entries.is_empty()
    }

    pub(super) fn quota(&mut self, now: Nanos) -> Quota {
        self.forget(now);
        let limit = u64::from(self.limit);
        Quota { limit, window: Some(self.window), remaining: limit.saturating_sub(self.sum) }
    }

    fn forget(&mut self, now: Nanos) {
        while self.entries.front().is_some_and(|&(at, _)| at + self.window <= now) {
            self.drop_front();
        }
    }

    fn drop_front(&mut self) {
        if let Some((_, size)) = self.entries.pop_front() {
            self.sum = self.sum.saturating_sub(size.into());
        }
    }
}
