//! Whole simulations: what an attempt costs in virtual time, and what it costs to begin.

use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput};
use loadline::plan::Plan;
use loadline::sim::{Network, Simulation};

use crate::synthetic::plan;

/// Half of what falls due is let through at once, and the rest comes again.
pub(crate) const THROTTLED: &str = "
name: throttled
target: {mock: attendees}
safety: {max_requests: 1000000000, max_duration: 24h}
limiters:
  shared: {type: token_bucket, rate: 10000/s, burst: 1000, scope: [account]}
mock:
  limits: [{all_of: [shared]}]
  latency: {type: constant, value: 5ms}
retry: aws-standard-2.1
clients: 100
setup:
  - call: CreateMeeting
    with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: bench}
    publish: {meetings: $.Meeting.MeetingId}
workloads:
  - name: steady
    arrivals: {rate: 20000/s, duration: 10s, spacing: poisson}
    flow:
      - {call: GetMeeting, with: {MeetingId: '{{ meetings.next }}'}}
";

pub(crate) fn simulation(plan: &Arc<Plan>) -> Simulation {
    Simulation { plan: Arc::clone(plan), network: Network::default(), trace: false }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let long = Arc::new(plan(THROTTLED));
    let short = Arc::new(plan(&THROTTLED.replace("duration: 10s", "duration: 1ms")));
    let trace = simulation(&long).traced().expect("a simulation").trace.unwrap_or_default();
    let mut group = criterion.benchmark_group("sim");
    group.sample_size(10);
    group.throughput(Throughput::Elements(trace.attempts.len() as u64));
    group.bench_function("an attempt, recorded", |bencher| {
        bencher.iter_batched(|| simulation(&long), |simulation| simulation.run(|_| {}), BatchSize::PerIteration);
    });
    group.bench_function("an attempt, traced alone", |bencher| {
        bencher.iter_batched(|| simulation(&long), |simulation| simulation.traced(), BatchSize::PerIteration);
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("a run of twenty calls, traced alone", |bencher| {
        bencher.iter_batched(|| simulation(&short), |simulation| simulation.traced(), BatchSize::SmallInput);
    });
    group.finish();
}
