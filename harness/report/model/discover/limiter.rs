//! A limiter that was found, and its parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::text::Text;

/// A limiter that explains what was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverLimiter {
    /// The name that the YAML gives it.
    pub name: Text,
    /// Its kind, as far as its answers tell.
    pub class: DiscoverClass,
    /// Its parameters, the most important first.
    pub parameters: Vec<DiscoverParameter>,
    /// Kinds of the grammar that give the same answers to the same requests.
    pub same_as: Vec<Text>,
    /// What a request costs, in the words of the grammar; absent where every request costs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Text>,
    /// What splits it into buckets, in the words of the grammar; empty where all requests share one.
    pub scope: Vec<Text>,
    /// Whether a rejected request is charged, too.
    pub counts_rejected: bool,
    /// Whether each denial begins its penalty anew; false where there is none.
    pub penalty_extends: bool,
    /// Answers that it does not explain.
    pub violations: u64,
    /// Of how many answers.
    pub answers: u64,
}

/// A kind of limiter, as far as its answers tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscoverClass {
    /// A token bucket that refills continuously, GCRA, or a leaky bucket used as a meter.
    #[default]
    TokenBucket,
    /// A token bucket that refills in steps.
    SteppedTokenBucket,
    /// A leaky bucket that holds requests back.
    Shaper,
    /// Windows that begin at multiples of their length.
    FixedWindow,
    /// Windows that begin with the first request.
    AnchoredWindow,
    /// A window that slides, exactly.
    SlidingWindowLog,
    /// A window that slides, by two counters.
    SlidingWindowCounter,
    /// So many at the same time.
    Concurrency,
    /// So many at the same time as the latency allows.
    Adaptive,
}

/// A parameter of a limiter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoverParameter {
    /// Its word in the grammar: `rate`, `burst`, `limit`, `window`, `refill.interval` …
    pub name: Text,
    /// `/s`, `s`, or empty for numbers and shares.
    pub unit: Text,
    /// The best value.
    pub value: f64,
    /// Values from here to `high` explain what was seen, too, 95 % sure.
    pub low: f64,
    /// See `low`; equal to it where the value is exact.
    pub high: f64,
}
