//! What was done: stages, every probe, and what the model made of it over time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::{Passage, Text};

/// A part of a discovery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverStage {
    /// What it is: `baseline`, `ramp`, `saturation` …
    pub name: Text,
    /// Why it was done.
    pub why: Passage,
    /// When it began, from the begin of the probing.
    pub from_s: f64,
    /// When it ended.
    pub to_s: f64,
    /// Its first stretch of probes.
    pub first_stretch: u32,
    /// Its last one; both are included.
    pub last_stretch: u32,
    /// Its requests.
    pub requests: u64,
}

/// Probes as columns of equal length, in the order of sending.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverProbes {
    /// Probes beyond the most that are kept; zero where these are all.
    pub left_out: u64,
    /// When each was sent, from the begin of the probing.
    pub sent_s: Vec<f64>,
    /// From sent to the last byte of its reply.
    pub took_ms: Vec<f64>,
    /// Its stretch: probes that belong together.
    pub stretch: Vec<u32>,
    /// Which request it was: 0 is the operation as it is written.
    pub variant: Vec<u32>,
    /// What became of it.
    pub outcome: Vec<DiscoverOutcome>,
}

/// What became of a probe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscoverOutcome {
    /// It was let in.
    #[default]
    Accepted,
    /// It was throttled.
    Throttled,
    /// It was answered with something else.
    Failed,
    /// It got no answer.
    Broken,
}

/// What a model holds over time, as columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverLevel {
    /// When, from the begin of the probing.
    pub at_s: Vec<f64>,
    /// How many requests it would have let in at once.
    pub requests: Vec<f64>,
}
