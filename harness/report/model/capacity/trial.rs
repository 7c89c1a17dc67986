//! The trials of a search.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::{Passage, Text};
use super::CapacityConstraintKind;

/// A constant load for a while, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityTrial {
    /// Its number, from 1.
    pub number: u32,
    /// What it was for.
    pub purpose: CapacityPurpose,
    /// The load: calls a second, or users.
    pub load: f64,
    /// Whether the load was sustained: no objective was violated. Says nothing where `void` or `fatal` is there.
    pub ok: bool,
    /// What it violated first; absent where it held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub violates: Option<CapacityConstraintKind>,
    /// Why it says nothing about the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<Passage>,
    /// What ended the search with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fatal: Option<Passage>,
    /// How long it was loaded before it was measured, in seconds.
    pub settle_s: f64,
    /// How long was measured, in seconds.
    pub measured_s: f64,
    /// How long it took in all, setup and drain included, in seconds.
    pub took_s: f64,
    /// The seed of its draws.
    pub seed: u64,
    /// The name of its folder; empty where nothing was kept.
    pub run_id: Text,
    /// Calls that fell due, a second.
    pub offered_per_s: f64,
    /// Calls that were sent, a second.
    pub sent_per_s: f64,
    /// Calls that ended well, a second.
    pub goodput_per_s: f64,
    /// First attempts that were throttled, as a share of all.
    pub throttled_ratio: f64,
    /// Calls that failed for another reason, as a share of all.
    pub failed_ratio: f64,
    /// Calls that ended.
    pub calls: u64,
    /// The mean response time, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
    /// The median of the response times, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    /// Their 99th percentile, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// Calls that were outstanding, second by second.
    pub outstanding: Vec<f64>,
    /// Attempts for each call.
    pub attempts_per_call: f64,
    /// The 99th percentile of the generator's lag, in milliseconds.
    pub lag_p99_ms: f64,
    /// The share of its time for which the busiest lane of the generator was busy.
    pub busy_ratio: f64,
    /// What each objective came to, in the order of the scenario.
    pub objectives: Vec<CapacityReading>,
}

/// What a trial was for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityPurpose {
    /// How much the generator can send, against a server that does nothing.
    Calibrate,
    /// How fast the target answers when it has next to nothing to do.
    Idle,
    /// Where the range is.
    Range,
    /// Where in the range.
    #[default]
    Search,
    /// Whether the target is well again after an overload.
    Recover,
    /// Whether the answer holds.
    Verify,
}

/// What an objective came to in a trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityReading {
    /// The measure's value in the objective's unit; absent without samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Events that are bad by it: samples slower than its limit, or what its share counts.
    pub bad: u64,
    /// Of how many.
    pub of: u64,
    /// How much more the counts of seconds vary than independent events would, at least 1.
    pub dispersion: f64,
    /// Whether it held.
    pub ok: bool,
}
