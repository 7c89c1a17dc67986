//! The runs behind a comparison, and the distributions in them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::Text;

/// One run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateRun {
    /// The number of its pair, from 0, which warms up and is not judged. Of stored runs: their number within the side, from 1.
    pub pair: u32,
    /// Its side.
    pub side: GateSideWord,
    /// Where it stood in its pair.
    pub position: GatePosition,
    /// How often its pair had been run before.
    pub again: u32,
    /// Whether the verdict rests on it: it is not of the warm-up pair, and its pair was not run again.
    pub counts: bool,
    /// The seed of its load.
    pub seed: u64,
    /// The name of its folder.
    pub run_id: Text,
    /// Calls that ended, warm-up left out.
    pub calls: u64,
    /// Of those, calls that ended well.
    pub ok: u64,
    /// How long was measured, in seconds.
    pub measured_s: f64,
    /// One for each metric, in their order.
    pub readings: Vec<GateReading>,
    /// What speaks against the whole run.
    pub faults: Vec<GateFault>,
    /// What happened on the machine and is no fault yet.
    pub remarks: Vec<Text>,
}

/// What a metric came to in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReading {
    /// The value in the metric's unit; absent where there were no samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The samples behind it.
    pub samples: u64,
    /// What speaks against this number, though not against the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<GateFault>,
}

/// Something that speaks against a run or a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GateFault {
    /// What it is, in a word: `generator`, `machine`, `cut_short`, `dead`, `all_failed`, `no_samples`, `too_few_samples`, `drift`.
    pub kind: Text,
    /// What was seen and what to do about it.
    pub text: Text,
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateSideWord {
    /// What is known to be good.
    #[default]
    Baseline,
    /// What is judged.
    Candidate,
}

/// Where a run stood in its pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GatePosition {
    /// It was made first.
    First,
    /// It was made second.
    Second,
    /// Both were made at the same time.
    Together,
    /// It was stored, and belongs to no pair.
    #[default]
    Alone,
}

/// The distributions of one metric, all judged runs of a side together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateCurves {
    /// The metric's expression.
    pub expression: Text,
    /// Of the baseline.
    pub baseline: GateCurve,
    /// Of the candidate.
    pub candidate: GateCurve,
}

/// A distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateCurve {
    /// Samples in it.
    pub count: u64,
    /// In rising order of `q`, ended where fewer than ten samples remain above.
    pub points: Vec<GateCurvePoint>,
}

/// A share `q` of the samples takes at most `value_ms`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateCurvePoint {
    /// The quantile, 0 to below 1.
    pub q: f64,
    /// Milliseconds.
    pub value_ms: f64,
}
