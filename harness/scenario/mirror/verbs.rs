//! Blocks that belong to one verb each: `audit` to runs; `tune`, `gate`, `capacity`, `discover`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::mock::Change;
use super::value::{Condition, Duration, Named, OneOrMany, PerTime, Share, TextOr};

/// Compares what was created with what is listed: nothing lost, nothing twice.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Audit {
    /// The operation that lists.
    pub(crate) list: String,
    /// The pool whose members are listed, one after the other.
    pub(crate) over: String,
}

/// Compares retry policies.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tune {
    /// The policies: presets, or names from `policies`. Default: every preset, and all of `policies`.
    #[schemars(length(min = 1))]
    pub(crate) policies: Option<Vec<String>>,
    /// Values to try, by the path of a field: `polite.backoff.base: [50ms, 1s]`.
    pub(crate) sweep: Option<Named<Vec<Value>>>,
    /// Under which models of arrivals. Default: both.
    #[schemars(length(min = 1))]
    pub(crate) arrivals: Option<Vec<Model>>,
    /// How many simulations each gets at most. Default: 30.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) seeds: Option<u32>,
    /// A disturbance whose recovery is measured.
    pub(crate) trigger: Option<Trigger>,
    /// What a policy must keep to be ranked.
    pub(crate) require: Option<Vec<Condition>>,
    /// How much each measure counts for the rank: `success_ratio` (4 by default), `p99` (2), `amplification` (2), `recovery` (1),
    /// `fairness` (1).
    pub(crate) weights: Option<Named<f64>>,
    /// Real runs of the best.
    pub(crate) confirm: Option<Confirm>,
}

/// A model of arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Model {
    /// Planned arrivals.
    Open,
    /// Users who wait for replies.
    Closed,
}

/// A disturbance.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    /// What changes, as in `mock.events`.
    pub(crate) set: Named<Change>,
    /// When it begins. Default: after a third of the run.
    pub(crate) at: Option<Duration>,
    /// How long it lasts; each of a list is tried.
    #[serde(rename = "for")]
    pub(crate) lasting: OneOrMany<Duration>,
}

/// Real runs of the best.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    /// How many of the best; the worst that is worth a look is run beside them. Default: 2.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) top: Option<u32>,
    /// How many runs of each. Default: 3.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) runs: Option<u32>,
}

/// Compares two targets by pairs of runs.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gate {
    /// The target that is known to be good. Default: the scenario's own.
    pub(crate) baseline: Option<Side>,
    /// The target to judge.
    pub(crate) candidate: Option<Side>,
    /// How many pairs of runs, the pair that warms up not counted. Default: 8.
    #[schemars(range(min = 4, max = 100))]
    pub(crate) pairs: Option<u32>,
    /// How many at most, where the first ones do not decide. Default: twice `pairs`.
    #[schemars(range(min = 4, max = 200))]
    pub(crate) max_pairs: Option<u32>,
    /// How many pairs may be run again because the generator or the machine spoiled them. Default: as many as `pairs`.
    #[schemars(range(max = 200))]
    pub(crate) spare_pairs: Option<u32>,
    /// What is compared; three at most is wise, because each takes its share of the certainty. Default: the highest of p99, p90
    /// and p50 of `response` that a run has samples for, and `ratio(calls.failed)`.
    #[schemars(length(min = 1, max = 20))]
    pub(crate) metrics: Option<Vec<Metric>>,
    /// What an undecided gate means. Default: `warn`.
    pub(crate) on_inconclusive: Option<OnInconclusive>,
    /// Whether a metric fails only when it is surely beyond its tolerance. Default: false.
    pub(crate) strict: Option<bool>,
    /// Whether both sides run at the same time, each against a server of its own. Default: false.
    pub(crate) duet: Option<bool>,
    /// What is left out at the beginning of each run besides the `warm_up` of its workloads. Default: `none`.
    pub(crate) trim: Option<Trim>,
}

/// One side of a gate: a URL, a command that starts a server, or the scenario's own target, with changes to the embedded service.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Side {
    /// The base URL. With `command`: where the server listens.
    pub(crate) url: Option<String>,
    /// The program and its arguments; it is started for each run and ended after it. Without `url` it prints its address:
    /// the first `http://…`, or the first `host:port`, that it writes.
    #[schemars(length(min = 1))]
    pub(crate) command: Option<Vec<String>>,
    /// How long the command may take until it listens. Default: 30s.
    pub(crate) ready_within: Option<Duration>,
    /// Values of the embedded service, by path, as `--set` takes them: `mock.latency.median: 9ms`. Only `mock` and
    /// `limiters` may be changed, so that both sides get the same load.
    pub(crate) set: Option<Named<Value>>,
}

/// A measure that a gate compares.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    /// The measure, such as `p99(response)`, `ratio(attempts.throttled)` or `rate(calls.ok)`.
    #[schemars(extend("format" = "measure"))]
    pub(crate) of: String,
    /// How much worse it may be: a share of the baseline, or points where the measure is itself a share (`0.1%` of
    /// `ratio(calls.failed)` is 0.1 points). To find a change of 10 % surely, let the tolerance be 5%.
    pub(crate) tolerance: Share,
    /// Which way is worse. Default: less of what went well, more of everything else.
    pub(crate) worse: Option<Worse>,
    /// Which changes fail. Default: `worse`; `any` for what must stay as it is.
    pub(crate) change: Option<Judge>,
}

/// Which way of a measure is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Worse {
    /// More.
    Higher,
    /// Less.
    Lower,
}

/// Which changes of a measure fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Judge {
    /// Those for the worse.
    Worse,
    /// Any.
    Any,
}

/// What is left out at the beginning of each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trim {
    /// Nothing besides the warm-up.
    None,
    /// What the rule MSER-5 finds unsettled in each run, at most a third.
    Mser5,
}

/// What an undecided gate means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnInconclusive {
    /// It passes, and says so.
    Warn,
    /// It does not pass.
    Fail,
    /// It passes.
    Pass,
}

/// Looks for the highest load that still meets objectives.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Capacity {
    /// The workload whose load changes; the others keep theirs. Default: all, in their ratio.
    pub(crate) vary: Option<String>,
    /// The first rate. Default: 50/s.
    pub(crate) start: Option<PerTime>,
    /// The highest rate. Default: 1000 times `start`.
    pub(crate) max: Option<PerTime>,
    /// What must hold. Whether they are named or not, `ratio(calls.failed) < 1%` and `ratio(attempts.throttled) < 1%` must too, unless
    /// an objective of its own counts the same.
    #[schemars(length(min = 1))]
    pub(crate) objectives: Option<Vec<Condition>>,
    /// How narrow the answer is to be. Default: 3%.
    pub(crate) width: Option<Share>,
    /// How careful the answer is. Default: `launch`.
    pub(crate) mode: Option<CapacityMode>,
    /// How long one trial is measured. Default: 10s.
    pub(crate) trial: Option<Duration>,
    /// How long a load is given before it is measured. Default: 2s.
    pub(crate) settle: Option<Duration>,
    /// How much measured time decides over a load: the sum of its trials. Default: 60s.
    pub(crate) duration_sum: Option<Duration>,
    /// How the answer is verified. Default: 3 trials of 40s.
    pub(crate) verify: Option<Verify>,
    /// The load that is expected; the headroom is told against it.
    pub(crate) expected: Option<PerTime>,
    /// Asks for no search but whether this load holds.
    pub(crate) assert: Option<PerTime>,
    /// How much more than the asserted load is tried, as a share of it. Default: 0%.
    pub(crate) margin: Option<Share>,
    /// Varies the users of closed workloads in place of a rate.
    pub(crate) users: Option<CapacityUsers>,
    /// How long the whole search may take. Default: 12m.
    pub(crate) max_duration: Option<Duration>,
}

/// Varies the users of closed workloads in place of a rate.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CapacityUsers {
    /// How many at first. Default: 1.
    #[schemars(range(min = 1))]
    pub(crate) start: Option<u32>,
    /// How many at most. Default: 1000 times `start`.
    #[schemars(range(min = 1))]
    pub(crate) max: Option<u32>,
    /// How many are expected; the headroom is told against it.
    #[schemars(range(min = 1))]
    pub(crate) expected: Option<u32>,
    /// Asks for no search but whether so many are served.
    #[schemars(range(min = 1))]
    pub(crate) assert: Option<u32>,
}

/// Trials at the answer, to make sure.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verify {
    /// How many. Default: 3.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) trials: Option<u32>,
    /// How long each is measured. Default: 40s.
    pub(crate) trial: Option<Duration>,
}

/// How careful the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CapacityMode {
    /// A rate to promise: hardly ever too high.
    Launch,
    /// A rate to compare builds by: as often too high as too low.
    Compare,
}

/// Looks for the limiter of a target.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discover {
    /// The operation to send.
    pub(crate) operation: Option<String>,
    /// The parameters of the operation.
    pub(crate) with: Option<Named<Value>>,
    /// The most requests. Default: 2000.
    #[schemars(range(min = 10))]
    pub(crate) requests: Option<u64>,
    /// The longest time. Default: 90s.
    pub(crate) duration: Option<Duration>,
    /// The highest rate. Default: 200/s.
    pub(crate) max_rate: Option<PerTime>,
    /// The pause that lets the limiter recover. Default: 10s.
    pub(crate) quiet: Option<Duration>,
    /// What may tell one bucket from another: `header.NAME`, `query.NAME`, `path.NAME`, or `body.NAME`. Either names, whose values
    /// are made up (against this machine alone), or each with the values to try beside the one that is sent anyway:
    /// `{header.X-Api-Key: [one, another]}`.
    pub(crate) dimensions: Option<Vec<TextOr<Named<Vec<Value>>>>>,
    /// What may change the cost of a request: `query.NAME`, `body.NAME` or `batch.items`; it is sent with 1 and with 10.
    pub(crate) cost: Option<String>,
}
