//! Recording an attempt and its call, and adding a second to the sum.

use criterion::{Criterion, Throughput};
use loadline::record::{Recorder, Summary};

use crate::synthetic::{CELLS, CLIENTS, attempt, call, interval};

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("record");
    group.throughput(Throughput::Elements(1));
    let mut recorder = Recorder::new(CELLS, CLIENTS);
    let mut n = 0;
    group.bench_function("attempt and call", |bencher| {
        bencher.iter(|| {
            n += 1;
            recorder.attempt(&attempt(n));
            recorder.call(&call(n));
        });
    });
    let (second, mut summary) = (interval(0, 5_000), Summary::new(CELLS, CLIENTS));
    group.bench_function("merge a second into a summary", |bencher| bencher.iter(|| summary.add(&second)));
    group.finish();
}
