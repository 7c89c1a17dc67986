//! Filling requests and reading replies, as a transport does for each of them.

use criterion::{Criterion, Throughput};
use http::HeaderMap;
use loadline::api::{Exchange, Input, find_error_code};

use crate::lane::{BATCH, LIMITED};
use crate::once::input;
use crate::synthetic::plan;

pub(crate) const LIST: &str = "
name: list
target: {mock: attendees}
api: attendees
workloads:
  - name: list
    arrivals: {rate: 1/s, duration: 1s}
    flow:
      - call: ListAttendees
        with: {MeetingId: meeting-1}
        paginate: {page_size: 100}
";

/// A page of a hundred attendees, about 15 kB.
pub(crate) fn page() -> String {
    let token = "t".repeat(52);
    let attendee = |n: u32| {
        format!(
            r#"{{"ExternalUserId":"user-{n:06}","AttendeeId":"3b3f4b2e-0000-4000-8000-{n:012}","JoinToken":"{token}"}}"#
        )
    };
    let attendees: Vec<String> = (0..100).map(attendee).collect();
    format!(r#"{{"Attendees":[{}],"NextToken":"{}"}}"#, attendees.join(","), "n".repeat(64))
}

/// What a sender uses again for each request.
#[derive(Default)]
pub(crate) struct Buffers {
    target: String,
    scratch: String,
    headers: String,
    body: String,
}

impl Buffers {
    pub(crate) fn fill(&mut self, exchange: &Exchange, input: &Input) {
        self.target.clear();
        self.headers.clear();
        self.body.clear();
        exchange.write_target(input, &mut self.target);
        exchange.write_headers(input, &mut self.scratch, &mut |name, value| {
            self.headers.push_str(name);
            self.headers.push_str(value);
        });
        exchange.write_body(input, &mut self.body);
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("request");
    group.throughput(Throughput::Elements(1));
    let mut buffers = Buffers::default();
    for (name, text, input) in
        [("a GET", LIMITED, input(None)), ("a batch of 100", BATCH, input(Some((0..100).collect())))]
    {
        let plan = plan(text);
        buffers.fill(&plan.exchanges[0], &input);
        group.bench_function(name, |bencher| bencher.iter(|| buffers.fill(&plan.exchanges[0], &input)));
    }
    assert!(buffers.body.len() > 3_000, "the whole batch is in the body");
    group.finish();
    let mut group = criterion.benchmark_group("reply");
    let (plan, input, fields, page) = (plan(LIST), input(None), HeaderMap::new(), page());
    group.bench_function("token out of 15 kB", |bencher| {
        bencher.iter(|| plan.exchanges[0].read(&input, "h:1", 200, &fields, page.as_bytes()));
    });
    let error = br#"{"Code":"ThrottledClientException","Message":"Rate exceeded"}"#;
    group.bench_function("error code", |bencher| bencher.iter(|| find_error_code(&fields, error)));
    group.finish();
}
