//! The decision about a failed attempt.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use loadline::api::Hints;
use loadline::retry::{AWS_STANDARD_2_1, CallProgress, Client, Facts, FailureKind, preset};
use loadline::units::Nanos;

pub(crate) fn bench(criterion: &mut Criterion) {
    let policy = preset(AWS_STANDARD_2_1).expect("a preset");
    let mut group = criterion.benchmark_group("retry");
    group.throughput(Throughput::Elements(1));

    let mut client = Client::new(&policy);
    let mut call = 0;
    group.bench_function("decide", |bencher| {
        bencher.iter(|| {
            call += 1;
            let progress = CallProgress { attempts: 1, previous: Nanos::ZERO, deadline: Nanos::MAX, client: 3, call };
            let hints = Hints::default();
            let decision =
                policy.decide(&mut client, &progress, FailureKind::Throttling, &hints, Nanos::from_secs(1), 42);
            if let loadline::retry::Decision::Retry { held, .. } = decision {
                // The quota never runs dry, so that every decision goes the whole way.
                client.succeed(Some(held));
            }
            decision
        });
    });

    let facts = Facts { status: Ok(400), code: Some("ThrottlingException"), hinted: false };
    group.bench_function("classify", |bencher| bencher.iter(|| policy.classifier.classify(black_box(&facts))));
    group.finish();
}
