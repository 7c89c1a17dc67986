//! The lane: the engine's state machine. It knows no clock, no socket and no runtime.
//!
//! A driver tells it what happened ([`Lane::handle`]), asks what to do ([`Lane::poll`]) and by when to ask again
//! ([`Lane::deadline`]). In between, the lane owns arrivals, admission, flows with captures, batches, pagination, retries,
//! timeouts and recording. Every method takes `now`; none waits.
//!
//! ```text
//! source ─starts→ flow ─its steps→ call ─admission→ attempt ─Send→ driver
//!                                    ↑                              │
//!                                    └────── settle ←─── Reply ─────┘
//! ```

mod admission;
mod audit;
mod call;
mod clients;
mod data;
mod draws;
mod event;
mod flights;
mod flow;
mod gate;
mod legacy;
mod plan;
mod settle;
mod source;
mod spares;
mod start;
mod timers;

use std::collections::VecDeque;
use std::rc::Rc;

use slab::Slab;

use crate::record::{Interval, Ledger, Recorder, Trace};
use crate::retry::Reason;
use crate::units::Nanos;

use admission::Admission;
use audit::Auditor;
pub use audit::{AuditResult, Difference};
use call::{Call, Wait};
use clients::Clients;
use data::Data;
pub use draws::Draws;
pub use event::{AttemptId, Command, Event};
use flow::Flow;
pub use legacy::Legacy;
pub use plan::{LanePlan, Limiters, Phase};
use source::Source;
use spares::Spares;
use timers::{Timer, Timers};

/// The state machine of one lane in one phase of a run.
#[derive(Debug)]
pub struct Lane {
    /// What to do; never changed, and shared so that a method can hold it while it changes the rest.
    plan: Rc<LanePlan>,
    /// When the phase began.
    begin: Nanos,
    /// What starts flows, one for each workload.
    sources: Vec<Source>,
    /// Flows under way.
    flows: Slab<Flow>,
    /// Calls under way; attempts name them by key.
    calls: Slab<Call>,
    /// Who may send next.
    admission: Admission,
    /// What will happen when.
    timers: Timers,
    /// What clients own, by client and policy.
    clients: Clients,
    /// Clients that may let someone pass who waits.
    gates: Vec<usize>,
    /// Sequence numbers, pools and data files.
    data: Data,
    /// Memory of calls and flows that are over.
    spares: Spares,
    /// What was created and, in the audit, what was listed.
    auditor: Auditor,
    /// Where everything is written down.
    recorder: Recorder,
    /// What the driver has still to do.
    commands: VecDeque<Command>,
    /// Numbers attempts, so that a late reply to an older one is told apart.
    serial: u32,
    /// Attempts sent, for the cap.
    sent: u64,
    /// Calls that did not end well, for phases in which each of them matters.
    failures: Vec<PhaseFailure>,
    /// When everything still under way is abandoned; set once nothing new starts.
    end_at: Option<Nanos>,
    /// Set once no new attempt may be sent.
    stopped: bool,
    /// Whether a cap ended it.
    capped: bool,
}

/// A call that did not end well, in a phase in which every call has to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {}{}", reason.word(), seen.as_ref().map(|seen| format!(", answered {seen}")).unwrap_or_default())]
pub struct PhaseFailure {
    /// What was called.
    pub operation: String,
    /// Why it was given up.
    pub reason: Reason,
    /// The last answer: status and error code, or what happened to the wire.
    pub seen: Option<String>,
}

/// What a lane leaves behind.
#[derive(Debug)]
pub struct LaneEnd {
    /// The last, partial interval.
    pub interval: Interval,
    /// What was created.
    pub ledger: Ledger,
    /// What was published while it ran, by pool.
    pub published: Vec<Vec<serde_json::Value>>,
    /// What the audit found, in the phase of the audit.
    pub audit: Option<AuditResult>,
    /// Why calls did not end well, at most a thousand of them.
    pub failures: Vec<PhaseFailure>,
    /// Whether a cap ended it.
    pub capped: bool,
    /// Every call and attempt, where the plan asked for them.
    pub trace: Option<Trace>,
    /// The first number of `{{ seq }}` that this lane has not drawn.
    pub next_seq: u64,
}

impl Lane {
    /// A lane whose phase begins at `begin`.
    pub fn new(plan: LanePlan, begin: Nanos) -> Self {
        let (cells, clients) = (plan.run.exchanges.len(), plan.run.clients as usize);
        let sources = plan.workloads.iter().enumerate().map(|(index, workload)| Source::new(&plan, index, workload));
        let sources: Vec<Source> = sources.collect();
        let mut timers = Timers::new(plan.run.policies.len());
        sources.iter().filter_map(|source| source.last_start(begin)).for_each(|at| timers.set(at, Timer::Look));
        let mut lane = Self {
            sources,
            flows: Slab::new(),
            calls: Slab::new(),
            admission: Admission::new(&plan),
            timers,
            clients: Clients::new(clients, plan.run.policies.len()),
            gates: Vec::new(),
            data: Data::new(&plan),
            spares: Spares::new(cells),
            auditor: Auditor::new(plan.audited.clone()),
            recorder: plan.recorder(cells, clients, begin),
            commands: VecDeque::new(),
            serial: 0,
            sent: 0,
            failures: Vec::new(),
            end_at: None,
            stopped: false,
            capped: false,
            begin,
            plan: Rc::new(plan),
        };
        // A cap that is smaller than the number of lanes leaves nothing for the last ones.
        lane.capped = lane.is_at_cap();
        lane.stopped = lane.capped;
        lane
    }

    /// Records the trace alone from now on, where the plan asks for one: no second holds anything.
    pub fn keep_only_trace(&mut self) {
        self.recorder.keep_only_trace();
    }

    /// When the lane wants to be polled next, whatever happens; `None` where only an event can move it.
    pub fn deadline(&self) -> Option<Nanos> {
        if !self.commands.is_empty() || !self.gates.is_empty() {
            return Some(Nanos::ZERO);
        }
        // Once it is stopped nothing is sent, so neither arrivals nor limiters can move it: asking for their sake would spin.
        let sources = self.sources.iter().filter_map(|source| source.next_at(self.begin)).min();
        let sends = [sources, self.admission.next_at()].into_iter().flatten().min().filter(|_| !self.stopped);
        [sends, self.timers.next_at(), self.end_at].into_iter().flatten().min()
    }

    /// Tells what happened.
    pub fn handle(&mut self, now: Nanos, event: Event) {
        match event {
            Event::Reply { attempt, reply } => self.settle(now, attempt, reply),
            Event::Stop => self.stop(now),
        }
    }

    /// What to do now; ask until there is nothing more.
    pub fn poll(&mut self, now: Nanos) -> Option<Command> {
        if let Some(command) = self.commands.pop_front() {
            return Some(command);
        }
        self.run_timers(now);
        self.start_due(now);
        self.open_gates(now);
        self.admit(now);
        self.end_if_due(now);
        self.commands.pop_front()
    }

    /// Whether nothing is under way and nothing will start.
    pub fn is_done(&self, now: Nanos) -> bool {
        self.flows.is_empty() && self.commands.is_empty() && (self.stopped || self.sources_done(now))
    }

    fn sources_done(&self, now: Nanos) -> bool {
        self.sources.iter().all(|source| source.is_done(now, self.begin))
    }

    /// Whether a cap ended it.
    pub fn is_capped(&self) -> bool {
        self.capped || self.sources.iter().any(Source::was_cut)
    }

    /// Hands over the interval that is full and goes on with an empty one, whose memory is used again.
    pub fn take_interval(&mut self, empty: Interval) -> Interval {
        let (in_flight, queued) = (self.admission.in_flight(), self.admission.waiting_in_all());
        let connection_waits = self.admission.take_connection_waits();
        let gauges = self.recorder.gauges_mut();
        gauges.in_flight = in_flight;
        gauges.queued = queued;
        gauges.connection_waits = connection_waits;
        self.recorder.swap(empty)
    }

    /// Ends the lane: whatever is still under way is abandoned at the age it reached.
    pub fn finish(mut self, now: Nanos) -> LaneEnd {
        self.abandon_all(now);
        let empty = Interval::new(self.plan.run.exchanges.len(), self.plan.run.clients as usize);
        LaneEnd {
            interval: self.take_interval(empty),
            capped: self.is_capped(),
            trace: self.recorder.take_trace(),
            next_seq: self.data.next_seq(),
            failures: self.failures,
            audit: (self.plan.phase == Phase::Audit).then(|| self.auditor.compare(&self.plan.run)),
            ledger: self.auditor.into_ledger(),
            published: self.data.into_published(),
        }
    }

    /// No new flow, no new attempt; what is in flight has the grace time to end.
    fn stop(&mut self, now: Nanos) {
        if self.stopped {
            return;
        }
        self.stopped = true;
        self.end_at = Some(now + self.plan.run.grace);
        let keys: Vec<usize> = self.calls.iter().map(|(key, _)| key).collect();
        for key in keys {
            if self.calls.get(key).is_some_and(|call| !call.is_in_flight()) {
                self.abandon(now, key);
            } else if self.calls.contains(key) {
                self.leave_line(now, key);
            }
        }
    }

    fn end_if_due(&mut self, now: Nanos) {
        if self.end_at.is_none() && !self.stopped && self.sources_done(now) && !self.flows.is_empty() {
            self.end_at = Some(now + self.plan.run.grace);
        }
        if self.end_at.is_some_and(|at| at <= now) {
            self.stopped = true;
            self.abandon_all(now);
            self.end_at = None;
        }
    }

    fn abandon_all(&mut self, now: Nanos) {
        let keys: Vec<usize> = self.calls.iter().map(|(key, _)| key).collect();
        for key in keys {
            self.abandon(now, key);
        }
    }

    fn run_timers(&mut self, now: Nanos) {
        loop {
            let Self { timers, calls, .. } = self;
            let Some(timer) = timers.pop_due(now, |timer| is_current(calls, timer)) else { return };
            match timer {
                Timer::User { source, user, due } => self.sources[source].wake(user, due),
                Timer::Look => {}
                Timer::Retry { call, .. } => self.approach(now, call),
                Timer::Lingered { call, .. } => self.lingered(now, call),
                Timer::Gate { place } => self.open_gate(now, place),
                Timer::Hedge { call, .. } => self.hedge(now, call),
                Timer::AttemptTimeout { call, serial } => self.attempt_timed_out(now, call, serial),
                Timer::CallDeadline { call, .. } => self.call_timed_out(now, call),
            }
        }
    }
}

/// Whether a timer still means the call it was set for: keys are used again, numbers are not.
fn is_current(calls: &Slab<Call>, timer: &Timer) -> bool {
    match *timer {
        Timer::User { .. } | Timer::Look | Timer::Gate { .. } => true,
        Timer::AttemptTimeout { call, serial } | Timer::Hedge { call, serial } => {
            calls.get(call).is_some_and(|call| call.awaits(serial))
        }
        Timer::Retry { call, number } => {
            calls.get(call).is_some_and(|call| call.number == number && call.wait == Wait::Backoff)
        }
        Timer::Lingered { call, number } | Timer::CallDeadline { call, number } => {
            calls.get(call).is_some_and(|call| call.number == number)
        }
    }
}

#[cfg(test)]
mod tests;
