//! What was found of one metric.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::Text;
use super::super::Unit;

/// What was found of one metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateMetric {
    /// The measure as it was written.
    pub expression: Text,
    /// The measure in words.
    pub name: Text,
    /// The unit of `baseline`, `candidate` and the values of the runs.
    pub unit: Unit,
    /// What changes are told in.
    pub scale: GateChangeScale,
    /// Which way is worse.
    pub worse: GateWorse,
    /// Which changes are judged.
    pub judged_for: GateJudgedFor,
    /// How much worse it may be, above zero, in what `scale` says.
    pub tolerance: f64,
    /// What came of it.
    pub verdict: GateVerdict,
    /// Why.
    pub reason: GateReason,
    /// How the bounds were found.
    pub method: GateMethod,
    /// The median over the baseline's runs; absent where no run has a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// The median over the candidate's runs; absent where no run has a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<f64>,
    /// How much the measure changed from the baseline to the candidate.
    pub change: GateChange,
    /// The change of each pair that counts, in their order; empty where runs are not paired.
    pub changes: Vec<f64>,
    /// Pairs without any change, which the test leaves out and the estimate does not.
    pub zeros: u32,
    /// The standard deviation of the changes, as a change to the worse; absent where it cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// The smallest change to the worse that as many pairs would find nine times out of ten, at this spread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable: Option<f64>,
    /// How many pairs would find a change of twice the tolerance nine times out of ten, at this spread; absent where it cannot
    /// be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs_needed: Option<u32>,
    /// The correlation of each pair's change with the next one's; above 0.5, runs are too close to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autocorrelation: Option<f64>,
}

/// How much a measure changed. A change of more than zero is more of the measure, whichever way is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateChange {
    /// The estimate (Hodges and Lehmann); absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<f64>,
    /// It is surely no lower than this; absent where the runs are too few to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<GateBound>,
    /// It is surely no higher than this; absent where the runs are too few to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper: Option<GateBound>,
}

/// A one-sided bound of a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateBound {
    /// Where it is.
    pub at: f64,
    /// How sure it is: 1 − the chance of being wrong.
    pub confidence: f64,
}

/// What changes are told in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateChangeScale {
    /// A share of the baseline: 0.1 is 10 % more.
    #[default]
    Factor,
    /// The difference of two shares: 0.001 is 0.1 percentage points more.
    Points,
}

/// Which way of a measure is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateWorse {
    /// More is worse.
    #[default]
    Higher,
    /// Less is worse.
    Lower,
}

/// Which changes are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateJudgedFor {
    /// Those for the worse.
    #[default]
    Worse,
    /// Any.
    Any,
}

/// What came of a metric, or of all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateVerdict {
    /// Surely no worse than the tolerance allows.
    Pass,
    /// Surely worse, and by more than the tolerance.
    Fail,
    /// Neither, with as many runs as there were.
    #[default]
    Inconclusive,
    /// Nothing that could be judged.
    Invalid,
}

/// Why a metric has its verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateReason {
    /// Passed: the change surely lies below the tolerance.
    WithinTolerance,
    /// Passed: the change is surely real, and surely within the tolerance.
    RealWithinTolerance,
    /// Passed: surely better.
    Better,
    /// Passed by the bound of a share that has almost no events.
    FewEvents,
    /// Failed: surely worse, and the estimate is beyond the tolerance.
    Worse,
    /// Failed: surely different, and the estimate is beyond the tolerance.
    Different,
    /// Inconclusive: the interval holds both what would pass and what would fail.
    #[default]
    WideInterval,
    /// Inconclusive: fewer pairs than any bound needs.
    TooFewPairs,
    /// Inconclusive: it would have failed, had the runs been comparable.
    NotComparable,
    /// Inconclusive: one run a side indicates something and proves nothing.
    IndicativeOnly,
    /// Invalid: a run has no samples of it.
    NoSamples,
    /// Invalid: a run has too few samples of it.
    TooFewSamples,
    /// Invalid: a run drifts.
    Drift,
    /// Invalid: a latency or a rate of zero has no ratio to anything.
    NoScale,
    /// Invalid: no difference between any two runs whatever.
    ZeroVariance,
    /// Invalid: the runs were spoiled.
    RunsInvalid,
}

/// How the bounds of a change were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateMethod {
    /// Pairs: the exact distribution of Wilcoxon's signed ranks.
    #[default]
    SignedRank,
    /// Two sets of runs: the exact distribution of the rank sum (Mann and Whitney).
    RankSum,
    /// Few events: the bound by Clopper and Pearson.
    ClopperPearson,
    /// One run a side: a bootstrap of blocks of seconds.
    BlockBootstrap,
}
