//! From the lanes' seconds to the journal, on a thread of its own: no arrival waits for a compression.

use std::collections::BTreeMap;
use std::sync::mpsc;

use super::machine::{Steal, thread_cpu_time};
use crate::lane::Lane;
use crate::record::{ConnectionRecord, Interval};
use crate::time::MonotonicClock;
use crate::units::Nanos;

/// What a lane sends to the collector.
#[derive(Debug)]
pub(super) enum FromLane {
    /// A full second.
    Interval(Box<Interval>),
    /// The lane is done; its last second, which is partial, came before.
    Done,
}

/// A lane's side: hands over full seconds and gets empty buffers back.
#[derive(Debug)]
pub struct Seconds {
    cells: usize,
    clients: usize,
    clock: MonotonicClock,
    to_collector: mpsc::Sender<FromLane>,
    empty: mpsc::Receiver<Interval>,
    last_cpu: Nanos,
    last_at: Nanos,
}

/// The collector's side of all lanes.
#[derive(Debug)]
pub(super) struct Collector {
    from_lanes: mpsc::Receiver<FromLane>,
    to_lanes: Vec<mpsc::Sender<Interval>>,
    waiting: BTreeMap<u64, (usize, Interval)>,
    lanes: usize,
    done: usize,
    steal: Steal,
}

impl Seconds {
    /// Joins a collector and its lanes.
    pub(super) fn connect(lanes: usize, cells: usize, clients: usize, clock: MonotonicClock) -> (Vec<Self>, Collector) {
        let (to_collector, from_lanes) = mpsc::channel();
        let mut sides = Vec::new();
        let mut to_lanes = Vec::new();
        for _ in 0..lanes {
            let (give_back, empty) = mpsc::channel();
            to_lanes.push(give_back);
            let to_collector = to_collector.clone();
            let (last_cpu, last_at) = (Nanos::ZERO, Nanos::ZERO);
            sides.push(Self { cells, clients, clock, to_collector, empty, last_cpu, last_at });
        }
        let collector =
            Collector { from_lanes, to_lanes, waiting: BTreeMap::new(), lanes, done: 0, steal: Steal::begin() };
        (sides, collector)
    }

    /// The lane's thread begins its work.
    pub(super) fn begin(&mut self) {
        self.last_cpu = thread_cpu_time();
        self.last_at = self.clock.now();
    }

    /// Hands over the lane's current second. The buffer that takes its place has been used before, after the first two.
    pub fn hand_over(&mut self, lane: &mut Lane, connections: ConnectionRecord) {
        let empty = self.empty.try_recv().unwrap_or_else(|_| Interval::new(self.cells, self.clients));
        let mut interval = lane.take_interval(empty);
        interval.connections = connections;
        self.send(interval);
    }

    /// Sends a second with what it cost.
    pub(super) fn send(&mut self, mut interval: Interval) {
        let (cpu, at) = (thread_cpu_time(), self.clock.now());
        interval.gauges.busy = cpu - self.last_cpu;
        interval.gauges.elapsed = at - self.last_at;
        (self.last_cpu, self.last_at) = (cpu, at);
        // A collector that is gone has failed, and its thread's result says so.
        let _ = self.to_collector.send(FromLane::Interval(Box::new(interval)));
    }

    /// The lane is done.
    pub(super) fn end(self) {
        let _ = self.to_collector.send(FromLane::Done);
    }
}

impl Collector {
    /// Calls `each` for every second of the run, in order, with all lanes added up, until all lanes are done.
    pub(super) fn run(mut self, mut each: impl FnMut(&Interval)) {
        while self.done < self.lanes {
            match self.from_lanes.recv() {
                Ok(FromLane::Interval(interval)) => self.take(*interval, &mut each),
                Ok(FromLane::Done) => self.done += 1,
                // All senders are gone: a lane has failed, and its thread's result says how.
                Err(_) => break,
            }
        }
        while let Some((_, (_, interval))) = self.waiting.pop_first() {
            each(&interval);
        }
    }

    fn take(&mut self, interval: Interval, each: &mut impl FnMut(&Interval)) {
        let index = interval.index;
        let (lanes, merged) = match self.waiting.remove(&index) {
            None => (1, interval),
            Some((lanes, mut merged)) => {
                merged.merge(&interval);
                self.give_back(interval);
                (lanes + 1, merged)
            }
        };
        self.waiting.insert(index, (lanes, merged));
        // A second is complete once every lane that still runs has told it.
        while let Some(entry) = self.waiting.first_entry()
            && entry.get().0 + self.done >= self.lanes
        {
            let (_, mut merged) = entry.remove();
            merged.gauges.steal = self.steal.since_last();
            each(&merged);
            self.give_back(merged);
        }
    }

    fn give_back(&self, interval: Interval) {
        // To whichever lane: buffers of one plan are alike. The first lane always takes part.
        if let Some(lane) = self.to_lanes.get(interval.index as usize % self.to_lanes.len().max(1)) {
            let _ = lane.send(interval);
        }
    }
}
