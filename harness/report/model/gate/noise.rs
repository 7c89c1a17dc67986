//! What the noise is, and what it takes to see through it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::{Passage, Text};

/// The noise between runs of the same thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateNoise {
    /// One for each metric, in their order.
    pub metrics: Vec<GateNoiseLine>,
    /// What to do.
    pub advice: Vec<Passage>,
}

/// The noise of one metric. Changes are told as the metric's `scale` says, without a sign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateNoiseLine {
    /// The measure as it was written.
    pub expression: Text,
    /// The standard deviation of the changes; absent where it cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// The correlation of each pair's change with the next one's; above 0.5, runs are too close to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autocorrelation: Option<f64>,
    /// What numbers of pairs find nine times out of ten.
    pub detectable: Vec<GateDetectable>,
    /// The smallest number of pairs that finds twice the tolerance nine times out of ten; absent where no sensible number does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<u32>,
    /// The tolerance that the rules' pairs can hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
}

/// What a number of pairs finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateDetectable {
    /// The pairs.
    pub pairs: u32,
    /// The smallest change that they find nine times out of ten.
    pub change: f64,
}
