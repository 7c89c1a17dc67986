use super::*;
use crate::record::Outcome;
use crate::tune::metrics::fixture::{attempt, call, trace};

/// Arrivals for ten seconds against a limit of five a second.
fn context() -> Context {
    Context { until: Some(Nanos::from_secs(10)), open: true, limit_per_s: Some(5.0), ..Context::default() }
}

#[test]
fn calls_and_attempts_are_counted_by_how_they_ended() {
    let calls = vec![
        call(0, 0, 100, 1, true),
        call(1, 1_000, 3_000, 3, true),
        call(0, 2_000, 2_500, 2, false),
        CallTrace {
            outcome: Outcome::Dropped,
            reason: Some(Reason::Dropped),
            attempts: 0,
            ..call(1, 3_000, 3_000, 0, false)
        },
    ];
    let metrics = Metrics::of(&trace(calls), &context());
    assert_eq!((metrics.calls, metrics.successes, metrics.attempts, metrics.wasted_attempts), (4, 2, 6, 4));
    assert_eq!(metrics.lost, [(Reason::MaxAttempts, 1), (Reason::Dropped, 1)]);
    assert_eq!(metrics.attempts_per_call[..4], [1, 1, 1, 0]);
    assert_eq!((metrics.success_ratio, metrics.amplification, metrics.attempts_per_success), (0.5, 1.5, 3.0));
    assert_eq!(metrics.reject_fraction, 4.0 / 6.0);
    assert_eq!(metrics.offered_per_s, 0.4);
}

#[test]
fn open_goodput_counts_what_is_done_before_arrivals_end() {
    let calls = || vec![call(0, 0, 9_999, 1, true), call(0, 5_000, 10_000, 1, true), call(0, 9_000, 10_001, 1, true)];
    let open = Metrics::of(&trace(calls()), &context());
    assert_eq!(open.goodput_per_s, 0.2);
    assert_eq!((open.completion_s, open.drain_s), (10.001, 0.001));
    // 0.3 a second are offered, which is less than the limit.
    assert!((open.goodput_efficiency.expect("a limit is known") - 0.2 / 0.3).abs() < 1e-12);
    let closed = Metrics::of(&trace(calls()), &Context { open: false, ..context() });
    assert!((closed.goodput_per_s - 3.0 / 10.001).abs() < 1e-12);
    let batch = Metrics::of(&trace(calls()), &Context { until: None, open: false, ..context() });
    assert_eq!(batch.drain_s, 0.0);
    assert!((batch.offered_per_s - 3.0 / 10.001).abs() < 1e-12);
}

#[test]
fn the_burst_is_part_of_what_the_limit_lets_through() {
    let calls: Vec<_> = (0..100).map(|at| call(0, at * 100, at * 100 + 10, 1, at < 60)).collect();
    // 5 a second and a burst of 10 in ten seconds: 6 a second of the 10 that are offered.
    let metrics = Metrics::of(&trace(calls), &Context { burst: 10.0, ..context() });
    assert!((metrics.goodput_efficiency.expect("a limit is known") - 1.0).abs() < 1e-12);
    let unknown = Metrics::of(&Trace::default(), &Context { limit_per_s: None, ..context() });
    assert_eq!(unknown.goodput_efficiency, None);
}

#[test]
fn times_of_calls_that_succeed_and_of_all_are_told_apart() {
    let waited = |millis: u64, call: CallTrace| CallTrace { waited: Nanos::from_millis(millis), ..call };
    let calls = vec![waited(0, call(0, 0, 1_000, 1, true)), waited(2_000, call(0, 0, 3_000, 2, false))];
    let metrics = Metrics::of(&trace(calls), &context());
    assert_eq!(metrics.response_ok_s, [1.0; 4]);
    assert_eq!(metrics.response_all_s, [1.0, 3.0, 3.0, 3.0]);
    assert_eq!(metrics.backoff_share, 0.5);
    let nothing = Metrics::of(&trace(vec![call(0, 0, 10, 1, false)]), &context());
    assert!(nothing.response_ok_s.iter().all(|second| second.is_nan()) && nothing.attempts_per_success.is_infinite());
}

#[test]
fn load_is_counted_while_calls_arrive_and_its_peak_in_whole_seconds() {
    let mut run = trace(vec![call(0, 0, 100, 1, true)]);
    run.attempts.clear();
    // Six in the second second, two of them at its very end; one at the end of arrivals, and one behind it.
    for sent in [1_000, 1_000, 1_100, 1_200, 1_999, 1_999, 2_000, 10_000, 10_001] {
        run.attempts.push(attempt(0, sent, AttemptOutcome::Success));
    }
    let metrics = Metrics::of(&run, &context());
    assert_eq!((metrics.peak_load_1s, metrics.server_load_per_s), (6.0, 0.8));
    assert_eq!(metrics.peak_to_mean, 6.0 / 0.8);
}

#[test]
fn even_load_has_a_fano_factor_of_nothing_and_a_herd_a_large_one() {
    let fano = |sent: &dyn Fn(u64) -> u64| {
        let mut run = Trace::default();
        run.attempts = (0..1_000).map(|at| attempt(0, sent(at), AttemptOutcome::Success)).collect();
        Metrics::of(&run, &context()).fano
    };
    assert_eq!(fano(&|at| at * 10), 0.0);
    // All in one of a hundred tenths: (1000² / 100 − 10²) / 10.
    assert!((fano(&|_| 0) - 990.0).abs() < 1e-9);
}

#[test]
fn what_falls_into_the_warm_up_does_not_count() {
    let warm = |call: CallTrace| CallTrace { warm_up: true, ..call };
    let calls = vec![warm(call(0, 0, 100, 9, false)), call(0, 5_000, 5_100, 1, true)];
    let metrics = Metrics::of(&trace(calls), &Context { from: Nanos::from_secs(5), ..context() });
    assert_eq!((metrics.calls, metrics.attempts, metrics.success_ratio), (1, 1, 1.0));
    assert_eq!((metrics.offered_per_s, metrics.server_load_per_s), (0.2, 0.2));
}

#[test]
fn only_attempts_after_a_hint_tell_whether_hints_are_honest() {
    let mut run = trace(vec![call(0, 0, 100, 1, true)]);
    assert_eq!(Metrics::of(&run, &context()).hint_accuracy, None);
    for (sent, outcome) in [(1, AttemptOutcome::Success), (2, AttemptOutcome::Throttled), (3, AttemptOutcome::Success)]
    {
        run.attempts.push(AttemptTrace { after_hint: true, ..attempt(0, sent, outcome) });
    }
    assert_eq!(Metrics::of(&run, &context()).hint_accuracy, Some(2.0 / 3.0));
}

#[test]
fn attempts_that_were_given_up_are_no_answers() {
    let mut run = trace(vec![call(0, 0, 100, 1, true)]);
    run.attempts.push(attempt(0, 5, AttemptOutcome::Cancelled));
    assert_eq!(Metrics::of(&run, &context()).reject_fraction, 0.0);
    run.attempts.push(attempt(0, 5, AttemptOutcome::Failed));
    assert_eq!(Metrics::of(&run, &context()).reject_fraction, 0.5);
}

#[test]
fn fairness_is_one_where_all_fare_alike_and_one_over_n_where_one_gets_all() {
    let run = |ok: [bool; 4]| {
        let calls = ok.into_iter().enumerate().map(|(client, ok)| call(client as u32, 0, 100, 1, ok));
        Metrics::of(&trace(calls.collect()), &context())
    };
    let of = |ok| (run(ok).jain, run(ok).fairness_min_max);
    assert_eq!(of([true; 4]), (1.0, 1.0));
    assert_eq!(of([true, false, false, false]), (0.25, 0.0));
    assert_eq!(of([true, true, false, false]), (0.5, 0.0));
}
