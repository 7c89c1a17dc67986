//! From the lanes' seconds to the journal, on a thread of its own: no arrival waits for a compression.

use std::collections::BTreeMap;
use std::sync::mpsc;

use super::loop_watch::LoopWatch;
use super::system_counters::SystemCounters;
use super::thread_time::ThreadTime;
use crate::lane::Lane;
use crate::record::Interval;
use crate::time::MonotonicClock;
use crate::transport::Transport;
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
    last_time: ThreadTime,
    last_at: Nanos,
    /// Whether the lane's loop comes round in time.
    watch: LoopWatch,
}

/// The collector's side of all lanes.
#[derive(Debug)]
pub(super) struct Collector {
    from_lanes: mpsc::Receiver<FromLane>,
    to_lanes: Vec<mpsc::Sender<Interval>>,
    waiting: BTreeMap<u64, (usize, Interval)>,
    lanes: usize,
    done: usize,
    counters: SystemCounters,
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
            sides.push(Self {
                cells,
                clients,
                clock,
                to_collector,
                empty,
                last_time: ThreadTime::default(),
                last_at: Nanos::ZERO,
                watch: LoopWatch::default(),
            });
        }
        let counters = SystemCounters::begin("/proc");
        let collector = Collector { from_lanes, to_lanes, waiting: BTreeMap::new(), lanes, done: 0, counters };
        (sides, collector)
    }

    /// The lane's thread begins its work.
    pub(super) fn begin(&mut self) {
        self.last_time = ThreadTime::after(ThreadTime::default());
        self.last_at = self.clock.now();
    }

    /// The lane's loop begins a round.
    pub(super) fn round(&mut self, now: Nanos) {
        self.watch.look(now);
    }

    /// The lane's loop will wait until then, or less.
    pub(super) fn will_wait(&mut self, until: Nanos) {
        self.watch.will_wait(until);
    }

    /// Hands over the lane's current second. The buffer that takes its place has been used before, after the first two.
    pub fn hand_over(&mut self, lane: &mut Lane, transport: &mut impl Transport) {
        let empty = self.empty.try_recv().unwrap_or_else(|_| Interval::new(self.cells, self.clients));
        self.send(lane.take_interval(empty), transport);
    }

    /// Sends a second with what it cost.
    pub(super) fn send(&mut self, mut interval: Interval, transport: &mut impl Transport) {
        interval.connections = transport.take_connections();
        interval.troubles = transport.take_troubles();
        let (time, at) = (ThreadTime::after(self.last_time), self.clock.now());
        let (spent, elapsed) = (time.since(self.last_time), at - self.last_at);
        let share = |part: Nanos| {
            if elapsed == Nanos::ZERO { 0.0 } else { (part.as_secs_f64() / elapsed.as_secs_f64()).min(1.0) }
        };
        let gauges = &mut interval.gauges;
        gauges.busy = spent.on_cpu - transport.take_spun();
        gauges.elapsed = elapsed;
        // A lane that is ready has work to do; that others have the processor leaves it no more time than its own work would.
        gauges.busiest = share(gauges.busy + spent.starved);
        gauges.starved = share(spent.starved);
        gauges.stalls = self.watch.take();
        (self.last_time, self.last_at) = (time, at);
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
    pub(super) fn run(mut self, mut each: impl FnMut(&mut Interval)) {
        while self.done < self.lanes {
            match self.from_lanes.recv() {
                Ok(FromLane::Interval(interval)) => self.take(*interval, &mut each),
                Ok(FromLane::Done) => self.done += 1,
                // All senders are gone: a lane has failed, and its thread's result says how.
                Err(_) => break,
            }
        }
        while let Some((_, (_, mut interval))) = self.waiting.pop_first() {
            each(&mut interval);
        }
    }

    fn take(&mut self, interval: Interval, each: &mut impl FnMut(&mut Interval)) {
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
            let change = self.counters.since_last();
            merged.gauges.steal = change.steal;
            merged.gauges.swapped = change.swapped;
            merged.gauges.backlog_drops = change.backlog_drops;
            each(&mut merged);
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
