//! Why calls are given up.

/// Why a call was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Asking again would get the same answer.
    Permanent,
    /// No attempts left.
    MaxAttempts,
    /// The retry could not have been sent before the call's deadline, or the deadline passed.
    Deadline,
    /// The client's retry budget or quota is spent.
    Quota,
    /// The run ended, or the grace time did.
    Cancelled,
    /// The overload policy dropped it before it was sent.
    Dropped,
    /// The reply was a success, but not of the expected status.
    Expectation,
    /// A captured value was not in the reply.
    Capture,
    /// A page token came a second time: the walk would never end.
    PageLoop,
    /// The walk reached `max_pages` with more to come.
    PageLimit,
    /// A pool that a template picks from is empty.
    NoData,
    /// The client's circuit breaker was open.
    CircuitOpen,
    /// The client's own throttle dropped it: too few of its requests had been accepted of late.
    ClientThrottle,
    /// The server said not to come back.
    Pushback,
}

impl Reason {
    /// All of them, in the order of their indices.
    pub const ALL: [Self; 14] = [
        Self::Permanent,
        Self::MaxAttempts,
        Self::Deadline,
        Self::Quota,
        Self::Cancelled,
        Self::Dropped,
        Self::Expectation,
        Self::Capture,
        Self::PageLoop,
        Self::PageLimit,
        Self::NoData,
        Self::CircuitOpen,
        Self::ClientThrottle,
        Self::Pushback,
    ];

    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::MaxAttempts => "max_attempts",
            Self::Deadline => "deadline",
            Self::Quota => "quota",
            Self::Cancelled => "cancelled",
            Self::Dropped => "dropped",
            Self::Expectation => "expectation",
            Self::Capture => "capture",
            Self::PageLoop => "page_loop",
            Self::PageLimit => "page_limit",
            Self::NoData => "no_data",
            Self::CircuitOpen => "circuit_open",
            Self::ClientThrottle => "client_throttle",
            Self::Pushback => "pushback",
        }
    }
}
