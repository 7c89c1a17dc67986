//! A workload: when flows begin, and what they do.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::Step;
use super::value::{Duration, PerTime};

/// A part of the load: an open model (`arrivals`), a closed one (`users`), or a fixed number of flows (`iterations`).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workload {
    /// The name that reports and thresholds use.
    #[schemars(length(min = 1))]
    pub(crate) name: String,
    /// Open model: flows begin at planned instants, whether or not earlier ones have ended.
    pub(crate) arrivals: Option<Arrivals>,
    /// Closed model: each user begins a flow when the last one has ended.
    pub(crate) users: Option<Users>,
    /// A fixed number of flows.
    pub(crate) iterations: Option<Iterations>,
    /// When the workload begins, from the beginning of the run. Default: 0s.
    pub(crate) start: Option<Duration>,
    /// The first part of the workload, which no statistic counts. Default: 0s.
    pub(crate) warm_up: Option<Duration>,
    /// What happens to an arrival that cannot be sent at once, because all connections are busy. Default: `{queue: 1000}`.
    pub(crate) overload: Option<Overload>,
    /// The retry policy of this workload: a preset or a name from `policies`.
    pub(crate) retry: Option<String>,
    /// The steps of a flow, one after the other. Either this or `flows`.
    #[schemars(length(min = 1))]
    pub(crate) flow: Option<Vec<Step>>,
    /// Several flows, drawn by weight. Either this or `flow`.
    #[schemars(length(min = 1))]
    pub(crate) flows: Option<Vec<Flow>>,
}

/// Planned arrivals: `rate` and `duration`, or `stages`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrivals {
    /// A constant rate of flows.
    pub(crate) rate: Option<PerTime>,
    /// How long flows begin; with `rate`.
    pub(crate) duration: Option<Duration>,
    /// The rate from which the first stage starts. Default: none, a ramp from zero.
    pub(crate) from: Option<PerTime>,
    /// A changing rate: each stage runs in a straight line from the rate of the stage before it.
    #[schemars(length(min = 1))]
    pub(crate) stages: Option<Vec<Stage>>,
    /// How arrivals are spaced. Default: `even`.
    pub(crate) spacing: Option<Spacing>,
}

/// A straight line to a rate.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stage {
    /// The rate at the end of the stage.
    pub(crate) to: PerTime,
    /// How long the stage lasts; `0s` is a jump.
    pub(crate) over: Duration,
}

/// How arrivals are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Spacing {
    /// At equal distances.
    Even,
    /// At random, as from many independent users.
    Poisson,
}

/// What happens to an arrival that cannot be sent at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Overload {
    /// It is dropped, and counted so.
    Drop,
    /// It waits, with at most so many others; its response time runs.
    Queue(u32),
}

/// Users who begin a flow when their last one has ended.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Users {
    /// How many users there are.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) count: u32,
    /// How long they begin flows.
    pub(crate) duration: Duration,
    /// The pause between two flows of a user. Not together with `pacing`.
    pub(crate) think_time: Option<Duration>,
    /// The time from the beginning of one flow to the beginning of the next. Not together with `think_time`.
    pub(crate) pacing: Option<Duration>,
    /// The time over which the users appear one by one. Default: 0s.
    pub(crate) ramp: Option<Duration>,
}

/// A fixed number of flows.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Iterations {
    /// How many flows there are in all.
    #[schemars(range(min = 1))]
    pub(crate) count: u64,
    /// How many run at the same time. Default: 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) users: Option<u32>,
}

/// One flow of a mix.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the words of the grammar")]
pub(crate) struct Flow {
    /// Its share, beside the weights of the other flows. Default: 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) weight: Option<u32>,
    /// A name for messages.
    pub(crate) name: Option<String>,
    /// The steps, one after the other.
    #[schemars(length(min = 1))]
    pub(crate) flow: Vec<Step>,
}
