//! A service with limiters that hold back, workers and costs of refusals: what overload does to it.

use super::config::{Event, Latency, LimitRule, LimiterDef, LimiterKind, RejectBody, Throttling, Workers};
use super::tests::{GET, create, event, rate, ratio, secs, service, unthrottled};
use super::*;
use crate::limit::{Algorithm, Align, Options};
use crate::rng::{Key, Purpose};
use crate::service::config::{Change, Reject};

fn ms(millis: u64) -> Nanos {
    Nanos::from_millis(millis)
}

/// A service whose operations all have to pass these.
fn limited(kinds: &[LimiterKind]) -> ServiceConfig {
    ServiceConfig {
        limiters: kinds.iter().map(|&kind| LimiterDef::new("limiter", kind, &[])).collect(),
        limits: vec![LimitRule { operations: vec![], all_of: (0..kinds.len()).collect() }],
        throttling: Throttling::Off,
        ..ServiceConfig::default()
    }
}

fn shaper(per_second: f64, queue: u32) -> LimiterKind {
    LimiterKind::Shaper { rate: rate(per_second), queue }
}

/// Statuses and delays in milliseconds.
fn answers(service: &mut Service, caller: Caller, times: &[u64]) -> Vec<(u16, f64)> {
    let answers = times.iter().map(|&at| service.handle(ms(at), caller, &GET));
    answers.map(|answer| (answer.status, answer.delay.as_millis_f64())).collect()
}

#[test]
fn a_shaped_request_is_held_back_before_its_work_begins() {
    let latency = Latency::Constant(ms(5));
    let (mut service, caller) = service(ServiceConfig { latency, ..limited(&[shaper(10.0, 2)]) });
    let told = answers(&mut service, caller, &[0, 0, 0, 0, 150]);
    assert_eq!(told, [(404, 5.0), (404, 105.0), (404, 205.0), (429, 0.0), (404, 155.0)]);
}

#[test]
fn a_concurrency_limit_counts_from_the_start_to_the_end_of_the_work() {
    let latency = Latency::Constant(ms(100));
    let kind = LimiterKind::Concurrency { limit: 2, queue: 1 };
    let (mut service, caller) = service(ServiceConfig { latency, ..limited(&[kind]) });
    let told = answers(&mut service, caller, &[0, 10, 20, 30, 99, 100, 101]);
    let expected = [(404, 100.0), (404, 100.0), (404, 180.0), (429, 0.0), (429, 0.0), (404, 110.0), (429, 0.0)];
    assert_eq!(told, expected, "the third waits for the first, and the sixth for the second");
}

#[test]
fn the_time_in_front_of_a_worker_is_part_of_what_is_limited() {
    let config = ServiceConfig {
        latency: Latency::Constant(ms(100)),
        workers: Some(Workers { count: 1, queue: 10 }),
        ..limited(&[LimiterKind::Concurrency { limit: 2, queue: 0 }])
    };
    let (mut service, caller) = service(config);
    assert_eq!(
        answers(&mut service, caller, &[0, 0, 199, 200]),
        [(404, 100.0), (404, 200.0), (404, 101.0), (404, 200.0)]
    );
}

#[test]
fn a_waived_request_gives_its_place_back() {
    let (mut service, caller) = service(limited(&[LimiterKind::Concurrency { limit: 1, queue: 0 }]));
    let demand = Demand { operation: OperationKind::GetMeeting, items: 1, path: "", amounts: &NoAmounts };
    let permit = service.admit(secs(1), caller, &demand).expect("the first");
    assert!(service.admit(secs(2), caller, &demand).is_err());
    service.waive(secs(3), permit);
    let permit = service.admit(secs(3), caller, &demand).expect("free again");
    assert_eq!(service.perform(secs(4), permit, &GET).status, 404);
    assert!(service.admit(secs(4), caller, &demand).is_ok(), "a service time of zero has ended");
}

#[test]
fn a_request_that_finds_no_worker_gives_its_place_back() {
    let config = ServiceConfig {
        latency: Latency::Constant(ms(100)),
        workers: Some(Workers { count: 1, queue: 0 }),
        ..limited(&[LimiterKind::Concurrency { limit: 2, queue: 0 }])
    };
    let (mut service, caller) = service(config);
    let statuses = answers(&mut service, caller, &[0, 0, 0]).into_iter().map(|(status, _)| status);
    assert_eq!(statuses.collect::<Vec<_>>(), [404, 503, 503]);
}

#[test]
fn an_adaptive_limit_sheds_what_the_workers_cannot_do() {
    let algorithm = Algorithm::Aimd { target: ms(50), backoff: ratio(0.9) };
    let config = |limits: &[LimiterKind]| ServiceConfig {
        latency: Latency::Exponential { mean: ms(10) },
        workers: Some(Workers { count: 4, queue: 1_000 }),
        ..limited(limits)
    };
    // Three times what four workers can do.
    let slowest = |limits: &[LimiterKind]| {
        let (mut service, caller) = service(config(limits));
        let told = (0..12_000).map(|number| service.handle(Nanos::from_micros(number * 833), caller, &GET));
        let good = told.filter(|answer| answer.status == 404).map(|answer| answer.delay);
        good.max().expect("some are served")
    };
    assert!(slowest(&[]) > secs(2), "the queue fills up");
    let shed = slowest(&[LimiterKind::Adaptive { algorithm, initial: 20, min: 1, max: 200 }]);
    assert!(shed < ms(300), "{shed}");
}

/// Erlang's delay formula (1917): the chance to wait in M/M/c.
fn erlang_c(load: f64, workers: u32) -> f64 {
    let loss = (1..=workers).fold(1.0, |loss, place| load * loss / (f64::from(place) + load * loss));
    loss / (1.0 - load / f64::from(workers) * (1.0 - loss))
}

#[test]
fn workers_make_requests_wait_as_erlang_says() {
    for (load, count) in [(0.7, 1), (3.2, 4), (9.0, 12)] {
        let (service_ms, runs, requests, warm_up) = (10.0, 30, 4_000, 1_000);
        let mean_wait = |seed: u64| {
            let config = ServiceConfig {
                seed,
                latency: Latency::Exponential { mean: ms(10) },
                workers: Some(Workers { count, queue: u32::MAX }),
                ..unthrottled()
            };
            let (mut service, caller) = service(config);
            let latency = service.config().latency.clone();
            let (mut now, mut waited) = (Nanos::ZERO, 0.0);
            for call in 0..requests {
                let key = Key { seed, purpose: Purpose::Arrival, client: 0, call, attempt: 0 };
                now += Nanos::from_secs_f64(key.exponential() * service_ms / 1_000.0 / load);
                let answer = service.handle(now, caller, &GET);
                if call >= warm_up {
                    waited += (answer.delay - latency.draw(seed, Draw::Request(call))).as_millis_f64();
                }
            }
            waited / (requests - warm_up) as f64
        };
        let waits: Vec<f64> = (1..=runs).map(mean_wait).collect();
        let mean = waits.iter().sum::<f64>() / runs as f64;
        let variance = waits.iter().map(|wait| (wait - mean).powi(2)).sum::<f64>() / (runs - 1) as f64;
        let error = (variance / runs as f64).sqrt();
        let theory = erlang_c(load, count) * service_ms / (f64::from(count) - load);
        assert!((mean - theory).abs() <= 3.0 * error, "{count} workers: {mean} ± {error} ms, and in theory {theory}");
        assert!(error < 0.1 * theory, "an error of {error} proves nothing of {theory}");
    }
}

#[test]
fn refusals_that_cost_work_make_an_overload_last() {
    let config = |cost| ServiceConfig {
        latency: Latency::Constant(ms(10)),
        workers: Some(Workers { count: 1, queue: 20 }),
        reject: Reject { cost: ratio(cost), ..Reject::default() },
        ..limited(&[LimiterKind::TokenBucket { rate: rate(80.0), burst: 1, refill: None }])
    };
    // A worker can do a hundred a second, eighty are let in, and four hundred come.
    let goodput = |cost| {
        let (mut service, caller) = service(config(cost));
        let told = (0..4_000).map(|number| service.handle(Nanos::from_micros(number * 2_500), caller, &GET).status);
        told.filter(|&status| status == 404).count()
    };
    assert_eq!(goodput(0.0), 800, "refusals are free");
    assert!(goodput(0.5) < 400, "320 refusals a second want one and a half workers: {}", goodput(0.5));
}

#[test]
fn a_refusal_takes_its_latency_and_its_part_of_the_work() {
    let reject = Reject { latency: ms(3), cost: ratio(0.5), status: 503, body: RejectBody::Text, ..Reject::default() };
    let config = ServiceConfig {
        latency: Latency::Constant(ms(10)),
        workers: Some(Workers { count: 1, queue: 1 }),
        reject,
        ..limited(&[LimiterKind::TokenBucket { rate: rate(1.0), burst: 1, refill: None }])
    };
    let (mut service, caller) = service(config);
    assert_eq!(service.handle(ms(0), caller, &GET).delay, ms(10));
    let refused = service.handle(ms(2), caller, &GET);
    assert_eq!((refused.status, refused.delay), (503, ms(8 + 5 + 3)), "behind the first, half a time, and three more");
    assert_eq!(refused.refusal.expect("by a limiter").body, RejectBody::Text);
    let full = service.handle(ms(3), caller, &GET);
    let Body::Error(error) = &full.body else { panic!("{full:?}") };
    assert_eq!((full.status, &*error.type_name), (503, "ServiceUnavailableException"));
    assert_eq!((full.delay, full.refusal), (Nanos::ZERO, None), "nobody is there to refuse it");
}

#[test]
fn each_namespace_is_throttled_in_its_own_words() {
    let (mut service, _) = service(ServiceConfig::default());
    let mut name = |namespace| {
        let caller = service.caller(&Identity { namespace: Some(namespace), ..Identity::default() });
        let last = (0..21).map(|_| service.handle(Nanos::ZERO, caller, &GET)).last().expect("one");
        let Body::Error(error) = last.body else { panic!("a body") };
        (last.status, error.type_name.into_owned(), last.hints)
    };
    assert_eq!(name(Namespace::Meetings), (429, "ThrottlingException".to_owned(), Hints::default()));
    assert_eq!(name(Namespace::Legacy), (429, "ThrottledClientException".to_owned(), Hints::default()));
}

#[test]
fn windows_are_aligned_with_the_epoch_that_is_told() {
    let kind = LimiterKind::FixedWindow { limit: 1, window: secs(60), align: Align::Epoch };
    let (mut service, caller) = service(limited(&[kind]));
    // The instant zero is 59.5 s past a full minute.
    service.set_epoch(secs(60 * 1_000_000) + ms(59_500));
    let statuses = answers(&mut service, caller, &[0, 499, 500, 60_499, 60_500]).into_iter().map(|(status, _)| status);
    assert_eq!(statuses.collect::<Vec<_>>(), [404, 429, 404, 429, 404]);
}

#[test]
fn events_change_every_parameter_and_the_workers() {
    let window = LimiterKind::FixedWindow { limit: 10, window: secs(1), align: Align::Epoch };
    let config = ServiceConfig {
        events: vec![
            event(10, 10, Change::Limit { limiter: 0, limit: 3 }),
            event(30, 10, Change::Window { limiter: 0, window: secs(5) }),
            // Where two change the same thing at once, the later in the list wins, and the earlier holds again after it.
            event(50, 30, Change::Limit { limiter: 0, limit: 5 }),
            event(60, 10, Change::Limit { limiter: 0, limit: 7 }),
        ],
        ..limited(&[window])
    };
    let (mut limited, caller) = service(config);
    limited.start_events(Nanos::ZERO);
    let mut accepted = |at| {
        let all = (0..20).flat_map(|_| [at, at + ms(999)]).collect::<Vec<_>>();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.into_iter().filter(|&now| limited.handle(now, caller, &GET).status == 404).count()
    };
    let counts = [5, 10, 20, 30, 32, 40, 50, 60, 70, 80].map(|at| accepted(secs(at)));
    assert_eq!(counts, [10, 3, 10, 10, 0, 10, 5, 7, 5, 10]);

    let config = ServiceConfig {
        latency: Latency::Constant(ms(100)),
        workers: Some(Workers { count: 1, queue: 100 }),
        events: vec![event(10, 10, Change::Workers(4))],
        ..unthrottled()
    };
    let (mut working, caller) = service(config);
    working.start_events(Nanos::ZERO);
    let mut last = |at| (0..4).map(|_| working.handle(secs(at), caller, &GET).delay).last();
    assert_eq!([last(5), last(15), last(25)], [Some(ms(400)), Some(ms(100)), Some(ms(400))]);
    let (mut without, caller) = service(ServiceConfig {
        latency: Latency::Constant(ms(100)),
        events: vec![event(10, 10, Change::Workers(1))],
        ..unthrottled()
    });
    without.start_events(Nanos::ZERO);
    let mut last = |at| (0..4).map(|_| without.handle(secs(at), caller, &GET).delay).last();
    assert_eq!([last(5), last(15), last(25)], [Some(ms(100)), Some(ms(400)), Some(ms(100))]);
}

#[test]
fn an_outage_has_the_name_it_is_given() {
    let down = |error_code| Change::Down { status: 500, error_code };
    let events: Vec<Event> = vec![event(0, 10, down(None)), event(20, 10, down(Some("InternalFailure".into())))];
    let (mut service, caller) = service(ServiceConfig { events, ..unthrottled() });
    service.start_events(Nanos::ZERO);
    let mut name = |at| match service.handle(secs(at), caller, &create("token")).body {
        Body::Error(error) => (error.status, error.type_name.into_owned()),
        other => panic!("{other:?}"),
    };
    assert_eq!(name(5), (500, "ServiceUnavailableException".to_owned()));
    assert_eq!(name(25), (500, "InternalFailure".to_owned()));
}

#[test]
fn a_limiter_with_noise_lets_some_through() {
    let kind = LimiterKind::TokenBucket { rate: rate(1e-6), burst: 1, refill: None };
    let mut config = limited(&[kind]);
    config.limiters[0].options = Options { noise: ratio(0.2), ..Options::default() };
    let (mut service, caller) = service(config);
    let count = (0..2_000).filter(|&at| service.handle(ms(at), caller, &GET).status == 404).count();
    assert!((320..480).contains(&count), "{count} of 2,000 at a chance of 20%");
}
