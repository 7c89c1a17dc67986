//! The kinds of limiters that can be told apart from outside.

/// A kind of limiter, as far as its answers tell. Kinds that give the same answers to the same requests are one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A token bucket that refills continuously, GCRA, or a leaky bucket used as a meter: nobody can tell them apart from outside.
    Bucket,
    /// A token bucket that refills in steps.
    SteppedBucket,
    /// A leaky bucket that holds requests back.
    Shaper,
    /// Windows that begin at multiples of their length.
    FixedWindow,
    /// Windows that begin with the first request.
    AnchoredWindow,
    /// A window that slides, exactly.
    SlidingLog,
    /// A window that slides, by two counters.
    SlidingCounter,
    /// So many at the same time.
    Concurrency,
    /// So many at the same time as the latency allows: its limit moves.
    Adaptive,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::Bucket,
        Self::SteppedBucket,
        Self::Shaper,
        Self::FixedWindow,
        Self::AnchoredWindow,
        Self::SlidingLog,
        Self::SlidingCounter,
        Self::Concurrency,
        Self::Adaptive,
    ];

    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bucket => "token_bucket",
            Self::SteppedBucket => "stepped_token_bucket",
            Self::Shaper => "shaper",
            Self::FixedWindow => "fixed_window",
            Self::AnchoredWindow => "anchored_window",
            Self::SlidingLog => "sliding_window_log",
            Self::SlidingCounter => "sliding_window_counter",
            Self::Concurrency => "concurrency",
            Self::Adaptive => "adaptive",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Bucket => "token bucket",
            Self::SteppedBucket => "token bucket that refills in steps",
            Self::Shaper => "leaky bucket that holds requests back",
            Self::FixedWindow => "fixed window on the clock",
            Self::AnchoredWindow => "fixed window from the first request",
            Self::SlidingLog => "sliding window",
            Self::SlidingCounter => "sliding window by two counters",
            Self::Concurrency => "limit on concurrent requests",
            Self::Adaptive => "concurrency limit that follows the latency",
        }
    }

    /// What cannot be told from it, by their names in the grammar.
    pub fn same_as(self) -> &'static [&'static str] {
        match self {
            Self::Bucket => &["gcra", "leaky_bucket with burst"],
            _ => &[],
        }
    }
}
