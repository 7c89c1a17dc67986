//! What was asked of the run and what was found: thresholds and audit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::text::Text;

/// A threshold and what was observed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Threshold {
    /// The expression as written.
    pub expression: Text,
    /// The value of its left side, in `unit`; absent where there were no samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// The unit of `observed`.
    pub unit: Unit,
    /// Samples behind it; a threshold without samples fails.
    pub samples: u64,
    /// Whether it held.
    pub ok: bool,
}

/// The unit of an observed value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Milliseconds.
    #[default]
    Ms,
    /// A share, 0 to 1.
    Ratio,
    /// Events a second.
    PerS,
    /// Events.
    Count,
    /// A plain number, such as an amplification.
    Number,
}

/// What the service says it holds, against what it acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Audit {
    /// Items whose creation was acknowledged.
    pub acknowledged: u64,
    /// Items whose creation got no answer: they may exist or not, and are no fault either way.
    pub indeterminate: u64,
    /// Items listed after the drain.
    pub listed: u64,
    /// Acknowledged, not listed.
    pub missing: u64,
    /// Listed more than once.
    pub duplicated: u64,
    /// Listed, never asked for.
    pub unexpected: u64,
    /// None missing, doubled or unexpected.
    pub ok: bool,
}
