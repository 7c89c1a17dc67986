//! What the front knows of itself besides its answers: connections, bytes, and how long answers took.

use std::cell::{Cell, RefCell};

use crate::units::Nanos;

/// The upper ends of the histogram's buckets, in microseconds.
pub(super) const BUCKETS: [u64; 13] =
    [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000];

/// Counters that only grow, and gauges that also fall.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    /// Connections that were accepted.
    pub(super) accepted: Counter,
    /// Connections that were closed at once, because there were too many.
    pub(super) turned_away: Counter,
    /// Connections that were closed because the client took too long.
    pub(super) late: Counter,
    /// Connections at present.
    pub(super) connections: Cell<u64>,
    /// Requests that have come and are not answered yet.
    pub(super) in_flight: Cell<u64>,
    /// Requests that a limiter turned away.
    pub(super) throttled: Counter,
    /// Bytes from clients.
    pub(super) received: Counter,
    /// Bytes to clients.
    pub(super) sent: Counter,
    /// How long answers took, from the head of the request to the reply.
    pub(super) durations: RefCell<Durations>,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(Cell<u64>);

impl Counter {
    pub(super) fn add(&self, more: u64) {
        self.0.set(self.0.get() + more);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.get()
    }
}

/// A histogram with fixed buckets.
#[derive(Clone, Debug, Default)]
pub(super) struct Durations {
    /// One for each of [`BUCKETS`], and one for what is longer.
    pub(super) counts: [u64; BUCKETS.len() + 1],
    pub(super) sum: Nanos,
}

impl Durations {
    pub(super) fn record(&mut self, duration: Nanos) {
        let bucket = BUCKETS.partition_point(|&end| end * 1_000 < duration.as_nanos());
        self.counts[bucket] += 1;
        self.sum += duration;
    }
}
