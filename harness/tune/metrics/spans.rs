//! Things counted in equal spans of time.

use crate::units::Nanos;

/// Counts in spans of the same length that follow each other from an origin.
#[derive(Clone, Debug)]
pub(in crate::tune) struct Spans {
    origin: Nanos,
    length: Nanos,
    /// So many in each.
    pub(in crate::tune) counts: Vec<u64>,
}

impl Spans {
    /// The most spans that are kept: half an hour of tenths of a second, many times over.
    const MOST: u64 = 1 << 20;

    /// Nothing counted yet.
    pub(in crate::tune) fn new(origin: Nanos, length: Nanos) -> Self {
        Self { origin, length, counts: Vec::new() }
    }

    /// At least as many spans as reach to an instant, so that empty ones at the end count too.
    pub(in crate::tune) fn reaching(mut self, end: Nanos) -> Self {
        let spans = (end - self.origin).as_nanos().div_ceil(self.length.as_nanos()).min(Self::MOST);
        self.counts.resize(spans as usize, 0);
        self
    }

    /// One more at an instant; what lies before the origin is not counted.
    pub(in crate::tune) fn add(&mut self, at: Nanos) {
        if at < self.origin {
            return;
        }
        let span = ((at - self.origin).as_nanos() / self.length.as_nanos()).min(Self::MOST) as usize;
        if span >= self.counts.len() {
            self.counts.resize(span + 1, 0);
        }
        self.counts[span] += 1;
    }

    /// The sum over `spans` spans from number `first`; beyond the end is nothing.
    pub(in crate::tune) fn sum(&self, first: usize, spans: usize) -> u64 {
        self.counts.iter().skip(first).take(spans).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_its_begin_and_not_its_end() {
        let second = Nanos::from_secs(1);
        let mut spans = Spans::new(second, second).reaching(Nanos::from_secs(4));
        for millis in [999, 1_000, 1_999, 2_000, 5_500] {
            spans.add(Nanos::from_millis(millis));
        }
        assert_eq!(spans.counts, [2, 1, 0, 0, 1]);
        assert_eq!((spans.sum(0, 2), spans.sum(4, 9)), (3, 1));
    }
}
