//! A budget as a policy describes it.

use super::{AwsQuota, Budget, Concurrent, Costs, Grpc, MaxRetries, RetryRatio, TokenBucket, Unlimited};
use crate::units::{Nanos, Ratio};

/// A budget as a policy describes it; each client gets its own state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BudgetSpec {
    /// No limit but the policy's own attempts.
    Unlimited,
    /// The retry quota of the AWS SDKs.
    AwsQuota {
        /// Tokens at first and at most; above zero.
        capacity: f64,
        /// What a retry costs, in tokens.
        cost: Costs,
        /// What a call gives back that succeeds and was never retried, in tokens.
        refund: f64,
    },
    /// A token bucket that successes fill.
    TokenBucket {
        /// Tokens at first and at most; above zero.
        size: f64,
        /// What a success adds, in tokens.
        per_success: f64,
        /// What a retry costs, in tokens.
        cost: Costs,
        /// Whether a call adds its part as it begins, whatever becomes of it, instead of when it succeeds.
        credit_at_start: bool,
    },
    /// gRPC's `retryThrottling`.
    Grpc {
        /// Tokens at first and at most, above 0 and at most 1000.
        max_tokens: f64,
        /// What a success adds; above zero, three decimals count.
        token_ratio: f64,
    },
    /// Retries are a part of the calls of late, as with Finagle and linkerd.
    Ratio {
        /// How long a call counts; above zero.
        ttl: Nanos,
        /// Retries a second that are always allowed.
        min_per_sec: f64,
        /// How many retries a call earns.
        percent: Ratio,
    },
    /// Retries under way are a part of the attempts under way: Envoy's `retry_budget`.
    Concurrent {
        /// The part.
        percent: Ratio,
        /// Retries under way that are always allowed.
        min: u32,
    },
    /// So many retries may be under way: Envoy's `max_retries`.
    MaxRetries {
        /// How many.
        most: u32,
    },
}

impl BudgetSpec {
    /// Whether what one call of a client does bears on another.
    pub fn is_shared(&self) -> bool {
        !matches!(self, Self::Unlimited)
    }

    /// A fresh, full budget.
    pub fn start(&self) -> Box<dyn Budget> {
        match *self {
            Self::Unlimited => Box::new(Unlimited),
            Self::AwsQuota { capacity, cost, refund } => Box::new(AwsQuota::new(capacity, cost, refund)),
            Self::TokenBucket { size, per_success, cost, credit_at_start } => {
                Box::new(TokenBucket::new(size, per_success, cost, credit_at_start))
            }
            Self::Grpc { max_tokens, token_ratio } => Box::new(Grpc::new(max_tokens, token_ratio)),
            Self::Ratio { ttl, min_per_sec, percent } => Box::new(RetryRatio::new(ttl, min_per_sec, percent)),
            Self::Concurrent { percent, min } => Box::new(Concurrent::new(percent, min)),
            Self::MaxRetries { most } => Box::new(MaxRetries::new(most)),
        }
    }
}
