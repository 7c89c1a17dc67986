//! A candidate closely looked at: where its calls were lost and where its time went.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::{Passage, Text};
use super::super::AttemptsPerCall;
use super::Arrivals;

/// One seed of a candidate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Portrait {
    /// The candidate's name.
    pub name: Text,
    /// Why it is shown: the winner, or what it differs in.
    pub role: Text,
    /// Under which arrivals.
    pub arrivals: Arrivals,
    /// What made it so, one sentence a cause.
    pub causes: Vec<Passage>,
    /// Calls that ended.
    pub calls: u64,
    /// Calls that ended well.
    pub ok: u64,
    /// Attempts that were sent.
    pub attempts: u64,
    /// Attempts that were no success.
    pub wasted_attempts: u64,
    /// Attempts for each call.
    pub amplification: f64,
    /// The most attempts in one second.
    pub peak_load_per_s: f64,
    /// Variance over mean of the attempts in 100 ms.
    pub fano: f64,
    /// The 99th percentile of the response of calls that succeeded, in milliseconds.
    pub p99_ms: f64,
    /// The longest time that a client with a call under way went without a success, in seconds.
    pub starvation_s: f64,
    /// Where its calls were lost, the most frequent reason first.
    pub lost: Vec<Loss>,
    /// Where the time of its calls went.
    pub time: TimeShares,
    /// How many calls made how many attempts.
    pub attempts_per_call: Vec<AttemptsPerCall>,
    /// Load, goodput and offered calls over time, in equal steps.
    pub series: Vec<LoadPoint>,
    /// The length of a step, in seconds.
    pub step_s: f64,
}

/// Calls lost for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Loss {
    /// The reason, in the words of `calls.by_failure`.
    pub reason: Text,
    /// How many calls.
    pub calls: u64,
}

/// Where the time of all calls went; the shares add up to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "names of the report hold their units")]
pub struct TimeShares {
    /// Waiting between attempts.
    pub waiting_ratio: f64,
    /// At the server and on the way.
    pub server_ratio: f64,
    /// Anywhere else, such as in the client's own line.
    pub other_ratio: f64,
}

/// A step of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "names of the report hold their units")]
pub struct LoadPoint {
    /// Its begin, in seconds.
    pub at_s: f64,
    /// Attempts a second.
    pub load_per_s: f64,
    /// Calls that ended well, a second.
    pub goodput_per_s: f64,
    /// Calls that fell due, a second.
    pub offered_per_s: f64,
    /// What the limit lets through, a second; absent where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_per_s: Option<f64>,
}
