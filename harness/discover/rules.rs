//! What a discovery may do.

use crate::units::{Nanos, Rate};

/// What a discovery may do, and what it looks for besides the limiter itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The most requests.
    pub requests: u64,
    /// The longest time, silences included.
    pub duration: Nanos,
    /// The highest rate of a second. Volleys are sent at once, and are bounded by `requests` alone.
    pub max_rate: Rate,
    /// The first silence, and how long a limiter is thought to need until it is as new.
    pub quiet: Nanos,
    /// What may tell one bucket from another.
    pub dimensions: Vec<Dimension>,
    /// What may change the cost of a request.
    pub cost: Option<CostProbe>,
    /// Decides every draw: phases of probes, the rates of the validation.
    pub seed: u64,
}

/// Something that may tell one bucket from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// As the scenario names it: `header.X-Api-Key`, `path`, `address`.
    pub name: String,
    /// Requests that differ in it alone; the first is 0, the request as it is written. At least two.
    pub variants: Vec<u32>,
}

/// Requests of another cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostProbe {
    /// As the scenario names it: `query.count`, `batch.items`.
    pub name: String,
    /// The request that costs little, and how much that is by its own words.
    pub small: (u32, u32),
    /// The request that costs much, and how much that is.
    pub large: (u32, u32),
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            requests: 2_000,
            duration: Nanos::from_secs(90),
            max_rate: Rate::nearest(200.0),
            quiet: Nanos::from_secs(10),
            dimensions: Vec::new(),
            cost: None,
            seed: 1,
        }
    }
}
