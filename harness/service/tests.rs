//! Throttling, latency, workers, faults and events together.

use std::borrow::Cow;

use super::config::{
    Change, Event, Fault, Latency, LimitRule, LimiterDef, LimiterKind, ResetAt, Throttling, WireFault, Workers,
};
use super::*;
use crate::units::{Rate, Ratio};

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";
pub(super) const GET: Request<'_> = Request::GetMeeting { meeting: ABSENT };

pub(super) fn secs(secs: u64) -> Nanos {
    Nanos::from_secs(secs)
}

pub(super) fn service(config: ServiceConfig) -> (Service, Caller) {
    let mut service = Service::new(config).expect("a sound configuration");
    let caller = service.caller(&Identity::default());
    (service, caller)
}

pub(super) fn unthrottled() -> ServiceConfig {
    ServiceConfig { throttling: Throttling::Off, ..ServiceConfig::default() }
}

pub(super) fn ratio(share: f64) -> Ratio {
    Ratio::new(share).expect("a ratio")
}

pub(super) fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).expect("a rate")
}

pub(super) fn event(at: u64, lasts: u64, set: Change) -> Event {
    Event { at: secs(at), lasts: secs(lasts), set }
}

pub(super) fn create(token: &str) -> Request<'_> {
    let (media_region, external_meeting_id) = (Some("us-east-1"), Some("meeting"));
    Request::CreateMeeting(attendees::request::CreateMeeting {
        client_request_token: token,
        media_region,
        external_meeting_id,
        ..attendees::request::CreateMeeting::default()
    })
}

#[test]
fn a_throttled_request_has_no_effect_and_no_delay() {
    let latency = Latency::Constant(Nanos::from_millis(5));
    let (mut service, caller) = service(ServiceConfig { latency, ..ServiceConfig::default() });
    let answers: Vec<Answer> =
        (0..21).map(|number| service.handle(secs(1), caller, &create(&format!("token-{number}")))).collect();
    assert!(answers[..20].iter().all(|answer| answer.status == 200 && answer.delay == Nanos::from_millis(5)));
    let Body::Error(error) = &answers[20].body else { panic!("{:?}", answers[20]) };
    assert_eq!((answers[20].status, &*error.type_name, error.code()), (429, "ThrottlingException", "Throttling"));
    assert_eq!(
        (&*error.message, answers[20].delay, answers[20].hints),
        ("Rate exceeded", Nanos::ZERO, Hints::default())
    );
    let later = service.handle(Nanos::from_millis(1_100), caller, &create("token-20"));
    assert_eq!(later.status, 200);
    assert_ne!(later.body, answers[0].body);
}

#[test]
fn a_request_that_fails_later_has_used_its_token() {
    let (mut service, caller) = service(ServiceConfig::default());
    let bad = Request::GetMeeting { meeting: "not an id" };
    let statuses: Vec<u16> = (0..21).map(|_| service.handle(Nanos::ZERO, caller, &bad).status).collect();
    assert_eq!((statuses[19], statuses[20]), (400, 429));
}

#[test]
fn a_full_queue_is_answered_503_without_effect() {
    let latency = Latency::Constant(secs(1));
    let workers = Some(Workers { count: 1, queue: 1 });
    let (mut service, caller) = service(ServiceConfig { latency, workers, ..unthrottled() });
    assert_eq!(service.handle(Nanos::ZERO, caller, &create("t-1")).delay, secs(1));
    assert_eq!(service.handle(Nanos::ZERO, caller, &create("t-2")).delay, secs(2));
    let refused = service.handle(Nanos::ZERO, caller, &create("t-3"));
    assert_eq!((refused.status, refused.delay), (503, Nanos::ZERO));
}

#[test]
fn a_fault_on_the_wire_leaves_the_effect_and_an_error_does_not() {
    let always = |kind| vec![Fault { operations: vec![], chance: ratio(0.0), every: Some(1), during: None, kind }];
    let reset = WireFault::Reset(ResetAt::BeforeReply);
    let (mut lossy, caller) = service(ServiceConfig { faults: always(FaultKind::Wire(reset)), ..unthrottled() });
    let answer = lossy.handle(Nanos::ZERO, caller, &create("token"));
    assert_eq!((answer.status, answer.fault), (200, Some(reset)));
    let status = FaultKind::Status { status: 500, error_code: Cow::Borrowed("ServiceFailureException") };
    let (mut failing, caller) = service(ServiceConfig { faults: always(status), ..unthrottled() });
    let answer = failing.handle(Nanos::ZERO, caller, &create("token"));
    assert_eq!((answer.status, answer.fault), (500, None));
}

#[test]
fn events_change_the_service_for_their_time() {
    let kind = LimiterKind::TokenBucket { rate: rate(10.0), burst: 10, refill: None };
    let limiter = LimiterDef::new("all", kind, &[]);
    let config = ServiceConfig {
        limiters: vec![limiter],
        limits: vec![LimitRule { operations: vec![], all_of: vec![0] }],
        latency: Latency::Constant(Nanos::from_millis(10)),
        events: vec![
            event(10, 10, Change::Rate { limiter: 0, rate: rate(1.0) }),
            event(30, 5, Change::DOWN),
            event(40, 5, Change::LatencyFactor(ratio(3.0))),
            event(50, 5, Change::ErrorRate(ratio(1.0))),
            event(60, 5, Change::Burst { limiter: 0, burst: 2 }),
        ],
        ..ServiceConfig::default()
    };
    let (mut service, caller) = service(config);
    service.start_events(secs(100));
    let mut accepted = |from: u64| {
        let mut drain = |at| {
            let statuses = (0..20).map(|_| service.handle(at, caller, &GET).status);
            statuses.filter(|&status| status != 429).collect::<Vec<_>>()
        };
        drain(secs(from));
        drain(secs(from) + secs(1)).len()
    };
    assert_eq!(accepted(102), 10);
    assert_eq!(accepted(112), 1, "one a second");
    assert_eq!(accepted(122), 10, "and back");
    assert_eq!(service.handle(secs(131), caller, &GET).status, 503);
    assert_eq!(service.handle(secs(135), caller, &GET).status, 404, "up again at the end of its span");
    assert_eq!(service.handle(secs(141), caller, &GET).delay, Nanos::from_millis(30));
    assert_eq!(service.handle(secs(146), caller, &GET).delay, Nanos::from_millis(10));
    assert_eq!(service.handle(secs(151), caller, &GET).status, 500);
    let burst = (0..20).filter(|_| service.handle(secs(162), caller, &GET).status != 429).count();
    assert_eq!(burst, 2);
}

#[test]
fn the_same_seed_gives_the_same_service() {
    let run = |seed| {
        let latency = Latency::LogNormal { median: Nanos::from_millis(8), p99: Nanos::from_millis(60) };
        let (mut service, caller) = service(ServiceConfig { latency, seed, ..unthrottled() });
        (0..50).map(|number| service.handle(secs(number), caller, &create(&format!("t-{number}")))).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}
