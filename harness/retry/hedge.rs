//! Hedging: a second attempt while the first is still under way.

use crate::units::{Nanos, Ratio};

/// When a call that waits for its reply is sent once more, and how often. Only for calls that may be done twice. Sources: Dean
/// and Barroso, "The Tail at Scale" (2013); grpc/proposal A6.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HedgeSpec {
    /// After how long without a reply.
    pub after: HedgeAfter,
    /// How many more attempts at most, at least 1.
    pub max: u32,
}

/// How long a hedge waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HedgeAfter {
    /// That long.
    Fixed(Nanos),
    /// As long as this part of the client's recent successful attempts took, in (0, 1): a client that has too few of them
    /// to say does not hedge.
    Quantile(Ratio),
}
