use super::*;
use crate::tune::fixture::{behind, plan};

const OPEN: &str = "arrivals: {rate: 30/s, duration: 10s}";

/// The limit that `workload` meets, in calls a second, and its burst.
fn limit_of(mock: &str, workload: &str) -> Limit {
    Limit::of(&plan(mock, workload), Network::default())
}

fn check(limiter: &str, per_s: f64, burst: f64, words: &str) {
    let limit = limit_of(&behind(limiter), OPEN);
    let found = limit.per_s.expect("a limit is known");
    assert!((found - per_s).abs() < 1e-9 && (limit.burst - burst).abs() < 1e-9, "{limiter}: {limit:?}");
    assert_eq!(limit.words, words);
    assert!((limit.offered_per_s - 30.0).abs() < 1e-9);
    assert_eq!(limit.is_exceeded(), per_s < 30.0);
}

#[test]
fn every_kind_of_limiter_comes_to_a_rate() {
    check("shared", 20.0, 10.0, "token bucket of 20/s, burst 10, for each account");
    // Ten clients with two a second each.
    check("each", 20.0, 10.0, "token bucket of 2/s, burst 1, for each client (10 of them)");
    check("window", 3.0, 30.0, "30 in each window of 10s, for each account");
    // Five at the same time, a tenth of a second each.
    check("places", 50.0, 5.0, "5 requests at the same time, for each account");
}

#[test]
fn of_several_limits_the_one_that_is_short_first_decides() {
    check("shared, window", 3.0, 30.0, "30 in each window of 10s, for each account");
    let mock = "{limits: [{operations: [GetMeeting], all_of: [places]}], latency: {type: constant, value: \
     100ms}, workers: {count: 2, queue: 10}}";
    let limit = limit_of(mock, OPEN);
    assert_eq!(limit.per_s, Some(20.0));
    assert_eq!(limit.words, "2 workers that take 100ms for a request");
}

#[test]
fn where_no_rule_names_the_operation_the_services_own_limiter_counts() {
    let limit = limit_of("{}", OPEN);
    assert_eq!((limit.per_s, limit.burst), (Some(10.0), 20.0));
    assert_eq!(limit.words, "token bucket of 10/s, burst 20, for each account, region and operation");
    let off = limit_of("{throttling: off}", OPEN);
    assert_eq!((off.per_s, off.is_exceeded(), off.words.as_str()), (None, false, "none"));
}

#[test]
fn users_offer_what_they_would_if_nobody_turned_them_away() {
    let closed = limit_of(&behind("shared"), "users: {count: 6, duration: 10s, think_time: 200ms}");
    // A tenth of a second for the call, two for thinking.
    assert!((closed.offered_per_s - 20.0).abs() < 1e-9 && !closed.is_exceeded(), "{closed:?}");
    let batch = limit_of(&behind("shared"), "iterations: {count: 50, users: 10}");
    assert!((batch.offered_per_s - 100.0).abs() < 1e-9 && batch.is_exceeded());
}
