//! Asking a limiter: the client's own, those of the modelled service by kind, and the service's whole admission.

use std::hint::black_box;
use std::num::NonZeroU32;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use loadline::limit::{Algorithm, Align, ClientLimiter, Kind, Limiter, Options, Place, Steps};
use loadline::service::config::{Dimension, LimitRule, LimiterDef, Reject};
use loadline::service::{Demand, Identity, NoAmounts, OperationKind, Service, ServiceConfig};
use loadline::units::{Nanos, Rate, Ratio};

/// Three in four are refused: a step is a quarter of what a token takes.
const STEP: Nanos = Nanos::new(2_500);

pub(crate) fn bench(criterion: &mut Criterion) {
    let rate = Rate::per_second(100_000.0).expect("in range");
    let mut group = criterion.benchmark_group("limit");
    group.throughput(Throughput::Elements(1));

    let limiter = ClientLimiter::new(rate, NonZeroU32::new(10).expect("ten"));
    let mut now = Nanos::ZERO;
    group.bench_function("client limiter", |bencher| {
        bencher.iter(|| {
            now += STEP;
            limiter.try_take(black_box(now))
        });
    });

    let (burst, limit, window) = (10, 100, Nanos::from_millis(1));
    let steps = Steps { interval: Nanos::from_micros(100), amount: 10 };
    let aimd = Algorithm::Aimd { target: Nanos::from_secs(5), backoff: Ratio::new(0.9).expect("a ratio") };
    let adaptive = |algorithm| Kind::Adaptive { algorithm, initial: 20, min: 1, max: 200 };
    let kinds = [
        ("token bucket", Kind::TokenBucket { rate, burst, refill: None }),
        ("token bucket, in steps", Kind::TokenBucket { rate, burst, refill: Some(steps) }),
        ("gcra", Kind::Gcra { rate, burst }),
        ("leaky bucket, meter", Kind::LeakyMeter { rate, burst }),
        ("leaky bucket, shaper", Kind::Shaper { rate, queue: burst }),
        ("fixed window", Kind::FixedWindow { limit, window, align: Align::Epoch }),
        ("sliding window log", Kind::SlidingLog { limit, window }),
        ("sliding window counter", Kind::SlidingCounter { limit, window }),
        ("concurrency", Kind::Concurrency { limit: 64, queue: 0 }),
        ("concurrency with a queue", Kind::Concurrency { limit: 64, queue: 64 }),
        ("adaptive, aimd", adaptive(aimd)),
        ("adaptive, gradient", adaptive(Algorithm::Gradient)),
        ("adaptive, vegas", adaptive(Algorithm::Vegas)),
    ];
    for (name, kind) in kinds {
        decide(&mut group, name, Limiter::new(kind, Options::default(), Place::default()));
    }
    let noise = Options { noise: Ratio::new(0.01).expect("a ratio"), ..Options::default() };
    let bucket = Kind::TokenBucket { rate, burst, refill: None };
    decide(&mut group, "token bucket with noise", Limiter::new(bucket, noise, Place::default()));

    admit(&mut group, "admission, the service's own", ServiceConfig::default());
    let two = [Dimension::Account, Dimension::Operation];
    let limiters = vec![LimiterDef::new("each", bucket, &two), LimiterDef::new("together", bucket, &two[..1])];
    let limits = vec![LimitRule { operations: vec![], all_of: vec![0, 1] }];
    let reject = Reject { ratelimit: true, ..Reject::default() };
    admit(
        &mut group,
        "admission, two limiters and headers",
        ServiceConfig { limiters, limits, reject, ..ServiceConfig::default() },
    );
    group.finish();
}

/// A whole decision: the question, what follows from it, and, for those that mind, when the request ends.
fn decide(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut limiter: Limiter) {
    let mut now = Nanos::ZERO;
    // So that about as many are there at once as the limits of concurrency allow.
    let takes = STEP * 250;
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            now += STEP;
            let accepted = limiter.check(black_box(now), 1).is_ok();
            if accepted {
                let held = limiter.charge(now, 1).max(limiter.begin(now));
                limiter.finish(now, now + held + takes, false);
            } else {
                limiter.refuse(now, 1, true);
            }
            accepted
        });
    });
}

fn admit(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, config: ServiceConfig) {
    let mut service = Service::new(config).expect("sound");
    let caller = service.caller(&Identity::default());
    let demand = Demand { operation: OperationKind::GetAttendee, items: 1, path: "", amounts: &NoAmounts };
    let mut now = Nanos::ZERO;
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            now += STEP;
            match service.admit(black_box(now), caller, &demand) {
                Ok(permit) => {
                    service.waive(now, permit);
                    true
                }
                Err(_) => false,
            }
        });
    });
}
