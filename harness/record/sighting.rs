//! What came of a probe.

use crate::api::Hints;
use crate::units::Nanos;

/// A probe and its answer. Times count from the begin of the probing, and never restart.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The number of its stretch, from 0.
    pub stretch: u32,
    /// Which request it was; see [`Shot`](crate::plan::Shot).
    pub variant: u32,
    /// When it was planned.
    pub due: Nanos,
    /// When it was sent.
    pub sent: Nanos,
    /// When the last byte of its reply had come, or when it was given up.
    pub done: Nanos,
    /// What became of it.
    pub sight: Sight,
    /// What the service said of when to come back, and of its limit.
    pub hints: Hints,
    /// What `RateLimit-Limit` or `X-RateLimit-Limit` claims, and what is left of it, where the reply has them.
    pub claim: Option<Claim>,
}

/// What became of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It was let in, and answered with a success.
    Accepted,
    /// It was throttled; the status, and the service's error code where it gave one.
    Throttled {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: Option<String>,
    },
    /// Anything else: another status or error code, in a few words.
    Failed(String),
    /// There was no answer: refused, reset or timed out, in a few words.
    Broken(String),
}

/// What a reply claims of the limit behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Requests in a window.
    pub limit: Option<u64>,
    /// How many are left.
    pub remaining: Option<u64>,
    /// When there will be more, from the reply on.
    pub reset: Option<Nanos>,
}

impl Sighting {
    /// Whether it was let in.
    pub fn is_accepted(&self) -> bool {
        self.sight == Sight::Accepted
    }

    /// Whether it was throttled.
    pub fn is_throttled(&self) -> bool {
        matches!(self.sight, Sight::Throttled { .. })
    }

    /// Whether it was neither let in nor throttled.
    pub fn is_trouble(&self) -> bool {
        matches!(self.sight, Sight::Failed(_) | Sight::Broken(_))
    }

    /// Sent to done.
    pub fn took(&self) -> Nanos {
        self.done - self.sent
    }
}
