//! What changes while the service runs.

use std::fmt;

use crate::units::{Nanos, Rate, Ratio};

/// A change for a while. Times count from [`crate::service::Service::start_events`].
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it begins.
    pub at: Nanos,
    /// How long it lasts; [`Nanos::MAX`] is for good.
    pub lasts: Nanos,
    /// What changes. Where two events change the same thing at once, the later in the list wins.
    pub set: Change,
}

/// What an event changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The rate of a limiter.
    Rate {
        /// Index into `limiters`.
        limiter: usize,
        /// The new rate.
        rate: Rate,
    },
    /// The burst of a limiter.
    Burst {
        /// Index into `limiters`.
        limiter: usize,
        /// The new capacity, at least one.
        burst: u32,
    },
    /// Every operation is answered with this status and has no effect; no token is used.
    Down {
        /// The HTTP status, usually 503.
        status: u16,
    },
    /// Every service time is multiplied by this.
    LatencyFactor(Ratio),
    /// This share of the admitted operations is answered 500 and has no effect.
    ErrorRate(Ratio),
}

/// As a report names it: "outage, answered 503".
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate { rate, .. } => write!(f, "limit {rate}"),
            Self::Burst { burst, .. } => write!(f, "burst {burst}"),
            Self::Down { status } => write!(f, "outage, answered {status}"),
            Self::LatencyFactor(factor) => write!(f, "latency × {}", factor.get()),
            Self::ErrorRate(share) => write!(f, "{share} errors"),
        }
    }
}
