//! Definitions of rate limiters.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{Duration, PerTime, Share, TextOr};

/// Adds the options that all limiters share to each of them, since serde's `flatten` would spoil the error messages.
macro_rules! limiters {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        /// A rate limiter of a service.
        #[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
        #[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
        pub(crate) enum Limiter {$(
            $(#[$doc])*
            $name {
                $($(#[$field_doc])* $field: $type,)*
                /// What tells one bucket from another. Default: `[account]`.
                scope: Option<Vec<Scope>>,
                /// What a request costs: a whole number, `batch.items`, `query.NAME` or `body.NAME` (a number, or a list
                /// by its length). Where a request has none it costs 1. Default: 1.
                cost: Option<TextOr<f64>>,
                /// Whether a rejected request is charged, too, whichever limiter rejected it. Default: false.
                count_rejected: Option<bool>,
                /// A time of denial after each denial of its own.
                penalty: Option<Penalty>,
                /// The chance that the limiter decides wrongly, as distributed limiters do. Default: 0%.
                noise: Option<Share>,
            },
        )*}

        impl Limiter {
            /// The options that all limiters share.
            pub(crate) fn common(&self) -> Common<'_> {
                match self {$(
                    Self::$name { scope, cost, count_rejected, penalty, noise, .. } =>
                        Common { scope: scope.as_deref(), cost: cost.as_ref(), count_rejected: *count_rejected, penalty: penalty.as_ref(), noise: noise.as_ref() },
                )*}
            }
        }
    };
}

limiters! {
    /// Tokens that refill at a rate, up to a burst; a request takes one.
    TokenBucket {
        /// How fast tokens come back.
        rate: PerTime,
        /// How many tokens there are at most.
        #[schemars(range(min = 1))]
        burst: u32,
        /// Refills in steps that come to the same rate: so many tokens each interval. Default: continuously.
        refill: Option<Refill>,
    }
    /// The generic cell rate algorithm: as a token bucket, kept as one instant.
    Gcra {
        /// How fast requests may follow each other.
        rate: PerTime,
        /// How many may come at once.
        #[schemars(range(min = 1))]
        burst: u32,
    }
    /// A bucket that leaks at a rate. With `burst` excess is rejected, as by nginx with `nodelay`; with `queue` excess
    /// waits its turn.
    LeakyBucket {
        /// How fast the bucket leaks.
        rate: PerTime,
        /// The excess that is let through at once; the capacity is one more, as with nginx.
        burst: Option<u32>,
        /// How many requests may wait.
        queue: Option<u32>,
    }
    /// So many requests in each window of time.
    FixedWindow {
        /// Requests in a window.
        #[schemars(range(min = 1))]
        limit: u32,
        /// The length of a window.
        window: Duration,
        /// Where windows begin. Default: `epoch`.
        align: Option<Align>,
    }
    /// So many requests in any window of time; each is remembered.
    SlidingWindowLog {
        /// Requests in a window.
        #[schemars(range(min = 1))]
        limit: u32,
        /// The length of the window.
        window: Duration,
    }
    /// As a log, estimated from the counts of this window and the last.
    SlidingWindowCounter {
        /// Requests in a window.
        #[schemars(range(min = 1))]
        limit: u32,
        /// The length of the window.
        window: Duration,
    }
    /// So many requests at the same time.
    Concurrency {
        /// Requests at the same time.
        #[schemars(range(min = 1))]
        limit: u32,
        /// How many more may wait. Default: 0.
        queue: Option<u32>,
    }
    /// A concurrency limit that follows the latency.
    Adaptive {
        /// How the limit is found.
        algorithm: Algorithm,
        /// The limit at the start. Default: 20.
        #[schemars(range(min = 1))]
        initial: Option<u32>,
        /// The lowest limit. Default: 1.
        #[schemars(range(min = 1))]
        min: Option<u32>,
        /// The highest limit. Default: 200.
        #[schemars(range(min = 1))]
        max: Option<u32>,
        /// The latency above which the limit falls; for `aimd`. Default: 5s.
        target: Option<Duration>,
        /// What the limit falls to, as a part of itself; for `aimd`. Default: 90%.
        backoff_ratio: Option<Share>,
    }
}

/// The options that all limiters share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Common<'a> {
    pub(crate) scope: Option<&'a [Scope]>,
    pub(crate) cost: Option<&'a TextOr<f64>>,
    pub(crate) count_rejected: Option<bool>,
    pub(crate) penalty: Option<&'a Penalty>,
    pub(crate) noise: Option<&'a Share>,
}

/// A refill in steps.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refill {
    /// The time between two refills.
    pub(crate) interval: Duration,
    /// How many tokens come at a time.
    #[schemars(range(min = 1))]
    pub(crate) amount: u32,
}

/// Where fixed windows begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Align {
    /// At whole multiples of the window.
    Epoch,
    /// With the first request.
    FirstRequest,
}

/// What tells one bucket from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// One bucket for everything.
    Global,
    /// The account of the signature.
    Account,
    /// The header `X-Api-Key`.
    ApiKey,
    /// The address of the client.
    Client,
    /// The operation.
    Operation,
    /// The region of the signature.
    Region,
    /// The path.
    Path,
}

/// A time of denial after a rejection.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Penalty {
    /// How long everything is denied.
    #[serde(rename = "for")]
    pub(crate) lasting: Duration,
    /// Whether each denial starts the time again. Default: false.
    pub(crate) extend: Option<bool>,
}

/// How an adaptive concurrency limit is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Algorithm {
    /// One more after each full use without trouble, a part less after trouble.
    Aimd,
    /// By the ratio of the long-term latency to the present one.
    Gradient,
    /// By the queue that the latency betrays.
    Vegas,
}
