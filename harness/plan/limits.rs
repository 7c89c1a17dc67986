//! The client's own rate limits. Every attempt passes them, retries too.

use std::num::NonZeroU32;

use crate::units::Rate;

/// A token bucket of the client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClientLimit {
    /// Tokens a second.
    pub rate: Rate,
    /// The most tokens at once.
    pub burst: NonZeroU32,
}

/// All limits of the client. An attempt first takes its operation's token, then the scenario's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateLimits {
    /// For the whole scenario.
    pub scenario: Option<ClientLimit>,
    /// For single operations, by name; steps refer to them by index.
    pub operations: Vec<(String, ClientLimit)>,
}
