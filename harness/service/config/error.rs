//! Why a configuration cannot be served.

use crate::units::Nanos;

/// Why a configuration cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An index that leads nowhere.
    #[error("{place} refers to limiter number {index}, but there are {count}")]
    UnknownLimiter {
        /// Where the index stands.
        place: String,
        /// The index.
        index: usize,
        /// How many limiters there are.
        count: usize,
    },
    /// A number that has to be at least one.
    #[error("{place} must be at least 1")]
    Zero {
        /// Where it stands.
        place: String,
    },
    /// A log-normal latency upside down, or with a median of zero.
    #[error(
        "the p99 of the latency ({p99}) must not be below its median ({median}), and the median must be above zero"
    )]
    Latency {
        /// The median.
        median: Nanos,
        /// The 99th percentile.
        p99: Nanos,
    },
    /// A uniform latency upside down.
    #[error("the longest latency ({max}) must not be below the shortest ({min})")]
    LatencyRange {
        /// The shortest.
        min: Nanos,
        /// The longest.
        max: Nanos,
    },
    /// A status that HTTP does not know.
    #[error("{place} must be an HTTP status from 200 to 599, not {status}")]
    Status {
        /// Where it stands.
        place: String,
        /// The number.
        status: u16,
    },
    /// A share above one.
    #[error("{place} must be at most 100%, not {share}")]
    Share {
        /// Where it stands.
        place: String,
        /// The share as it was given.
        share: String,
    },
}
