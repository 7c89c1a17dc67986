//! How a throttled request is answered.

use std::borrow::Cow;

use crate::units::{Nanos, Ratio};

/// How a throttled request is answered. The default tells nothing of when to come back, as the service does.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// The HTTP status.
    pub status: u16,
    /// The error's type name, as in `x-amzn-ErrorType`, in both namespaces; without it each says what its model names.
    pub error_code: Option<Cow<'static, str>>,
    /// The `Retry-After` header.
    pub retry_after: RetryAfter,
    /// Whether `x-amz-retry-after` tells the true wait in milliseconds, rounded up.
    pub aws_retry_after: bool,
    /// Whether `RateLimit` and `RateLimit-Policy` tell of the limit.
    pub ratelimit: bool,
    /// Whether `X-RateLimit-Limit`, `-Remaining` and `-Reset` tell of the limit.
    pub x_ratelimit: bool,
    /// The form of the body.
    pub body: RejectBody,
    /// How long a refusal takes.
    pub latency: Nanos,
    /// How much of a worker's time a refusal uses, as a part of what a request would. More than none is what makes an
    /// overload outlive its cause: refusals crowd out the work.
    pub cost: Ratio,
}

impl Default for Reject {
    fn default() -> Self {
        Self {
            status: 429,
            error_code: None,
            retry_after: RetryAfter::None,
            aws_retry_after: false,
            ratelimit: false,
            x_ratelimit: false,
            body: RejectBody::AwsJson,
            latency: Nanos::ZERO,
            cost: Ratio::ZERO,
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

/// The form of a refusal's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RejectBody {
    /// As every other error.
    #[default]
    AwsJson,
    /// As AWS services with XML.
    AwsXml,
    /// RFC 9457.
    ProblemJson,
    /// The message alone.
    Text,
}
