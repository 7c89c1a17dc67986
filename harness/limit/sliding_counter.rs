//! The sliding window that is estimated from two counts.

use super::Quota;
use crate::units::Nanos;

/// Takes the requests of the last window as evenly spread, and counts that part of them which still lies in the window
/// that ends now: previous · (1 − elapsed) + current + cost ≤ limit. Windows begin at whole multiples since the epoch.
///
/// The comparison is multiplied by the window, so that it is one of whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlidingCounter {
    limit: u32,
    window: Nanos,
    /// What is added to `now` to count from the epoch.
    epoch: Nanos,
    /// When the current window began, on the axis of `now + epoch`.
    began: u64,
    previous: u64,
    current: u64,
}

/// The counts at an instant.
struct Counts {
    began: u64,
    elapsed: u64,
    previous: u64,
    current: u64,
}

impl SlidingCounter {
    /// A limiter that has counted nothing. `epoch` is the time since the epoch at the instant zero.
    pub fn new(limit: u32, window: Nanos, epoch: Nanos) -> Self {
        Self { limit, window: window.max(Nanos::new(1)), epoch, began: 0, previous: 0, current: 0 }
    }

    /// Whether a request would be accepted.
    ///
    /// # Errors
    /// The shortest wait after which it would be; [`Nanos::MAX`] where `cost` is more than the limit.
    pub fn check(&self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        let Counts { elapsed, previous, current, .. } = self.at(now);
        let (limit, cost) = (u64::from(self.limit), u64::from(cost));
        let window = self.window.as_nanos();
        if cost > limit {
            return Err(Nanos::MAX);
        }
        // How long before the end of its window a count has faded to what is left of the limit.
        let faded = |count: u64, room: u64| {
            let nanos = u128::from(room) * u128::from(window) / u128::from(count.max(1));
            if count == 0 { window } else { u64::try_from(nanos).unwrap_or(u64::MAX).min(window) }
        };
        let wait = match limit.checked_sub(current.saturating_add(cost)) {
            Some(room) => (window - faded(previous, room)).saturating_sub(elapsed),
            // Only in the next window, where this one's count fades.
            None => (window - elapsed) + (window - faded(current, limit - cost)),
        };
        if wait == 0 { Ok(()) } else { Err(Nanos::new(wait)) }
    }

    /// Counts the cost.
    pub fn charge(&mut self, now: Nanos, cost: u32) {
        let Counts { began, previous, current, .. } = self.at(now);
        (self.began, self.previous, self.current) = (began, previous, current.saturating_add(cost.into()));
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// Changes the length. Both counts stay, as those of the window that `now` lies in and of the one before it.
    pub(super) fn set_window(&mut self, now: Nanos, window: Nanos) {
        let Counts { previous, current, .. } = self.at(now);
        self.window = window.max(Nanos::new(1));
        (self.began, self.previous, self.current) = (self.edge(now), previous, current);
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&self, now: Nanos) -> bool {
        let counts = self.at(now);
        counts.previous == 0 && counts.current == 0
    }

    pub(super) fn quota(&self, now: Nanos) -> Quota {
        let Counts { elapsed, previous, current, .. } = self.at(now);
        let window = self.window.as_nanos();
        let old = (u128::from(previous) * u128::from(window - elapsed)).div_ceil(u128::from(window));
        let used = u64::try_from(old).unwrap_or(u64::MAX).saturating_add(current);
        let limit = u64::from(self.limit);
        Quota { limit, window: Some(self.window), remaining: limit.saturating_sub(used) }
    }

    fn at(&self, now: Nanos) -> Counts {
        let (edge, shifted) = (self.edge(now), (now + self.epoch).as_nanos());
        let (previous, current) = match edge.saturating_sub(self.began) / self.window.as_nanos() {
            0 => (self.previous, self.current),
            1 => (self.current, 0),
            _ => (0, 0),
        };
        Counts { began: edge, elapsed: shifted - edge, previous, current }
    }

    fn edge(&self, now: Nanos) -> u64 {
        let shifted = (now + self.epoch).as_nanos();
        shifted - shifted % self.window.as_nanos()
    }
}
