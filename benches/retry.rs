//! The decision about a failed attempt.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use http::{HeaderMap, HeaderValue};
use loadline::api::{Hints, NotedHeaders};
use loadline::retry::backoff::{Backoff, Shape};
use loadline::retry::{AWS_STANDARD_2_1, CallProgress, Client, Facts, FailureKind, preset, read_hints};
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

    let facts = Facts::bare(Ok(400), Some("ThrottlingException"));
    group.bench_function("classify", |bencher| bencher.iter(|| policy.classifier.classify(black_box(&facts))));

    for shape in Shape::ALL {
        let backoff = Backoff::new(shape, Nanos::from_millis(100));
        group.bench_function(format!("backoff/{}", shape.word()), |bencher| {
            bencher
                .iter(|| black_box(&backoff).delay(black_box(7), black_box(Nanos::from_millis(900)), black_box(0.4)));
        });
    }

    let names = NotedHeaders::default();
    let mut fields = HeaderMap::new();
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-amzn-errortype", "ThrottlingException"),
        ("retry-after", "2"),
        ("ratelimit", "\"default\";r=0;t=2"),
    ] {
        fields.insert(name, HeaderValue::from_static(value));
    }
    group.bench_function("read_hints", |bencher| bencher.iter(|| read_hints(black_box(&fields), &names, || 0.0)));
    group.finish();
}
