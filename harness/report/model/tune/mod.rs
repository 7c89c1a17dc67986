//! The `tune` block: which retry policy, why, and how sure that is.
//!
//! JSON has no infinity, so what never happened is absent, and the field's text says what absence means.

mod candidate;
mod outlook;
mod portrait;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::text::{Passage, Text};
use super::Unit;

pub use candidate::{Arrivals, CandidateRow, Estimated, Failing, Measures, Recovered, Standing, Swept, Vulnerability};
pub use outlook::{Comparison, Confirmation, Credibility, Knob, KnobValue, Shift, Stability, TuneCost};
pub use portrait::{LoadPoint, Loss, Portrait, TimeShares};

/// A comparison of retry policies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tune {
    /// The answer.
    pub verdict: TuneVerdict,
    /// Advice that is no retry policy, the most important first.
    pub advice: Vec<Advice>,
    /// The winner in the words of other programs; empty where nothing won.
    pub settings: Vec<Setting>,
    /// What was required, in the order of the scenario.
    pub requirements: Vec<Requirement>,
    /// How much each measure counts for the score.
    pub weights: ScoreWeights,
    /// Every candidate under every model of arrivals, the best first.
    pub candidates: Vec<CandidateRow>,
    /// The winner and its contrasts, one seed of each.
    pub portraits: Vec<Portrait>,
    /// Whether the verdict holds when the world is a little different.
    pub stability: Vec<Stability>,
    /// How much each swept field matters, the most important first.
    pub knobs: Vec<Knob>,
    /// What the simulations rest on.
    pub credibility: Credibility,
    /// Predicted beside measured; empty where nothing was run for real.
    pub confirmations: Vec<Confirmation>,
    /// What it took.
    pub cost: TuneCost,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TuneVerdict {
    /// One sentence: the winner, its figures with their errors, and the second best.
    pub sentence: Passage,
    /// The winner; absent where nothing meets the requirements, or where nothing was throttled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<Text>,
    /// The second best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<Text>,
    /// How sure it is that the winner's score is above the second's, 0.5 to 1; absent without a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Whether the target throttled or failed at all; where it did not, all policies are the same.
    pub throttled: bool,
    /// The winner's definition in a scenario; empty without a winner.
    pub yaml: Passage,
}

/// Advice that is no retry policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Advice {
    /// In a few words.
    pub headline: Text,
    /// With numbers.
    pub text: Passage,
}

/// The winner's settings in another program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    /// The program and the place in it.
    pub target: Text,
    /// What to paste; empty where the program can say nothing of it.
    pub text: Passage,
    /// What the program cannot express, or does differently; each a sentence.
    pub notes: Vec<Text>,
}

/// What a candidate must keep to be ranked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// As it was written; several that no candidate keeps together stand side by side.
    pub expression: Text,
    /// Whether a candidate meets it.
    pub ok: bool,
    /// What comes closest, where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closest: Option<Text>,
    /// What was seen of that, in `unit`; absent where there was nothing to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// The unit of `observed`.
    pub unit: Unit,
    /// What blocks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Passage>,
}

/// How much each measure counts for the score; zero leaves it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreWeights {
    /// The share of calls that succeed.
    pub success_ratio: f64,
    /// The 99th percentile of the response of calls that succeed.
    pub p99: f64,
    /// Attempts for each call.
    pub amplification: f64,
    /// The time to recover from the trigger.
    pub recovery: f64,
    /// Jain's index over clients.
    pub fairness: f64,
}
