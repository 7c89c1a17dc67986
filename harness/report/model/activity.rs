//! What was done and how long it took: the shape that operations, workloads and the whole run share.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::text::Text;
use super::Latency;

/// The results of one operation, one workload, or the whole run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Activity {
    /// The operation's or the workload's name; `all` for the whole run.
    pub name: Text,
    /// What the user wanted.
    pub calls: Calls,
    /// What went over the wire.
    pub attempts: Attempts,
    /// What lay between the attempts of a call.
    pub retry: Retry,
    /// Waits for our own rate limit, in milliseconds.
    pub admission_ms: Latency,
    /// First send minus due time, in milliseconds: the generator's own debt.
    pub lag_ms: Latency,
    /// Pages of listings; absent where nothing was paged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pages>,
}

/// Calls by how they ended. `count` is the sum of the outcomes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calls {
    /// Calls that fell due.
    pub count: u64,
    /// Ended in success.
    pub ok: u64,
    /// Given up while the service throttled.
    pub throttled: u64,
    /// Given up after another failure.
    pub failed: u64,
    /// Ended by the call's own timeout.
    pub timed_out: u64,
    /// Never started: the queue before the generator was full.
    pub dropped: u64,
    /// Unfinished when the run ended.
    pub abandoned: u64,
    /// Not sent, by decision of the policy (breaker, budget).
    pub refused: u64,
    /// Calls that fell due, a second.
    pub per_s: f64,
    /// Calls that ended in success, a second.
    pub goodput_per_s: f64,
    /// Items of batches that were accepted.
    pub items_ok: u64,
    /// Items of batches that were not.
    pub items_failed: u64,
    /// Due to done, waits, backoffs and retries included, in milliseconds.
    pub response_ms: ResponseLatency,
    /// Calls that did not end in success, by reason.
    pub by_failure: BTreeMap<Text, u64>,
}

/// The response latency of calls, for two populations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseLatency {
    /// Calls that ended in success.
    pub ok: Latency,
    /// All calls; dropped and unfinished ones count at the age that they reached.
    pub all: Latency,
}

/// Attempts by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attempts {
    /// Attempts sent.
    pub count: u64,
    /// First attempts of their call; the rest are retries and hedges.
    pub first: u64,
    /// Attempts answered, by HTTP status.
    pub by_status: BTreeMap<Text, u64>,
    /// Attempts without an answer, by kind of error.
    pub by_error: BTreeMap<Text, u64>,
    /// One attempt, send to last byte, in milliseconds.
    pub service_ms: ServiceLatency,
    /// Send to the head of the reply, of attempts that had one, in milliseconds.
    #[serde(default)]
    pub first_byte_ms: Latency,
    /// Hedged attempts; absent where hedging was off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hedges: Option<Hedges>,
}

/// The service latency of attempts, apart for each outcome, so that quick rejections flatter nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceLatency {
    /// Attempts that succeeded.
    pub success: Latency,
    /// Attempts that were throttled (429 and what the policy counts as such).
    pub throttled: Latency,
    /// Attempts that failed in another way.
    pub failed: Latency,
}

/// Hedged attempts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hedges {
    /// Hedges sent.
    pub sent: u64,
    /// Hedges whose answer came first.
    pub won: u64,
}

/// Retries, their waits and the server's hints.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Retry {
    /// Attempts divided by calls; 1 is no retry at all.
    pub amplification: f64,
    /// How many calls made how many attempts, in rising order of attempts.
    pub attempts_per_call: Vec<AttemptsPerCall>,
    /// Waits before a retry, in milliseconds.
    pub backoff_ms: Latency,
    /// What the server said about when to come back.
    pub hints: Hints,
}

/// Calls that made a number of attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttemptsPerCall {
    /// Attempts made; zero where a call was never sent.
    pub attempts: u32,
    /// Calls that made so many.
    pub calls: u64,
}

/// The server's hints (`Retry-After` and its like).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hints {
    /// Answers that carried a hint.
    pub seen: u64,
    /// Hints that set the wait before a retry.
    pub obeyed: u64,
    /// Retries after an obeyed hint that were accepted: how honest the hints are.
    pub accepted: u64,
}

/// Pages of listings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pages {
    /// Pages fetched.
    pub count: u64,
    /// The deepest page of any walk; the first is 1.
    pub depth_max: u64,
    /// Latency by depth, in powers of two.
    pub by_depth: Vec<Depth>,
}

/// Pages between two depths.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Depth {
    /// The least depth, counted from 1.
    pub from: u64,
    /// The greatest depth, itself included.
    pub to: u64,
    /// Response latency of the pages that ended in success, in milliseconds.
    pub response_ms: Latency,
}
