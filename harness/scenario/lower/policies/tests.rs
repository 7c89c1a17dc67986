use std::path::Path;

use crate::api::Noted;
use crate::limit::Algorithm;
use crate::plan::Plan;
use crate::retry::backoff::Shape;
use crate::retry::budget::{BudgetSpec, Costs};
use crate::retry::gate::ThrottleSpec;
use crate::retry::{Facts, FailureKind, HedgeAfter, HintHeader, HintUse, PRESETS, Policy};
use crate::scenario::{Faults, Flags, Input, load, source};
use crate::units::{Nanos, Ratio};

fn plan_of(text: &str) -> Result<Plan, Faults> {
    let source = source::text("scenario.yaml", text.as_bytes().to_vec())?;
    let (flags, environment) = (Flags::default(), |_: &str| None);
    load(Input { source: &source, folder: Path::new(""), overrides: &[], flags: &flags, environment: &environment })?
        .plan()
}

/// A scenario that uses the policy `p`, with these lines under `policies`.
fn around(policies: &str) -> String {
    let step = "{call: GetMeeting, with: {MeetingId: m}, retry: p}";
    format!(
        "name: a\ntarget: {{mock: attendees}}\nworkloads: [{{name: w, iterations: {{count: 1}}, flow: [{step}]}}]\npolicies:\n{policies}\n"
    )
}

fn policy(definitions: &str) -> Policy {
    let plan = plan_of(&around(definitions)).unwrap_or_else(|faults| panic!("{faults}"));
    plan.policies.iter().find(|policy| policy.name == "p").expect("in use").clone()
}

fn one(fields: &str) -> Policy {
    policy(&format!("  p: {{{fields}}}"))
}

fn share(of: f64) -> Ratio {
    Ratio::new(of).expect("a ratio")
}

#[test]
fn every_preset_can_be_extended_and_changed() {
    for (name, _, make) in PRESETS {
        let same = one(&format!("extends: {name}"));
        assert_eq!(same, Policy { name: "p".into(), ..make() }, "{name}");
        let more = one(&format!("extends: {name}, max_attempts: 7"));
        assert_eq!(more.max_attempts, 7, "{name}");
    }
}

#[test]
fn all_shapes_are_understood_with_what_they_are_made_of() {
    for shape in Shape::ALL {
        assert_eq!(one(&format!("backoff: {{type: {}, base: 2s}}", shape.word())).backoff.timeout.shape, shape);
    }
    let linear = one("backoff: {type: linear, base: 1s, step: 300ms, cap: 5s}").backoff.transient;
    assert_eq!((linear.step, linear.longest(1)), (Nanos::from_millis(300), Nanos::from_millis(1_300)));
    assert_eq!(one("backoff: {type: linear, base: 1s}").backoff.transient.step, Nanos::from_secs(1));
    assert_eq!(one("backoff: {type: proportional_jitter}").backoff.throttling.jitter, share(0.2));
    assert_eq!(one("backoff: {type: proportional_jitter, jitter: 50%}").backoff.throttling.jitter, share(0.5));
}

#[test]
fn kinds_have_waits_of_their_own_and_share_the_rest() {
    let backoff =
        one("backoff: {base: 100ms, cap: 9s, by_kind: {throttling: {base: 1s}, timeout: {cap: 3s, multiplier: 3}}}")
            .backoff;
    let bases = backoff.all().map(|each| each.base.as_millis_f64() as u64);
    assert_eq!(bases, [1_000, 100, 100]);
    assert_eq!(backoff.all().map(|each| each.cap), [9, 9, 3].map(Nanos::from_secs));
    let grown =
        policy("  parent: {backoff: {by_kind: {throttling: {base: 1s}}}}\n  p: {extends: parent, backoff: {base: 2s}}");
    assert_eq!(grown.backoff.throttling.base, Nanos::from_secs(1));
    assert_eq!(grown.backoff.timeout.base, Nanos::from_secs(2));
    // What a preset has for throttling alone stays, its shape too, until another shape is asked for.
    let java = one("extends: aws-java-legacy, backoff: {base: 200ms}").backoff;
    assert_eq!((java.throttling.shape, java.throttling.base), (Shape::EqualJitter, Nanos::from_millis(500)));
    let flat = one("extends: aws-java-legacy, backoff: {type: constant}").backoff;
    assert!(flat.all().iter().all(|each| each.shape == Shape::Constant));
}

#[test]
fn hints_are_believed_as_far_as_it_is_said() {
    let hint = one("hint: {}").hint;
    assert_eq!((hint.mode, hint.jitter), (HintUse::Clamp { add: Nanos::from_secs(5) }, share(0.1)));
    assert!(HintHeader::ALL.into_iter().all(|header| hint.headers.contains(header)));
    let hint = one("hint: {use: at_least, max: 10s, jitter: 0%, headers: [ratelimit, grpc-retry-pushback-ms]}").hint;
    assert_eq!((hint.mode, hint.max), (HintUse::AtLeast, Nanos::from_secs(10)));
    let heard: Vec<_> = hint.headers.iter().map(HintHeader::word).collect();
    assert_eq!(heard, ["grpc-retry-pushback-ms", "ratelimit"]);
    // A preset's own choice of header fields stays.
    let aws = one("extends: aws-standard-2.1, hint: {add: 2s}").hint;
    assert_eq!(aws.headers.iter().collect::<Vec<_>>(), [HintHeader::AmzRetryAfter]);
}

#[test]
fn every_budget_is_made_and_changed_field_by_field() {
    let budget = |fields: &str| one(fields).budget;
    let bucket = |size, cost| BudgetSpec::TokenBucket { size, per_success: 0.1, cost, credit_at_start: false };
    assert_eq!(budget("budget: {type: token_bucket}"), bucket(10.0, Costs::all(1.0)));
    let dear = Costs { throttling: 2.0, ..Costs::all(1.0) };
    assert_eq!(
        budget("extends: full-jitter-budget, budget: {type: token_bucket, size: 20, cost: {throttling: 2}}"),
        bucket(20.0, dear)
    );
    let quota = |cost, refund| BudgetSpec::AwsQuota { capacity: 500.0, cost, refund };
    let own = "extends: aws-standard-2.1, budget: {type: aws_quota, cost: {timeout: 10}, refund: 2}";
    assert_eq!(budget(own), quota(Costs { throttling: 5.0, transient: 14.0, timeout: 10.0 }, 2.0));
    let both = "budget: {type: aws_quota, cost: {transient: 7}}";
    assert_eq!(budget(both), quota(Costs { throttling: 5.0, transient: 7.0, timeout: 7.0 }, 1.0));
    assert_eq!(budget("budget: {type: grpc}"), BudgetSpec::Grpc { max_tokens: 10.0, token_ratio: 0.1 });
    let ttl = Nanos::from_secs(10);
    assert_eq!(
        budget("budget: {type: ratio, percent: 5%}"),
        BudgetSpec::Ratio { ttl, min_per_sec: 10.0, percent: share(0.05) }
    );
    assert_eq!(budget("budget: {type: concurrent, min: 1}"), BudgetSpec::Concurrent { percent: share(0.2), min: 1 });
    assert_eq!(budget("budget: {type: max_retries}"), BudgetSpec::MaxRetries { most: 3 });
    assert_eq!(budget("extends: grpc, budget: {type: none}"), BudgetSpec::Unlimited);
}

#[test]
fn gates_are_made_with_their_defaults() {
    assert_eq!(
        one("client_throttle: {type: sre}").throttle,
        Some(ThrottleSpec::Sre { k: 2.0, window: Nanos::from_secs(120) })
    );
    let Some(ThrottleSpec::AdmissionControl { threshold, most, .. }) =
        one("client_throttle: {type: admission_control, most: 50%}").throttle
    else {
        panic!("admission control")
    };
    assert_eq!((threshold, most), (share(0.95), share(0.5)));
    let Some(ThrottleSpec::Cubic(cubic)) = one("client_throttle: {type: cubic, beta: 0.5}").throttle else {
        panic!("cubic")
    };
    assert!((cubic.beta - 0.5).abs() < 1e-12 && (cubic.min_fill_rate - 0.5).abs() < 1e-12);
    assert_eq!(one("extends: aws-adaptive, client_throttle: {type: none}").throttle, None);
    let breaker = one("circuit_breaker: {window: 20}").breaker.expect("a breaker");
    assert_eq!((breaker.min_calls, breaker.half_open_calls), (20, 10));
    let limit = one("concurrency: {type: aimd, max: 10}").concurrency.expect("a limit");
    assert_eq!((limit.initial, limit.max), (10, 10));
    assert!(matches!(limit.algorithm, Algorithm::Aimd { target, .. } if target == Nanos::from_secs(5)));
    let hedge = one("hedge: {after: p99, max: 2}").hedge.expect("hedging");
    assert_eq!((hedge.after, hedge.max), (HedgeAfter::Quantile(share(0.99)), 2));
    assert!(one("long_polling: true").long_polling);
}

#[test]
fn failures_are_judged_by_header_as_success_and_in_addition() {
    let judge = one(
        "never_retry_on: {header: X-Envoy-RateLimited}, retry_on: {status: [404, 429], header: x-again}, bare_429: permanent,
    classify: [{when: {status: 503, header: [x-busy, x-full]}, as: throttling}, {when: {status: 409}, as: success}]",
    )
    .classifier;
    // Bits are given in the order of the text, after the one that is always there.
    let noted = |place: u32| {
        let mut names = crate::api::NotedHeaders::default();
        (0..=place).map(|each| names.note(&format!("x-{each}")).expect("room")).last().expect("one")
    };
    let (busy, full, again) = (noted(0), noted(1), noted(2));
    let kind = |status, noted| judge.classify(&Facts { noted, ..Facts::bare(Ok(status), None) });
    assert_eq!(kind(503, Noted::NONE), FailureKind::Transient);
    assert_eq!(kind(503, busy), FailureKind::Throttling);
    assert_eq!(kind(503, full), FailureKind::Throttling);
    assert_eq!(kind(503, full.union(Noted::ENVOY_RATELIMITED)), FailureKind::Permanent);
    assert_eq!(kind(418, again), FailureKind::Transient);
    assert_eq!(kind(404, Noted::NONE), FailureKind::Transient);
    assert_eq!(kind(429, Noted::NONE), FailureKind::Transient, "permanent otherwise, so it is retried in addition");
    assert!(judge.accepts(&Facts::bare(Ok(409), None)));
    let plan = plan_of(&around("  p: {never_retry_on: {header: X-Stop}}")).unwrap_or_else(|faults| panic!("{faults}"));
    let had = plan.exchanges[0].wants.noted.of(|name| name == "x-stop");
    let facts = Facts { noted: had, ..Facts::bare(Ok(503), None) };
    assert_eq!(plan.policies[0].classifier.classify(&facts), FailureKind::Permanent);
}

#[test]
fn what_contradicts_itself_is_said_at_its_place() {
    let text = around(
        "  p: {extends: none}
  waits: {backoff: {base: 30s}, attempt_timeout: 5s, call_timeout: 5s}
  kinds: {backoff: {type: linear, jitter: 120%, by_kind: {throttling: {base: 1m}}}}
  hints: {hint: {use: exact, add: 1s, max: 0s, headers: []}}
  bucket: {budget: {type: token_bucket, size: 1, per_success: -1}}
  quota: {budget: {type: aws_quota, initial: 3, cost: {throttling: -1}}}
  grpc-like: {budget: {type: grpc, max_tokens: 2000, token_ratio: 0}}
  ratio: {budget: {type: ratio, ttl: 0s}}
  active: {budget: {type: concurrent, percent: 0%, min: 0}}
  most: {budget: {type: max_retries, most: 0}}
  breaker: {circuit_breaker: {window: 10, min_calls: 20, failure_rate: 0%, open_for: 0s}}
  limit: {concurrency: {type: gradient, min: 50, max: 10, backoff_ratio: 90%}}
  start: {concurrency: {type: aimd, initial: 500, backoff_ratio: 100%}}
  throttle: {client_throttle: {type: cubic, beta: 1, scale: 0, smooth: 2}}
  admission: {client_throttle: {type: admission_control, threshold: 0%, window: 0s}}
  hedge: {hedge: {after: p100}}
  rule: {classify: [{when: {}, as: permanent}, {when: {transport: timeout}, as: success}]}",
    );
    insta::assert_snapshot!(plan_of(&text).expect_err("faults").to_string());
}

#[test]
fn only_what_may_be_done_twice_is_hedged() {
    let scenario = |step: &str| {
        format!(
            "name: a\ntarget: {{mock: attendees}}\nretry: p\npolicies: {{p: {{hedge: {{after: 50ms}}}}}}\nworkloads: [{{name: w, iterations: {{count: 1}}, flow: [{step}]}}]\napi: {{operations: {{Put: {{method: POST, path: /things, body: {{a: 1}}}}, Get: {{method: GET, path: /things}}}}}}\n"
        )
    };
    let message = plan_of(&scenario("{call: Put}")).map(|plan| plan.name).expect_err("a fault").to_string();
    assert!(message.contains("`p` hedges") && message.contains("idempotent: true"), "{message}");
    assert!(plan_of(&scenario("{call: Put, idempotent: true}")).is_ok());
    assert!(plan_of(&scenario("{call: Get}")).is_ok());
}
