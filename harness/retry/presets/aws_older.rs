//! What the AWS SDKs did before: legacy modes, standard mode 2.0, and the defaults of those that went their own ways. Many run still,
//! and `AWS_RETRY_MODE` brings some of them back.

use super::Preset;
use super::aws::{clamped, quota};
use super::generic::none;
use crate::api::StatusSet;
use crate::retry::backoff::{Backoff, Backoffs, Shape};
use crate::retry::budget::Costs;
use crate::retry::classify::{Classifier, FailureKind, Rule, Verdict};
use crate::retry::hint::{HintHeader, HintHeaders, HintPolicy, HintUse};
use crate::retry::policy::Policy;
use crate::units::{Nanos, Ratio};

pub(super) const PRESETS: &[Preset] = &[
    ("aws-standard-2.0", "AWS SDK standard mode 2.0: 3 attempts, full jitter from 1 s, retry quota of 500", standard),
    ("aws-standard-2.0-rust", "the same as the SDK for Rust does it: hints obeyed, dearer retries", rust),
    ("aws-javascript-2.0", "the same as the SDK for JavaScript does it: 100 ms, after throttling 500 ms", javascript),
    ("aws-legacy", "AWS SDK for Python, legacy mode: 5 attempts, full jitter from 1 s without a cap, no quota", legacy),
    ("aws-legacy-dynamodb", "the same for DynamoDB: 10 attempts, 50 ms doubled, no jitter", legacy_dynamodb),
    ("aws-java-legacy", "AWS SDK for Java 2, legacy mode: 4 attempts, a quota that throttling does not touch", java),
    ("aws-cpp-legacy", "AWS SDK for C++: 11 attempts, 25 ms doubled, no jitter, no quota", cpp),
];

/// Three attempts; `u · min(2ⁱ, 20 s)` whatever failed; a quota of 500 tokens, 5 for a retry and 10 after a timeout; no hints. Sources:
/// botocore `botocore/retries/{standard,quota}.py` before 1.44.0; aws-sdk-go-v2 before 1.48.0.
///
/// Python and Go do not retry a bare 429; JavaScript and Ruby do, as this preset does. `bare_429: permanent` makes it Python's.
fn standard() -> Policy {
    Policy {
        name: "aws-standard-2.0".into(),
        max_attempts: 3,
        backoff: Backoffs::same(Backoff::full_jitter(Nanos::from_secs(1))),
        budget: quota(Costs { timeout: 10.0, ..Costs::all(5.0) }),
        ..none()
    }
}

/// Rust takes `x-amz-retry-after` for the wait, up to its cap; charges 10 for all that is transient, and does not retry a bare 429.
/// Source: smithy-rs `client/retries/strategy/standard.rs` and `token_bucket.rs`, `RetrySpec::v2_0`.
fn rust() -> Policy {
    Policy {
        name: "aws-standard-2.0-rust".into(),
        hint: HintPolicy {
            mode: HintUse::Exact,
            max: Backoff::CAP,
            jitter: Ratio::ZERO,
            headers: HintHeaders::of(&[HintHeader::AmzRetryAfter]),
        },
        budget: quota(Costs { throttling: 5.0, ..Costs::all(10.0) }),
        classifier: Classifier { bare_429: FailureKind::Permanent, ..Classifier::default() },
        ..standard()
    }
}

/// JavaScript begins at 100 ms, after throttling at 500 ms, charges as Rust does, and reads `Retry-After` besides. Source:
/// smithy-typescript `util-retry/StandardRetryStrategy.ts`, `constants.ts` and `middleware-retry/parseRetryAfterHeader.ts`.
fn javascript() -> Policy {
    Policy {
        name: "aws-javascript-2.0".into(),
        backoff: Backoffs::throttling_apart(
            Backoff::full_jitter(Nanos::from_millis(500)),
            Backoff::full_jitter(Nanos::from_millis(100)),
        ),
        hint: clamped(&[HintHeader::AmzRetryAfter, HintHeader::RetryAfter]),
        budget: quota(Costs { throttling: 5.0, ..Costs::all(10.0) }),
        ..standard()
    }
}

/// Five attempts, `u · 2ⁱ` seconds, nothing that limits them; 509 is throttling, too. Source: botocore `botocore/retryhandler.py` and
/// `botocore/data/_retry.json`.
fn legacy() -> Policy {
    let bandwidth =
        Rule { statuses: Some(StatusSet::EMPTY.with(509)), ..Rule::always(Verdict::Failure(FailureKind::Throttling)) };
    Policy {
        name: "aws-legacy".into(),
        max_attempts: 5,
        backoff: Backoffs::same(Backoff::full_jitter(Nanos::from_secs(1)).with_cap(Nanos::MAX)),
        classifier: Classifier { rules: vec![bandwidth], ..Classifier::default() },
        ..none()
    }
}

/// Ten attempts, `50 ms · 2ⁱ`, the same for every client. Source: as [`legacy`].
fn legacy_dynamodb() -> Policy {
    let backoff = Backoff::new(Shape::Exponential, Nanos::from_millis(50)).with_cap(Nanos::MAX);
    Policy { name: "aws-legacy-dynamodb".into(), max_attempts: 10, backoff: Backoffs::same(backoff), ..legacy() }
}

/// Four attempts; full jitter from 100 ms, after throttling equal jitter from 500 ms; retries after throttling are free, others cost
/// 5 of 500. Source: aws-sdk-java-v2 `DefaultRetryStrategy.Legacy`, `SdkDefaultRetrySetting.Legacy`.
fn java() -> Policy {
    Policy {
        name: "aws-java-legacy".into(),
        max_attempts: 4,
        backoff: Backoffs::throttling_apart(
            Backoff::new(Shape::EqualJitter, Nanos::from_millis(500)),
            Backoff::full_jitter(Nanos::from_millis(100)),
        ),
        budget: quota(Costs { throttling: 0.0, ..Costs::all(5.0) }),
        ..none()
    }
}

/// Ten retries, `25 ms · 2ⁱ`. Source: aws-sdk-cpp `DefaultRetryStrategy.cpp`, whose first retry does not wait at all; here it waits
/// for 25 ms, and every later one as long as there.
fn cpp() -> Policy {
    let backoff = Backoff::new(Shape::Exponential, Nanos::from_millis(25)).with_cap(Nanos::MAX);
    Policy { name: "aws-cpp-legacy".into(), max_attempts: 11, backoff: Backoffs::same(backoff), ..none() }
}
