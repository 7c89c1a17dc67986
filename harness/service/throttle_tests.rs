use super::*;
use crate::limit::{Align, Options, Penalty};
use crate::service::{Amounts, Namespace, NoAmounts};
use OperationKind::{BatchCreateAttendee, GetMeeting, ListAttendees};

const CALLER: Caller =
    Caller { endpoint: 0, account: 0, region: 0, client: 0, api_key: 0, namespace: Namespace::Meetings };

fn bucket(name: &str, rate: f64, burst: u32, scope: &[Dimension]) -> LimiterDef {
    let rate = Rate::per_second(rate).expect("a valid rate");
    LimiterDef::new(name, LimiterKind::TokenBucket { rate, burst, refill: None }, scope)
}

fn throttle(limiters: Vec<LimiterDef>) -> Throttle {
    let all_of = (0..limiters.len()).collect();
    let limits = vec![LimitRule { operations: vec![], all_of }];
    let config = ServiceConfig { limits, limiters, ..ServiceConfig::default() };
    config.check().expect("a sound configuration");
    Throttle::new(&config)
}

fn demand(operation: OperationKind, items: u32) -> Demand<'static> {
    Demand { operation, items, path: "", amounts: &NoAmounts }
}

fn admit(throttle: &mut Throttle, now: Nanos, operation: OperationKind, items: u32) -> Result<Permit, Rejection> {
    throttle.admit(now, CALLER, &demand(operation, items))
}

fn admitted(throttle: &mut Throttle, caller: Caller, operation: OperationKind) -> usize {
    let accept = |_: &i32| throttle.admit(Nanos::ZERO, caller, &demand(operation, 1)).is_ok();
    (0..1_000).take_while(accept).count()
}

#[test]
fn the_service_gives_each_operation_account_and_region_its_own_burst() {
    let mut throttle = Throttle::new(&ServiceConfig::default());
    assert_eq!(admitted(&mut throttle, CALLER, GetMeeting), 20);
    assert_eq!(admitted(&mut throttle, CALLER, BatchCreateAttendee), 20);
    assert_eq!(admitted(&mut throttle, Caller { account: 1, ..CALLER }, GetMeeting), 20);
    assert_eq!(admitted(&mut throttle, Caller { region: 1, ..CALLER }, GetMeeting), 20);
    assert_eq!(admitted(&mut throttle, Caller { namespace: Namespace::Legacy, ..CALLER }, GetMeeting), 20);
    assert_eq!(admitted(&mut throttle, Caller { client: 1, api_key: 1, ..CALLER }, GetMeeting), 0);
}

#[test]
fn the_first_rule_that_names_an_operation_decides() {
    let config = ServiceConfig {
        limiters: vec![bucket("a", 1.0, 3, &[]), bucket("b", 1.0, 5, &[])],
        limits: vec![
            LimitRule { operations: vec![GetMeeting], all_of: vec![0] },
            LimitRule { operations: vec![], all_of: vec![1] },
        ],
        ..ServiceConfig::default()
    };
    let mut throttle = Throttle::new(&config);
    assert_eq!(admitted(&mut throttle, CALLER, GetMeeting), 3);
    assert_eq!(admitted(&mut throttle, CALLER, BatchCreateAttendee), 5);
    let mut off = Throttle::new(&ServiceConfig { throttling: Throttling::Off, ..ServiceConfig::default() });
    assert_eq!(admitted(&mut off, CALLER, GetMeeting), 1_000);
}

#[test]
fn all_limiters_are_charged_or_none() {
    let items = LimiterDef { cost: Cost::BatchItems, ..bucket("items", 1.0, 150, &[]) };
    let mut throttle = throttle(vec![bucket("calls", 1.0, 10, &[Dimension::Operation]), items]);
    assert!(admit(&mut throttle, Nanos::ZERO, BatchCreateAttendee, 100).is_ok());
    let refusal = admit(&mut throttle, Nanos::ZERO, BatchCreateAttendee, 100).expect_err("50 items are left");
    assert_eq!(refusal.wait, Nanos::from_secs(50));
    assert_eq!(admitted(&mut throttle, CALLER, BatchCreateAttendee), 9, "the refusal took no call token");
}

#[test]
fn an_operation_can_have_its_own_limit_and_share_that_of_its_endpoint() {
    let endpoint = [Dimension::Account, Dimension::Region];
    let each = [Dimension::Account, Dimension::Region, Dimension::Operation];
    let mut throttle = throttle(vec![bucket("each", 1.0, 20, &each), bucket("together", 1.0, 30, &endpoint)]);
    assert_eq!(admitted(&mut throttle, CALLER, GetMeeting), 20);
    assert_eq!(admitted(&mut throttle, CALLER, ListAttendees), 10, "what is left of the thirty");
    assert_eq!(admitted(&mut throttle, CALLER, BatchCreateAttendee), 0);
    assert_eq!(admitted(&mut throttle, Caller { account: 1, ..CALLER }, BatchCreateAttendee), 20);
    assert_eq!(admitted(&mut throttle, Caller { namespace: Namespace::Legacy, ..CALLER }, GetMeeting), 20);
}

#[test]
fn every_dimension_splits_a_limiter() {
    let others = [
        (Dimension::Account, Caller { account: 1, ..CALLER }, GetMeeting, ""),
        (Dimension::Region, Caller { region: 1, ..CALLER }, GetMeeting, ""),
        (Dimension::Client, Caller { client: 1, ..CALLER }, GetMeeting, ""),
        (Dimension::ApiKey, Caller { api_key: 1, ..CALLER }, GetMeeting, ""),
        (Dimension::Operation, CALLER, ListAttendees, ""),
        (Dimension::Path, CALLER, GetMeeting, "/meetings/1"),
    ];
    for dimension in others.map(|(dimension, ..)| dimension).into_iter().chain([Dimension::Global]) {
        let mut throttle = throttle(vec![bucket("b", 1.0, 1, &[dimension])]);
        assert_eq!(admitted(&mut throttle, CALLER, GetMeeting), 1);
        for (differs, caller, operation, path) in others {
            let demand = Demand { path, ..demand(operation, 1) };
            let accepted = throttle.admit(Nanos::ZERO, caller, &demand).is_ok();
            assert_eq!(accepted, differs == dimension, "{dimension:?} sees {differs:?}");
        }
    }
}

#[derive(Debug)]
struct Two;

impl Amounts for Two {
    fn query(&self, name: &str) -> Option<u32> {
        (name == "count").then_some(2)
    }

    fn body(&self, name: &str) -> Option<u32> {
        (name == "instances").then_some(5)
    }
}

#[test]
fn a_request_costs_what_it_says_or_one() {
    let costs = [
        (Cost::default(), 10, false),
        (Cost::Fixed(3), 3, false),
        (Cost::Query("count".into()), 5, false),
        (Cost::Query("other".into()), 10, false),
        (Cost::Body("instances".into()), 2, true),
        (Cost::Body("other".into()), 10, true),
        (Cost::BatchItems, 10, true),
    ];
    for (cost, expected, late) in costs {
        let mut throttle = throttle(vec![LimiterDef { cost: cost.clone(), ..bucket("b", 1.0, 10, &[]) }]);
        assert_eq!(throttle.needs_body(GetMeeting), late);
        let demand = Demand { amounts: &Two, ..demand(GetMeeting, 0) };
        let count = (0..20).filter(|_| throttle.admit(Nanos::ZERO, CALLER, &demand).is_ok()).count();
        assert_eq!(count, expected, "{cost:?}");
    }
}

#[test]
fn a_limiter_that_counts_rejections_counts_those_of_others() {
    let window = LimiterKind::FixedWindow { limit: 5, window: Nanos::from_secs(1), align: Align::Epoch };
    let options = Options { count_rejected: true, ..Options::default() };
    let counting = LimiterDef { options, ..LimiterDef::new("counting", window, &[]) };
    let mut throttle = throttle(vec![bucket("one", 1_000.0, 1, &[]), counting]);
    let accept = |throttle: &mut Throttle, millis| admit(throttle, Nanos::from_millis(millis), GetMeeting, 1).is_ok();
    // Every other one is refused by the bucket; the window counts them all the same.
    let accepted = [0, 0, 1, 1, 2, 2, 3, 3].map(|millis| accept(&mut throttle, millis));
    assert_eq!(accepted, [true, false, true, false, true, false, false, false]);
}

#[test]
fn the_wait_of_a_refusal_knows_its_penalty() {
    let penalty = Some(Penalty { lasting: Nanos::from_secs(5), extend: false });
    let options = Options { penalty, ..Options::default() };
    let mut throttle = throttle(vec![LimiterDef { options, ..bucket("b", 10.0, 1, &[]) }]);
    assert!(admit(&mut throttle, Nanos::ZERO, GetMeeting, 1).is_ok());
    let refusal = admit(&mut throttle, Nanos::ZERO, GetMeeting, 1).expect_err("empty");
    assert_eq!(refusal.wait, Nanos::from_secs(5));
    assert!(admit(&mut throttle, Nanos::from_millis(4_999), GetMeeting, 1).is_err());
    assert!(admit(&mut throttle, Nanos::from_secs(5), GetMeeting, 1).is_ok());
}

#[test]
fn the_limit_that_has_to_be_waited_for_longest_is_told() {
    let mut throttle = throttle(vec![bucket("fast", 10.0, 1, &[]), bucket("slow", 0.5, 1, &[])]);
    throttle.reject.ratelimit = true;
    assert!(admit(&mut throttle, Nanos::ZERO, GetMeeting, 1).is_ok());
    let refusal = admit(&mut throttle, Nanos::ZERO, GetMeeting, 1).expect_err("both are empty");
    let limit = refusal.refusal.and_then(|refusal| refusal.limit).expect("told");
    assert_eq!((&*limit.name, limit.wait, limit.quota.remaining), ("slow", Nanos::from_secs(2), 0));
    assert_eq!((limit.quota.limit, limit.quota.window), (1, Some(Nanos::from_secs(2))));
}

#[test]
fn noise_does_not_depend_on_what_other_callers_do() {
    let options = Options { noise: crate::units::Ratio::new(0.3).expect("a chance"), ..Options::default() };
    let definition = || vec![LimiterDef { options, ..bucket("b", 1e6, 1_000, &[Dimension::Client]) }];
    let verdicts = |others: bool| {
        let mut throttle = throttle(definition());
        let mut own = Vec::new();
        for number in 0..200 {
            let now = Nanos::from_millis(number);
            if others {
                let other = Caller { client: number % 3 + 1, ..CALLER };
                let _ = throttle.admit(now, other, &demand(GetMeeting, 1));
            }
            own.push(admit(&mut throttle, now, GetMeeting, 1).is_ok());
        }
        own
    };
    let alone = verdicts(false);
    assert_eq!(alone, verdicts(true));
    let wrong = alone.iter().filter(|&&accepted| !accepted).count();
    assert!((35..85).contains(&wrong), "{wrong} of 200 at a chance of 30%");
}

#[test]
fn who_cycles_through_paths_is_forgotten() {
    let mut throttle = throttle(vec![bucket("b", 100.0, 1, &[Dimension::Path])]);
    for number in 0..20_000_u64 {
        let path = format!("/meetings/{number}");
        let demand = Demand { path: &path, ..demand(GetMeeting, 1) };
        assert!(throttle.admit(Nanos::from_millis(number), CALLER, &demand).is_ok());
    }
    assert!(throttle.buckets.len() < 50, "{} buckets, of which ten are in use", throttle.buckets.len());
}
