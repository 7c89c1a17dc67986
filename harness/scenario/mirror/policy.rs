//! Definitions of retry policies.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{Duration, OneOrMany, PerTime, Share, Status};

/// A retry policy.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    /// A preset or another policy, whose every field holds that is not given here. Default: `none`.
    pub(crate) extends: Option<String>,
    /// The most attempts of a call, the first included; 1 never retries.
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) max_attempts: Option<u32>,
    /// How long one attempt may take.
    pub(crate) attempt_timeout: Option<Duration>,
    /// How long a whole call may take, waits included.
    pub(crate) call_timeout: Option<Duration>,
    /// The wait before a retry.
    pub(crate) backoff: Option<Backoff>,
    /// What a server's hint, such as `Retry-After`, changes about the wait.
    pub(crate) hint: Option<Hint>,
    /// What all calls of a client may spend on retries together.
    pub(crate) budget: Option<Budget>,
    /// A limit that the client keeps before it sends.
    pub(crate) client_throttle: Option<ClientThrottle>,
    /// Stops sending while most attempts fail.
    pub(crate) circuit_breaker: Option<CircuitBreaker>,
    /// A limit on attempts in flight that follows the replies.
    pub(crate) concurrency: Option<Concurrency>,
    /// A second attempt while the first is still under way.
    pub(crate) hedge: Option<Hedge>,
    /// What is retried in addition.
    pub(crate) retry_on: Option<Matches>,
    /// What is never retried; stronger than `retry_on`.
    pub(crate) never_retry_on: Option<Matches>,
    /// Rules that say of which kind a failure is, before the usual ones; the first that fits decides.
    pub(crate) classify: Option<Vec<Rule>>,
    /// What a 429 is that carries no known error code. Default: `throttling`; the AWS SDKs for Python, Rust and Go say `permanent`.
    pub(crate) bare_429: Option<Bare429>,
    /// Whether a call whose retry the budget refuses still waits before it fails, as long-polling calls of the AWS SDKs do.
    /// Default: false.
    pub(crate) long_polling: Option<bool>,
}

/// What a 429 without a known error code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bare429 {
    /// The service said: slower.
    Throttling,
    /// A failure that stays.
    Permanent,
}

/// The wait before a retry.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backoff {
    /// The shape. Default: `full_jitter`.
    #[serde(rename = "type")]
    pub(crate) shape: Option<Shape>,
    /// The wait before the first retry, before jitter.
    pub(crate) base: Option<Duration>,
    /// By how much each wait is longer than the last. Default: 2.
    #[schemars(range(min = 1.0, max = 1000.0))]
    pub(crate) multiplier: Option<f64>,
    /// What `linear` adds each time. Default: `base`.
    pub(crate) step: Option<Duration>,
    /// No wait is longer. Default: 20s.
    pub(crate) cap: Option<Duration>,
    /// The part of the wait that is random, for `proportional_jitter`. Default: 20%.
    pub(crate) jitter: Option<Share>,
    /// Other values for one kind of failure.
    pub(crate) by_kind: Option<ByKind>,
}

/// The shape of a backoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// Always `base`.
    Constant,
    /// `base`, and `step` more each time.
    Linear,
    /// `base`, times `multiplier` each time.
    Exponential,
    /// Anything from zero to the exponential wait.
    FullJitter,
    /// Half of the exponential wait, and anything up to the other half.
    EqualJitter,
    /// Anything from `base` to three times the last wait.
    DecorrelatedJitter,
    /// The exponential wait, give or take a part.
    ProportionalJitter,
    /// `base` times 1, 1, 2, 3, 5, …
    Fibonacci,
}

/// Backoffs for kinds of failures.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByKind {
    /// The service said: slower.
    pub(crate) throttling: Option<KindBackoff>,
    /// A failure that may pass.
    pub(crate) transient: Option<KindBackoff>,
    /// No reply in time.
    pub(crate) timeout: Option<KindBackoff>,
}

/// The values that a kind of failure may change.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KindBackoff {
    /// The wait before the first retry, before jitter.
    pub(crate) base: Option<Duration>,
    /// By how much each wait is longer than the last.
    #[schemars(range(min = 1.0, max = 1000.0))]
    pub(crate) multiplier: Option<f64>,
    /// No wait is longer.
    pub(crate) cap: Option<Duration>,
}

/// What a server's hint changes about the wait.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hint {
    /// How the hint is used. Default: `clamp`.
    #[serde(rename = "use")]
    pub(crate) usage: Option<HintUse>,
    /// For `clamp`: how much longer than our own wait it may be. Default: 5s.
    pub(crate) add: Option<Duration>,
    /// A longer hint counts as this. Default: 60s.
    pub(crate) max: Option<Duration>,
    /// What is added at random, as a part of the hint, so that not all clients come back at once. Default: 10%.
    pub(crate) jitter: Option<Share>,
    /// Which headers count. Default: all.
    pub(crate) headers: Option<Vec<HintHeader>>,
}

/// How a hint is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HintUse {
    /// Not at all.
    Ignore,
    /// The wait is at least the hint.
    AtLeast,
    /// The wait is the hint.
    Exact,
    /// The hint, but not shorter than our own wait and not longer than that and `add`.
    Clamp,
}

/// A header that holds a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HintHeader {
    /// `grpc-retry-pushback-ms`.
    GrpcRetryPushbackMs,
    /// `x-amz-retry-after`, in milliseconds.
    XAmzRetryAfter,
    /// `Retry-After`, in seconds or as a date.
    RetryAfter,
    /// `RateLimit`.
    Ratelimit,
    /// `X-RateLimit-Reset`.
    XRatelimitReset,
}

/// What all calls of a client may spend on retries together.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Budget {
    /// No limit.
    None,
    /// Tokens that successes bring back.
    TokenBucket {
        /// How many tokens there are at most, and at the start. Default: 10.
        size: Option<f64>,
        /// How many a success brings back. Default: 0.1.
        per_success: Option<f64>,
        /// What a retry costs, by the kind of failure. Default: 1.
        cost: Option<Costs>,
        /// Whether a call brings its part as it begins, whatever becomes of it. Default: false.
        credit_at_start: Option<bool>,
    },
    /// The quota of the AWS SDKs.
    AwsQuota {
        /// The tokens at the start, and the most. Default: 500.
        initial: Option<u32>,
        /// What a retry costs, by the kind of failure. Default: 5 for throttling, 14 else.
        cost: Option<Costs>,
        /// What a first attempt that succeeds brings back. Default: 1.
        refund: Option<u32>,
    },
    /// The throttle of gRPC: retries only while more than half of the tokens are left.
    Grpc {
        /// The tokens at the start, and the most. Default: 10.
        max_tokens: Option<f64>,
        /// What a success brings back. Default: 0.1.
        token_ratio: Option<f64>,
    },
    /// Retries are a part of requests, as with Finagle and linkerd.
    Ratio {
        /// How long a request counts. Default: 10s.
        ttl: Option<Duration>,
        /// Retries that are always allowed. Default: 10/s.
        min_per_sec: Option<PerTime>,
        /// The part. Default: 20%.
        percent: Option<Share>,
    },
    /// Retries in flight are a part of attempts in flight, as with Envoy.
    Concurrent {
        /// The part. Default: 20%.
        percent: Option<Share>,
        /// Retries in flight that are always allowed. Default: 3.
        min: Option<u32>,
    },
    /// So many retries may be in flight, as with Envoy where it has no retry budget.
    MaxRetries {
        /// How many. Default: 3.
        most: Option<u32>,
    },
}

/// What a retry costs, by the kind of the failure before it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Costs {
    /// After throttling.
    pub(crate) throttling: Option<f64>,
    /// After a failure that may pass.
    pub(crate) transient: Option<f64>,
    /// After no reply in time.
    pub(crate) timeout: Option<f64>,
}

/// A limit that the client keeps before it sends.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ClientThrottle {
    /// No limit.
    None,
    /// Drops calls at random while too few are accepted, as in Google's book on site reliability.
    Sre {
        /// How many requests there may be for each that is accepted. Default: 2.
        #[schemars(range(min = 1.0))]
        k: Option<f64>,
        /// How far back it counts. Default: 2m.
        window: Option<Duration>,
    },
    /// Drops calls at random while too few succeed, as with Envoy's admission control.
    AdmissionControl {
        /// The part of successes below which it begins to drop. Default: 95%.
        threshold: Option<Share>,
        /// How steeply it drops; 1 is linear. Default: 1.
        #[schemars(range(min = 1.0))]
        aggression: Option<f64>,
        /// How far back it counts. Default: 30s.
        window: Option<Duration>,
        /// Below this rate it drops nothing. Default: none.
        floor: Option<PerTime>,
        /// The most that it drops. Default: 80%.
        most: Option<Share>,
    },
    /// The adaptive mode of the AWS SDKs.
    Cubic {
        /// What throttling leaves of the rate. Default: 0.7.
        beta: Option<f64>,
        /// How fast the rate recovers. Default: 0.4.
        scale: Option<f64>,
        /// How fast the measured rate follows. Default: 0.8.
        smooth: Option<f64>,
        /// The lowest rate. Default: 0.5/s.
        min_fill_rate: Option<PerTime>,
    },
    /// A constant rate.
    Fixed {
        /// The rate.
        rate: PerTime,
        /// How many may go at once after a pause. Default: 1.
        #[schemars(range(min = 1))]
        burst: Option<u32>,
    },
}

/// Stops sending while most attempts fail.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CircuitBreaker {
    /// The part of failures that opens it. Default: 50%.
    pub(crate) failure_rate: Option<Share>,
    /// How many attempts it looks back. Default: 100.
    #[schemars(range(min = 1, max = 100_000))]
    pub(crate) window: Option<u32>,
    /// How many attempts it needs to judge. Default: 100.
    #[schemars(range(min = 1, max = 100_000))]
    pub(crate) min_calls: Option<u32>,
    /// How long it stays open. Default: 60s.
    pub(crate) open_for: Option<Duration>,
    /// How many attempts then decide. Default: 10.
    #[schemars(range(min = 1, max = 100_000))]
    pub(crate) half_open_calls: Option<u32>,
    /// Whether first attempts always go, and only retries stop. Default: false.
    pub(crate) only_retries: Option<bool>,
}

/// A limit on attempts in flight that follows the replies.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Concurrency {
    /// How the limit is found.
    #[serde(rename = "type")]
    pub(crate) algorithm: super::limiter::Algorithm,
    /// The limit at the start. Default: 20.
    #[schemars(range(min = 1))]
    pub(crate) initial: Option<u32>,
    /// The lowest limit. Default: 1.
    #[schemars(range(min = 1))]
    pub(crate) min: Option<u32>,
    /// The highest limit. Default: 200.
    #[schemars(range(min = 1))]
    pub(crate) max: Option<u32>,
    /// The latency above which the limit falls; for `aimd`. Default: 5s.
    pub(crate) target: Option<Duration>,
    /// What trouble leaves of the limit; for `aimd`. Default: 90%.
    pub(crate) backoff_ratio: Option<Share>,
}

/// A second attempt while the first is still under way.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hedge {
    /// After how long: a time, or a percentile of recent latencies such as `p95`.
    pub(crate) after: String,
    /// How many more attempts at most. Default: 1.
    #[schemars(range(min = 1, max = 10))]
    pub(crate) max: Option<u32>,
}

/// Replies and errors; one that fits any entry fits.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matches {
    /// Statuses: `503` or `5xx`.
    pub(crate) status: Option<OneOrMany<Status>>,
    /// Error codes, such as `SlowDown`.
    pub(crate) codes: Option<OneOrMany<String>>,
    /// Headers, by name.
    pub(crate) header: Option<OneOrMany<String>>,
    /// Failures without a reply.
    pub(crate) transport: Option<OneOrMany<TransportFailure>>,
}

/// A failure without a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TransportFailure {
    /// No reply in time.
    Timeout,
    /// No connection in time.
    ConnectTimeout,
    /// The connection was reset.
    Reset,
    /// The connection was refused.
    Refused,
    /// The connection was closed before the reply was complete.
    Closed,
    /// The name of the host is not known.
    Dns,
}

/// Says of which kind a failure is.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// What the rule fits; every entry must.
    pub(crate) when: When,
    /// The kind.
    #[serde(rename = "as")]
    pub(crate) kind: FailureKind,
}

/// What a rule fits.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    /// Statuses: `409` or `4xx`.
    pub(crate) status: Option<OneOrMany<Status>>,
    /// Error codes.
    pub(crate) code: Option<OneOrMany<String>>,
    /// Headers, by name.
    pub(crate) header: Option<OneOrMany<String>>,
    /// Failures without a reply.
    pub(crate) transport: Option<OneOrMany<TransportFailure>>,
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FailureKind {
    /// The service said: slower.
    Throttling,
    /// A failure that may pass.
    Transient,
    /// No reply in time.
    Timeout,
    /// A failure that stays.
    Permanent,
    /// No failure at all.
    Success,
}
