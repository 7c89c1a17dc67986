//! Envoy: a route, its cluster, and a filter where the policy has one. Source: Envoy's API reference, v3 (`route.RetryPolicy`,
//! `cluster.CircuitBreakers`, `admission_control.AdmissionControl`).

use std::fmt::Write as _;

use super::{Notes, cap, seconds, the_backoff};
use crate::report::model::tune::Setting;
use crate::retry::backoff::Shape;
use crate::retry::budget::BudgetSpec;
use crate::retry::gate::ThrottleSpec;
use crate::retry::{HedgeAfter, HintHeader, HintUse, Policy};
use crate::units::Nanos;

/// The policy as parts of a route and of its cluster.
pub(super) fn setting(policy: &Policy) -> Setting {
    let mut notes = Notes::default();
    let mut text = String::from("# in the route\nroute:\n");
    if let Some(timeout) = policy.call_timeout {
        let _ = writeln!(text, "  timeout: {}", seconds(timeout));
    }
    if policy.max_attempts > 1 {
        retry(&mut text, policy, &mut notes);
    } else {
        text.push_str("  retry_policy: {num_retries: 0}\n");
    }
    budget(&mut text, policy, &mut notes);
    throttle(&mut text, policy, &mut notes);
    notes.say_if(
        policy.breaker.is_some(),
        "A circuit breaker over failures is called outlier_detection here, and ejects hosts instead.",
    );
    notes.say_if(
        policy.concurrency.is_some(),
        "For an adaptive limit on requests in flight see the filter adaptive_concurrency.",
    );
    match policy.hedge.map(|hedge| hedge.after) {
        None => {}
        Some(HedgeAfter::Fixed(after)) => notes.say(format!(
            "To hedge, set per_try_timeout to {} and hedge_policy: {{hedge_on_per_try_timeout: true}}; an attempt then has no other timeout.",
            seconds(after)
        )),
        Some(HedgeAfter::Quantile(_)) => {
            notes.say("Envoy hedges after per_try_timeout (hedge_policy), a fixed span; it follows no percentile.");
        }
    }
    notes.say("What Envoy counts it counts for each proxy, not for each client.");
    notes.setting("Envoy (route and cluster)", text)
}

fn retry(text: &mut String, policy: &Policy, notes: &mut Notes) {
    let backoff = the_backoff(policy, notes);
    let base = backoff.base.max(Nanos::from_millis(1));
    let _ = write!(
        text,
        "  retry_policy:\n    retry_on: reset,connect-failure,refused-stream,retriable-status-codes\n    \
         retriable_status_codes: [408, 429, 500, 502, 503, 504]\n    num_retries: {}\n",
        policy.max_attempts - 1
    );
    if let Some(timeout) = policy.attempt_timeout {
        let _ = writeln!(text, "    per_try_timeout: {}", seconds(timeout));
    }
    let _ = writeln!(
        text,
        "    retry_back_off: {{base_interval: {}, max_interval: {}}}",
        seconds(base),
        seconds(cap(backoff).max(base))
    );
    if policy.hint.mode != HintUse::Ignore && policy.hint.headers.contains(HintHeader::RetryAfter) {
        let _ = writeln!(
            text,
            "    rate_limited_retry_back_off:\n      reset_headers:\n      - {{name: Retry-After, format: SECONDS}}\n      max_interval: {}",
            seconds(policy.hint.max)
        );
        notes.say("After a Retry-After, Envoy waits for something between it and one and a half times it.");
    }
    match backoff.shape {
        Shape::FullJitter => notes.say("Envoy draws the n-th wait from nothing up to (2ⁿ − 1) times the base: the second is up to 3 times the base, not 2."),
        shape => notes.say(format!("Envoy's waits always double and have full jitter; {} does not exist here.", shape.word())),
    }
    notes.say_if(
        !policy.classifier.rules.is_empty(),
        "The policy has rules of its own on what is retried: adapt retriable_status_codes.",
    );
}

fn budget(text: &mut String, policy: &Policy, notes: &mut Notes) {
    let threshold = match policy.budget {
        BudgetSpec::Concurrent { percent, min } => retry_budget(percent.get(), min),
        BudgetSpec::MaxRetries { most } => format!("max_retries: {most}"),
        BudgetSpec::TokenBucket { per_success: part, .. } | BudgetSpec::Grpc { token_ratio: part, .. } => {
            notes.say(
                "retry_budget is not quite this budget: it holds the retries under way against the requests under way, and earns \
                 nothing from successes.",
            );
            retry_budget(part, LEAST_RETRIES)
        }
        BudgetSpec::Ratio { percent, .. } => {
            notes.say("retry_budget looks at what is under way, and not at the calls of the last seconds.");
            retry_budget(percent.get(), LEAST_RETRIES)
        }
        BudgetSpec::AwsQuota { .. } => {
            notes.say("This budget cannot be said here; a retry_budget of 20 % is Envoy's own default for one.");
            retry_budget(0.2, LEAST_RETRIES)
        }
        BudgetSpec::Unlimited => {
            notes.say(
                "Envoy allows 3 retries at a time for the whole cluster unless max_retries says more, as it does here.",
            );
            "max_retries: 1000000".into()
        }
    };
    let _ =
        write!(text, "# in the cluster\ncircuit_breakers:\n  thresholds:\n  - priority: DEFAULT\n    {threshold}\n");
}

/// Retries under way that a budget always allows, where the policy's own says nothing of it: Envoy's default.
const LEAST_RETRIES: u32 = 3;

fn retry_budget(part: f64, least: u32) -> String {
    let percent = (part * 1e4).round().clamp(0.0, 1e4) / 1e2;
    format!("retry_budget:\n      budget_percent: {{value: {percent}}}\n      min_retry_concurrency: {least}")
}

fn throttle(text: &mut String, policy: &Policy, notes: &mut Notes) {
    match policy.throttle {
        None => {}
        Some(ThrottleSpec::AdmissionControl { threshold, aggression, window, floor, most }) => {
            let _ = write!(
                text,
                "# in the listener\nhttp_filters:\n- name: envoy.filters.http.admission_control\n  typed_config:\n    \
                 '@type': type.googleapis.com/envoy.extensions.filters.http.admission_control.v3.AdmissionControl\n    \
                 enabled: {{default_value: true, runtime_key: admission_control.enabled}}\n    sampling_window: {}\n    \
                 sr_threshold: {{default_value: {{value: {}}}, runtime_key: admission_control.sr_threshold}}\n    \
                 aggression: {{default_value: {aggression}, runtime_key: admission_control.aggression}}\n    \
                 max_rejection_probability: {{default_value: {{value: {}}}, runtime_key: admission_control.most}}\n    \
                 success_criteria: {{http_criteria: {{http_success_status: [{{start: 100, end: 400}}]}}}}\n",
                seconds(window),
                threshold.get() * 100.0,
                most.get() * 100.0
            );
            if let Some(floor) = floor {
                let rate = floor.as_per_second().ceil();
                let _ = writeln!(text, "    rps_threshold: {{default_value: {rate}, runtime_key: admission_control.floor}}");
            }
        }
        Some(ThrottleSpec::Fixed { rate, burst }) => notes.say(format!(
            "For the client's own limit of {rate}, burst {burst}, see the filter local_ratelimit: it refuses, and does not wait."
        )),
        Some(_) => notes.say("This client-side throttle does not exist here; the filter admission_control is the nearest."),
    }
}
