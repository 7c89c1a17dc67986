//! The kinds of limiters: what each is told, and what each keeps.

use super::adaptive::{Adaptive, Algorithm};
use super::concurrency::Concurrency;
use super::fixed_window::{Align, FixedWindow};
use super::gcra::Gcra;
use super::leaky_bucket::{LeakyMeter, Shaper};
use super::sliding_counter::SlidingCounter;
use super::sliding_log::SlidingLog;
use super::token_bucket::{Steps, TokenBucket};
use crate::units::{Nanos, Rate};

/// How a limiter decides, with its parameters. All numbers are at least one, all spans above zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `burst` tokens at most, initially full, refilled continuously at `rate` or in steps.
    TokenBucket {
        /// Tokens a second.
        rate: Rate,
        /// The capacity in tokens.
        burst: u32,
        /// In steps that come to the same rate.
        refill: Option<Steps>,
    },
    /// A token bucket that is kept as one instant.
    Gcra {
        /// Requests a second.
        rate: Rate,
        /// How many may come at once.
        burst: u32,
    },
    /// A leaky bucket that rejects what overflows, as nginx has it.
    LeakyMeter {
        /// Requests a second.
        rate: Rate,
        /// How many may come at once besides the first; may be zero.
        burst: u32,
    },
    /// A leaky bucket that holds back what comes early.
    Shaper {
        /// Requests a second.
        rate: Rate,
        /// How many may wait; may be zero.
        queue: u32,
    },
    /// So many requests in each window.
    FixedWindow {
        /// Requests in a window.
        limit: u32,
        /// The length of a window.
        window: Nanos,
        /// Where windows begin.
        align: Align,
    },
    /// So many requests in any window; each is remembered.
    SlidingLog {
        /// Requests in a window.
        limit: u32,
        /// The length of the window.
        window: Nanos,
    },
    /// So many requests in any window, estimated from two counts.
    SlidingCounter {
        /// Requests in a window.
        limit: u32,
        /// The length of the window.
        window: Nanos,
    },
    /// So many requests at the same time.
    Concurrency {
        /// Requests at the same time.
        limit: u32,
        /// How many more may wait; may be zero.
        queue: u32,
    },
    /// So many requests at the same time as the latency allows.
    Adaptive {
        /// How the limit is found.
        algorithm: Algorithm,
        /// The limit at the start.
        initial: u32,
        /// The lowest limit.
        min: u32,
        /// The highest limit.
        max: u32,
    },
}

impl Kind {
    /// Whether it has to be told when a request ends.
    pub const fn minds_ends(self) -> bool {
        matches!(self, Self::Concurrency { .. } | Self::Adaptive { .. })
    }

    /// Whether a request can cost it more than one, and a rejected one anything at all.
    pub const fn counts_cost(self) -> bool {
        !self.minds_ends()
    }

    /// The rate, for kinds that have one.
    pub fn rate_mut(&mut self) -> Option<&mut Rate> {
        match self {
            Self::TokenBucket { rate, .. }
            | Self::Gcra { rate, .. }
            | Self::LeakyMeter { rate, .. }
            | Self::Shaper { rate, .. } => Some(rate),
            _ => None,
        }
    }

    /// The burst, for kinds that have one.
    pub fn burst_mut(&mut self) -> Option<&mut u32> {
        match self {
            Self::TokenBucket { burst, .. } | Self::Gcra { burst, .. } | Self::LeakyMeter { burst, .. } => Some(burst),
            _ => None,
        }
    }

    /// The limit, for kinds that have a fixed one.
    pub fn limit_mut(&mut self) -> Option<&mut u32> {
        match self {
            Self::FixedWindow { limit, .. }
            | Self::SlidingLog { limit, .. }
            | Self::SlidingCounter { limit, .. }
            | Self::Concurrency { limit, .. } => Some(limit),
            _ => None,
        }
    }

    /// The window, for kinds that have one.
    pub fn window_mut(&mut self) -> Option<&mut Nanos> {
        match self {
            Self::FixedWindow { window, .. }
            | Self::SlidingLog { window, .. }
            | Self::SlidingCounter { window, .. } => Some(window),
            _ => None,
        }
    }
}

/// What is known of a limit at an instant, as headers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How much is allowed at most.
    pub limit: u64,
    /// In which time; absent where the limit is on what is there at the same time.
    pub window: Option<Nanos>,
    /// How much is left now.
    pub remaining: u64,
}

/// What a limiter keeps.
#[derive(Clone, Debug)]
pub(super) enum State {
    TokenBucket(TokenBucket),
    Gcra(Gcra),
    LeakyMeter(LeakyMeter),
    Shaper(Shaper),
    FixedWindow(FixedWindow),
    SlidingLog(SlidingLog),
    SlidingCounter(SlidingCounter),
    Concurrency(Concurrency),
    /// Boxed: it is the largest by far, and the least used.
    Adaptive(Box<Adaptive>),
}

impl State {
    pub(super) fn new(kind: Kind, epoch: Nanos) -> Self {
        match kind {
            Kind::TokenBucket { rate, burst, refill: None } => Self::TokenBucket(TokenBucket::new(rate, burst)),
            Kind::TokenBucket { burst, refill: Some(steps), .. } => {
                Self::TokenBucket(TokenBucket::stepwise(steps, burst))
            }
            Kind::Gcra { rate, burst } => Self::Gcra(Gcra::new(rate, burst)),
            Kind::LeakyMeter { rate, burst } => Self::LeakyMeter(LeakyMeter::new(rate, burst)),
            Kind::Shaper { rate, queue } => Self::Shaper(Shaper::new(rate, queue)),
            Kind::FixedWindow { limit, window, align } => {
                Self::FixedWindow(FixedWindow::new(limit, window, align, epoch))
            }
            Kind::SlidingLog { limit, window } => Self::SlidingLog(SlidingLog::new(limit, window)),
            Kind::SlidingCounter { limit, window } => Self::SlidingCounter(SlidingCounter::new(limit, window, epoch)),
            Kind::Concurrency { limit, queue } => Self::Concurrency(Concurrency::new(limit, queue)),
            Kind::Adaptive { algorithm, initial, min, max } => {
                Self::Adaptive(Box::new(Adaptive::new(algorithm, initial, min, max)))
            }
        }
    }

    pub(super) fn check(&mut self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        match self {
            Self::TokenBucket(bucket) => bucket.check(now, cost),
            Self::Gcra(gcra) => gcra.check(now, cost),
            Self::LeakyMeter(meter) => meter.check(now, cost),
            Self::Shaper(shaper) => shaper.check(now),
            Self::FixedWindow(window) => window.check(now, cost),
            Self::SlidingLog(log) => log.check(now, cost),
            Self::SlidingCounter(counter) => counter.check(now, cost),
            Self::Concurrency(concurrency) => concurrency.check(now),
            Self::Adaptive(adaptive) => adaptive.check(now),
        }
    }

    /// Gives how long what was accepted is held back for certain.
    pub(super) fn charge(&mut self, now: Nanos, cost: u32) -> Nanos {
        match self {
            Self::TokenBucket(bucket) => bucket.charge(now, cost),
            Self::Gcra(gcra) => gcra.charge(now, cost),
            Self::LeakyMeter(meter) => meter.charge(now, cost),
            Self::Shaper(shaper) => return shaper.charge(now, cost),
            Self::FixedWindow(window) => window.charge(now, cost),
            Self::SlidingLog(log) => log.charge(now, cost),
            Self::SlidingCounter(counter) => counter.charge(now, cost),
            Self::Concurrency(concurrency) => concurrency.charge(),
            Self::Adaptive(adaptive) => adaptive.charge(),
        }
        Nanos::ZERO
    }

    /// Charges a request that was rejected. It takes no place and no turn, so kinds that give those have nothing to charge.
    pub(super) fn charge_rejected(&mut self, now: Nanos, cost: u32) {
        if !matches!(self, Self::Shaper(_) | Self::Concurrency(_) | Self::Adaptive(_)) {
            self.charge(now, cost);
        }
    }

    pub(super) fn change(&mut self, now: Nanos, to: Kind) {
        match (self, to) {
            (Self::TokenBucket(bucket), Kind::TokenBucket { rate, burst, refill }) => {
                bucket.set_rate(now, rate, refill);
                bucket.set_burst(now, burst);
            }
            (Self::Gcra(gcra), Kind::Gcra { rate, burst }) => {
                gcra.set_rate(now, rate);
                gcra.set_burst(burst);
            }
            (Self::LeakyMeter(meter), Kind::LeakyMeter { rate, burst }) => {
                meter.set_rate(now, rate);
                meter.set_burst(now, burst);
            }
            (Self::Shaper(shaper), Kind::Shaper { rate, .. }) => shaper.set_rate(now, rate),
            (Self::FixedWindow(fixed), Kind::FixedWindow { limit, window, .. }) => {
                fixed.set_limit(limit);
                fixed.set_window(now, window);
            }
            (Self::SlidingLog(log), Kind::SlidingLog { limit, window }) => {
                log.set_limit(limit);
                log.set_window(now, window);
            }
            (Self::SlidingCounter(counter), Kind::SlidingCounter { limit, window }) => {
                counter.set_limit(limit);
                counter.set_window(now, window);
            }
            (Self::Concurrency(concurrency), Kind::Concurrency { limit, .. }) => concurrency.set_limit(limit),
            // An adaptive limit has no parameter that an event could change, and no limiter turns into another kind.
            _ => {}
        }
    }

    pub(super) fn is_fresh(&mut self, now: Nanos) -> bool {
        match self {
            Self::TokenBucket(bucket) => bucket.is_fresh(now),
            Self::Gcra(gcra) => gcra.is_fresh(now),
            Self::LeakyMeter(meter) => meter.is_fresh(now),
            Self::Shaper(shaper) => shaper.is_fresh(now),
            Self::FixedWindow(window) => window.is_fresh(now),
            Self::SlidingLog(log) => log.is_fresh(now),
            Self::SlidingCounter(counter) => counter.is_fresh(now),
            Self::Concurrency(concurrency) => concurrency.is_fresh(now),
            Self::Adaptive(adaptive) => adaptive.is_fresh(now),
        }
    }

    pub(super) fn quota(&mut self, now: Nanos) -> Quota {
        match self {
            Self::TokenBucket(bucket) => bucket.quota(now),
            Self::Gcra(gcra) => gcra.quota(now),
            Self::LeakyMeter(meter) => meter.quota(now),
            Self::Shaper(shaper) => shaper.quota(now),
            Self::FixedWindow(window) => window.quota(now),
            Self::SlidingLog(log) => log.quota(now),
            Self::SlidingCounter(counter) => counter.quota(now),
            Self::Concurrency(concurrency) => concurrency.quota(now),
            Self::Adaptive(adaptive) => adaptive.quota(now),
        }
    }
}
