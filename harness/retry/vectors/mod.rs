//! What the AWS SDKs' own tests expect of the standard mode, as data: each file names the test and the commit that its figures come
//! from. They run through [`Policy::decide`] and [`Client`].
//!
//! Those tests fix the random number at 1. Full jitter at 1 is the bound of the exponential, so that shape stands in for it here.

use serde::Deserialize;

use super::backoff::{Backoff, Backoffs, Shape};
use super::budget::{BudgetSpec, Held};
use super::{CallProgress, Client, Decision, Facts, FailureKind, Policy, Reason, preset, read_hints};
use crate::api::{Hints, NotedHeaders, WireError};
use crate::units::Nanos;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    commit: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    preset: String,
    max_attempts: Option<u32>,
    /// What the quota holds, in place of 500.
    capacity: Option<f64>,
    /// The longest backoff, in place of 20 s.
    cap_ms: Option<u64>,
    /// Attempts of the call that came before the first step.
    #[serde(default)]
    made_before: u32,
    /// What the source expects instead, and why it does not hold here.
    diverges: Option<String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    status: Option<u16>,
    wire: Option<String>,
    code: Option<String>,
    x_amz_retry_after: Option<String>,
    then: Then,
    delay_ms: Option<u64>,
    /// What is left of the quota after it.
    tokens: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Then {
    Success,
    Retry,
    MaxAttempts,
    Quota,
    Linger,
    Permanent,
}

/// A client in the middle of a call.
struct Run {
    policy: Policy,
    client: Client,
    attempts: u32,
    previous: Nanos,
    held: Option<Held>,
}

impl Run {
    fn new(case: &Case) -> Self {
        let mut policy = preset(&case.preset).expect("a preset");
        policy.max_attempts = case.max_attempts.unwrap_or(policy.max_attempts);
        let cap = case.cap_ms.map(Nanos::from_millis);
        let fixed = |backoff: Backoff| {
            assert_eq!(backoff.shape, Shape::FullJitter);
            Backoff { shape: Shape::Exponential, cap: cap.unwrap_or(backoff.cap), ..backoff }
        };
        let Backoffs { throttling, transient, timeout } = policy.backoff;
        policy.backoff =
            Backoffs { throttling: fixed(throttling), transient: fixed(transient), timeout: fixed(timeout) };
        if let (Some(wanted), BudgetSpec::AwsQuota { capacity, .. }) = (case.capacity, &mut policy.budget) {
            *capacity = wanted;
        }
        let client = Client::new(&policy);
        Self { policy, client, attempts: case.made_before, previous: Nanos::ZERO, held: None }
    }

    /// What is left of the quota. Nobody but these tests asks a client for that.
    fn tokens(&self) -> f64 {
        let shown = format!("{:?}", self.client);
        let text = shown.split("tokens: ").nth(1).and_then(|rest| rest.split([',', ' ', '}']).next());
        text.and_then(|text| text.parse().ok()).expect("a quota shows its tokens")
    }

    fn begin_another(&mut self) {
        (self.attempts, self.previous, self.held) = (0, Nanos::ZERO, None);
    }

    fn take(&mut self, step: &Step) -> (Then, Option<Nanos>) {
        self.attempts += 1;
        if step.status.is_some_and(|status| status < 300) {
            self.client.succeed(self.held);
            self.begin_another();
            return (Then::Success, None);
        }
        let status = match (step.status, step.wire.as_deref()) {
            (Some(status), None) => Ok(status),
            (None, Some("timeout")) => Err(WireError::Timeout),
            other => panic!("{other:?}"),
        };
        let hints = hints(step);
        let kind = self.policy.classifier.classify(&Facts::new(status, step.code.as_deref(), &hints));
        let (attempts, previous, now) = (self.attempts, self.previous, Nanos::from_secs(1_000));
        let progress = CallProgress { attempts, previous, deadline: Nanos::MAX, client: 1, call: 1 };
        match self.policy.decide(&mut self.client, &progress, kind, &hints, now, 1) {
            Decision::Retry { at, held, backoff, .. } => {
                (self.held, self.previous) = (Some(held), backoff);
                (Then::Retry, Some(at - now))
            }
            Decision::Linger { until, reason } => {
                assert_eq!(reason, Reason::Quota);
                self.begin_another();
                (Then::Linger, Some(until - now))
            }
            Decision::GiveUp(reason) => {
                self.begin_another();
                let then = match reason {
                    Reason::MaxAttempts => Then::MaxAttempts,
                    Reason::Quota => Then::Quota,
                    Reason::Permanent => Then::Permanent,
                    other => panic!("{other:?}"),
                };
                (then, None)
            }
        }
    }
}

/// Read from the header field itself.
fn hints(step: &Step) -> Hints {
    let mut fields = http::HeaderMap::new();
    if let Some(value) = &step.x_amz_retry_after {
        fields.insert("x-amz-retry-after", value.parse().expect("a value"));
    }
    read_hints(&fields, &NotedHeaders::default(), || 0.0)
}

fn check(text: &str) {
    let file: File = serde_json::from_str(text).expect("a file of vectors");
    assert_eq!(file.commit.len(), 40, "{}", file.source);
    for case in &file.cases {
        assert!(case.diverges.as_ref().is_none_or(|why| why.len() > 20));
        let mut run = Run::new(case);
        for (index, step) in case.steps.iter().enumerate() {
            let place = format!("{}: {}: step {index}", file.source, case.name);
            let (then, delay) = run.take(step);
            assert_eq!((then, delay), (step.then, step.delay_ms.map(Nanos::from_millis)), "{place}");
            if let Some(tokens) = step.tokens {
                assert!((run.tokens() - tokens).abs() < 1e-9, "{place}: {} tokens, not {tokens}", run.tokens());
            }
        }
    }
}

#[test]
fn as_the_sdk_for_go_expects() {
    check(include_str!("aws-sdk-go-v2.json"));
}

#[test]
fn as_the_sdk_for_rust_expects() {
    check(include_str!("smithy-rs.json"));
}

#[test]
fn as_the_sdk_for_javascript_expects() {
    check(include_str!("smithy-typescript.json"));
}

#[test]
fn as_the_sdk_for_python_expects() {
    check(include_str!("botocore-2.0.json"));
    check(include_str!("botocore-2.1.json"));
}

#[test]
fn replies_are_told_apart_as_by_the_sdk_for_python() {
    #[derive(Deserialize)]
    struct Replies {
        replies: Vec<Reply>,
    }
    #[derive(Deserialize)]
    struct Reply {
        status: u16,
        code: Option<String>,
        kind: String,
    }
    let file: Replies = serde_json::from_str(include_str!("botocore-kinds.json")).expect("a file of vectors");
    let classifier = preset("aws-standard-2.1").expect("a preset").classifier;
    for Reply { status, code, kind } in file.replies {
        let found: FailureKind = classifier.classify(&Facts::bare(Ok(status), code.as_deref()));
        assert_eq!(found.word(), kind, "{status} {code:?}");
    }
}
