use super::*;
use crate::api::Pushback;
use crate::retry::backoff::{Backoff, Shape};
use crate::retry::budget::Costs;
use crate::retry::hint::{HintHeaders, HintUse};
use crate::retry::{AWS_STANDARD_2_1, NONE, preset};

fn progress(attempts: u32) -> CallProgress {
    CallProgress { attempts, previous: Nanos::ZERO, deadline: Nanos::MAX, client: 1, call: 2 }
}

fn decide(policy: &Policy, budget: &mut Client, progress: CallProgress, kind: FailureKind, hints: &Hints) -> Decision {
    policy.decide(budget, &progress, kind, hints, Nanos::from_secs(100), 9)
}

fn wait(decision: Decision) -> Nanos {
    match decision {
        Decision::Retry { at, .. } => at - Nanos::from_secs(100),
        other => panic!("gave up: {other:?}"),
    }
}

#[test]
fn none_never_retries() {
    let policy = preset(NONE).expect("a preset");
    let decision = decide(&policy, &mut Client::new(&policy), progress(1), FailureKind::Throttling, &Hints::default());
    assert_eq!(decision, Decision::GiveUp(Reason::MaxAttempts));
}

#[test]
fn the_standard_mode_waits_within_its_bounds_and_stops_in_time() {
    let policy = preset(AWS_STANDARD_2_1).expect("a preset");
    let mut budget = Client::new(&policy);
    let mut check = |attempts, kind, bound: u64| {
        let wait = wait(decide(&policy, &mut budget, progress(attempts), kind, &Hints::default()));
        assert!(wait < Nanos::from_millis(bound), "{wait}");
    };
    check(1, FailureKind::Throttling, 1_000);
    check(2, FailureKind::Throttling, 2_000);
    check(1, FailureKind::Transient, 50);
    check(2, FailureKind::Timeout, 100);
    let mut last = |attempts, kind| decide(&policy, &mut budget, progress(attempts), kind, &Hints::default());
    assert_eq!(last(3, FailureKind::Throttling), Decision::GiveUp(Reason::MaxAttempts));
    assert_eq!(last(1, FailureKind::Permanent), Decision::GiveUp(Reason::Permanent));
}

#[test]
fn a_spent_quota_gives_up_at_once() {
    let policy = preset(AWS_STANDARD_2_1).expect("a preset");
    let mut budget = Client::new(&policy);
    let mut decision = || decide(&policy, &mut budget, progress(1), FailureKind::Transient, &Hints::default());
    let retries =
        std::iter::repeat_with(&mut decision).take_while(|decision| matches!(decision, Decision::Retry { .. })).count();
    assert_eq!(retries, 35);
    assert_eq!(decision(), Decision::GiveUp(Reason::Quota));
}

#[test]
fn a_retry_that_could_not_be_sent_in_time_is_not_begun_and_costs_nothing() {
    let policy = Policy {
        backoff: Backoffs::same(Backoff::new(Shape::Constant, Nanos::from_secs(2))),
        budget: BudgetSpec::TokenBucket { size: 2.0, per_success: 0.0, cost: Costs::all(1.0), credit_at_start: false },
        ..preset(AWS_STANDARD_2_1).expect("a preset")
    };
    let mut budget = Client::new(&policy);
    let tight = CallProgress { deadline: Nanos::from_secs(101), ..progress(1) };
    let refused = decide(&policy, &mut budget, tight, FailureKind::Transient, &Hints::default());
    assert_eq!(refused, Decision::GiveUp(Reason::Deadline));
    let allowed = decide(&policy, &mut budget, progress(1), FailureKind::Transient, &Hints::default());
    assert_eq!(wait(allowed), Nanos::from_secs(2));
}

#[test]
fn the_servers_hint_is_clamped_to_five_seconds_above_the_backoff() {
    let policy = preset(AWS_STANDARD_2_1).expect("a preset");
    let with =
        |hints: Hints| wait(decide(&policy, &mut Client::new(&policy), progress(1), FailureKind::Throttling, &hints));
    let own = with(Hints::default());
    let amz = |n| Hints { amz_retry_after: Some(Nanos::from_secs(n)), ..Hints::default() };
    assert_eq!(with(amz(3)), Nanos::from_secs(3));
    assert_eq!(with(amz(30)), own + Nanos::from_secs(5));
    assert_eq!(with(amz(0)), own);
    let plain = Hints { retry_after: Some(Nanos::from_secs(3)), ..Hints::default() };
    assert_eq!(with(plain), own, "standard mode reads its own header alone");
}

#[test]
fn a_server_that_says_stop_is_obeyed_by_whoever_listens() {
    let deaf = preset(AWS_STANDARD_2_1).expect("a preset");
    let hint = HintPolicy { mode: HintUse::Exact, headers: HintHeaders::ALL, ..HintPolicy::IGNORE };
    let listening = Policy { hint, ..deaf.clone() };
    let stop = Hints { pushback: Some(Pushback::Stop), ..Hints::default() };
    let with = |policy: &Policy, hints: &Hints| {
        decide(policy, &mut Client::new(policy), progress(1), FailureKind::Transient, hints)
    };
    assert_eq!(with(&listening, &stop), Decision::GiveUp(Reason::Pushback));
    assert!(matches!(with(&deaf, &stop), Decision::Retry { hinted: false, .. }));
    let later = Hints { pushback: Some(Pushback::Wait(Nanos::from_millis(40))), ..Hints::default() };
    assert_eq!(wait(with(&listening, &later)), Nanos::from_millis(40));
}

#[test]
fn every_kind_of_failure_has_its_own_wait() {
    let constant = |secs| Backoff::new(Shape::Constant, Nanos::from_secs(secs));
    let backoff = Backoffs { throttling: constant(3), transient: constant(1), timeout: constant(2) };
    let policy = Policy { backoff, ..preset(AWS_STANDARD_2_1).expect("a preset") };
    let of = |kind| wait(decide(&policy, &mut Client::new(&policy), progress(1), kind, &Hints::default()));
    let kinds = [FailureKind::Transient, FailureKind::Timeout, FailureKind::Throttling];
    assert_eq!(kinds.map(of), [1, 2, 3].map(Nanos::from_secs));
}

#[test]
fn decorrelated_jitter_knows_the_wait_before() {
    let backoff = Backoffs::same(Backoff::new(Shape::DecorrelatedJitter, Nanos::from_secs(1)));
    let policy = Policy { backoff, ..preset(AWS_STANDARD_2_1).expect("a preset") };
    let after = |previous| {
        let progress = CallProgress { previous: Nanos::from_secs(previous), ..progress(2) };
        let none = Hints::default();
        wait(decide(&policy, &mut Client::new(&policy), progress, FailureKind::Transient, &none))
    };
    assert!(after(0) < Nanos::from_secs(3));
    assert!(after(6) > after(1), "the same draw over a wider range");
}

#[test]
fn the_same_seed_gives_the_same_jitter_and_another_client_another() {
    let policy = preset(AWS_STANDARD_2_1).expect("a preset");
    let of = |client| {
        let progress = CallProgress { client, ..progress(1) };
        wait(decide(&policy, &mut Client::new(&policy), progress, FailureKind::Throttling, &Hints::default()))
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn the_worst_case_is_bounded_by_attempts_or_by_the_call() {
    let policy = preset(AWS_STANDARD_2_1).expect("a preset");
    assert_eq!(policy.worst_case(), Some(Nanos::from_secs(3 * 30 + (1 + 5) + (2 + 5))));
    let bounded = Policy { call_timeout: Some(Nanos::from_secs(10)), ..policy };
    assert_eq!(bounded.worst_case(), Some(Nanos::from_secs(10)));
    let queueing = preset("aws-adaptive").expect("a preset");
    assert_eq!(queueing.worst_case(), None, "its own rate limit may hold a call back for ever");
    let hedge = HedgeSpec { after: HedgeAfter::Fixed(Nanos::from_millis(50)), max: 2 };
    assert_eq!(Policy { hedge: Some(hedge), ..queueing }.most_attempts(), 5);
}
