//! Policies that are always in scope by name.

use super::backoff::{Backoff, Backoffs};
use super::budget::BudgetSpec;
use super::classify::Classifier;
use super::hint::{HintHeader, HintHeaders, HintPolicy, HintUse};
use super::policy::Policy;
use crate::units::{Nanos, Ratio};

/// Never retries.
pub const NONE: &str = "none";
/// The AWS SDKs' standard mode as it is the default since 2026-11-10.
pub const AWS_STANDARD_2_1: &str = "aws-standard-2.1";

/// A preset: its name, its one-line description, its maker.
type Preset = (&'static str, &'static str, fn() -> Policy);

/// Every preset.
pub const PRESETS: &[Preset] = &[
    (NONE, "one attempt, never a retry", none),
    (AWS_STANDARD_2_1, "AWS SDK standard mode 2.1: 3 attempts, full jitter, retry quota of 500", aws_standard_2_1),
];

/// The preset of a name.
pub fn preset(name: &str) -> Option<Policy> {
    PRESETS.iter().find(|(known, ..)| *known == name).map(|(.., make)| make())
}

fn none() -> Policy {
    Policy {
        name: NONE.into(),
        max_attempts: 1,
        // The commonest ceiling of HTTP clients and gateways; without any, a silent server would hold a run open for ever.
        attempt_timeout: Some(Nanos::from_secs(30)),
        call_timeout: None,
        backoff: Backoffs::default(),
        hint: HintPolicy::IGNORE,
        budget: BudgetSpec::Unlimited,
        throttle: None,
        breaker: None,
        concurrency: None,
        hedge: None,
        long_polling: false,
        classifier: Classifier::default(),
    }
}

/// 3 attempts; `u · min(b · 2ⁱ, 20 s)` with b = 1 s after throttling and 50 ms otherwise; quota of 500 tokens, 5 for a retry
/// after throttling, 14 for any other; `x-amz-retry-after` clamped to at most 5 s above the own backoff. Sources: AWS Developer
/// Tools Blog, "Announcing updated retry behavior for AWS SDKs and Tools" (2026-05-20); smithy-rs
/// `aws-smithy-types/src/retry.rs`; aws-sdk-go-v2 `aws/retry/retry2026_test.go`.
fn aws_standard_2_1() -> Policy {
    Policy {
        name: AWS_STANDARD_2_1.into(),
        max_attempts: 3,
        backoff: Backoffs::throttling_apart(
            Backoff::full_jitter(Nanos::from_secs(1)),
            Backoff::full_jitter(Nanos::from_millis(50)),
        ),
        hint: HintPolicy {
            mode: HintUse::Clamp { add: Nanos::from_secs(5) },
            max: Nanos::from_secs(60),
            // The SDKs add none: the clamp starts from a backoff that is jittered already.
            jitter: Ratio::ZERO,
            headers: HintHeaders::of(&[HintHeader::AmzRetryAfter]),
        },
        budget: BudgetSpec::AwsQuota { capacity: 500.0, throttling_cost: 5.0, other_cost: 14.0 },
        ..none()
    }
}
