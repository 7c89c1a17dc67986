//! Delays that were long enough to be counted.

use serde::{Deserialize, Serialize};

use crate::units::Nanos;

/// How many delays there were, how long in all, and the longest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delays {
    /// How many.
    pub count: u64,
    /// All of them together.
    pub total: Nanos,
    /// The longest.
    pub longest: Nanos,
}

impl Delays {
    /// Counts one.
    pub fn add(&mut self, delay: Nanos) {
        self.merge(&Self { count: 1, total: delay, longest: delay });
    }

    /// Adds those of another. Associative and commutative.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }
}
