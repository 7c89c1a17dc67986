//! The kinds of failures.

/// What a failed attempt calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The service said that this caller, or everyone, is asking too much.
    Throttling,
    /// The service or the wire hiccuped.
    Transient,
    /// No reply in time.
    Timeout,
    /// Asking again would get the same answer.
    Permanent,
}

impl FailureKind {
    /// All of them, in the order of their indices.
    pub const ALL: [Self; 4] = [Self::Throttling, Self::Transient, Self::Timeout, Self::Permanent];

    /// The word for it in scenario files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Throttling => "throttling",
            Self::Transient => "transient",
            Self::Timeout => "timeout",
            Self::Permanent => "permanent",
        }
    }
}
