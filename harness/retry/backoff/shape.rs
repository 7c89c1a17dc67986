//! The names of the shapes.

/// How waits grow and how they are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Always the base.
    Constant,
    /// The base, and a step more each time.
    Linear,
    /// The base, times the multiplier each time.
    Exponential,
    /// Anything from nothing to the exponential wait.
    FullJitter,
    /// Half of the exponential wait, and anything up to the other half.
    EqualJitter,
    /// Anything from the base to three times the last wait.
    DecorrelatedJitter,
    /// The exponential wait, give or take a part.
    ProportionalJitter,
    /// The base, times 1, 1, 2, 3, 5, 8, …
    Fibonacci,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Constant,
        Self::Linear,
        Self::Exponential,
        Self::FullJitter,
        Self::EqualJitter,
        Self::DecorrelatedJitter,
        Self::ProportionalJitter,
        Self::Fibonacci,
    ];

    /// The word for it in scenario files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Linear => "linear",
            Self::Exponential => "exponential",
            Self::FullJitter => "full_jitter",
            Self::EqualJitter => "equal_jitter",
            Self::DecorrelatedJitter => "decorrelated_jitter",
            Self::ProportionalJitter => "proportional_jitter",
            Self::Fibonacci => "fibonacci",
        }
    }

    /// Whether two clients that failed at the same instant wait for different times.
    pub const fn has_jitter(self) -> bool {
        matches!(self, Self::FullJitter | Self::EqualJitter | Self::DecorrelatedJitter | Self::ProportionalJitter)
    }
}
