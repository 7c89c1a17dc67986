//! The report of a run of ten minutes.

use criterion::Criterion;
use loadline::report::{build, html, view};

use crate::synthetic::log;

pub(crate) fn bench(criterion: &mut Criterion) {
    let log = log(600);
    let (report, picture) = (build(&log), view(&log));
    let page = html::render(&report, &picture).expect("it renders");
    assert!(page.len() < 500_000, "the page of ten minutes has {} bytes", page.len());
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    group.bench_function("build, 600 s", |bencher| bencher.iter(|| build(&log)));
    group.bench_function("view, 600 s", |bencher| bencher.iter(|| view(&log)));
    group.bench_function("page, 600 s", |bencher| bencher.iter(|| html::render(&report, &picture)));
    group.finish();
}
