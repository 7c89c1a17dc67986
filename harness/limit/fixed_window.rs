//! The fixed window: so many requests in each span of time, counted anew in the next.

use super::Quota;
use crate::units::Nanos;

/// Where windows begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At whole multiples of the window since the epoch.
    #[default]
    Epoch,
    /// With the first request after the last window ended.
    FirstRequest,
}

/// Counts what is accepted in a window. Across an edge twice the limit may come at once: that is its nature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedWindow {
    limit: u32,
    window: Nanos,
    align: Align,
    /// What is added to `now` to count from the epoch.
    epoch: Nanos,
    /// When the last window began, on the axis of `now + epoch`.
    began: Nanos,
    /// What was counted in it; zero while there has been none.
    count: u64,
}

impl FixedWindow {
    /// A limiter that has counted nothing. `epoch` is the time since the epoch at the instant zero.
    pub fn new(limit: u32, window: Nanos, align: Align, epoch: Nanos) -> Self {
        Self { limit, window: window.max(Nanos::new(1)), align, epoch, began: Nanos::ZERO, count: 0 }
    }

    /// Whether a request would be accepted.
    ///
    /// # Errors
    /// The shortest wait after which it would be; [`Nanos::MAX`] where `cost` is more than the limit.
    pub fn check(&self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        let (began, count) = self.at(now);
        if count.saturating_add(cost.into()) <= self.limit.into() {
            Ok(())
        } else if cost > self.limit {
            Err(Nanos::MAX)
        } else {
            Err(began + self.window - (now + self.epoch))
        }
    }

    /// Counts the cost.
    pub fn charge(&mut self, now: Nanos, cost: u32) {
        let (began, count) = self.at(now);
        (self.began, self.count) = (began, count.saturating_add(cost.into()));
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// Changes the length. What the present window has counted stays counted in the one that takes its place.
    pub(super) fn set_window(&mut self, now: Nanos, window: Nanos) {
        let (began, count) = self.at(now);
        self.window = window.max(Nanos::new(1));
        self.count = count;
        self.began = if self.align == Align::Epoch { self.edge(now) } else { began };
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&self, now: Nanos) -> bool {
        self.at(now).1 == 0
    }

    pub(super) fn quota(&self, now: Nanos) -> Quota {
        let limit = u64::from(self.limit);
        Quota { limit, window: Some(self.window), remaining: limit.saturating_sub(self.at(now).1) }
    }

    /// When the window that `now` lies in began, and what it has counted.
    fn at(&self, now: Nanos) -> (Nanos, u64) {
        let shifted = now + self.epoch;
        if self.count > 0 && shifted < self.began + self.window {
            return (self.began, self.count);
        }
        (if self.align == Align::Epoch { self.edge(now) } else { shifted }, 0)
    }

    fn edge(&self, now: Nanos) -> Nanos {
        let shifted = (now + self.epoch).as_nanos();
        Nanos::new(shifted - shifted % self.window.as_nanos())
    }
}
