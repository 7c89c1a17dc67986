//! Data that a scenario brings along.

use serde_json::Value;

/// A data file, loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Feeder {
    /// Its name in the scenario.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, each with a value for every column. At least one. A shuffled file is shuffled here, when the plan is made.
    pub rows: Vec<Box<[Value]>>,
    /// In which order rows are taken.
    pub order: FeederOrder,
}

/// In which order rows are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeederOrder {
    /// One after another, round and round.
    Sequential,
    /// Any one, all equally likely.
    Random,
}
