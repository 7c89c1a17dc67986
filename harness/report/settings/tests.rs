//! What is pasted is valid, keeps the limits of its program, and says what it leaves out.

use serde_json::Value;

use super::super::model::tune::Setting;
use super::all;
use crate::retry::backoff::{Backoff, Backoffs, Shape};
use crate::retry::budget::{BudgetSpec, Costs};
use crate::retry::gate::{BreakerSpec, ThrottleSpec};
use crate::retry::{HedgeAfter, HedgeSpec, PRESETS, Policy, preset};
use crate::units::{Nanos, Rate, Ratio};

fn setting(policy: &Policy, target: &str) -> Setting {
    all(policy).into_iter().find(|setting| setting.target.starts_with(target)).expect("a setting")
}

fn ratio(ratio: f64) -> Ratio {
    Ratio::new(ratio).expect("a ratio")
}

/// Every policy that ships, every shape of backoff, every budget, and one with everything on.
fn policies() -> Vec<Policy> {
    let base = || preset("aws-standard-2.1").expect("a preset");
    let shapes = Shape::ALL
        .into_iter()
        .map(|shape| Policy { backoff: Backoffs::same(Backoff::new(shape, Nanos::from_millis(200))), ..base() });
    let budgets = [
        BudgetSpec::Unlimited,
        BudgetSpec::TokenBucket { size: 10.0, per_success: 0.1, cost: Costs::all(1.0), credit_at_start: false },
        BudgetSpec::Grpc { max_tokens: 10.0, token_ratio: 0.1 },
        BudgetSpec::Ratio { ttl: Nanos::from_secs(10), min_per_sec: 10.0, percent: ratio(0.2) },
        BudgetSpec::Concurrent { percent: ratio(0.2), min: 3 },
        BudgetSpec::MaxRetries { most: 3 },
    ];
    let budgets = budgets.into_iter().map(|budget| Policy { budget, ..base() });
    let presets = PRESETS.iter().map(|(name, ..)| preset(name).expect("a preset"));
    presets.chain(shapes).chain(budgets).chain([everything()]).collect()
}

fn everything() -> Policy {
    Policy {
        max_attempts: 8,
        attempt_timeout: Some(Nanos::from_millis(1_500)),
        call_timeout: Some(Nanos::from_secs(20)),
        budget: BudgetSpec::TokenBucket { size: 10.0, per_success: 0.1, cost: Costs::all(1.0), credit_at_start: false },
        backoff: Backoffs::same(Backoff::full_jitter(Nanos::from_millis(200)).with_cap(Nanos::from_secs(5))),
        throttle: Some(ThrottleSpec::Fixed { rate: Rate::per_second(50.0).expect("a rate"), burst: 10 }),
        breaker: Some(BreakerSpec {
            failure_rate: ratio(0.5),
            window: 100,
            min_calls: 20,
            open_for: Nanos::from_secs(60),
            half_open_calls: 10,
            only_retries: true,
        }),
        hedge: Some(HedgeSpec { after: HedgeAfter::Fixed(Nanos::from_millis(300)), max: 1 }),
        ..preset("aws-standard-2.1").expect("a preset")
    }
}

#[test]
fn the_settings_read_well() {
    for setting in all(&everything()) {
        let name = setting.target.split(' ').next().unwrap_or_default().to_lowercase();
        let notes = setting.notes.iter().fold(String::new(), |notes, note| notes + "- " + note + "\n");
        insta::assert_snapshot!(name, format!("{}\n\n{}\n{notes}", setting.target, setting.text));
    }
}

#[test]
fn every_block_is_valid_in_its_language() {
    for policy in policies() {
        for target in ["Envoy", "resilience4j"] {
            let text = setting(&policy, target).text;
            for event in saphyr_parser::Parser::new_from_str(&text) {
                assert!(event.is_ok(), "{target}: {event:?}\n{text}");
            }
        }
        let aws = setting(&policy, "AWS").text;
        for line in aws.lines() {
            let pair = line.split_once(" = ").is_some_and(|(key, value)| !key.is_empty() && !value.is_empty());
            assert!(line.starts_with('#') || line == "[default]" || pair, "{line}");
        }
    }
}

#[test]
fn a_service_config_keeps_the_limits_of_grpc() {
    for policy in policies() {
        let text = setting(&policy, "gRPC").text;
        let config: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let method = &config["methodConfig"][0];
        assert!(method["retryPolicy"].is_null() || method["hedgingPolicy"].is_null(), "{text}");
        let retry = &method["retryPolicy"];
        assert_eq!(retry.is_null(), policy.max_attempts == 1, "{text}");
        if !retry.is_null() {
            let attempts = retry["maxAttempts"].as_u64().expect("a number");
            assert!((2..=5).contains(&attempts), "{text}");
            let span = |field: &str| -> f64 {
                let text = retry[field].as_str().expect("a text").strip_suffix('s').expect("seconds");
                text.parse().expect("a number")
            };
            assert!(span("initialBackoff") > 0.0 && span("maxBackoff") >= span("initialBackoff"), "{text}");
            assert!(retry["backoffMultiplier"].as_f64().expect("a number") > 0.0);
        }
        if let Some(tokens) = config["retryThrottling"]["maxTokens"].as_f64() {
            assert!(tokens > 0.0 && tokens <= 1_000.0, "{text}");
        }
    }
}

#[test]
fn what_a_program_has_of_its_own_is_said_exactly() {
    let standard = preset("aws-standard-2.1").expect("a preset");
    let grpc = Policy { budget: BudgetSpec::Grpc { max_tokens: 20.0, token_ratio: 0.25 }, ..standard.clone() };
    let config: Value = serde_json::from_str(&setting(&grpc, "gRPC").text).expect("JSON");
    assert_eq!(config["retryThrottling"], serde_json::json!({"maxTokens": 20, "tokenRatio": 0.25}));
    let envoy = Policy { budget: BudgetSpec::Concurrent { percent: ratio(0.25), min: 7 }, ..standard.clone() };
    let text = setting(&envoy, "Envoy").text;
    assert!(text.contains("budget_percent: {value: 25}\n      min_retry_concurrency: 7"), "{text}");
    assert!(!setting(&standard, "AWS").text.contains("in code"), "the SDKs' own waits need no code");
}

#[test]
fn hedging_alone_becomes_a_hedging_policy() {
    let policy = Policy { max_attempts: 1, ..everything() };
    let config: Value = serde_json::from_str(&setting(&policy, "gRPC").text).expect("JSON");
    let hedging = &config["methodConfig"][0]["hedgingPolicy"];
    assert_eq!((&hedging["maxAttempts"], &hedging["hedgingDelay"]), (&2.into(), &"0.3s".into()));
}
