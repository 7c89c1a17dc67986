//! The `gate` block: whether a candidate is worse than its baseline, how sure that is, and all runs behind it.
//!
//! Changes are those of the measure itself: a share of the baseline (0.1 is 10 % more) where `scale` is `factor`, and the
//! difference of two shares (0.001 is 0.1 points more) where it is `points`. JSON has no infinity: a bound that is absent is one
//! that the runs were too few for.

mod metric;
mod noise;
mod run;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use metric::{
    GateBound, GateChange, GateChangeScale, GateJudgedFor, GateMethod, GateMetric, GateReason, GateVerdict, GateWorse,
};
pub use noise::{GateDetectable, GateNoise, GateNoiseLine};
pub use run::{GateCurve, GateCurvePoint, GateCurves, GateFault, GatePosition, GateReading, GateRun, GateSideWord};

use super::super::text::{Passage, Text};

/// Results of `gate` and `compare`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// How the comparison was made.
    pub kind: GateKind,
    /// What came of all metrics together.
    pub verdict: GateVerdict,
    /// Why it is invalid, or what else has to be known, most important first.
    pub reasons: Vec<Passage>,
    /// What has to be known of how it was made: weaker claims, other hosts, other versions.
    pub notes: Vec<Passage>,
    /// The rules.
    pub rules: GateRules,
    /// What was compared.
    pub sides: GateSides,
    /// Pairs that count; of stored runs, the runs of the smaller side.
    pub pairs: u32,
    /// Pairs that were run again because the generator or the machine spoiled them.
    pub repeated: u32,
    /// The looks that were taken, the last of them decisive.
    pub looks: Vec<GateLook>,
    /// What was found of each metric, in the order of the scenario.
    pub metrics: Vec<GateMetric>,
    /// Every run in the order in which it was made, spoiled ones and those of the warm-up pair included.
    pub runs: Vec<GateRun>,
    /// The distributions behind the metrics that are latencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<GateCurves>,
    /// What the noise is; absent where it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<GateNoise>,
}

/// How a comparison was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// Pairs of runs, one after the other.
    #[default]
    Paired,
    /// Pairs of runs at the same time.
    Duet,
    /// Stored runs, which were not interleaved: what drifted between them counts as difference.
    Stored,
    /// Pairs of the same side, to learn the noise.
    Calibration,
}

/// The rules of a gate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateRules {
    /// Pairs at the first look, the warm-up pair not counted.
    pub pairs: u32,
    /// Pairs at the second look, where the first one does not decide.
    pub max_pairs: u32,
    /// The chance of failing without any difference that is accepted, for all metrics and looks together.
    pub alpha: f64,
    /// Whether a metric fails only where it is surely beyond its tolerance.
    pub strict: bool,
    /// What an undecided gate means.
    pub on_inconclusive: GateOnInconclusive,
    /// Pairs that may be run again.
    pub spare_pairs: u32,
    /// The seed of the order of runs and of their load.
    pub seed: u64,
    /// What is left out at the beginning of each run besides its warm-up.
    pub trim: GateTrim,
}

/// What an undecided gate means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateOnInconclusive {
    /// It passes, and says so.
    #[default]
    Warn,
    /// It does not pass.
    Fail,
    /// It passes.
    Pass,
}

/// What is left out at the beginning of each run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateTrim {
    /// Nothing.
    #[default]
    Nothing,
    /// What MSER-5 finds unsettled.
    Mser5,
}

/// Both sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateSides {
    /// What is known to be good.
    pub baseline: GateSide,
    /// What is judged.
    pub candidate: GateSide,
}

/// One side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateSide {
    /// What it is: an address, a command, what is set of the mock, a folder.
    pub what: Text,
    /// The version of the program that made its runs.
    pub tool_version: Text,
    /// The fingerprint of the machine that they were made on.
    pub fingerprint: Text,
}

/// One look at the pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateLook {
    /// How many pairs there were.
    pub pairs: u32,
    /// The chance of failing without a difference that this look may spend.
    pub alpha: f64,
}
