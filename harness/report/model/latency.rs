//! How a latency is told: count, mean, extremes and a list of percentiles. The unit stands in the parent's name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::text::Text;

/// The percentiles that every latency block lists: the quantile and its label.
pub const PERCENTILES: [(f64, &str); 7] =
    [(0.5, "p50"), (0.75, "p75"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (0.999, "p99.9"), (0.9999, "p99.99")];

/// A distribution of latencies. All values share the unit that the name of the block ends in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Latency {
    /// Number of samples. Where it is zero, the other numbers are zero and mean nothing.
    pub count: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// Percentiles by nearest rank, in rising order of `q`; empty where there are no samples.
    pub percentiles: Vec<Percentile>,
}

/// One percentile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Percentile {
    /// The quantile, 0 to 1.
    pub q: f64,
    /// The quantile as people write it: `p99.9`.
    pub label: Text,
    /// The value that a share `q` of the samples does not exceed.
    pub value: f64,
    /// How many samples lie above the value; below ten, the value is little more than an anecdote.
    pub samples_above: u64,
}

impl Latency {
    /// The value of a listed percentile; none where it is not listed or there are no samples.
    pub fn at(&self, q: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        self.percentiles.iter().find(|p| (p.q - q).abs() < 1e-9).map(|p| p.value).filter(|value| value.is_finite())
    }

    /// The mean; none where there are no samples.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0 && self.mean.is_finite()).then_some(self.mean)
    }

    /// The largest sample; none where there are no samples.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0 && self.max.is_finite()).then_some(self.max)
    }
}
