//! gRPC: a service config. Source: grpc/proposal, A6.

use serde_json::{Map, Value, json};

use super::{Notes, cap, seconds, the_backoff};
use crate::report::model::tune::Setting;
use crate::retry::backoff::Shape;
use crate::retry::budget::BudgetSpec;
use crate::retry::{HedgeAfter, HedgeSpec, HintHeader, HintUse, Policy};
use crate::units::Nanos;

/// No client makes more attempts than this, whatever the config says.
const MOST_ATTEMPTS: u32 = 5;
/// What throttling and passing trouble are called.
const CODES: [&str; 2] = ["UNAVAILABLE", "RESOURCE_EXHAUSTED"];

/// The policy as a service config for all methods.
pub(super) fn setting(policy: &Policy) -> Setting {
    let mut notes = Notes::default();
    let mut method = Map::new();
    method.insert("name".into(), json!([{}]));
    if let Some(timeout) = policy.call_timeout {
        method.insert("timeout".into(), json!(seconds(timeout)));
    }
    notes.say_if(
        policy.max_attempts > MOST_ATTEMPTS,
        format!("gRPC makes at most {MOST_ATTEMPTS} attempts; the policy has {}.", policy.max_attempts),
    );
    match &policy.hedge {
        Some(hedge) if policy.max_attempts == 1 => {
            method.insert("hedgingPolicy".into(), hedging(hedge, &mut notes));
        }
        hedge => {
            if policy.max_attempts > 1 {
                method.insert("retryPolicy".into(), retry(policy, &mut notes));
            } else {
                notes.say("Without a retryPolicy gRPC retries only what never left the client, or was refused before any work.");
            }
            if let Some(hedge) = hedge {
                let other = hedging(hedge, &mut notes);
                notes.say(format!("A method has either a retryPolicy or a hedgingPolicy; to hedge instead: {other}."));
            }
        }
    }
    let mut config = Map::new();
    config.insert("methodConfig".into(), json!([method]));
    if let Some(throttling) = throttling(policy, &mut notes) {
        config.insert("retryThrottling".into(), throttling);
    }
    notes.say("Which status stands for throttling is the server's choice: RESOURCE_EXHAUSTED is the usual one.");
    notes.say_if(policy.attempt_timeout.is_some(), "There is no timeout for an attempt, only for the call.");
    notes.say_if(
        policy.hint.mode != HintUse::Ignore && !policy.hint.headers.contains(HintHeader::GrpcRetryPushback),
        "The only hint that is obeyed is grpc-retry-pushback-ms.",
    );
    notes.say_if(policy.throttle.is_some(), "There is no client-side throttle on first attempts.");
    notes.say_if(policy.breaker.is_some(), "There is no circuit breaker in the service config.");
    notes.say_if(policy.concurrency.is_some(), "There is no adaptive limit on attempts in flight.");
    let text = format!("{:#}\n", Value::Object(config));
    notes.setting("gRPC (service config)", text)
}

fn retry(policy: &Policy, notes: &mut Notes) -> Value {
    let backoff = the_backoff(policy, notes);
    let base = backoff.base.max(Nanos::from_millis(1));
    let multiplier = match backoff.shape {
        Shape::Constant => 1.0,
        Shape::Linear | Shape::Fibonacci => {
            notes.say(format!("{} does not exist here; the waits double instead.", backoff.shape.word()));
            2.0
        }
        _ => backoff.multiplier,
    };
    notes.say_if(
        backoff.shape != Shape::ProportionalJitter,
        format!(
            "gRPC spreads each wait by ±20 %, which is less than {}: clients that failed together stay closer together.",
            backoff.shape.word()
        ),
    );
    json!({
        "maxAttempts": policy.max_attempts.min(MOST_ATTEMPTS),
        "initialBackoff": seconds(base),
        "maxBackoff": seconds(if backoff.shape == Shape::Constant { base } else { cap(backoff).max(base) }),
        "backoffMultiplier": multiplier,
        "retryableStatusCodes": CODES,
    })
}

fn hedging(hedge: &HedgeSpec, notes: &mut Notes) -> Value {
    let mut policy = Map::new();
    policy.insert("maxAttempts".into(), json!((hedge.max + 1).clamp(2, MOST_ATTEMPTS)));
    match hedge.after {
        HedgeAfter::Fixed(after) => {
            policy.insert("hedgingDelay".into(), json!(seconds(after)));
        }
        HedgeAfter::Quantile(part) => {
            notes.say(format!(
                "The hedging delay is a fixed span here: set hedgingDelay to the measured {} of attempts.",
                super::super::number::percent(part.get())
            ));
        }
    }
    policy.insert("nonFatalStatusCodes".into(), json!(CODES));
    Value::Object(policy)
}

/// The budget, as far as `retryThrottling` can say it.
fn throttling(policy: &Policy, notes: &mut Notes) -> Option<Value> {
    let (size, ratio) = match policy.budget {
        BudgetSpec::Unlimited => return None,
        BudgetSpec::Grpc { max_tokens, token_ratio } => (max_tokens, token_ratio),
        BudgetSpec::TokenBucket { size, per_success, .. } => {
            notes.say(
                "retryThrottling is not quite this budget: each failure takes a token, and retries stop while no more than half are \
                 left.",
            );
            (size, per_success)
        }
        BudgetSpec::AwsQuota { .. }
        | BudgetSpec::Ratio { .. }
        | BudgetSpec::Concurrent { .. }
        | BudgetSpec::MaxRetries { .. } => {
            notes.say(
                "This budget cannot be said here; {\"maxTokens\": 10, \"tokenRatio\": 0.1} as retryThrottling is the example of one in \
                 gRPC's own specification.",
            );
            return None;
        }
    };
    // Tokens are whole and go from 1 to 1000; of the ratio three decimals count.
    Some(
        json!({"maxTokens": size.round().clamp(1.0, 1_000.0) as u32, "tokenRatio": (ratio * 1e3).round().max(1.0) / 1e3}),
    )
}
