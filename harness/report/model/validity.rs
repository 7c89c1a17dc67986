//! Whether to believe the numbers, and what happened to the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::text::Text;
use super::{Latency, Unit};

/// Whether the generator kept up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Validity {
    /// The verdict: the worst of the checks.
    pub verdict: ValidityWord,
    /// Why it is not `valid` and what to do about it, the worst first; empty where it is.
    pub reasons: Vec<Text>,
    /// Calls that fell due, a second.
    pub offered_per_s: f64,
    /// Calls whose first attempt was sent, a second.
    pub sent_per_s: f64,
    /// Calls that were dropped because our own queue was full.
    pub dropped: u64,
    /// First send minus due time, in milliseconds.
    pub lag_ms: Latency,
    /// Share of its time that the busiest lane was at work or ready to work, 0 to 1.
    pub cpu_ratio: f64,
    /// Share of time that the hypervisor took from this machine, 0 to 1.
    pub steal_ratio: f64,
    /// Share of its time that a lane wanted a processor and others had it, 0 to 1.
    #[serde(default)]
    pub starved_ratio: f64,
    /// Rounds of a lane's loop that began more than 10 ms late.
    #[serde(default)]
    pub stalls: Delays,
    /// Attempts that waited because every connection was in use.
    #[serde(default)]
    pub connection_waits: Delays,
    /// All that the verdict was made of.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// What was found that is not the generator's fault, or was settled before the run, and what to do about it.
    #[serde(default)]
    pub notes: Vec<Text>,
}

/// The generator's verdict on itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidityWord {
    /// The numbers are the target's.
    #[default]
    Valid,
    /// The numbers may be ours in part.
    Suspect,
    /// The numbers are ours: no gate may pass on them.
    Invalid,
}

/// Delays that were long enough to be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Delays {
    /// How many.
    pub count: u64,
    /// All of them together, in milliseconds.
    pub total_ms: f64,
    /// The longest, in milliseconds.
    pub longest_ms: f64,
}

/// One thing that the verdict looks at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What was looked at.
    pub name: Text,
    /// What was seen.
    pub observed: f64,
    /// The unit of `observed` and of the thresholds.
    pub unit: Unit,
    /// More than this is suspect.
    pub suspect_above: f64,
    /// More than this is invalid; absent where nothing of this alone is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid_above: Option<f64>,
    /// What came of it.
    pub verdict: ValidityWord,
    /// What to do where it is not valid.
    pub advice: Text,
}

/// One kind of trouble with the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WireTrouble {
    /// Its word, as in `by_error`.
    pub kind: Text,
    /// Attempts that ended so.
    pub count: u64,
    /// What it means and what to do about it.
    pub advice: Text,
    /// What was said about one of them; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Text>,
}
