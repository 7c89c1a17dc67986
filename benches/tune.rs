//! What a comparison of policies costs: simulating, measuring and ranking.

use std::num::NonZeroUsize;
use std::sync::Arc;

use criterion::{Criterion, Throughput};
use loadline::retry::backoff::{Backoff, Backoffs};
use loadline::retry::{Policy, preset};
use loadline::sim::Network;
use loadline::tune::{Arrivals, Candidate, Task, Tuned, Weights};
use loadline::units::Nanos;

use crate::synthetic;

/// 3,000 calls in fifty seconds, sixty a second against a bucket of fifty.
const SCENARIO: &str = "name: bench
target: {mock: attendees}
limiters: {shared: {type: token_bucket, rate: 50/s, burst: 50, scope: [account]}}
mock: {limits: [{operations: [GetMeeting], all_of: [shared]}], latency: {type: constant, value: 5ms}}
retry: none
clients: 20
setup:
  - call: CreateMeeting
    with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: bench}
    publish: {meetings: $.Meeting.MeetingId}
workloads:
  - name: steady
    arrivals: {rate: 60/s, duration: 50s, spacing: poisson}
    flow: [{call: GetMeeting, with: {MeetingId: '{{ meetings.next }}'}}]
";
const CALLS: u64 = 3_000;
const SEEDS: u32 = 3;

/// So many policies that differ in their first wait.
fn task(policies: u64) -> Task {
    let full_jitter = preset("full-jitter").expect("a preset");
    let candidate = |at: u64| {
        let base = Nanos::from_millis(20 + at);
        let name = format!("full-jitter (backoff.base={base})");
        let policy =
            Policy { name: name.clone(), backoff: Backoffs::same(Backoff::full_jitter(base)), ..full_jitter.clone() };
        let swept = vec![("backoff.base".to_owned(), base.to_string())];
        Candidate { name, base: "full-jitter".to_owned(), swept, policy, yaml: String::new() }
    };
    Task {
        plan: Arc::new(synthetic::plan(SCENARIO)),
        candidates: (0..policies).map(candidate).collect(),
        arrivals: vec![Arrivals::Open],
        seeds: SEEDS,
        trigger: None,
        require: Vec::new(),
        weights: Weights::default(),
        confirm: None,
        network: Network::default(),
    }
}

/// Compares so many policies, three seeds each, on two threads.
pub(crate) fn compare(policies: u64) -> Tuned {
    let threads = NonZeroUsize::new(2).expect("above zero");
    task(policies).run(threads, &|_| {}, &|| false).expect("a comparison")
}

pub(crate) fn bench(criterion: &mut Criterion) {
    const POLICIES: u64 = 20;
    let mut group = criterion.benchmark_group("tune");
    group.sample_size(10).throughput(Throughput::Elements(POLICIES * u64::from(SEEDS) * CALLS));
    group.bench_function("calls compared", |bench| bench.iter(|| compare(POLICIES)));
    group.finish();
}
