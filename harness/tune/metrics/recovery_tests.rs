use super::*;
use crate::record::AttemptOutcome;
use crate::tune::Metrics;
use crate::tune::metrics::fixture::{attempt, call, trace};

/// Ten calls a second for 200 s; the trigger lasts from 50 s to 60 s, and calls that fall due before `bad_until` fail.
fn run(bad_until: u64, and_again: std::ops::Range<u64>) -> Trace {
    let is_bad = |due: u64| (50_000..bad_until).contains(&due) || and_again.contains(&due);
    trace((0..2_000).map(|at| at * 100).map(|due| call(0, due, due + 50, 1, !is_bad(due))).collect())
}

fn context() -> Context {
    Context {
        until: Some(Nanos::from_secs(200)),
        open: true,
        disturbance: Some(Disturbance { begin: Nanos::from_secs(50), end: Nanos::from_secs(60), objective: None }),
        ..Context::default()
    }
}

fn recovery_of(trace: &Trace) -> Recovery {
    Metrics::of(trace, &context()).recovery.expect("there was a trigger")
}

#[test]
fn a_run_that_is_well_when_the_trigger_ends_has_recovered_at_once() {
    let recovery = recovery_of(&run(60_000, 0..0));
    assert_eq!((recovery.trigger_s, recovery.slo_s, recovery.goodput_s), (10.0, Some(0.0), Some(0.0)));
    assert!(!recovery.relapse && !recovery.metastable);
    assert_eq!(recovery.outage_load, 1.0);
}

#[test]
fn the_recovery_counts_from_the_end_of_the_trigger_in_quarters_of_a_second() {
    assert_eq!(recovery_of(&run(67_000, 0..0)).slo_s, Some(7.0));
    assert_eq!(recovery_of(&run(67_100, 0..0)).slo_s, Some(7.25));
    // Of fifty calls of a window forty-three are enough: it may begin 0.7 s before all is well.
    assert_eq!(recovery_of(&run(67_000, 0..0)).goodput_s, Some(6.5));
}

#[test]
fn calls_that_are_too_slow_break_the_objective_like_failed_ones() {
    let slow = |millis: u64, objective: Option<Nanos>| {
        let calls = (0..2_000).map(|at| at * 100).map(|due| {
            let takes = if (50_000..70_000).contains(&due) { millis } else { 50 };
            call(0, due, due + takes, 1, true)
        });
        let disturbance = context().disturbance.map(|disturbance| Disturbance { objective, ..disturbance });
        Metrics::of(&trace(calls.collect()), &Context { disturbance, ..context() })
            .recovery
            .and_then(|recovery| recovery.slo_s)
    };
    // Without an objective of its own it is at least a second.
    assert_eq!(slow(1_000, None), Some(0.0));
    assert_eq!(slow(1_001, None), Some(10.0));
    assert_eq!(slow(201, Some(Nanos::from_millis(200))), Some(10.0));
    assert_eq!(slow(200, Some(Nanos::from_millis(200))), Some(0.0));
}

#[test]
fn who_falls_back_has_relapsed() {
    let recovery = recovery_of(&run(60_000, 190_000..195_000));
    assert!(recovery.relapse && recovery.slo_s == Some(0.0) && !recovery.metastable);
    assert!(!recovery_of(&run(60_000, 150_000..155_000)).relapse);
}

#[test]
fn metastable_is_who_does_not_recover_and_goes_on_with_too_much_load() {
    let stuck = run(200_000, 0..0);
    let recovery = recovery_of(&stuck);
    assert_eq!((recovery.slo_s, recovery.goodput_s), (None, None));
    // Whoever fails at the load that is offered is not metastable, only lost.
    assert!(!recovery.metastable);
    let mut loaded = stuck;
    loaded.attempts.extend((0..290).map(|at| attempt(0, 61_000 + at * 100, AttemptOutcome::Throttled)));
    // 1,400 calls are offered behind the trigger: a fifth more attempts is 280.
    assert!(recovery_of(&loaded).metastable);
    loaded.attempts.truncate(2_000 + 270);
    assert!(!recovery_of(&loaded).metastable);
}

#[test]
fn who_recovers_too_late_is_metastable_and_who_is_not_watched_for_long_enough_is_not() {
    let mut late = run(125_000, 0..0);
    late.attempts.extend((0..400).map(|at| attempt(0, 61_000 + at * 100, AttemptOutcome::Throttled)));
    let recovery = recovery_of(&late);
    assert!(recovery.metastable && recovery.slo_s == Some(65.0), "{recovery:?}");
    let short = Context { until: Some(Nanos::from_secs(119)), ..context() };
    assert!(!Metrics::of(&late, &short).recovery.expect("a trigger").metastable);
}

#[test]
fn the_load_of_the_outage_is_told_against_that_of_before() {
    let mut run = run(60_000, 0..0);
    run.attempts.extend((0..150).map(|at| attempt(0, 50_000 + at * 50, AttemptOutcome::Failed)));
    assert_eq!(recovery_of(&run).outage_load, 2.5);
}

#[test]
fn where_the_objective_was_missed_before_being_as_well_as_then_is_enough() {
    let run = |every: u64, behind: u64| {
        let is_bad = |at: u64| if at < 600 { at.is_multiple_of(every) } else { at.is_multiple_of(behind) };
        trace((0..2_000).map(|at| call(0, at * 100, at * 100 + 50, 1, !is_bad(at))).collect())
    };
    assert_eq!(recovery_of(&run(10, 10)).slo_s, Some(0.0));
    assert_eq!(recovery_of(&run(10, 5)).slo_s, None);
}
