//! A turn of the lane: an arrival falls due, is admitted and sent, its reply comes and is recorded.

use std::sync::Arc;

use criterion::{Criterion, Throughput};
use loadline::api::{Extracted, Hints, Reply, Stamps};
use loadline::lane::{Command, Event, Lane, LanePlan, Limiters, Phase};
use loadline::plan::Plan;
use loadline::record::{Interval, Ledger};
use loadline::schedule::Stripe;
use loadline::units::Nanos;

use crate::synthetic::plan;

pub(crate) const READ: &str = "
name: read
target: {mock: attendees}
api: attendees
safety: {max_requests: 1000000000, max_duration: 24h}
retry: aws-standard-2.1
clients: 20
workloads:
  - name: read
    arrivals: {rate: 100000/s, duration: 10h, spacing: even}
    flow:
      - call: GetMeeting
        with: {MeetingId: meeting-1}
";

pub(crate) const LIMITED: &str = "
name: limited
target: {mock: attendees}
api: attendees
safety: {max_requests: 1000000000, max_duration: 24h}
retry: aws-standard-2.1
clients: 20
rate_limit: {rate: 1000000/s, burst: 100, per_operation: {GetMeeting: {rate: 1000000/s, burst: 100}}}
workloads:
  - name: read
    arrivals: {rate: 100000/s, duration: 10h}
    flow:
      - call: GetMeeting
        with: {MeetingId: \"meeting-{{ random(1, 100) }}\"}
";

pub(crate) const BATCH: &str = "
name: batch
target: {mock: attendees}
api: attendees
safety: {max_requests: 1000000000, max_duration: 24h}
retry: aws-standard-2.1
clients: 20
workloads:
  - name: fill
    arrivals: {rate: 100000/s, duration: 10h, spacing: even}
    flow:
      - call: BatchCreateAttendee
        with: {MeetingId: meeting-1}
        batch: {size: 100, item: {ExternalUserId: \"user-{{ seq }}\"}}
";

/// A lane in virtual time that answers itself.
pub(crate) struct Loop {
    plan: Arc<Plan>,
    lane: Lane,
    now: Nanos,
    next_second: Nanos,
    spare: Interval,
}

impl Loop {
    pub(crate) fn new(text: &str) -> Self {
        let plan = Arc::new(plan(text));
        let lane = Self::lane(&plan, Nanos::ZERO);
        let spare = Interval::new(plan.exchanges.len(), plan.clients as usize);
        Self { plan, lane, now: Nanos::ZERO, next_second: Nanos::from_secs(1), spare }
    }

    fn lane(plan: &Arc<Plan>, begin: Nanos) -> Lane {
        let share = LanePlan {
            run: Arc::clone(plan),
            phase: Phase::Measure,
            workloads: plan.workloads.clone().into(),
            stripe: Stripe::WHOLE,
            limiters: Limiters::new(&plan.rate_limits),
            pools: plan.pools.iter().map(|_| Arc::default()).collect(),
            audited: Arc::new(Ledger::default()),
            first_seq: 0,
            trace: false,
        };
        Lane::new(share, begin)
    }

    /// On to the next arrival, and its reply a millisecond later.
    pub(crate) fn turn(&mut self) {
        loop {
            while let Some(command) = self.lane.poll(self.now) {
                if let Command::Send { attempt, input } = command {
                    // As transports do it: nothing of the request is held when its reply is handed over.
                    drop(input);
                    let done = self.now + Nanos::from_millis(1);
                    let stamps = Stamps { sent: self.now, first_byte: done, done };
                    let reply = Reply {
                        status: Ok(200),
                        error_code: None,
                        hints: Hints::default(),
                        extracted: Extracted::default(),
                        claim: None,
                        stamps,
                    };
                    self.lane.handle(self.now, Event::Reply { attempt, reply });
                    return;
                }
            }
            match self.lane.deadline() {
                Some(at) => self.now = self.now.max(at),
                None => self.lane = Self::lane(&self.plan, self.now),
            }
            if self.now >= self.next_second {
                self.next_second += Nanos::from_secs(1);
                let empty = std::mem::take(&mut self.spare);
                self.spare = self.lane.take_interval(empty);
            }
        }
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lane");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [("read", READ), ("read, limited", LIMITED), ("batch of 100", BATCH)] {
        let mut lane = Loop::new(text);
        group.bench_function(name, |bencher| bencher.iter(|| lane.turn()));
    }
    group.finish();
}
