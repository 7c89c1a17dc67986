//! Counters by HTTP status.

use serde::{Deserialize, Serialize};

/// How often each status came, ascending by status. A service uses a handful, so a sorted vector is the fastest map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusCounts(Vec<(u16, u64)>);

impl StatusCounts {
    /// Adds to a status.
    pub fn add(&mut self, status: u16, count: u64) {
        match self.0.binary_search_by_key(&status, |(known, _)| *known) {
            Ok(index) => self.0[index].1 += count,
            Err(index) => self.0.insert(index, (status, count)),
        }
    }

    /// How often a status came.
    pub fn get(&self, status: u16) -> u64 {
        self.0.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count)
    }

    /// All statuses that came, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (u16, u64)> + '_ {
        self.0.iter().copied().filter(|(_, count)| *count > 0)
    }

    /// Adds all counts of another.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|&(status, count)| self.add(status, count));
    }

    /// Back to zero; the memory is kept.
    pub fn reset(&mut self) {
        self.0.iter_mut().for_each(|(_, count)| *count = 0);
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, count)| *count == 0)
    }
}
