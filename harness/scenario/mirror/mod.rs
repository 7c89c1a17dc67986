//! The file as it is written: private mirrors for serde, whose doc comments become the schema that editors show.
//!
//! Nothing here has a default or a meaning yet; `lower` gives it both. Alternatives are optional fields whose rules stand
//! in `lower`, or tagged enums; never `untagged` and never `flatten`, whose errors help nobody.

pub(crate) mod api;
pub(crate) mod limiter;
pub(crate) mod mock;
pub(crate) mod policy;
pub(crate) mod step;
pub(crate) mod target;
pub(crate) mod value;
pub(crate) mod verbs;
pub(crate) mod workload;

use schemars::JsonSchema;
use serde::Deserialize;

use value::{Condition, Duration, Named, TextOr};

/// A load test of an HTTP service.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// A short name; the report folder carries it.
    #[schemars(length(min = 1))]
    pub(crate) name: String,
    /// What the scenario is for, in a sentence or two.
    pub(crate) description: Option<String>,
    /// Where the requests go.
    pub(crate) target: Option<target::Target>,
    /// The operations of the service: the name of a built-in catalogue (`attendees`, or `attendees-legacy` for the
    /// namespace before it), the path of a catalogue file, or a block `operations`. Default: `attendees`.
    pub(crate) api: Option<TextOr<api::Catalogue>>,
    /// Which hosts may be loaded, and when to stop.
    pub(crate) safety: Option<target::Safety>,
    /// How requests reach the wire.
    pub(crate) transport: Option<target::Transport>,
    /// Files that supply values to templates, by name: `{{ people.email }}`.
    pub(crate) data: Option<Named<target::Data>>,
    /// Definitions of rate limiters, by name. `mock.limits` refers to them.
    pub(crate) limiters: Option<Named<limiter::Limiter>>,
    /// The embedded service; also the model behind `simulate` and `tune`. Ignored where the target is a URL.
    pub(crate) mock: Option<mock::Mock>,
    /// Definitions of retry policies, by name. `retry` refers to them; the presets (`none`, `aws-standard-2.1`, …) need
    /// no definition.
    pub(crate) policies: Option<Named<policy::Policy>>,
    /// The retry policy of every call: a preset or a name from `policies`. A workload or a step may name another. Default:
    /// `none`.
    pub(crate) retry: Option<String>,
    /// How many SDK clients the load stands for; each owns its retry budget, circuit breaker and adaptive limits. Default: 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) clients: Option<u32>,
    /// A limit that we keep ourselves; every attempt passes it.
    pub(crate) rate_limit: Option<target::RateLimit>,
    /// Steps that are sent first, paced by `rate_limit`, and not measured.
    pub(crate) setup: Option<Vec<step::Step>>,
    /// The load, all at the same time.
    #[schemars(length(min = 1))]
    pub(crate) workloads: Option<Vec<workload::Workload>>,
    /// Steps that are sent last and not measured.
    pub(crate) teardown: Option<Vec<step::Step>>,
    /// Lists what was created, once the load is over, and compares.
    pub(crate) audit: Option<verbs::Audit>,
    /// What must hold for the run to pass, such as `p99(response) < 300ms`.
    pub(crate) thresholds: Option<Vec<Condition>>,
    /// How long calls in flight may take to end after the last arrival. Default: 5s.
    pub(crate) grace: Option<Duration>,
    /// The seed of everything random. Default: 1.
    pub(crate) seed: Option<u64>,
    /// What `loadline tune` compares.
    pub(crate) tune: Option<verbs::Tune>,
    /// What `loadline gate` compares.
    pub(crate) gate: Option<verbs::Gate>,
    /// What `loadline capacity` looks for.
    pub(crate) capacity: Option<verbs::Capacity>,
    /// What `loadline discover` may do.
    pub(crate) discover: Option<verbs::Discover>,
}
