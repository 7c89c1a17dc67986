//! The `discover` block: the limiter that a target enforces, how sure that is, and every probe behind it.

mod evidence;
mod limiter;
mod probes;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use evidence::{
    DiscoverHint, DiscoverHonesty, DiscoverPrediction, DiscoverRecovery, DiscoverReject, DiscoverRunnerUp,
    DiscoverScope, DiscoverSharing, DiscoverTrouble, DiscoverValidation,
};
pub use limiter::{DiscoverClass, DiscoverLimiter, DiscoverParameter};
pub use probes::{DiscoverLevel, DiscoverOutcome, DiscoverProbes, DiscoverStage};

use super::super::text::{Passage, Text};

/// Results of `discover`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Discover {
    /// What was found.
    pub answer: DiscoverAnswer,
    /// Why nothing, or not all, is known, and what to do about it; empty where everything is clear.
    pub reasons: Vec<Passage>,
    /// The limiters that explain what was seen. A request has to pass them all.
    pub limiters: Vec<DiscoverLimiter>,
    /// The limiters in the grammar of scenarios, to paste; empty where none was identified.
    pub yaml: Passage,
    /// The second best explanation; absent where nothing else explains anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<DiscoverRunnerUp>,
    /// Whether requests that differ in something share a bucket, one line for each dimension that was tried.
    pub scope: Vec<DiscoverScope>,
    /// How throttled requests are answered.
    pub rejects: Vec<DiscoverReject>,
    /// What failed otherwise, the most frequent first.
    pub troubles: Vec<DiscoverTrouble>,
    /// What the service says of its limit, and whether that is true.
    pub hints: Vec<DiscoverHint>,
    /// What was seen, in words, the strongest first.
    pub evidence: Vec<Passage>,
    /// Answers that were predicted before their requests were sent; absent where it did not come to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<DiscoverValidation>,
    /// What was done, in its order.
    pub stages: Vec<DiscoverStage>,
    /// Requests that were sent.
    pub requests: u64,
    /// Those that were let in.
    pub accepted: u64,
    /// Those that were throttled.
    pub throttled: u64,
    /// Those that failed otherwise, or got no answer.
    pub failed: u64,
    /// The busiest second: requests that were sent in it.
    pub busiest_per_s: u64,
    /// How long it took, silences included.
    pub discovery_s: f64,
    /// The round trip of quiet requests, the median.
    pub round_trip_ms: f64,
    /// How uncertain the instants are at which requests reached the limiter: that much to either side.
    pub timing_ms: f64,
    /// The time since the Unix epoch at the begin of the probing: windows may begin on the full minute.
    pub epoch_s: f64,
    /// What it was allowed to do.
    pub rules: DiscoverRules,
    /// Volleys after silences.
    pub recovery: Vec<DiscoverRecovery>,
    /// What the best model would have let in at once, over time; very long ones are thinned to their lowest and highest values.
    pub level: DiscoverLevel,
    /// Every probe; columns of equal length.
    pub probes: DiscoverProbes,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscoverAnswer {
    /// A limiter with its parameters.
    Identified,
    /// Several limiters explain what was seen about as well.
    CannotTell,
    /// None, up to the highest rate that was allowed.
    NoLimiter,
    /// The limiter changed while it was looked at.
    Changing,
    /// No limiter of a known kind explains enough of what was seen.
    Unexplained,
    /// Requests fail, and not because they are throttled.
    Failing,
    /// Replies take longer than the instants between which the limiter decides.
    TooSlow,
    /// The target denied everything for long after it was probed: nothing more was sent.
    Banned,
    /// The budget of requests or of time was too small.
    BudgetSpent,
    /// Someone stopped it.
    #[default]
    Interrupted,
}

/// What a discovery was allowed to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverRules {
    /// The most requests.
    pub requests: u64,
    /// The longest time, silences included.
    pub duration_s: f64,
    /// The highest rate of a second.
    pub max_rate_per_s: f64,
    /// The first silence.
    pub quiet_s: f64,
    /// What was tried as telling one bucket from another, in the words of the grammar.
    pub dimensions: Vec<Text>,
    /// What was tried as changing the cost of a request; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Text>,
    /// The seed of every draw.
    pub seed: u64,
}
