//! Reading a scenario: from text to plan.

use criterion::Criterion;

use crate::synthetic::plan;

pub(crate) fn bench(criterion: &mut Criterion) {
    let text = include_str!("../scenarios/batch-create.yaml");
    criterion.bench_function("scenario/batch-create to a plan", |bencher| bencher.iter(|| plan(text)));
}
