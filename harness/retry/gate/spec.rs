//! What a client asks itself before it sends, as a policy describes it.

use crate::limit::Algorithm;
use crate::units::{Nanos, Rate, Ratio};

/// A limit that a client keeps by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ThrottleSpec {
    /// Drops at random while too few requests are accepted: `P = max(0, (requests − k · accepts) / (requests + 1))` over a
    /// window. Source: "Site Reliability Engineering", chapter 21, "Client-Side Throttling".
    Sre {
        /// How many requests there may be for each that is accepted; at least 1.
        k: f64,
        /// How far back it counts.
        window: Nanos,
    },
    /// Drops at random while too few requests succeed: `P = ((n − s / threshold) / (n + 1)) ^ (1 / aggression)`. Source:
    /// Envoy's `admission_control` filter.
    AdmissionControl {
        /// The share of successes below which it begins to drop, in (0, 1].
        threshold: Ratio,
        /// How steeply it drops; at least 1, and 1 is linear.
        aggression: f64,
        /// How far back it counts.
        window: Nanos,
        /// Below this rate it drops nothing.
        floor: Option<Rate>,
        /// The most that it drops, in [0, 1].
        most: Ratio,
    },
    /// The adaptive mode of the AWS SDKs: a token bucket whose rate follows a cubic curve after throttling.
    Cubic(CubicSpec),
    /// A token bucket of a constant rate.
    Fixed {
        /// Attempts a second.
        rate: Rate,
        /// How many may go at once after a pause; at least 1.
        burst: u32,
    },
}

/// The constants of the adaptive mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CubicSpec {
    /// What throttling leaves of the rate.
    pub beta: f64,
    /// How fast the rate recovers.
    pub scale: f64,
    /// How much the newest bucket of half a second counts in the measured rate.
    pub smooth: f64,
    /// The lowest rate, in attempts a second.
    pub min_fill_rate: f64,
}

impl Default for CubicSpec {
    /// The constants that all AWS SDKs share (botocore `botocore/retries/throttling.py` and `bucket.py`).
    fn default() -> Self {
        Self { beta: 0.7, scale: 0.4, smooth: 0.8, min_fill_rate: 0.5 }
    }
}

/// Stops sending while most attempts fail. Source: resilience4j's `CircuitBreaker`, windows that count calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerSpec {
    /// The share of failures that opens it.
    pub failure_rate: Ratio,
    /// How many attempts it looks back; at least 1.
    pub window: u32,
    /// How many attempts it needs to judge; at least 1.
    pub min_calls: u32,
    /// How long it stays open.
    pub open_for: Nanos,
    /// How many attempts then decide; at least 1.
    pub half_open_calls: u32,
    /// Whether first attempts always go, and only retries stop (Brooker, "Fixing retries with token buckets and circuit
    /// breakers", 2022).
    pub only_retries: bool,
}

/// A limit on a client's attempts in flight that follows what it sees of the latency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConcurrencySpec {
    /// How the limit is found.
    pub algorithm: Algorithm,
    /// The limit at the start.
    pub initial: u32,
    /// The lowest limit.
    pub min: u32,
    /// The highest limit.
    pub max: u32,
}
