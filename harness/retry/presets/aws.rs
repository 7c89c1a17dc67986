//! The AWS SDKs' standard mode 2.1 ("new retries 2026"), the default of most of them since 2026-11-10, and what is built on it.
//!
//! Sources: AWS Developer Tools Blog, "Announcing updated retry behavior for AWS SDKs and Tools" (2026-05-20) and "Updated default
//! retry behavior for AWS SDKs and tools"; botocore `botocore/retries/standard.py`; smithy-rs `aws-smithy-types/src/retry.rs`;
//! aws-sdk-go-v2 `aws/retry/retry2026_test.go`; smithy-typescript `packages/core/src/submodules/retry`.

use super::Preset;
use super::generic::none;
use crate::retry::backoff::{Backoff, Backoffs};
use crate::retry::budget::{BudgetSpec, Costs};
use crate::retry::gate::{CubicSpec, ThrottleSpec};
use crate::retry::hint::{HintHeader, HintHeaders, HintPolicy, HintUse};
use crate::retry::policy::Policy;
use crate::units::{Nanos, Ratio};

/// The AWS SDKs' standard mode as it is the default since 2026-11-10.
pub const AWS_STANDARD_2_1: &str = "aws-standard-2.1";

pub(super) const PRESETS: &[Preset] = &[
    (AWS_STANDARD_2_1, "AWS SDK standard mode 2.1: 3 attempts, full jitter, retry quota of 500", standard),
    ("aws-standard-2.1-dynamodb", "the same for DynamoDB: 4 attempts, shorter waits where nothing throttles", dynamodb),
    ("aws-standard-2.1-long-polling", "the same for long-polling calls: an empty quota delays their failure", || {
        Policy { name: "aws-standard-2.1-long-polling".into(), long_polling: true, ..standard() }
    }),
    ("aws-adaptive", "AWS SDK adaptive mode: standard mode 2.1 behind a rate limit that the client finds", || {
        let throttle = Some(ThrottleSpec::Cubic(CubicSpec::default()));
        Policy { name: "aws-adaptive".into(), throttle, ..standard() }
    }),
];

/// The base of waits after throttling.
const THROTTLED: Nanos = Nanos::from_secs(1);

/// Three attempts; `u · min(b · 2ⁱ, 20 s)` with b = 1 s after throttling and 50 ms otherwise; a quota of 500 tokens, 5 for a retry
/// after throttling, 14 for any other; `x-amz-retry-after` clamped to at most 5 s above the own backoff.
fn standard() -> Policy {
    Policy {
        name: AWS_STANDARD_2_1.into(),
        max_attempts: 3,
        backoff: Backoffs::throttling_apart(
            Backoff::full_jitter(THROTTLED),
            Backoff::full_jitter(Nanos::from_millis(50)),
        ),
        hint: clamped(&[HintHeader::AmzRetryAfter]),
        budget: quota(Costs { throttling: 5.0, ..Costs::all(14.0) }),
        ..none()
    }
}

/// DynamoDB and its streams: four attempts, b = 25 ms where nothing throttles.
fn dynamodb() -> Policy {
    let other = Backoff::full_jitter(Nanos::from_millis(25));
    Policy {
        name: "aws-standard-2.1-dynamodb".into(),
        max_attempts: 4,
        backoff: Backoffs::throttling_apart(Backoff::full_jitter(THROTTLED), other),
        ..standard()
    }
}

/// The quota that all standard modes share: 500 tokens, and one for a call that was never retried.
pub(super) fn quota(cost: Costs) -> BudgetSpec {
    BudgetSpec::AwsQuota { capacity: 500.0, cost, refund: 1.0 }
}

/// Hints between the own backoff and 5 s more. The SDKs add no jitter: the clamp starts from a backoff that is jittered already.
pub(super) fn clamped(headers: &[HintHeader]) -> HintPolicy {
    HintPolicy {
        mode: HintUse::Clamp { add: Nanos::from_secs(5) },
        max: HintPolicy::MAX,
        jitter: Ratio::ZERO,
        headers: HintHeaders::of(headers),
    }
}
