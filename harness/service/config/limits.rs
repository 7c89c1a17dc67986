//! Limiters, the rules that name them, and how a refusal is told.

use std::borrow::Cow;

use crate::service::operation::OperationKind;
use crate::units::{Rate, Ratio};

/// The service's own throttling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Throttling {
    /// The documented one: 10/s with a burst of 20 for each account, region and operation.
    #[default]
    Service,
    /// None; the rules of `limits` still hold.
    Off,
}

/// Which limiters an operation has to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRule {
    /// The operations that the rule is for; empty means all.
    pub operations: Vec<OperationKind>,
    /// Indices into `limiters`. Every one must accept; all are asked first, then all are charged or none. Empty means
    /// that the operation is not limited.
    pub all_of: Vec<usize>,
}

/// A limiter by name.
#[derive(Clone, Debug, PartialEq)]
pub struct LimiterDef {
    /// The name that the scenario gave it.
    pub name: String,
    /// How it decides.
    pub kind: LimiterKind,
    /// What a request costs.
    pub cost: Cost,
    /// What has a bucket of its own; empty means one bucket for everything.
    pub scope: Vec<Dimension>,
}

/// How a limiter decides, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LimiterKind {
    /// `burst` tokens at most, initially full, refilled continuously at `rate`.
    TokenBucket {
        /// Tokens a second.
        rate: Rate,
        /// The capacity in tokens, at least one.
        burst: u32,
    },
}

/// What a request costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cost {
    /// One, whatever its size.
    #[default]
    One,
    /// The number of items in a batch; one for an operation without items. An operation under such a limiter is admitted
    /// after its body has been read, because the number is not known before.
    BatchItems,
}

/// A dimension that splits a limiter into buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// One bucket for everything; adds nothing to other dimensions.
    Global,
    /// The access key id of the credential scope.
    Account,
    /// The operation.
    Operation,
    /// The region of the credential scope.
    Region,
    /// Who calls: the client's number in process, the peer's address over HTTP.
    Client,
    /// The value of the `X-Api-Key` header.
    ApiKey,
}

/// How a throttled request is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// The HTTP status.
    pub status: u16,
    /// The error's type name, as in `x-amzn-ErrorType`.
    pub error_code: Cow<'static, str>,
    /// The `Retry-After` header.
    pub retry_after: RetryAfter,
    /// Whether `x-amz-retry-after` tells the true wait in milliseconds, rounded up.
    pub aws_retry_after: bool,
}

impl Default for Reject {
    fn default() -> Self {
        Self {
            status: 429,
            error_code: Cow::Borrowed("ThrottlingException"),
            retry_after: RetryAfter::None,
            aws_retry_after: false,
        }
    }
}

/// What the `Retry-After` header of a throttled answer says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum RetryAfter {
    /// There is none.
    #[default]
    None,
    /// The true wait, rounded up to whole seconds.
    Ceil,
    /// Always this many seconds.
    Fixed(u32),
    /// The true wait multiplied by a factor, rounded up to whole seconds: a dishonest hint.
    Factor(Ratio),
}
