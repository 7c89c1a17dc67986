//! A driver of the lane in virtual time: `now` jumps from one event to the next, and a script answers every attempt.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use loadline::api::{Exchange, Extracted, Hints, Input, Rendered, Reply, Stamps, WireError, find_error_code};
use loadline::lane::{AttemptId, AuditResult, Command, Event, Lane, LanePlan, Limiters, Phase};
use loadline::plan::{Plan, Workload};
use loadline::record::{AttemptOutcome, CellRecord, Gauges, Interval, Ledger, Outcome, Summary};
use loadline::retry::{Reason, read_hints};
use loadline::scenario::{self, Flags};
use loadline::schedule::Stripe;
use loadline::stats::LatencyHistogram;
use loadline::units::Nanos;
use serde_json::Value;

/// Where a phase begins: not at zero, so that nothing can mistake the two.
pub(crate) const BEGIN: Nanos = Nanos::from_secs(100);
/// Longer than any test lets anything go on.
const TOO_LONG: Nanos = Nanos::from_secs(100_000);
const SECOND: Nanos = Nanos::from_secs(1);

/// Milliseconds.
pub(crate) fn ms(millis: u64) -> Nanos {
    Nanos::from_millis(millis)
}

/// The plan of a scenario that is not valid fails the test with the faults.
pub(crate) fn plan(yaml: &str) -> Arc<Plan> {
    let source = scenario::source::text("test.yaml", yaml.as_bytes().to_vec()).expect("a text");
    let input = scenario::Input {
        source: &source,
        folder: Path::new("."),
        overrides: &[],
        flags: &Flags::default(),
        environment: &|_| None,
    };
    let loaded = scenario::load(input).unwrap_or_else(|faults| panic!("{faults}\n{yaml}"));
    Arc::new(loaded.plan().unwrap_or_else(|faults| panic!("{faults}\n{yaml}")))
}

/// A plan whose target is a service with the operations `Get`, `Make` (a batch) and `List` (`paging`).
pub(crate) fn own_api(paging: &str, rest: &str) -> Arc<Plan> {
    plan(&format!(
        "name: test
target: {{url: 'http://127.0.0.1:1'}}
api:
  operations:
    Get: {{method: GET, path: '/things/{{id}}', query: {{n: '{{{{ n }}}}'}}}}
    Put: {{method: PUT, path: '/things/{{id}}'}}
    Make:
      method: POST
      path: /boxes/{{box}}/things
      batch: {{items: things, key: name, failed: '$.Errors[*]', failed_key: name, failed_code: code}}
      creates: {{parent: box, key: name}}
    List:
      method: GET
      path: /boxes/{{box}}/things
      paging: {paging}
      lists: {{parent: box, key: name}}
    Box: {{method: POST, path: /boxes}}
{rest}"
    ))
}

/// The paging that most tests use: a token in the body.
pub(crate) const TOKEN: &str = "{items: '$.things[*]', next: '$.next', send: query.token, size: query.size}";

/// A plan that calls `Get` alone.
pub(crate) fn get(rest: &str) -> Arc<Plan> {
    own_api(TOKEN, rest)
}

/// A reply that a script gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    status: Option<Result<u16, WireError>>,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Self { status: Some(Ok(status)), ..Self::default() }
    }

    pub(crate) fn ok() -> Self {
        Self::status(200)
    }

    pub(crate) fn json(body: Value) -> Self {
        Self { body, ..Self::ok() }
    }

    pub(crate) fn wire(error: WireError) -> Self {
        Self { status: Some(Err(error)), ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        self
    }

    /// The typed reply, read from what the wire would have read it from.
    fn reply(&self, exchange: &Exchange, input: &Input, stamps: Stamps) -> Reply {
        let status = match self.status.expect("an answer has a status") {
            Ok(status) => status,
            Err(error) => return Reply::broken(error, stamps),
        };
        let body = self.body.to_string();
        if !exchange.success.contains(status) {
            let hints = read_hints(&self.headers, &exchange.wants.noted, || 0.0);
            let error_code = find_error_code(&self.headers, body.as_bytes());
            return Reply {
                status: Ok(status),
                error_code,
                hints,
                extracted: Extracted::default(),
                claim: None,
                stamps,
            };
        }
        match exchange.read(input, "127.0.0.1:1", status, &self.headers, body.as_bytes()) {
            Ok(extracted) => {
                Reply { status: Ok(status), error_code: None, hints: Hints::default(), extracted, claim: None, stamps }
            }
            Err(_) => Reply::broken(WireError::BadBody, stamps),
        }
    }
}

/// An attempt, as a script sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    /// Which one it is, from 0.
    pub(crate) nth: usize,
    /// When it was sent, from the phase's begin.
    pub(crate) at: Nanos,
    pub(crate) workload: String,
    pub(crate) operation: String,
    /// The call's number: the same for all attempts of a call.
    pub(crate) call: u64,
    pub(crate) request: Rendered,
    /// The batch items, where it is a batch.
    pub(crate) items: Option<Vec<u32>>,
}

impl Sent {
    pub(crate) fn path(&self) -> &str {
        &self.request.path_and_query
    }

    pub(crate) fn body(&self) -> Value {
        self.request.body.as_ref().map_or(Value::Null, |body| serde_json::from_str(body).expect("JSON"))
    }
}

/// What a lane did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) plan: Arc<Plan>,
    pub(crate) sent: Vec<Sent>,
    /// Attempts that the lane gave up, by number of `sent`, and when.
    pub(crate) cancelled: Vec<(usize, Nanos)>,
    pub(crate) summary: Summary,
    /// What went on in each second, warm-up included.
    pub(crate) seconds: Vec<Gauges>,
    /// When it was done, from the phase's begin.
    pub(crate) ended: Nanos,
    pub(crate) capped: bool,
    pub(crate) failures: Vec<Reason>,
    pub(crate) ledger: Ledger,
    pub(crate) published: Vec<Vec<Value>>,
    pub(crate) audit: Option<AuditResult>,
}

impl Run {
    pub(crate) fn all(&self) -> CellRecord {
        self.summary.sum(|_| true)
    }

    pub(crate) fn cell(&self, operation: &str) -> CellRecord {
        self.summary.sum(|index| self.plan.cells[index].operation == operation)
    }

    pub(crate) fn calls(&self, outcome: Outcome) -> u64 {
        self.all().calls_of(outcome)
    }

    pub(crate) fn reasons(&self) -> BTreeMap<&'static str, u64> {
        let counts = Reason::ALL.iter().map(|reason| (reason.word(), self.all().reasons[*reason as usize]));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    pub(crate) fn wire_errors(&self) -> BTreeMap<&'static str, u64> {
        let counts = WireError::ALL.iter().map(|error| (error.word(), self.all().by_wire[*error as usize]));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    pub(crate) fn of(&self, workload: &str) -> Vec<&Sent> {
        self.sent.iter().filter(|sent| sent.workload == workload).collect()
    }

    pub(crate) fn offered(&self) -> u64 {
        self.seconds.iter().map(|second| second.offered).sum()
    }

    /// When attempts were sent, in milliseconds.
    pub(crate) fn times(&self) -> Vec<u64> {
        self.sent.iter().map(|sent| sent.at.as_nanos() / 1_000_000).collect()
    }

    /// What holds of every run: nothing is lost, whatever the service did.
    pub(crate) fn check_conservation(&self) {
        let all = self.all();
        assert_eq!(self.offered(), all.call_count(), "every call that fell due ended in exactly one outcome");
        let given_up: u64 = Outcome::ALL[1..].iter().map(|outcome| all.calls_of(*outcome)).sum();
        assert_eq!(all.reasons.iter().sum::<u64>(), given_up, "every call that did not end well says why");
        assert_eq!(self.sent.len() as u64, all.attempt_count(), "every attempt that was sent ended");
        assert_eq!(all.response_all.count(), all.call_count());
        assert_eq!(all.response_ok.count(), all.calls_of(Outcome::Ok));
        assert_eq!(all.first_attempts, all.attempts_per_call.iter().sum::<u64>(), "each call that was sent began once");
        assert_eq!(all.admission.count(), self.sent.len() as u64);
        assert_eq!(all.service.iter().map(LatencyHistogram::count).sum::<u64>(), all.attempt_count());
        let statuses: u64 = all.by_status.iter().map(|(_, count)| count).sum();
        let cancelled = all.attempts_of(AttemptOutcome::Cancelled);
        assert_eq!(statuses + all.by_wire.iter().sum::<u64>() + cancelled, all.attempt_count());
        assert_eq!(all.lag.max(), Nanos::ZERO, "in virtual time the generator owes nothing");
        let gauges = |pick: fn(&Gauges) -> u64| self.seconds.iter().map(pick).sum::<u64>();
        assert_eq!(gauges(|second| second.sent + second.retries), self.sent.len() as u64);
        assert_eq!(gauges(|second| second.ok), all.attempts_of(AttemptOutcome::Success));
        assert_eq!(gauges(|second| second.dropped), all.calls_of(Outcome::Dropped));
        let last = self.seconds.last().expect("at least one second");
        assert_eq!((last.in_flight, last.queued), (0, 0), "nothing is left over");
    }
}

/// How a lane is run.
pub(crate) struct Setting {
    pub(crate) plan: Arc<Plan>,
    pub(crate) phase: Phase,
    pub(crate) workloads: Arc<[Workload]>,
    pub(crate) stripe: Stripe,
    pub(crate) limiters: Limiters,
    pub(crate) pools: Vec<Vec<Value>>,
    pub(crate) audited: Arc<Ledger>,
    /// When the run is told to stop.
    pub(crate) stop_at: Option<Nanos>,
}

impl Setting {
    pub(crate) fn new(plan: &Arc<Plan>) -> Self {
        Self {
            plan: Arc::clone(plan),
            phase: Phase::Measure,
            workloads: plan.workloads.clone().into(),
            stripe: Stripe::WHOLE,
            limiters: Limiters::new(&plan.rate_limits),
            pools: vec![Vec::new(); plan.pools.len()],
            audited: Arc::default(),
            stop_at: None,
        }
    }

    /// Runs the lane until it is done. `script` is asked for every attempt: how long until the answer, and which;
    /// [`Nanos::MAX`] is never.
    pub(crate) fn run(self, mut script: impl FnMut(&Sent) -> (Nanos, Answer)) -> Run {
        let plan = Arc::clone(&self.plan);
        let lane_plan = LanePlan {
            run: Arc::clone(&plan),
            phase: self.phase,
            workloads: self.workloads,
            stripe: self.stripe,
            limiters: self.limiters,
            pools: self.pools.into_iter().map(Arc::from).collect(),
            audited: self.audited,
            first_seq: 0,
            trace: false,
        };
        let mut lane = Lane::new(lane_plan, BEGIN);
        let mut wire = Wire { plan: &plan, sent: Vec::new(), ids: Vec::new(), pending: BTreeMap::new() };
        let (mut now, mut next_second) = (BEGIN, BEGIN + SECOND);
        let mut stop_at = self.stop_at.map(|at| BEGIN + at);
        let (mut seconds, mut cancelled) = (Vec::new(), Vec::new());
        let mut spare = Interval::new(plan.exchanges.len(), plan.clients as usize);
        let mut summary = Summary::new(plan.exchanges.len(), plan.clients as usize);
        while {
            while let Some(command) = lane.poll(now) {
                match command {
                    Command::Send { attempt, input } => wire.send(now, attempt, &input, &mut script),
                    Command::Cancel { attempt } => cancelled.push((wire.number(attempt), now - BEGIN)),
                }
            }
            !lane.is_done(now)
        } {
            while next_second <= now {
                spare = lane.take_interval(spare);
                summary.add(&spare);
                seconds.push(spare.gauges);
                next_second += SECOND;
            }
            let deadline = lane.deadline();
            assert!(deadline.is_none_or(|at| at > now), "the lane wants to be polled at {deadline:?}, and it is {now}");
            let reply = wire.pending.keys().next().map(|(at, _)| *at);
            // A lane that nothing can move any more would wait for ever.
            now = [deadline, reply, stop_at].into_iter().flatten().min().expect("something moves the lane");
            now = now.min(next_second);
            assert!(now < TOO_LONG, "the run never ends");
            if stop_at.is_some_and(|at| at <= now) {
                stop_at = None;
                lane.handle(now, Event::Stop);
            } else if reply.is_some_and(|at| at <= now) {
                let (_, (attempt, reply)) = wire.pending.pop_first().expect("just seen");
                // A reply to an attempt that was given up comes too, as it may on a real wire.
                lane.handle(now, Event::Reply { attempt, reply });
            }
        }
        let end = lane.finish(now);
        summary.add(&end.interval);
        seconds.push(end.interval.gauges);
        let sent = wire.sent;
        Run {
            sent,
            cancelled,
            summary,
            seconds,
            ended: now - BEGIN,
            capped: end.capped,
            failures: end.failures.iter().map(|failure| failure.reason).collect(),
            ledger: end.ledger,
            published: end.published,
            audit: end.audit,
            plan,
        }
    }
}

/// Runs the measured part of a plan.
pub(crate) fn run(plan: &Arc<Plan>, script: impl FnMut(&Sent) -> (Nanos, Answer)) -> Run {
    Setting::new(plan).run(script)
}

/// Runs the measured part of a plan against a service that does what it is asked for in 10 ms.
pub(crate) fn run_ok(plan: &Arc<Plan>) -> Run {
    run(plan, |_| (ms(10), Answer::ok()))
}

struct Wire<'a> {
    plan: &'a Plan,
    sent: Vec<Sent>,
    ids: Vec<AttemptId>,
    pending: BTreeMap<(Nanos, usize), (AttemptId, Reply)>,
}

impl Wire<'_> {
    fn send(
        &mut self,
        now: Nanos,
        attempt: AttemptId,
        input: &Input,
        script: &mut impl FnMut(&Sent) -> (Nanos, Answer),
    ) {
        let (exchange, cell) = (&self.plan.exchanges[input.exchange], &self.plan.cells[input.exchange]);
        let sent = Sent {
            nth: self.sent.len(),
            at: now - BEGIN,
            workload: cell.workload.clone(),
            operation: cell.operation.clone(),
            call: input.values.call,
            request: exchange.render(input),
            items: input.items.as_ref().map(|items| items.to_vec()),
        };
        let (delay, answer) = script(&sent);
        if delay < Nanos::MAX {
            let done = now + delay;
            let reply = answer.reply(exchange, input, Stamps { sent: now, first_byte: done, done });
            self.pending.insert((done, sent.nth), (attempt, reply));
        }
        self.ids.push(attempt);
        self.sent.push(sent);
    }

    fn number(&self, attempt: AttemptId) -> usize {
        self.ids.iter().rposition(|id| *id == attempt).expect("cancelled what was sent")
    }
}
