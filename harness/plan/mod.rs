//! The plan: a run with nothing left to parse, to look up or to default. Names are indices, texts are compiled.

mod limits;
mod pools;
mod probe;
mod safety;
mod secrets;
mod signing;
mod target;
mod workload;

use std::sync::Arc;

use crate::api::Exchange;
use crate::retry::Policy;
use crate::service::ServiceConfig;
use crate::units::Nanos;

pub use limits::{ClientLimit, RateLimits};
pub use pools::{Feeder, FeederOrder};
pub use probe::{Shot, Stretch, Until};
pub use safety::{Caps, Refusal};
pub use secrets::Secrets;
pub use signing::{KeySource, Keys, Signing};
pub use target::{Connections, HttpVersion, Target, TransportPlan, WireClient};
pub use workload::{Drive, Flow, Iterations, Local, Overload, Paginate, Pick, Sink, Step, Workload};

/// A whole run, resolved. Immutable and shared by all lanes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario's name, secrets masked; fit for a folder's name.
    pub name: String,
    /// What the scenario says it is for, secrets masked.
    pub description: String,
    /// The SHA-256 of the scenario as resolved, in hexadecimal.
    pub digest: String,
    /// The SHA-256 of what is sent alone, in hexadecimal, and not of where to, how it is judged or by which seed: runs with the same
    /// one are comparable.
    pub load_digest: String,
    /// The scenario as resolved, as YAML, secrets masked.
    pub resolved: String,
    /// The seed of every draw.
    pub seed: u64,
    /// Where the load goes.
    pub target: Target,
    /// How it gets there.
    pub transport: TransportPlan,
    /// The modelled service: served by the mock, or called in process.
    pub service: ServiceConfig,
    /// The SDK clients that the load stands for; each owns its retry budget. At least 1.
    pub clients: u64,
    /// Every request form of the run. A step refers to its own by index, and that index also names its cell in recordings.
    pub exchanges: Arc<[Exchange]>,
    /// What each exchange is recorded as: the names of its workload and its operation.
    pub cells: Arc<[Cell]>,
    /// Retry policies; steps refer to them by index.
    pub policies: Arc<[Policy]>,
    /// The client's own rate limits.
    pub rate_limits: RateLimits,
    /// Names of the pools; steps refer to them by index.
    pub pools: Vec<String>,
    /// Data files, loaded.
    pub feeders: Arc<[Feeder]>,
    /// Phases sent before the measurement, one after another.
    pub setup: Vec<Workload>,
    /// What is measured, all at once.
    pub workloads: Vec<Workload>,
    /// Phases sent after the audit, one after another.
    pub teardown: Vec<Workload>,
    /// The audit of created against listed.
    pub audit: Option<Audit>,
    /// What bounds the run.
    pub caps: Caps,
    /// How long calls in flight may take to end once sending stops.
    pub grace: Nanos,
    /// What came from the environment: never shown.
    pub secrets: Secrets,
    /// Set where the target is neither loopback nor allowed: nothing may be sent.
    pub refusal: Option<Refusal>,
    /// End the run when one of these holds.
    pub abort_when: Vec<expression::Expression>,
    /// What must hold in the end.
    pub thresholds: Vec<expression::Expression>,
}

/// What an exchange is recorded as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The workload's name.
    pub workload: String,
    /// The operation's name.
    pub operation: String,
}

/// The audit of created against listed.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The listing walk, run once for each member of the pool.
    pub workload: Workload,
    /// The pool whose members are listed.
    pub pool: usize,
}

pub mod expression;
