//! A server that stops answering now and then: for how long it holds a reply back.

/// Stalls of one length, one at the end of each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stall {
    /// From the beginning of one period to that of the next, in nanoseconds.
    pub(crate) period: u64,
    /// How long the stall at the end of a period is, in nanoseconds.
    pub(crate) length: u64,
}

impl Stall {
    /// One second in every five.
    pub(crate) const ONE_IN_FIVE: Self = Self { period: 5_000_000_000, length: 1_000_000_000 };

    /// How long the reply to a request is held back that arrives so long after the first one, in nanoseconds.
    pub(crate) fn held(self, since_first: u64) -> u64 {
        let phase = since_first % self.period;
        if phase < self.period - self.length { 0 } else { self.period - phase }
    }
}
