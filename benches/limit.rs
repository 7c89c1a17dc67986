//! Asking a limiter: the client's own, and the one of the modelled service.

use std::hint::black_box;
use std::num::NonZeroU32;

use criterion::{Criterion, Throughput};
use loadline::limit::{ClientLimiter, TokenBucket};
use loadline::units::{Nanos, Rate};

pub(crate) fn bench(criterion: &mut Criterion) {
    let rate = Rate::per_second(100_000.0).expect("in range");
    let mut group = criterion.benchmark_group("limit");
    group.throughput(Throughput::Elements(1));
    // Three in four are refused: a step is a quarter of what a token takes.
    let step = Nanos::new(2_500);

    let limiter = ClientLimiter::new(rate, NonZeroU32::new(10).expect("ten"));
    let mut now = Nanos::ZERO;
    group.bench_function("client limiter", |bencher| {
        bencher.iter(|| {
            now += step;
            limiter.try_take(black_box(now))
        });
    });

    let mut bucket = TokenBucket::new(rate, 10);
    let mut now = Nanos::ZERO;
    group.bench_function("token bucket", |bencher| {
        bencher.iter(|| {
            now += step;
            bucket.try_take(black_box(now), 1)
        });
    });
    group.finish();
}
