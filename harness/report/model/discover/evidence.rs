//! What speaks for a limiter that was found: odds, predictions, recovery, hints, scope, rejects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::{Passage, Text};
use super::DiscoverClass;

/// The second best explanation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverRunnerUp {
    /// Its kind.
    pub class: DiscoverClass,
    /// The natural logarithm of the odds against it.
    pub log_odds: f64,
    /// Answers that it does not explain.
    pub violations: u64,
    /// Of how many answers.
    pub answers: u64,
    /// What speaks against it, or what would tell.
    pub why: Passage,
}

/// Whether requests that differ in something share a bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverScope {
    /// In what they differ, in the words of the grammar.
    pub dimension: Text,
    /// Whether they share one.
    pub sharing: DiscoverSharing,
    /// What was seen.
    pub why: Passage,
}

/// Whether requests share a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscoverSharing {
    /// They do.
    Shared,
    /// Each has its own.
    Separate,
    /// Each has its own, below a larger one for all.
    Hierarchy,
    /// It could not be told.
    #[default]
    Unknown,
}

/// One way in which throttled requests were answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverReject {
    /// The HTTP status.
    pub status: u16,
    /// The error code; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Text>,
    /// How often.
    pub count: u64,
}

/// Something that went wrong with probes, and is no throttling.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverTrouble {
    /// What it was, in a few words.
    pub what: Text,
    /// How often.
    pub count: u64,
}

/// A header field that says when to come back, or how much is left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverHint {
    /// Its name.
    pub field: Text,
    /// On how many replies it was.
    pub seen: u64,
    /// Whether it is true.
    pub honesty: DiscoverHonesty,
    /// What it claims, against what was measured.
    pub why: Passage,
}

/// Whether a hint is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscoverHonesty {
    /// It is.
    Honest,
    /// It asks for longer waits than are needed.
    Cautious,
    /// It lets clients come back too early.
    Hasty,
    /// It has nothing to do with the limiter.
    Wrong,
    /// It could not be checked.
    #[default]
    Unknown,
}

/// Answers that were predicted before their requests were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverValidation {
    /// The share of right predictions; absent where nothing was predicted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement_ratio: Option<f64>,
    /// What was predicted to be let in.
    pub accept: DiscoverPrediction,
    /// What was predicted to be throttled.
    pub throttle: DiscoverPrediction,
}

/// What came of one prediction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverPrediction {
    /// It came true.
    pub right: u64,
    /// It did not.
    pub wrong: u64,
}

/// A volley after a silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverRecovery {
    /// The silence, from a state in which nothing was let in.
    pub silence_s: f64,
    /// How many were let in at once.
    pub accepted: u64,
    /// How many the best model says; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<u64>,
}
