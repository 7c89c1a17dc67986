//! What a client asks itself before it sends, and hedging: over the lane, in virtual time.

use std::collections::BTreeMap;

use loadline::record::{AttemptOutcome, Outcome};
use loadline::units::Nanos;
use proptest::prelude::*;

use crate::virtual_time::{Answer, Run, Sent, get, ms, run, run_ok};

const FLOW: &str = "flow: [{call: Get, with: {id: a}}]";

/// Runs one policy: with this load, against this script, for one client.
fn under(policy: &str, load: &str, script: impl FnMut(&Sent) -> (Nanos, Answer)) -> Run {
    let rest = format!("clients: 1\npolicies: {{p: {policy}}}\nretry: p\nworkloads: [{{name: w, {load}, {FLOW}}}]");
    let run = run(&get(&rest), script);
    run.check_conservation();
    run
}

/// How many attempts are out at a time, at most.
fn most_in_flight(run: &Run, took: Nanos) -> usize {
    let ends = |sent: &&Sent| sent.at + took;
    run.sent
        .iter()
        .map(|sent| run.sent.iter().filter(|other| other.at <= sent.at && ends(other) > sent.at).count())
        .max()
        .unwrap_or(0)
}

const BREAKER: &str =
    "circuit_breaker: {failure_rate: 50%, window: 10, min_calls: 10, open_for: 2s, half_open_calls: 2}";

#[test]
fn a_breaker_opens_and_closes_again() {
    // Ten a second for ten seconds; nothing works for a little more than three.
    let run = under(
        &format!("{{max_attempts: 1, {BREAKER}}}"),
        "arrivals: {rate: 10/s, duration: 10s, spacing: even}",
        |sent| (ms(5), if sent.at < ms(3_100) { Answer::status(503) } else { Answer::ok() }),
    );
    // The tenth failure opens it at 0.95 s. After 2.955 s two are tried, and the first of them fails.
    let sent_in = |from: u64, to: u64| run.times().iter().filter(|at| (from..to).contains(at)).count();
    assert_eq!((sent_in(0, 1_000), sent_in(1_000, 3_000)), (10, 0));
    assert_eq!(sent_in(3_000, 3_200), 2, "half open: two decide, and one in two is too many");
    assert_eq!(sent_in(3_200, 5_155), 0, "open again");
    assert_eq!(sent_in(5_155, 10_000), 48, "two that decide, and then all");
    assert_eq!(run.reasons(), BTreeMap::from([("circuit_open", 40), ("max_attempts", 11)]));
    assert_eq!((run.calls(Outcome::Refused), run.calls(Outcome::Failed)), (40, 11));
}

#[test]
fn a_retry_behind_an_open_breaker_ends_as_its_failure_did() {
    let backoff = "backoff: {type: constant, base: 1s}";
    let run = under(
        &format!("{{max_attempts: 3, {backoff}, {BREAKER}}}"),
        "arrivals: {rate: 20/s, duration: 500ms, spacing: even}",
        |_| (ms(1), Answer::status(429)),
    );
    assert_eq!(run.sent.len(), 10, "all ten are throttled, and no retry is sent");
    assert_eq!(run.reasons(), BTreeMap::from([("circuit_open", 10)]));
    assert_eq!(run.calls(Outcome::Throttled), 10);
}

#[test]
fn a_breaker_for_retries_alone_lets_every_call_begin() {
    let breaker = "circuit_breaker: {failure_rate: 10%, window: 20, min_calls: 10, only_retries: true}";
    let run = under(
        &format!("{{max_attempts: 3, backoff: {{type: constant, base: 10ms}}, {breaker}}}"),
        "arrivals: {rate: 10/s, duration: 5s, spacing: even}",
        |sent| (ms(1), if sent.at < ms(2_000) { Answer::status(503) } else { Answer::ok() }),
    );
    let all = run.all();
    assert_eq!(all.first_attempts, 50);
    let reasons = run.reasons();
    // Three calls make nine attempts; the fourth's first attempt is the tenth, and then nothing is retried.
    assert_eq!(reasons, BTreeMap::from([("circuit_open", 17), ("max_attempts", 3)]));
    assert_eq!(all.attempt_count(), 50 + 6);
}

#[test]
fn what_the_client_drops_itself_is_refused_and_owes_nothing() {
    let run = under(
        "{max_attempts: 1, client_throttle: {type: sre, k: 2, window: 30s}}",
        "arrivals: {rate: 100/s, duration: 60s, spacing: even}",
        |sent| {
            // Of a hundred a second ten are accepted.
            (ms(1), if sent.at.as_nanos() / 1_000_000 % 100 < 10 { Answer::ok() } else { Answer::status(429) })
        },
    );
    let refused = run.calls(Outcome::Refused);
    assert_eq!(run.reasons()["client_throttle"], refused);
    assert_eq!(run.all().lag.count(), run.sent.len() as u64, "what was never sent has no lag");
    assert!(refused > 3_000, "most is dropped: {refused}");
    assert!(run.sent.len() as u64 + refused == 6_000);
}

#[test]
fn a_fixed_rate_delays_first_attempts_and_the_wait_counts_as_admission() {
    let run = under(
        "{max_attempts: 1, client_throttle: {type: fixed, rate: 10/s, burst: 2}}",
        "arrivals: {rate: 1000/s, duration: 5ms, spacing: even}",
        |_| (ms(1), Answer::ok()),
    );
    assert_eq!(run.times(), [0, 1, 100, 200, 300]);
    assert!((ms(294)..ms(300)).contains(&run.all().admission.max()), "{}", run.all().admission.max());
    assert!(run.all().response_ok.max() > ms(294), "and it is part of the response");
    assert_eq!(run.calls(Outcome::Ok), 5);
}

#[test]
fn one_client_waits_for_itself_alone() {
    let rest = format!(
        "clients: 2
policies: {{p: {{max_attempts: 1, client_throttle: {{type: fixed, rate: 1/s}}}}}}
retry: p
workloads: [{{name: w, users: {{count: 2, duration: 2500ms}}, {FLOW}}}]"
    );
    let run = run_ok(&get(&rest));
    assert_eq!(run.times(), [0, 0, 1_000, 1_000, 2_000, 2_000, 3_000, 3_000]);
}

#[test]
fn a_cold_adaptive_client_waits_two_seconds_for_a_token() {
    let run = under(
        "{extends: aws-standard-2.1, max_attempts: 1, client_throttle: {type: cubic}}",
        "arrivals: {rate: 20/s, duration: 200ms, spacing: even}",
        |sent| (ms(1), if sent.nth == 0 { Answer::status(429) } else { Answer::ok() }),
    );
    // The first is throttled at once: nothing has been measured, so half an attempt a second from an empty bucket. With the next
    // replies the rate is measured, and may be twice that.
    assert_eq!(run.sent[1].at - run.sent[0].at, ms(2_001));
    assert!(run.all().admission.max() >= ms(1_900));
    assert_eq!(run.calls(Outcome::Ok), 3);
}

#[test]
fn a_limit_in_flight_holds_and_lets_nobody_starve() {
    let limit = "concurrency: {type: aimd, initial: 3, min: 3, max: 3}";
    let run = under(
        &format!("{{max_attempts: 1, {limit}}}"),
        "arrivals: {rate: 1000/s, duration: 20ms, spacing: even}",
        |_| (ms(10), Answer::ok()),
    );
    assert_eq!((run.sent.len(), most_in_flight(&run, ms(10))), (20, 3));
    assert_eq!(run.calls(Outcome::Ok), 20);
    assert!(run.ended >= ms(70), "twenty in threes");
}

/// Slow at first: the first attempt takes a second, every other one 10 ms.
fn slow_first(sent: &Sent) -> (Nanos, Answer) {
    (if sent.nth == 0 { ms(1_000) } else { ms(10) }, Answer::ok())
}

const ONE: &str = "arrivals: {rate: 1/s, duration: 1s, spacing: even}";

#[test]
fn a_hedge_is_sent_after_its_delay_and_wins() {
    let run = under("{max_attempts: 1, hedge: {after: 50ms}}", ONE, slow_first);
    let began = run.times()[0];
    assert_eq!(run.times(), [began, began + 50]);
    assert_eq!(run.cancelled, [(0, run.sent[1].at + ms(10))], "the loser is called back as the winner is there");
    let all = run.all();
    assert_eq!((all.hedges_sent, all.hedges_won), (1, 1));
    assert_eq!((all.attempts_of(AttemptOutcome::Cancelled), all.attempts_of(AttemptOutcome::Success)), (1, 1));
    assert!((ms(60)..ms(61)).contains(&all.response_ok.max()), "{}", all.response_ok.max());
    assert_eq!(run.calls(Outcome::Ok), 1);
}

#[test]
fn who_answers_in_time_is_not_hedged_and_a_hedge_may_lose() {
    let quick = under("{max_attempts: 1, hedge: {after: 50ms}}", ONE, |_| (ms(49), Answer::ok()));
    assert_eq!((quick.sent.len(), quick.all().hedges_sent), (1, 0));
    let slow = under("{max_attempts: 1, hedge: {after: 50ms, max: 2}}", ONE, |sent| {
        (ms([120, 500, 500][sent.nth]), Answer::ok())
    });
    let began = slow.times()[0];
    assert_eq!(slow.times(), [began, began + 50, began + 100]);
    assert_eq!((slow.all().hedges_sent, slow.all().hedges_won, slow.cancelled.len()), (2, 0, 2));
}

#[test]
fn a_call_that_was_throttled_is_not_hedged() {
    let policy = "{max_attempts: 2, backoff: {type: constant, base: 10ms}, hedge: {after: 50ms}}";
    let throttled = under(policy, ONE, |sent| match sent.nth {
        0 => (ms(1), Answer::status(429)),
        _ => (ms(500), Answer::ok()),
    });
    assert_eq!(
        (throttled.sent.len(), throttled.all().hedges_sent),
        (2, 0),
        "the retry is slow, and nothing goes beside it"
    );
    // A failure of another kind does not forbid it.
    let failed = under(policy, ONE, |sent| match sent.nth {
        0 => (ms(1), Answer::status(503)),
        1 => (ms(500), Answer::ok()),
        _ => (ms(5), Answer::ok()),
    });
    assert_eq!((failed.sent.len(), failed.all().hedges_sent, failed.all().hedges_won), (3, 1, 1));
}

#[test]
fn the_budget_refuses_hedges_too() {
    let policy = |budget: &str| format!("{{max_attempts: 3, hedge: {{after: 50ms}}, budget: {budget}}}");
    let load = "arrivals: {rate: 2/s, duration: 5s, spacing: even}";
    let slow = |_: &Sent| (ms(100), Answer::ok());
    // Each of the ten calls would like one; strictly more than one token is needed.
    let few = under(&policy("{type: token_bucket, size: 4, per_success: 0}"), load, slow);
    assert_eq!((few.all().hedges_sent, few.calls(Outcome::Ok)), (3, 10));
    let one = under(&policy("{type: max_retries, most: 1}"), load, slow);
    assert_eq!(one.all().hedges_sent, 10, "each is over before the next");
    let at_once = under(&policy("{type: max_retries, most: 1}"), "arrivals: {rate: 1000/s, duration: 10ms}", slow);
    assert_eq!(at_once.all().hedges_sent, 1, "ten would like one at the same time");
}

#[test]
fn a_hedge_at_a_percentile_waits_until_there_is_one() {
    let run = under(
        "{max_attempts: 1, hedge: {after: p95}}",
        "arrivals: {rate: 10/s, duration: 3s, spacing: even}",
        |sent| (if sent.nth == 5 || sent.nth == 25 { ms(1_000) } else { ms(10) }, Answer::ok()),
    );
    let all = run.all();
    assert_eq!((all.hedges_sent, all.hedges_won), (1, 1), "the sixth is slow before anything is known, the 26th after");
    assert_eq!(run.sent[26].at - run.sent[25].at, ms(10), "19 of 20 took no longer");
}

/// A hedge waits at the client's own gate like any attempt, and goes back into no line once its call is over.
#[test]
fn a_hedge_that_waits_at_the_gate_leaves_when_its_call_is_over() {
    let policy = "{max_attempts: 1, hedge: {after: 10ms}, concurrency: {type: aimd, initial: 1, min: 1, max: 1}, budget: {type: max_retries, most: 1}}";
    let run = under(policy, "arrivals: {rate: 10/s, duration: 1s, spacing: even}", |_| (ms(50), Answer::ok()));
    assert_eq!((run.sent.len(), run.calls(Outcome::Ok), run.all().hedges_sent), (10, 10, 0));
}

/// The server of AWS's own test of the adaptive mode: a token bucket of a second's worth, whose rate changes at some seconds.
/// Answers come nearly at once.
fn target(rates: &'static [(u64, f64)]) -> impl FnMut(&Sent) -> (Nanos, Answer) {
    let (mut tokens, mut settled, mut rate) = (rates[0].1, Nanos::ZERO, rates[0].1);
    move |sent| {
        tokens = (tokens + (sent.at - settled).as_secs_f64() * rate).min(rate);
        settled = sent.at;
        rate = rates.iter().rfind(|(from, _)| Nanos::from_secs(*from) <= sent.at).map_or(rate, |(_, rate)| *rate);
        tokens = tokens.min(rate);
        let accepted = tokens >= 1.0;
        tokens -= f64::from(u8::from(accepted));
        (ms(2), if accepted { Answer::ok() } else { Answer::status(429) })
    }
}

/// Attempts a second from one second to another.
fn rate_between(run: &Run, from: u64, to: u64) -> f64 {
    let sent = run.sent.iter().filter(|sent| (Nanos::from_millis(from)..Nanos::from_millis(to)).contains(&sent.at));
    sent.count() as f64 * 1_000.0 / (to - from) as f64
}

/// The acceptance test of the AWS SDKs' adaptive mode: smithy-lang/smithy-typescript
/// `packages/core/src/submodules/retry/retry-rate-target.integ.spec.ts` (at f67e71dfd3b2e2b6cc0406c05895126f7ff2baed). Workers that
/// call as fast as they can, four attempts, the rate of the last two seconds looked at every half second.
#[test]
fn the_adaptive_mode_finds_the_rate_of_the_server() {
    let adaptive = "{extends: aws-standard-2.1, max_attempts: 4, client_throttle: {type: cubic}}";
    let workers = |count: u32, seconds: u32| format!("users: {{count: {count}, duration: {seconds}s}}");
    let reached = |run: &Run, from: u64, within: (f64, f64)| {
        (from..=15_000).step_by(500).find(|end| {
            let rate = rate_between(run, end - 2_000, *end);
            (within.0..=within.1).contains(&rate)
        })
    };
    let steady = under(adaptive, &workers(10, 15), target(&[(0, 20.0)]));
    assert!(reached(&steady, 2_000, (10.0, 30.0)).is_some(), "20 a second: {}", rate_between(&steady, 13_000, 15_000));
    let lowered = under(adaptive, &workers(10, 15), target(&[(0, 10_000.0), (3, 10.0)]));
    assert!(reached(&lowered, 4_000, (3.0, 20.0)).is_some(), "10 a second: {}", rate_between(&lowered, 13_000, 15_000));
    let blip = under(adaptive, &workers(5, 15), target(&[(0, 10_000.0), (2, 20.0), (4, 10_000.0)]));
    assert!(rate_between(&blip, 12_000, 15_000) > 20.0, "{}", rate_between(&blip, 12_000, 15_000));
}

fn gate() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("client_throttle: {type: fixed, rate: 50/s, burst: 3}"),
        Just("client_throttle: {type: cubic}"),
        Just("client_throttle: {type: sre, k: 1.5, window: 5s}"),
        Just("client_throttle: {type: admission_control, window: 5s}"),
        Just("concurrency: {type: aimd, initial: 2, max: 5}"),
        Just("concurrency: {type: vegas, initial: 2, max: 5}, client_throttle: {type: cubic}"),
        Just("circuit_breaker: {window: 5, min_calls: 5, open_for: 200ms, half_open_calls: 2}"),
        Just(
            "circuit_breaker: {window: 5, min_calls: 5, open_for: 200ms, half_open_calls: 2}, concurrency: {type: gradient, initial: 2, max: 5}"
        ),
        Just("circuit_breaker: {window: 5, min_calls: 5, only_retries: true}"),
    ]
}

fn budget() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("{type: none}"),
        Just("{type: token_bucket, size: 3, per_success: 0.2}"),
        Just("{type: aws_quota, initial: 30}"),
        Just("{type: grpc}"),
        Just("{type: ratio, ttl: 1s, min_per_sec: 1/s}"),
        Just("{type: concurrent, min: 1}"),
        Just("{type: max_retries, most: 2}"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any gate with any budget, with hedges, deadlines and failures of all kinds: every call ends once, every attempt ends once, and
    /// nothing waits for ever.
    #[test]
    fn whatever_a_client_owns_nothing_is_lost(
        gate in gate(),
        budget in budget(),
        hedge in prop::option::of(5_u64..60),
        deadline in prop::option::of(110_u64..500),
        replies in prop::collection::vec((0_u64..150, 0_usize..5), 1..40),
    ) {
        let hedge = hedge.map_or_else(String::new, |after| format!(", hedge: {{after: {after}ms, max: 2}}"));
        let deadline = deadline.map_or_else(String::new, |timeout| format!(", call_timeout: {timeout}ms"));
        let policy = format!(
            "{{max_attempts: 3, attempt_timeout: 100ms, backoff: {{type: full_jitter, base: 20ms}}, {gate}, budget: {budget}{hedge}{deadline}}}"
        );
        let run = under(&policy, "arrivals: {rate: 100/s, duration: 1s}", |sent| {
            let (delay, status) = replies[sent.nth % replies.len()];
            (ms(delay), Answer::status([200, 200, 429, 503, 400][status]))
        });
        prop_assert!(run.all().call_count() > 0);
    }
}
