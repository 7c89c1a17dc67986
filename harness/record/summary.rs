//! Everything recorded, added up.

use super::cell::CellRecord;
use super::connection::ConnectionRecord;
use super::interval::{ClientCounts, Interval};
use super::trouble::Troubles;

/// The sum of intervals. Adding is associative and commutative, so lanes, seconds and machines add up exactly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// One for each cell of the plan.
    pub cells: Vec<CellRecord>,
    /// One for each client of the plan.
    pub clients: Vec<ClientCounts>,
    /// Connections that were made.
    pub connections: ConnectionRecord,
    /// An example of each kind of trouble with the wire.
    pub troubles: Troubles,
}

impl Summary {
    /// An empty summary for a plan.
    pub fn new(cells: usize, clients: usize) -> Self {
        Self {
            cells: vec![CellRecord::default(); cells],
            clients: vec![ClientCounts::default(); clients],
            connections: ConnectionRecord::default(),
            troubles: Troubles::default(),
        }
    }

    /// Adds an interval.
    pub fn add(&mut self, interval: &Interval) {
        self.cells.iter_mut().zip(&interval.cells).for_each(|(mine, theirs)| mine.merge(theirs));
        self.clients.iter_mut().zip(&interval.clients).for_each(|(mine, theirs)| mine.merge(theirs));
        self.connections.merge(&interval.connections);
        self.troubles.merge(&interval.troubles);
    }

    /// Adds another summary of the same plan.
    pub fn merge(&mut self, other: &Self) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(mine, theirs)| mine.merge(theirs));
        self.clients.iter_mut().zip(&other.clients).for_each(|(mine, theirs)| mine.merge(theirs));
        self.connections.merge(&other.connections);
        self.troubles.merge(&other.troubles);
    }

    /// The cells for which `wanted` holds of their index, added up.
    pub fn sum(&self, wanted: impl Fn(usize) -> bool) -> CellRecord {
        let mut sum = CellRecord::default();
        self.cells.iter().enumerate().filter(|(index, _)| wanted(*index)).for_each(|(_, cell)| sum.merge(cell));
        sum
    }
}

#[cfg(test)]
#[path = "summary_tests.rs"]
mod tests;
