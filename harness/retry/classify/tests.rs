use super::*;
use crate::api::{NotedHeaders, StatusSet};
use FailureKind::{Permanent, Throttling, Timeout, Transient};

fn check(status: Result<u16, WireError>, code: Option<&str>, hinted: bool, expected: FailureKind) {
    let facts = Facts { hinted, ..Facts::bare(status, code) };
    assert_eq!(Classifier::default().classify(&facts), expected, "{facts:?}");
}

#[test]
fn the_default_classification() {
    check(Ok(429), None, false, Throttling);
    check(Ok(400), Some("ThrottlingException"), false, Throttling);
    check(Ok(503), None, false, Transient);
    check(Ok(503), None, true, Throttling);
    check(Ok(503), Some("SlowDown"), false, Throttling);
    check(Ok(408), None, false, Transient);
    check(Ok(500), None, false, Transient);
    check(Ok(501), None, false, Permanent);
    check(Ok(404), Some("NotFoundException"), false, Permanent);
    check(Err(WireError::Timeout), None, false, Timeout);
    check(Err(WireError::ConnectTimeout), None, false, Timeout);
    check(Err(WireError::Reset), None, false, Transient);
    check(Err(WireError::BadBody), None, false, Permanent);
}

#[test]
fn own_rules_come_first_and_need_all_their_conditions() {
    let rule = Rule {
        statuses: Some(StatusSet::EMPTY.with(409)),
        code: Some("Busy".into()),
        ..Rule::always(Verdict::Failure(Throttling))
    };
    let classifier = Classifier { rules: vec![rule], ..Classifier::default() };
    let classify = |status, code| classifier.classify(&Facts::bare(Ok(status), code));
    assert_eq!(classify(409, Some("Busy")), Throttling);
    assert_eq!(classify(409, None), Permanent);
    assert_eq!(classify(410, Some("Busy")), Permanent);
}

#[test]
fn a_header_field_can_decide() {
    let mut names = NotedHeaders::default();
    let busy = names.note("x-busy").expect("room");
    let rule = |headers, verdict| Rule { headers: Some(headers), ..Rule::always(verdict) };
    let rules =
        vec![rule(Noted::ENVOY_RATELIMITED, Verdict::Failure(Permanent)), rule(busy, Verdict::Failure(Throttling))];
    let classifier = Classifier { rules, ..Classifier::default() };
    let classify = |noted| classifier.classify(&Facts { noted, ..Facts::bare(Ok(503), None) });
    assert_eq!(classify(Noted::NONE), Transient);
    assert_eq!(classify(busy), Throttling);
    assert_eq!(classify(busy.union(Noted::ENVOY_RATELIMITED)), Permanent, "the first rule that fits wins");
}

#[test]
fn a_rule_can_call_it_success() {
    let gone = Rule { statuses: Some(StatusSet::EMPTY.with(410)), ..Rule::always(Verdict::Success) };
    let classifier = Classifier { rules: vec![gone], ..Classifier::default() };
    assert!(classifier.accepts(&Facts::bare(Ok(410), None)));
    assert!(!classifier.accepts(&Facts::bare(Ok(404), None)));
    assert!(!Classifier::default().accepts(&Facts::bare(Ok(410), None)));
}

#[test]
fn a_bare_429_is_what_the_policy_says_and_one_with_a_code_is_throttling() {
    let python = Classifier { bare_429: Permanent, ..Classifier::default() };
    assert_eq!(python.classify(&Facts::bare(Ok(429), None)), Permanent);
    assert_eq!(python.classify(&Facts::bare(Ok(429), Some("TooManyRequestsException"))), Throttling);
}

#[test]
fn items_are_judged_by_their_code_alone() {
    let kind = |code| Classifier::default().classify_item(code);
    assert_eq!(kind("Throttling"), Throttling);
    assert_eq!(kind("ServiceUnavailable"), Transient);
    assert_eq!(kind("BadRequest"), Permanent);
    assert_eq!(kind("LimitExceeded"), Permanent);
}
