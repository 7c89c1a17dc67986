//! Clocks. Everything else takes `now` as an argument.

use std::time::Instant;

use crate::units::Nanos;

/// Real time since a fixed start.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    origin: Instant,
}

impl MonotonicClock {
    /// A clock that reads zero now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the ban points to")]
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// Time since the start; never goes back.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the ban points to")]
    pub fn now(&self) -> Nanos {
        Nanos::from(Instant::now().saturating_duration_since(self.origin))
    }
}
