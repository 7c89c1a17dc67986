//! The run second by second.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::text::Text;

/// One second of the run. Seconds of which nothing is known are absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// Start of the second, counted from the first arrival.
    pub t_s: f64,
    /// Calls that fell due.
    pub offered: u64,
    /// Attempts sent.
    pub sent: u64,
    /// Attempts that ended in success.
    pub ok: u64,
    /// Attempts that were throttled.
    pub throttled: u64,
    /// Attempts that failed in another way.
    pub failed: u64,
    /// Attempts on the wire at the end of the second.
    pub in_flight: u64,
    /// Calls that waited for admission at the end of the second.
    pub queued: u64,
    /// Attempts sent that were not the first of their call.
    pub retries: u64,
    /// 99th percentile of first send minus due time, in milliseconds.
    pub lag_ms: f64,
    /// Share of time that the hypervisor took from this machine, 0 to 1.
    pub steal: f64,
    /// Share of the second that the busiest lane was at work or ready to work, 0 to 1.
    #[serde(default)]
    pub busy: f64,
    /// The longest stall of a lane's loop, in milliseconds.
    #[serde(default)]
    pub stall_ms: f64,
    /// Due to done of the calls that ended in success within the second, in milliseconds; absent where none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_ms: Option<PointLatency>,
}

/// The latencies of one second, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PointLatency {
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 99th percentile.
    pub p99: f64,
    /// 99.9th percentile.
    pub p999: f64,
    /// Largest.
    pub max: f64,
}

/// Something that happened to the target or the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// When, in seconds from the first arrival.
    pub at_s: f64,
    /// How long it lasted, in seconds; absent for a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_s: Option<f64>,
    /// What.
    pub what: Text,
}
