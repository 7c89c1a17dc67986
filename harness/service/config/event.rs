//! What changes while the service runs.

use std::borrow::Cow;
use std::fmt;

use super::LimiterKind;
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
    /// The limit of a limiter.
    Limit {
        /// Index into `limiters`.
        limiter: usize,
        /// The new limit, at least one.
        limit: u32,
    },
    /// The window of a limiter.
    Window {
        /// Index into `limiters`.
        limiter: usize,
        /// The new length, above zero.
        window: Nanos,
    },
    /// The number of workers; what waits keeps waiting.
    Workers(u32),
    /// Every operation is answered with this status and has no effect; no token is used.
    Down {
        /// The HTTP status, usually 503.
        status: u16,
        /// The error's type name; `ServiceUnavailableException` where absent.
        error_code: Option<Cow<'static, str>>,
    },
    /// Every service time is multiplied by this.
    LatencyFactor(Ratio),
    /// This share of the admitted operations is answered 500 and has no effect.
    ErrorRate(Ratio),
}

impl Change {
    /// An outage that is answered 503.
    pub const DOWN: Self = Self::Down { status: 503, error_code: None };

    /// Does to the limiter of that number what this change says; whether it says anything of it.
    pub(in crate::service) fn apply(&self, number: usize, kind: &mut LimiterKind) -> bool {
        match *self {
            Self::Rate { limiter, rate } if limiter == number => {
                // Tokens that come in steps come as many at a time as before.
                if let LimiterKind::TokenBucket { refill: Some(steps), .. } = kind {
                    *steps = steps.at(rate);
                }
                kind.rate_mut().map(|old| *old = rate).is_some()
            }
            Self::Burst { limiter, burst } if limiter == number => kind.burst_mut().map(|old| *old = burst).is_some(),
            Self::Limit { limiter, limit } if limiter == number => kind.limit_mut().map(|old| *old = limit).is_some(),
            Self::Window { limiter, window } if limiter == number => {
                kind.window_mut().map(|old| *old = window).is_some()
            }
            _ => false,
        }
    }
}

/// As a report names it: "outage, answered 503".
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate { rate, .. } => write!(f, "limit {rate}"),
            Self::Burst { burst, .. } => write!(f, "burst {burst}"),
            Self::Limit { limit, .. } => write!(f, "limit {limit}"),
            Self::Window { window, .. } => write!(f, "window {window}"),
            Self::Workers(count) => write!(f, "{count} workers"),
            Self::Down { status, .. } => write!(f, "outage, answered {status}"),
            Self::LatencyFactor(factor) => write!(f, "latency × {}", factor.get()),
            Self::ErrorRate(share) => write!(f, "{share} errors"),
        }
    }
}
