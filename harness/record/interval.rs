//! One second of recording: what a lane hands over and the journal keeps.

use serde::{Deserialize, Serialize};

use super::cell::CellRecord;
use super::connection::ConnectionRecord;
use super::delays::Delays;
use super::trouble::Troubles;
use crate::units::Nanos;

/// One second of recording, or the part of one at the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its number, from the first arrival; interval `n` covers second `n` to `n + 1`.
    pub index: u64,
    /// One for each cell of the plan.
    #[serde(with = "sparse")]
    pub cells: Vec<CellRecord>,
    /// What went on in it, warm-up included.
    pub gauges: Gauges,
    /// One for each client of the plan.
    pub clients: Vec<ClientCounts>,
    /// Connections that were made in it.
    #[serde(default)]
    pub connections: ConnectionRecord,
    /// Examples of what happened to the wire for the first time; empty as a rule.
    #[serde(default, skip_serializing_if = "Troubles::is_empty")]
    pub troubles: Troubles,
}

/// What went on in a second, warm-up included: the picture over time, not the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gauges {
    /// Calls that fell due.
    pub offered: u64,
    /// First attempts that were sent.
    pub sent: u64,
    /// Further attempts that were sent.
    pub retries: u64,
    /// Attempts that were accepted.
    pub ok: u64,
    /// Attempts that were answered with "slow down".
    pub throttled: u64,
    /// Attempts that failed in any other way.
    pub failed: u64,
    /// Calls that were dropped by the overload policy.
    pub dropped: u64,
    /// Calls that were not sent by decision of a policy, or for want of data.
    pub refused: u64,
    /// Attempts in flight at its end.
    pub in_flight: u64,
    /// Calls that waited for admission at its end.
    pub queued: u64,
    /// Attempts that waited because every connection of their lane was in use, and for how long.
    pub connection_waits: Delays,
    /// How long the lanes were at work, summed over lanes.
    pub busy: Nanos,
    /// How long they had, summed over lanes.
    pub elapsed: Nanos,
    /// The share of its time that the busiest lane was at work or ready to work, in [0, 1].
    pub busiest: f64,
    /// The share of its time that a lane wanted a processor and got none: that of the lane which waited longest, in [0, 1].
    pub starved: f64,
    /// When a lane's loop came round later than it should have.
    pub stalls: Delays,
    /// The share of the machine's time that its host took away, in [0, 1].
    pub steal: f64,
    /// Pages that the machine moved between memory and swap.
    pub swapped: u64,
    /// Requests to connect that the machine dropped because a listen backlog on it was full. They tell of the target only where
    /// it is on this machine.
    pub backlog_drops: u64,
}

/// What a client did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCounts {
    /// Ended calls.
    pub calls: u64,
    /// Of those, calls that ended well.
    pub ok: u64,
    /// Ended attempts.
    pub attempts: u64,
    /// Of those, attempts that were throttled.
    pub throttled: u64,
}

impl Gauges {
    /// Adds what another lane saw in the same second.
    pub fn merge(&mut self, other: &Self) {
        self.offered += other.offered;
        self.sent += other.sent;
        self.retries += other.retries;
        self.ok += other.ok;
        self.throttled += other.throttled;
        self.failed += other.failed;
        self.dropped += other.dropped;
        self.refused += other.refused;
        self.in_flight += other.in_flight;
        self.queued += other.queued;
        self.connection_waits.merge(&other.connection_waits);
        self.busy += other.busy;
        self.elapsed += other.elapsed;
        // One lane that cannot keep up makes its calls late, however idle the others are.
        self.busiest = self.busiest.max(other.busiest);
        self.starved = self.starved.max(other.starved);
        self.stalls.merge(&other.stalls);
        // Lanes share the machine, so they saw the same of it.
        self.steal = self.steal.max(other.steal);
        self.swapped = self.swapped.max(other.swapped);
        self.backlog_drops = self.backlog_drops.max(other.backlog_drops);
    }
}

impl ClientCounts {
    /// Adds the counts of another interval or lane.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.ok += other.ok;
        self.attempts += other.attempts;
        self.throttled += other.throttled;
    }
}

impl Interval {
    /// An empty interval for a plan.
    pub fn new(cells: usize, clients: usize) -> Self {
        Self {
            index: 0,
            cells: vec![CellRecord::default(); cells],
            gauges: Gauges::default(),
            clients: vec![ClientCounts::default(); clients],
            connections: ConnectionRecord::default(),
            troubles: Troubles::default(),
        }
    }

    /// Adds what another lane recorded in the same second.
    pub fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.cells.len(), other.cells.len());
        self.cells.iter_mut().zip(&other.cells).for_each(|(mine, theirs)| mine.merge(theirs));
        self.clients.iter_mut().zip(&other.clients).for_each(|(mine, theirs)| mine.merge(theirs));
        self.gauges.merge(&other.gauges);
        self.connections.merge(&other.connections);
        self.troubles.merge(&other.troubles);
    }

    /// Back to nothing; the memory is kept.
    pub fn reset(&mut self) {
        self.cells.iter_mut().for_each(CellRecord::reset);
        self.clients.fill(ClientCounts::default());
        self.gauges = Gauges::default();
        self.connections = ConnectionRecord::default();
        self.troubles.clear();
    }
}

/// In the journal a second holds the cells in which something happened: `[[index, cell], …]` behind their number.
mod sparse {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::CellRecord;

    #[derive(Serialize)]
    struct Written<'a> {
        len: usize,
        used: Vec<(usize, &'a CellRecord)>,
    }

    #[derive(Deserialize)]
    struct Read {
        len: usize,
        used: Vec<(usize, CellRecord)>,
    }

    /// More cells than any scenario has; a damaged journal must not take all memory.
    const MOST_CELLS: usize = 10_000;

    pub(super) fn serialize<S: Serializer>(cells: &[CellRecord], serializer: S) -> Result<S::Ok, S::Error> {
        let used = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).collect();
        Written { len: cells.len(), used }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CellRecord>, D::Error> {
        let read = Read::deserialize(deserializer)?;
        if read.len > MOST_CELLS || read.used.iter().any(|(index, _)| *index >= read.len) {
            return Err(serde::de::Error::custom("a cell of the journal is out of place"));
        }
        let mut cells = vec![CellRecord::default(); read.len];
        for (index, cell) in read.used {
            cells[index] = cell;
        }
        Ok(cells)
    }
}
