//! What a client asks itself for each attempt, and what it learns from its end.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use loadline::limit::Algorithm;
use loadline::retry::budget::{BudgetSpec, Costs};
use loadline::retry::gate::{BreakerSpec, ConcurrencySpec, CubicSpec, ThrottleSpec};
use loadline::retry::{AttemptKind, Client, Ended, HedgeAfter, HedgeSpec, NONE, Passage, Policy, preset};
use loadline::units::{Nanos, Rate, Ratio};

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gates");
    group.throughput(Throughput::Elements(1));
    for (name, policy) in policies() {
        let mut client = Client::new(&policy);
        // Nothing is throttled and nothing is late, so every attempt goes; the clock makes room for each.
        let mut now = Nanos::from_secs(1);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                now += Nanos::from_millis(1);
                client.begin(now, AttemptKind::First);
                let passage = if client.has_gates() { client.pass(now, false, black_box(0.999)) } else { Passage::Go };
                assert_eq!(passage, Passage::Go);
                client.end(now, AttemptKind::First, Ended::Success { service: black_box(Nanos::from_micros(700)) });
                client.succeed(None);
                client.recent_latency(0.95)
            });
        });
    }
    group.finish();
}

/// A policy for each thing that a client may own, and one with nothing.
fn policies() -> Vec<(&'static str, Policy)> {
    let none = || preset(NONE).expect("a preset");
    let ratio = |part| Ratio::new(part).expect("a part");
    let rate = Rate::per_second(5_000.0).expect("a rate");
    let window = Nanos::from_secs(30);
    let throttle = |spec| Policy { throttle: Some(spec), ..none() };
    let breaker = BreakerSpec {
        failure_rate: ratio(0.5),
        window: 100,
        min_calls: 100,
        open_for: window,
        half_open_calls: 10,
        only_retries: false,
    };
    let concurrency = |algorithm| Policy {
        concurrency: Some(ConcurrencySpec { algorithm, initial: 20, min: 1, max: 200 }),
        ..none()
    };
    let aimd = Algorithm::Aimd { target: Nanos::from_secs(5), backoff: ratio(0.9) };
    let budget = |budget| Policy { budget, ..none() };
    vec![
        ("nothing", none()),
        ("sre", throttle(ThrottleSpec::Sre { k: 2.0, window })),
        (
            "admission control",
            throttle(ThrottleSpec::AdmissionControl {
                threshold: ratio(0.95),
                aggression: 1.5,
                window,
                floor: None,
                most: ratio(0.8),
            }),
        ),
        ("cubic", throttle(ThrottleSpec::Cubic(CubicSpec::default()))),
        ("fixed", throttle(ThrottleSpec::Fixed { rate, burst: 10 })),
        ("breaker", Policy { breaker: Some(breaker), ..none() }),
        ("concurrency, aimd", concurrency(aimd)),
        ("concurrency, gradient", concurrency(Algorithm::Gradient)),
        ("concurrency, vegas", concurrency(Algorithm::Vegas)),
        (
            "hedge at a percentile",
            Policy { hedge: Some(HedgeSpec { after: HedgeAfter::Quantile(ratio(0.95)), max: 1 }), ..none() },
        ),
        ("budget, grpc", budget(BudgetSpec::Grpc { max_tokens: 10.0, token_ratio: 0.1 })),
        (
            "budget, ratio",
            budget(BudgetSpec::Ratio { ttl: Nanos::from_secs(10), min_per_sec: 10.0, percent: ratio(0.2) }),
        ),
        ("budget, concurrent", budget(BudgetSpec::Concurrent { percent: ratio(0.2), min: 3 })),
        (
            "all together",
            Policy {
                breaker: Some(breaker),
                throttle: Some(ThrottleSpec::Cubic(CubicSpec::default())),
                budget: BudgetSpec::TokenBucket {
                    size: 10.0,
                    per_success: 0.1,
                    cost: Costs::all(1.0),
                    credit_at_start: false,
                },
                ..concurrency(aimd)
            },
        ),
    ]
}
