//! Why a configuration cannot be served.

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
    /// An option that the rest contradicts.
    #[error("{place} makes no sense: {why}")]
    Pointless {
        /// Where it stands.
        place: String,
        /// Why it makes none.
        why: &'static str,
    },
    /// A latency that no request could have.
    #[error("the latency is impossible: {message}")]
    Latency {
        /// The parameter that is to blame, as the scenario calls it.
        field: &'static str,
        /// What contradicts itself.
        message: String,
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
