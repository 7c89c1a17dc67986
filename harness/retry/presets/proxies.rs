//! What RPC libraries and proxies do by their own defaults.

use super::Preset;
use super::generic::none;
use crate::api::Noted;
use crate::retry::backoff::{Backoff, Backoffs, Shape};
use crate::retry::budget::BudgetSpec;
use crate::retry::classify::{Classifier, FailureKind, Rule, Verdict};
use crate::retry::gate::ThrottleSpec;
use crate::retry::hint::{HintHeader, HintHeaders, HintPolicy, HintUse};
use crate::retry::policy::Policy;
use crate::units::{Nanos, Ratio};

pub(super) const PRESETS: &[Preset] = &[
    ("grpc", "gRPC: 4 attempts, 100 ms doubled up to 1 s, ±20 %, pushback obeyed, retry throttling 10 / 0.1", grpc),
    ("envoy", "Envoy: full jitter from 25 ms up to 250 ms, retries at most 20 % of what is under way, or 3", envoy),
    ("envoy-max-retries", "the same without a retry budget: at most 3 retries under way", envoy_max_retries),
    (
        "envoy-admission",
        "the same behind Envoy's admission control: 95 % of 30 s, 80 % dropped at most",
        envoy_admission,
    ),
    ("finagle", "Finagle: 3 attempts without a wait, retries at most 20 % of 10 s and 10 a second", finagle),
    ("linkerd", "linkerd: as often as the budget lasts, without a wait, 20 % of 10 s and 10 a second", linkerd),
];

/// Four attempts, `min(100 ms · 2ⁱ, 1 s)` give or take a fifth, the server's pushback, and `retryThrottling` of 10 tokens and 0.1 a
/// success. Source: grpc/proposal A6-client-retries.md, whose example the numbers of the backoff are; it allows five attempts at most.
/// gRPC begins its waits anew after a pushback; here they go on.
fn grpc() -> Policy {
    let backoff = Backoff {
        jitter: share(0.2),
        ..Backoff::new(Shape::ProportionalJitter, Nanos::from_millis(100)).with_cap(Nanos::from_secs(1))
    };
    Policy {
        name: "grpc".into(),
        max_attempts: 4,
        backoff: Backoffs::same(backoff),
        hint: HintPolicy {
            mode: HintUse::Exact,
            headers: HintHeaders::of(&[HintHeader::GrpcRetryPushback]),
            ..HintPolicy::IGNORE
        },
        budget: BudgetSpec::Grpc { max_tokens: 10.0, token_ratio: 0.1 },
        ..none()
    }
}

/// One retry, as `num_retries` has it by default; full jitter from 25 ms up to ten times that; replies that a rate limit filter refused
/// are not retried; `retry_budget` of 20 % and 3. Sources: Envoy `router_filter.rst`, `route_components.proto`,
/// `circuit_breaker.proto`, `resource_manager_impl.h`. Envoy retries nothing until it is told what; here the usual failures are.
fn envoy() -> Policy {
    let base = Nanos::from_millis(25);
    let refused =
        Rule { headers: Some(Noted::ENVOY_RATELIMITED), ..Rule::always(Verdict::Failure(FailureKind::Permanent)) };
    Policy {
        name: "envoy".into(),
        max_attempts: 2,
        backoff: Backoffs::same(Backoff::full_jitter(base).with_cap(Nanos::from_millis(250))),
        budget: BudgetSpec::Concurrent { percent: share(0.2), min: 3 },
        classifier: Classifier { rules: vec![refused], ..Classifier::default() },
        ..none()
    }
}

/// What holds where nobody sets a `retry_budget`: `max_retries` of 3.
fn envoy_max_retries() -> Policy {
    Policy { name: "envoy-max-retries".into(), budget: BudgetSpec::MaxRetries { most: 3 }, ..envoy() }
}

/// Source: Envoy `admission_control_filter.rst`: 95 %, aggression 1, 30 s, no lowest rate, 80 %.
fn envoy_admission() -> Policy {
    let throttle = ThrottleSpec::AdmissionControl {
        threshold: share(0.95),
        aggression: 1.0,
        window: Nanos::from_secs(30),
        floor: None,
        most: share(0.8),
    };
    Policy { name: "envoy-admission".into(), throttle: Some(throttle), ..envoy() }
}

/// Two retries at once, and `RetryBudget` with its defaults: 10 s, 10 a second, 20 %. Sources: twitter/finagle `RetryBudget.scala`,
/// `Retries.scala` (retries without a wait are its default schedule). How often a call is retried is the user's to say there.
fn finagle() -> Policy {
    let budget = BudgetSpec::Ratio { ttl: Nanos::from_secs(10), min_per_sec: 10.0, percent: share(0.2) };
    Policy { name: "finagle".into(), max_attempts: 3, backoff: at_once(), budget, ..none() }
}

/// The same budget by tower's `TpsBudget`, which alone says when to stop. Sources: tower-rs/tower `tps_budget.rs`; linkerd2-proxy's
/// service profiles.
fn linkerd() -> Policy {
    Policy { name: "linkerd".into(), max_attempts: 100, ..finagle() }
}

/// Not a moment's wait.
const fn at_once() -> Backoffs {
    Backoffs::same(Backoff::new(Shape::Constant, Nanos::ZERO))
}

fn share(of: f64) -> Ratio {
    Ratio::new(of).unwrap_or_default()
}
