//! `report.json`: the names that outside readers depend on.
//!
//! Additions raise the minor version, other changes the major one; readers ignore what they do not know and refuse a
//! newer major. Units stand in names, percentiles are a list, `ok: true` is always good.

mod activity;
pub mod capacity;
mod checks;
pub mod discover;
pub mod gate;
mod latency;
mod run;
mod series;
pub mod tune;
mod validity;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use activity::{
    Activity, Attempts, AttemptsPerCall, Calls, Depth, Hedges, Hints, Pages, ResponseLatency, Retry, ServiceLatency,
};
pub use checks::{Audit, Threshold, Unit};
pub use latency::{Latency, PERCENTILES, Percentile};
pub use run::{Connections, Engine, Environment, Mode, ScenarioInfo, Target, TargetKind, Tool, Verdict, Word};
pub use series::{Event, Point, PointLatency};
pub use validity::{Check, Delays, Validity, ValidityWord, WireTrouble};

use super::text::Text;

/// The version of the format that this program writes.
pub const SCHEMA_VERSION: &str = "1.4";

/// Everything that a run leaves behind for programs to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "loadline report")]
pub struct Report {
    /// Version of this format, `major.minor`.
    pub schema_version: Text,
    /// The program that wrote the report.
    pub tool: Tool,
    /// Names the run.
    pub run_id: Text,
    /// Which clock the run lived by.
    pub mode: Mode,
    /// When the first arrival was due: RFC 3339, UTC.
    pub started_at: Text,
    /// Length of the measured part, in seconds.
    pub duration_s: f64,
    /// Length of the warm-up that the results leave out, in seconds.
    pub warm_up_s: f64,
    /// The seed of everything random.
    pub seed: u64,
    /// Stopped from outside.
    pub interrupted: bool,
    /// Rebuilt from a journal that has no end.
    pub incomplete: bool,
    /// A cap of the safety block ended the run: a normal end.
    pub capped: bool,
    /// What came of it.
    pub verdict: Verdict,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// What the load went to.
    pub target: Target,
    /// The machine that generated the load.
    pub environment: Environment,
    /// How the load was generated.
    pub engine: Engine,
    /// Whether the generator kept up.
    pub validity: Validity,
    /// Results for each operation.
    pub operations: Vec<Activity>,
    /// Results for each workload.
    pub workloads: Vec<Activity>,
    /// Results of the whole run.
    pub totals: Activity,
    /// What happened to the wire: each kind, the most frequent first; absent where nothing did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wire_errors: Vec<WireTrouble>,
    /// Results for each client, where there was more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientShare>,
    /// The thresholds.
    pub thresholds: Vec<Threshold>,
    /// The audit; absent where none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// The run second by second.
    pub series: Vec<Point>,
    /// What happened meanwhile.
    pub events: Vec<Event>,
    /// The histograms behind the latencies; absent where they were not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histograms: Option<Histograms>,
    /// Results of `tune`: a comparison of retry policies. Such a report has no operations, no series and no validity of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tune: Option<Box<tune::Tune>>,
    /// Results of `gate` and `compare`: whether a candidate is worse than its baseline. Such a report has no operations and no series of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Box<gate::Gate>>,
    /// Results of `capacity`: how much a target carries. Such a report has no operations and no series of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Box<capacity::Capacity>>,
    /// Results of `discover`: the limiter that a target enforces. Such a report has no operations and no series of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discover: Option<Box<discover::Discover>>,
}

/// What one client got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientShare {
    /// The client's number, from 0.
    pub client: u32,
    /// Its calls.
    pub calls: u64,
    /// Those that ended in success.
    pub ok: u64,
    /// Its attempts.
    pub attempts: u64,
    /// Those that were throttled.
    pub throttled: u64,
}

/// Latency histograms, to be merged and read by any HdrHistogram library.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Histograms {
    /// Smallest value that is told from zero, in `unit`.
    pub lowest: u64,
    /// Largest value, in `unit`.
    pub highest: u64,
    /// Significant decimal digits.
    pub sigfig: u8,
    /// The unit of the recorded values.
    pub unit: Text,
    /// Operation → clock → HdrHistogram V2 with DEFLATE, in base64.
    pub data: BTreeMap<Text, BTreeMap<Text, String>>,
}
