//! A candidate: where it stands, and the measures that put it there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::{Passage, Text};
use super::Unit;

/// A candidate under a model of arrivals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CandidateRow {
    /// Its place, from 1.
    pub place: u32,
    /// Why it stands there.
    pub standing: Standing,
    /// Whether its score cannot be told from that of the one before it.
    pub tied: bool,
    /// What is at least as good in every respect and better in one; only where `standing` is `dominated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dominated_by: Option<Text>,
    /// Its name: the policy's, and what the sweep has set.
    pub name: Text,
    /// The policy that it was made from.
    pub base: Text,
    /// What the sweep has set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub swept: Vec<Swept>,
    /// Under which arrivals.
    pub arrivals: Arrivals,
    /// The score, 0 to 1; more is better.
    pub score: Estimated,
    /// Its measures.
    pub measures: Measures,
    /// What became of each trigger, the shortest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recoveries: Vec<Recovered>,
    /// Whether a trigger is long enough to keep it down; absent where none was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vulnerability: Option<Vulnerability>,
    /// The requirements that it fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fails: Vec<Failing>,
    /// Its definition in a scenario.
    pub yaml: Passage,
}

/// Why a candidate stands where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing is better in every respect.
    #[default]
    Pareto,
    /// Something is at least as good in every respect, and better in one.
    Dominated,
    /// It does not recover from a trigger that is long gone.
    Metastable,
    /// It fails a requirement.
    FailsRequirement,
}

/// What a sweep has set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Swept {
    /// The field.
    pub field: Text,
    /// Its value as written.
    pub value: Text,
}

/// A model of arrivals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    /// Calls fall due whatever becomes of the ones before.
    #[default]
    Open,
    /// Users who wait for the end of a call before they begin the next.
    Closed,
}

/// A mean over simulated runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimated {
    /// The mean; absent where it is infinite: what was waited for did not happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Its standard error; zero where there is but one run.
    pub error: f64,
    /// Over how many runs.
    pub runs: u32,
}

/// The measures of a candidate; each absent where it was not taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Measures {
    /// The share of calls that succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success_ratio: Option<Estimated>,
    /// Successes a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goodput_per_s: Option<Estimated>,
    /// Attempts for each call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amplification: Option<Estimated>,
    /// Attempts a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_load_per_s: Option<Estimated>,
    /// The share of answered attempts that were rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reject_fraction: Option<Estimated>,
    /// The median response of calls that succeed, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<Estimated>,
    /// Its 90th percentile, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ms: Option<Estimated>,
    /// Its 99th percentile, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<Estimated>,
    /// The 99th percentile of the response of all calls, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_all_ms: Option<Estimated>,
    /// From the first begin to the last end, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_s: Option<Estimated>,
    /// The most attempts in one second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_load_per_s: Option<Estimated>,
    /// Jain's index of the clients' success ratios, up to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jain: Option<Estimated>,
    /// Variance over mean of the attempts in 100 ms: 1 is what independent arrivals have, far above is a herd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fano: Option<Estimated>,
    /// The time to recover from the longest trigger, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_s: Option<Estimated>,
}

/// What became of a trigger, over all seeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recovered {
    /// How long it lasted, in seconds.
    pub trigger_s: f64,
    /// The median time from its end until calls met the objective again, in seconds; absent where most did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective_s: Option<f64>,
    /// The median time from its end until goodput was back, in seconds; absent where it mostly did not come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goodput_s: Option<f64>,
    /// Attempts during the trigger over those before it; absent where there were none before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outage_load: Option<f64>,
    /// The share of seeds that recovered and fell back.
    pub relapsed_ratio: f64,
    /// The share of seeds that stayed down under a load well above what was offered.
    pub metastable_ratio: f64,
}

/// Whether a trigger is long enough to keep a candidate down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Vulnerability {
    /// The shortest trigger that it does not recover from, in seconds; absent where it recovers from all that were tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortest_s: Option<f64>,
}

/// A requirement that a candidate fails.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Failing {
    /// As it was written.
    pub requirement: Text,
    /// What was seen instead, in `unit`; absent where there was nothing to see, or where it is infinite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// The unit of `observed`.
    pub unit: Unit,
}
