//! Clocks and timers. This is the only place that reads the time or waits for it; everything else is told.

mod park;
mod timer;
#[cfg(target_os = "linux")]
mod timer_fd;
mod waits;
mod wall;

use std::time::Instant;

use crate::units::Nanos;

pub use park::park_until;
pub use timer::{SystemTimer, Timer, TokioTimer, timer_name};
pub use waits::{Wait, Waits};
pub use wall::WallClock;

/// Real time since an origin, never going back.
///
/// Copies share the origin, so that a lane, its transport and the embedded service agree on what `now` is.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    origin: Instant,
}

impl MonotonicClock {
    /// A clock whose origin is now.
    #[expect(clippy::disallowed_methods, reason = "the one owner of monotonic time")]
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// Time since the origin.
    #[expect(clippy::disallowed_methods, reason = "the one owner of monotonic time")]
    pub fn now(&self) -> Nanos {
        Nanos::from(self.origin.elapsed())
    }

    /// The instant of the standard library that stands for a time since the origin; saturates 30 years ahead.
    pub fn instant(&self, at: Nanos) -> Instant {
        let far = Nanos::from_secs(30 * 365 * 86_400);
        self.origin + std::time::Duration::from(at.min(far))
    }
}
