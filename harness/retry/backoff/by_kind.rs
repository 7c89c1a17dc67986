//! A backoff for each kind of failure.

use super::Backoff;
use crate::retry::FailureKind;

/// The backoffs of a policy. Services that throttle want to be left alone for longer than services that hiccup.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Backoffs {
    /// After throttling.
    pub throttling: Backoff,
    /// After passing trouble.
    pub transient: Backoff,
    /// After no reply in time.
    pub timeout: Backoff,
}

impl Backoffs {
    /// The same after every failure.
    pub const fn same(backoff: Backoff) -> Self {
        Self { throttling: backoff, transient: backoff, timeout: backoff }
    }

    /// One after throttling, another after everything else.
    pub const fn throttling_apart(throttling: Backoff, other: Backoff) -> Self {
        Self { throttling, transient: other, timeout: other }
    }

    /// The backoff after a failure of a kind. After a permanent one nobody waits; it is given that of passing trouble.
    pub const fn of(&self, kind: FailureKind) -> &Backoff {
        match kind {
            FailureKind::Throttling => &self.throttling,
            FailureKind::Timeout => &self.timeout,
            FailureKind::Transient | FailureKind::Permanent => &self.transient,
        }
    }

    /// All three.
    pub const fn all(&self) -> [&Backoff; 3] {
        [&self.throttling, &self.transient, &self.timeout]
    }
}
