//! Which header fields a policy listens to.

use crate::api::{Hints, Pushback};
use crate::units::Nanos;

/// A header field that says when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintHeader {
    /// `grpc-retry-pushback-ms`.
    GrpcRetryPushback,
    /// `x-amz-retry-after`.
    AmzRetryAfter,
    /// `Retry-After`.
    RetryAfter,
    /// `RateLimit`, and the three fields that came before it.
    RateLimit,
    /// `X-RateLimit-Reset`.
    XRateLimitReset,
}

impl HintHeader {
    /// All of them: the one that is meant most precisely comes first, and wins.
    pub const ALL: [Self; 5] =
        [Self::GrpcRetryPushback, Self::AmzRetryAfter, Self::RetryAfter, Self::RateLimit, Self::XRateLimitReset];

    /// The field's name, lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::GrpcRetryPushback => "grpc-retry-pushback-ms",
            Self::AmzRetryAfter => "x-amz-retry-after",
            Self::RetryAfter => "retry-after",
            Self::RateLimit => "ratelimit",
            Self::XRateLimitReset => "x-ratelimit-reset",
        }
    }

    /// What this field said.
    pub(super) fn of(self, hints: &Hints) -> Option<Pushback> {
        let wait: Option<Nanos> = match self {
            Self::GrpcRetryPushback => return hints.pushback,
            Self::AmzRetryAfter => hints.amz_retry_after,
            Self::RetryAfter => hints.retry_after,
            Self::RateLimit => hints.ratelimit,
            Self::XRateLimitReset => hints.x_ratelimit_reset,
        };
        wait.map(Pushback::Wait)
    }
}

/// A set of header fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HintHeaders(u8);

impl HintHeaders {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self::of(&HintHeader::ALL);

    /// These.
    pub const fn of(headers: &[HintHeader]) -> Self {
        let (mut bits, mut next) = (0, 0);
        while next < headers.len() {
            bits |= 1 << headers[next] as u8;
            next += 1;
        }
        Self(bits)
    }

    /// Whether a field is one of them.
    pub const fn contains(self, header: HintHeader) -> bool {
        self.0 & (1 << header as u8) != 0
    }

    /// Its members, in the order of precedence.
    pub fn iter(self) -> impl Iterator<Item = HintHeader> {
        HintHeader::ALL.into_iter().filter(move |header| self.contains(*header))
    }
}
