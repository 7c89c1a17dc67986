//! Filling a request: the body of a batch of 100.

use std::rc::Rc;

use criterion::{Criterion, Throughput};
use loadline::api::{Attempt, Input, Sequence, Values};

use crate::synthetic::plan;

const BATCH: &str = "
name: batch
target: {mock: attendees}
api: attendees
workloads:
  - name: fill
    arrivals: {rate: 1/s, duration: 1s}
    flow:
      - call: BatchCreateAttendee
        with: {MeetingId: meeting-1}
        batch: {size: 100, item: {ExternalUserId: \"user-{{ seq }}\"}}
";

pub(crate) fn bench(criterion: &mut Criterion) {
    let plan = plan(BATCH);
    let values = Values { seed: 42, call: 7, seq: Sequence { first: 1_000_000, stride: 1 }, ..Values::default() };
    let items: Rc<[u32]> = (0..100).collect();
    let input =
        Input { exchange: 0, values: Rc::new(values), items: Some(items), page: None, attempt: Attempt::default() };
    let exchange = &plan.exchanges[0];
    let length = exchange.render(&input).body.expect("a batch has a body").len();
    assert!(length > 3_000, "the whole batch is in the body: {length} bytes");
    let mut group = criterion.benchmark_group("request");
    group.throughput(Throughput::Elements(1));
    group.bench_function("render a batch of 100", |bencher| bencher.iter(|| exchange.render(&input)));
    group.finish();
}
