//! How calls and attempts end.

/// How a call ended. Exactly one for each call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It did what the user wanted.
    Ok,
    /// Its last attempt was throttled. Never a success, and not a failure of the service either.
    Throttled,
    /// It failed in any other way.
    Failed,
    /// Its own or its last attempt's time ran out.
    TimedOut,
    /// The overload policy dropped it before its first send.
    Dropped,
    /// It was still in flight when the run's grace time ended.
    Abandoned,
    /// A policy refused to send it at all, or there was no data to send it with.
    Refused,
}

impl Outcome {
    /// All of them, in the order of their indices.
    pub const ALL: [Self; 7] =
        [Self::Ok, Self::Throttled, Self::Failed, Self::TimedOut, Self::Dropped, Self::Abandoned, Self::Refused];

    /// The word for it in reports and expressions.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Dropped => "dropped",
            Self::Abandoned => "abandoned",
            Self::Refused => "refused",
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttemptOutcome {
    /// An accepted reply.
    Success,
    /// A reply that said "slow down".
    Throttled,
    /// Anything else, no reply included.
    Failed,
    /// In nothing: it was given up because another attempt of its call was faster, and one of the two was a hedge.
    Cancelled,
}

impl AttemptOutcome {
    /// All of them, in the order of their indices.
    pub const ALL: [Self; 4] = [Self::Success, Self::Throttled, Self::Failed, Self::Cancelled];

    /// The word for it in reports and expressions.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}
