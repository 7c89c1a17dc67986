//! A metric over the seconds of one run: what is kept of it while the run goes on.

use crate::plan::expression::{Measure, Subject};
use crate::record::{Interval, Taken};
use crate::stats::LatencyHistogram;

/// The most stretches of time whose distributions are kept apart; beyond that, neighbours are put together. A distribution takes
/// 180 KiB, so that a metric never takes more than 12 MiB, however long the run.
const MOST_BLOCKS: usize = 64;

/// Everything that is kept of a metric.
#[derive(Debug)]
pub(super) struct Series {
    measure: Measure,
    /// The cells that it looks at.
    cells: Vec<usize>,
    seconds: Vec<Second>,
    blocks: Vec<Block>,
    /// How many seconds a block covers: a power of two.
    block_s: u64,
}

/// A second, without its distribution.
#[derive(Clone, Copy, Debug)]
struct Second {
    index: u64,
    /// What a latency came to.
    latency: Option<f64>,
    part: u64,
    whole: u64,
}

/// The distribution of a stretch of time.
#[derive(Debug)]
struct Block {
    /// It covers the seconds from `number` × `block_s` on.
    number: u64,
    latencies: LatencyHistogram,
}

/// The stretch of a run that is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// Where the warm-up ends, in seconds from the first arrival.
    pub(super) from_s: f64,
    /// Where the run ends.
    pub(super) to_s: f64,
}

impl Span {
    /// How much of a second it covers.
    fn of_second(self, index: u64) -> f64 {
        let second = index as f64;
        ((second + 1.0).min(self.to_s) - second.max(self.from_s)).max(0.0)
    }

    /// The stretch from a later begin on.
    pub(super) fn later(self, from_s: f64) -> Self {
        Self { from_s: self.from_s.max(from_s), ..self }
    }
}

impl Series {
    pub(super) fn new(measure: Measure, cells: Vec<usize>) -> Self {
        Self { measure, cells, seconds: Vec::new(), blocks: Vec::new(), block_s: 1 }
    }

    /// Whether it is made of durations, whose distributions are kept.
    pub(super) fn is_latency(&self) -> bool {
        matches!(self.measure.subject, Some(Subject::Latency(_)))
    }

    /// Takes in a second.
    pub(super) fn second(&mut self, interval: &Interval) {
        let mut taken = Taken::default();
        for cell in self.cells.iter().filter_map(|index| interval.cells.get(*index)) {
            taken.add(cell, &self.measure);
        }
        let latency = self.is_latency().then(|| taken.observe(1.0, &self.measure)).filter(|seen| seen.samples > 0);
        let Taken { latencies, part, whole } = taken;
        self.seconds.push(Second { index: interval.index, latency: latency.map(|seen| seen.value), part, whole });
        if !latencies.is_empty() {
            self.block(interval.index / self.block_s, latencies);
        }
    }

    fn block(&mut self, number: u64, latencies: LatencyHistogram) {
        match self.blocks.last_mut() {
            Some(last) if last.number == number => last.latencies.merge(&latencies),
            _ => self.blocks.push(Block { number, latencies }),
        }
        while self.blocks.len() > MOST_BLOCKS {
            self.block_s *= 2;
            for block in std::mem::take(&mut self.blocks) {
                let number = block.number / 2;
                match self.blocks.last_mut() {
                    Some(last) if last.number == number => last.latencies.merge(&block.latencies),
                    _ => self.blocks.push(Block { number, ..block }),
                }
            }
        }
    }

    /// The value of each second of a span, in order; `None` for seconds without samples.
    pub(super) fn values(&self, span: Span) -> Vec<Option<f64>> {
        let value = |second: &Second| {
            if self.is_latency() {
                return second.latency;
            }
            let taken = Taken { part: second.part, whole: second.whole, ..Taken::default() };
            let seen = taken.observe(span.of_second(second.index), &self.measure);
            (seen.samples > 0).then_some(seen.value)
        };
        self.within(span).map(value).collect()
    }

    /// How often it happened and of how many, for each second of a span.
    pub(super) fn counts(&self, span: Span) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.within(span).map(|second| (second.part, second.whole))
    }

    fn within(&self, span: Span) -> impl Iterator<Item = &Second> + '_ {
        self.seconds.iter().filter(move |second| second.index as f64 + 1.0 > span.from_s)
    }

    /// The begin of the first block at or behind a second, in seconds: where a latency can be cut.
    pub(super) fn next_cut(&self, second: f64) -> f64 {
        if self.is_latency() {
            let block = self.block_s as f64;
            (second / block).ceil() * block
        } else {
            second
        }
    }

    /// All of a span. A block that reaches into it from before counts as a whole: what comes before is the warm-up, where
    /// nothing is recorded, or was cut at the begin of a block.
    pub(super) fn sum(&self, span: Span) -> Taken {
        let mut sum = Taken::default();
        for (part, whole) in self.counts(span) {
            sum.part += part;
            sum.whole += whole;
        }
        let ends = |block: &&Block| ((block.number + 1) * self.block_s) as f64 > span.from_s;
        self.blocks.iter().filter(ends).for_each(|block| sum.latencies.merge(&block.latencies));
        sum
    }

    /// A span in `N` parts of equal length, each with the seconds that it covers. Blocks and seconds belong where their middle lies.
    pub(super) fn parts<const N: usize>(&self, span: Span) -> [(Taken, f64); N] {
        let mut parts: [(Taken, f64); N] = std::array::from_fn(|_| (Taken::default(), 0.0));
        let length = span.to_s - span.from_s;
        let place = |middle: f64| {
            let place = (middle - span.from_s) / length * N as f64;
            // What begins before the span ends within it.
            (length > 0.0 && middle < span.to_s).then_some((place.max(0.0) as usize).min(N - 1))
        };
        for second in self.within(span) {
            if let Some(part) = place(second.index as f64 + 0.5) {
                let (taken, seconds) = &mut parts[part];
                taken.part += second.part;
                taken.whole += second.whole;
                *seconds += span.of_second(second.index);
            }
        }
        for block in &self.blocks {
            let ends = ((block.number + 1) * self.block_s) as f64;
            let middle = (block.number as f64 + 0.5) * self.block_s as f64;
            if let Some(part) = place(middle).filter(|_| ends > span.from_s) {
                parts[part].0.latencies.merge(&block.latencies);
            }
        }
        parts
    }
}
