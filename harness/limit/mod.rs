//! Rate limiters as pure decisions: state, `now` and a cost go in, a verdict comes out.
//!
//! A limiter answers two questions apart, so that several can be asked before any is charged: [`Limiter::check`] changes
//! nothing, [`Limiter::charge`] takes what a check has granted. A further kind is one more file and one more variant.

mod client;
pub mod token_bucket;

pub use client::{ClientLimiter, TurnClock};
pub use token_bucket::TokenBucket;

use crate::units::{Nanos, Rate};

/// A limiter of any kind.
#[derive(Clone, Debug)]
pub enum Limiter {
    /// See [`TokenBucket`].
    TokenBucket(TokenBucket),
}

impl Limiter {
    /// Whether a request of that cost would be accepted at `now`; nothing changes.
    ///
    /// # Errors
    /// The shortest wait after which it would be accepted if nothing else came; [`Nanos::MAX`] if it never would.
    pub fn check(&self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        match self {
            Self::TokenBucket(bucket) => bucket.check(now, cost),
        }
    }

    /// Takes the cost of a request that a [`check`](Self::check) at the same `now` accepted.
    pub fn charge(&mut self, now: Nanos, cost: u32) {
        match self {
            Self::TokenBucket(bucket) => bucket.charge(now, cost),
        }
    }

    /// Changes the rate from `now` on.
    pub fn set_rate(&mut self, now: Nanos, rate: Rate) {
        match self {
            Self::TokenBucket(bucket) => bucket.set_rate(now, rate),
        }
    }

    /// Changes the capacity from `now` on.
    pub fn set_burst(&mut self, now: Nanos, burst: u32) {
        match self {
            Self::TokenBucket(bucket) => bucket.set_burst(now, burst),
        }
    }
}
