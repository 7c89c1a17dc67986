//! The curve of a search, and what it indicates.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A load, its trials added up. Trials that say nothing about the target count in `void` alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityPoint {
    /// The load: calls a second, or users.
    pub load: f64,
    /// Calls that fell due, a second.
    pub offered_per_s: f64,
    /// Calls that ended well, a second.
    pub goodput_per_s: f64,
    /// Calls that were throttled, a second.
    pub throttled_per_s: f64,
    /// The mean response time, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
    /// The median of the response times, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    /// Their 99th percentile, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// Trials that count.
    pub trials: u32,
    /// Of those: how many violate an objective.
    pub violations: u32,
    /// Trials that say nothing about the target.
    pub void: u32,
}

/// The knee: an indication, and no promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityKnee {
    /// The load with the most goodput for each second of mean response (Kleinrock's power).
    pub load: f64,
    /// The load that Kneedle picks; absent where it picks none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kneedle_load: Option<f64>,
}

/// The universal scalability law, X(N) = γN / (1 + σ(N − 1) + κN(N − 1)): an indication, and no promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityUsl {
    /// γ: calls a second of one call at a time.
    pub gamma_per_s: f64,
    /// σ: contention.
    pub sigma: f64,
    /// κ: coherency.
    pub kappa: f64,
    /// How well it fits, at most 1.
    pub r_squared: f64,
    /// The largest goodput that it foresees within twice the largest concurrency that was seen.
    pub peak_per_s: CapacityPeak,
}

/// A value and its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityPeak {
    /// The lower end.
    pub low: f64,
    /// The best estimate.
    pub best: f64,
    /// The upper end.
    pub high: f64,
}
