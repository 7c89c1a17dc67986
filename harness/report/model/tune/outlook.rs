//! How far the verdict can be trusted: under other circumstances, beside real runs, and at what cost it was found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::Text;
use super::Unit;

/// The verdict under another circumstance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stability {
    /// What is different.
    pub shift: Shift,
    /// By which factor; absent for the other model of arrivals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
    /// What wins then.
    pub winner: Text,
    /// The place of the verdict's winner then.
    pub place_of_winner: u32,
    /// The share of calls that succeed with the verdict's winner then.
    pub success_ratio: f64,
}

/// What is different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// The rate of arrivals, or the number of users.
    #[default]
    Load,
    /// The rate of the limit.
    Limit,
    /// Its burst.
    Burst,
    /// The number of clients.
    Clients,
    /// The round trip.
    RoundTrip,
    /// The model of arrivals.
    Arrivals,
}

/// How much a swept field matters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Knob {
    /// The field, with its policy.
    pub field: Text,
    /// Its values in the order of the sweep.
    pub values: Vec<KnobValue>,
    /// The best score less the worst.
    pub swing: f64,
}

/// What a value of a swept field comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KnobValue {
    /// The value as written.
    pub value: Text,
    /// The mean score of the candidates that have it.
    pub score: f64,
}

/// What the simulations rest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Credibility {
    /// The limit in words.
    pub limit: Text,
    /// What it lets through for good, in calls a second; absent where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_s: Option<f64>,
    /// The offered rate, in calls a second.
    pub offered_per_s: f64,
    /// The round trip that was assumed, in milliseconds.
    pub round_trip_ms: f64,
    /// The first seed.
    pub seed: u64,
    /// The fewest seeds that a candidate got.
    pub seeds_min: u32,
    /// The most seeds that a candidate got.
    pub seeds_max: u32,
}

/// Real runs of a candidate beside what was predicted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Confirmation {
    /// The candidate's name.
    pub name: Text,
    /// Why it was run.
    pub role: Text,
    /// Real runs.
    pub real_runs: u32,
    /// Simulated runs.
    pub simulated_runs: u32,
    /// Measure by measure.
    pub comparisons: Vec<Comparison>,
}

/// One measure, predicted and measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// What is compared.
    pub what: Text,
    /// What was predicted, in `unit`; absent where there was nothing to see, or where it is infinite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<f64>,
    /// What was measured, in `unit`; absent where there was nothing to see, or where it is infinite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// The unit of both.
    pub unit: Unit,
    /// How far they may lie apart.
    pub tolerance: Text,
    /// Whether they do not lie further apart.
    pub ok: bool,
}

/// What a comparison took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TuneCost {
    /// Simulations.
    pub simulations: u64,
    /// Attempts in them.
    pub attempts: u64,
    /// Seconds of real time.
    pub wall_s: f64,
}
