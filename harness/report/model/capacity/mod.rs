//! The `capacity` block: how much a target carries while its objectives hold, between which bounds, what breaks first, and every
//! trial behind it.
//!
//! Loads are calls a second where `vary` is `rate`, and users where it is `users`. A lower bound that is absent says that nothing was
//! sustained; an upper one that is absent, that everything was.

mod curve;
mod trial;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use curve::{CapacityKnee, CapacityPeak, CapacityPoint, CapacityUsl};
pub use trial::{CapacityPurpose, CapacityReading, CapacityTrial};

use super::super::text::{Passage, Text};
use super::Unit;

/// Results of `capacity`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Capacity {
    /// What came of the search.
    pub outcome: CapacityOutcome,
    /// Why it is irregular, or what it could not tell, most important first.
    pub reasons: Vec<Passage>,
    /// What was varied: the unit of every load.
    pub vary: CapacityVary,
    /// What all objectives together sustain.
    pub bounds: CapacityBounds,
    /// Whether trials contradict these bounds: a load above the upper one held, or one below the lower one did not (RFC 9971).
    pub irregular: bool,
    /// What breaks first above the lower bound; absent where nothing broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<CapacityConstraint>,
    /// Calls that ended well at the lower bound, a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goodput_per_s: Option<f64>,
    /// The load that is expected; absent where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_load: Option<f64>,
    /// How much more than the expected load the lower bound is, as a share of it: 0.9 is 1.9 times the expected load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headroom_ratio: Option<f64>,
    /// What the last and longest trials say of the answer; absent where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<CapacityVerification>,
    /// What each objective alone sustains, in the order of the scenario.
    pub objectives: Vec<CapacityObjective>,
    /// The most calls a second that the generator could send to a server that does nothing; absent where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator_per_s: Option<f64>,
    /// One point for each load that was tried, by rising load; the trials of a load are added up.
    pub curve: Vec<CapacityPoint>,
    /// An indication that moves with the loads that were tried; absent where it cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knee: Option<CapacityKnee>,
    /// The universal scalability law; absent where its conditions are not met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usl: Option<CapacityUsl>,
    /// Why indications are missing.
    pub hidden: Vec<Passage>,
    /// The rules.
    pub rules: CapacityRules,
    /// How long the search took in all, in seconds.
    pub search_s: f64,
    /// Every trial, in the order in which it was made.
    pub trials: Vec<CapacityTrial>,
}

/// What came of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityOutcome {
    /// Bounds as narrow as they were asked for, verified.
    Found,
    /// Bounds, and something that speaks against them.
    Irregular,
    /// The highest load that was allowed is sustained.
    AboveMax,
    /// Not even the lowest load that was tried is sustained.
    BelowStart,
    /// The generator was the bottleneck: the target carries the lower bound, or more.
    GeneratorLimited,
    /// The load that was asserted holds.
    Holds,
    /// The load that was asserted does not hold.
    Breaks,
    /// Whether the load that was asserted holds is not sure.
    Inconclusive,
    /// Nothing could be measured.
    #[default]
    Invalid,
    /// Someone stopped it.
    Interrupted,
}

/// What was varied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityVary {
    /// The offered rate: calls a second.
    #[default]
    Rate,
    /// The number of users.
    Users,
}

/// The highest load that is sustained below the smallest that is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityBounds {
    /// Sustained; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Not sustained; absent where everything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
}

/// An objective, and what it alone sustains.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityObjective {
    /// As it is written.
    pub expression: Text,
    /// The unit of its values, here and in the trials.
    pub unit: Unit,
    /// The value that it is compared with.
    pub limit: f64,
    /// The share of events that it allows to be bad; absent where it counts no events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_ratio: Option<f64>,
    /// Its bounds.
    pub bounds: CapacityBounds,
    /// Whether trials contradict them.
    pub irregular: bool,
    /// What the same trials show for other limits of it: looser ones, by rising factor. Only for latencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relaxed: Vec<CapacityRelaxed>,
}

/// The bounds of an objective with another limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityRelaxed {
    /// How many times the objective's limit it is.
    pub factor: f64,
    /// The bounds.
    pub bounds: CapacityBounds,
}

/// What breaks first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityConstraint {
    /// Its kind.
    pub kind: CapacityConstraintKind,
    /// What was seen.
    pub why: Passage,
}

/// The kinds of what breaks first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityConstraintKind {
    /// A latency objective.
    #[default]
    Latency,
    /// Calls fail.
    Errors,
    /// The target throttles.
    Throttle,
    /// What is outstanding grows.
    Backlog,
    /// Another objective.
    Objective,
    /// The generator.
    Generator,
}

/// What the verification says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityVerification {
    /// At which load.
    pub load: f64,
    /// Whether every objective holds with the confidence that was asked for.
    pub ok: bool,
    /// The statement in words.
    pub statement: Passage,
    /// For each objective that counts events: how high the share of bad ones may be at most.
    pub limits: Vec<CapacityLimit>,
}

/// How many bad events an objective surely does not exceed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityLimit {
    /// The objective.
    pub expression: Text,
    /// The upper confidence limit of the share of bad events.
    pub surely_below_ratio: f64,
    /// The share that is allowed.
    pub allowed_ratio: f64,
}

/// By which rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityRules {
    /// The first load.
    pub start: f64,
    /// The highest load.
    pub max: f64,
    /// How close the bounds had to come: the upper one at most `1 + width_ratio` times the lower one.
    pub width_ratio: f64,
    /// Which share of a load's trials may violate an objective while the load counts as sustained.
    pub exceed_ratio: f64,
    /// How long each load was given before it was measured, in seconds.
    pub settle_s: f64,
    /// How long a trial of the search was measured, in seconds.
    pub trial_s: f64,
    /// How long a trial of the range finding was measured, in seconds.
    pub range_trial_s: f64,
    /// How much measured time decides over a load, in seconds.
    pub duration_sum_s: f64,
    /// Trials of the verification.
    pub verify_trials: u32,
    /// How long each of them was measured, in seconds.
    pub verify_s: f64,
    /// How sure the verification's statement is.
    pub confidence: f64,
    /// The longest time of all, in seconds.
    pub max_duration_s: f64,
    /// The load that was to be held; absent where a bound was searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assert: Option<CapacityAssert>,
    /// The seed of every draw.
    pub seed: u64,
}

/// The load that was to be held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapacityAssert {
    /// The load that is expected.
    pub load: f64,
    /// How much more was tried, as a share of it.
    pub margin_ratio: f64,
    /// The load that was tried.
    pub tried: f64,
}
