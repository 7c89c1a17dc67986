//! What was run, where, and whether to believe it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::text::Text;
use super::Latency;

/// The program that wrote the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `loadline`.
    pub name: Text,
    /// Its version.
    pub version: Text,
    /// The commit it was built from; empty where unknown.
    pub commit: Text,
}

/// Which clock the run lived by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real time, over a transport.
    #[default]
    Live,
    /// Virtual time, against the modelled service.
    Simulated,
}

/// What came of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The verdict in a word.
    pub word: Word,
    /// The exit code of the process.
    pub exit_code: u8,
    /// Why, most important first; whole sentences or clauses.
    pub reasons: Vec<Text>,
}

/// The verdict in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Everything that was asked for held.
    #[default]
    Pass,
    /// A threshold failed.
    ThresholdFailed,
    /// The audit found items missing, doubled or unexpected.
    AuditFailed,
    /// Nothing that was compared meets what was required.
    RequirementUnmet,
    /// A gate found the candidate worse than its baseline.
    Regression,
    /// A gate could not tell whether the candidate is worse.
    Inconclusive,
    /// `abort_when` came true and the run was stopped.
    Aborted,
    /// The generator was the bottleneck and validity was required.
    Invalid,
    /// Stopped from outside; what was done is reported.
    Interrupted,
    /// The run could not be done.
    Error,
}

/// The scenario.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioInfo {
    /// Its name.
    pub name: Text,
    /// A digest of the resolved scenario: equal digests, equal plans.
    pub digest: Text,
    /// A digest of what is sent alone, and not of where to or how it is judged: equal ones, comparable runs. Empty where the
    /// journal has none.
    #[serde(default)]
    pub load_digest: Text,
    /// The scenario with every default filled in and every secret masked.
    pub resolved: serde_json::Value,
}

/// What the load went to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// Embedded mock or a service of the user's.
    pub kind: TargetKind,
    /// Its address, without query and credentials.
    pub url: Text,
}

/// Whose service it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// The embedded service.
    #[default]
    Mock,
    /// A service at an address.
    Url,
}

/// The machine that generated the load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Environment {
    /// Operating system and architecture.
    pub os: Text,
    /// Model of the processor.
    pub cpu: Text,
    /// Cores that the process may use.
    pub cores: u32,
    /// Version of the kernel.
    pub kernel: Text,
    /// A digest of the above: only runs with equal fingerprints compare well.
    pub fingerprint: Text,
}

/// How the load was generated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Engine {
    /// The transport's name.
    pub transport: Text,
    /// The timer's name.
    pub timer: Text,
    /// Lanes (threads) that generated load.
    pub lanes: u32,
    /// SDK clients that the load stood for.
    pub clients: u32,
    /// What connections cost, as far as the transport shows it.
    #[serde(default)]
    pub connections: Connections,
}

/// New connections. A request on a connection that is there costs none of this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Connections {
    /// Connections that were made.
    pub opened: u64,
    /// Connections that could not be made.
    pub refused: u64,
    /// Of those that were made, how many took 1 s or longer, as they do where a request to connect was lost.
    #[serde(default)]
    pub slow: u64,
    /// Resolving the name, in milliseconds; no samples where the target is an address.
    pub dns_ms: Latency,
    /// Name, TCP and TLS together, in milliseconds.
    pub connect_ms: Latency,
}
