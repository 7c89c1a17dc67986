//! Who may send next: the client's own limiters first, then a free connection.

use std::collections::VecDeque;

use slab::Slab;

use super::call::{Call, Stage};
use super::event::{AttemptId, Command};
use super::plan::LanePlan;
use super::timers::Timer;
use super::{Lane, Phase};
use crate::limit::ClientLimiter;
use crate::record::Outcome;
use crate::retry::Reason;
use crate::units::Nanos;

/// Queues before the wire. governor gives no refunds, so an attempt takes its operation's token first, at the head of that
/// operation's queue, and only then waits in the scenario's.
#[derive(Debug)]
pub(super) struct Admission {
    operations: Vec<Gate>,
    scenario: Gate,
    in_flight: u32,
    most_in_flight: u32,
    /// Calls that wait, by workload.
    waiting: Vec<u64>,
}

/// A queue before a limiter.
#[derive(Debug)]
struct Gate {
    limiter: Option<ClientLimiter>,
    queue: VecDeque<Ticket>,
    /// When the limiter should be asked again.
    again_at: Option<Nanos>,
}

/// A call's place in a queue; out of date once the call has moved on.
#[derive(Clone, Copy, Debug)]
struct Ticket {
    call: usize,
    number: u64,
    since: Nanos,
}

impl Ticket {
    fn is_current(&self, calls: &Slab<Call>) -> bool {
        calls
            .get(self.call)
            .is_some_and(|call| call.number == self.number && call.stage == Stage::Admission { since: self.since })
    }
}

impl Gate {
    fn new(limiter: Option<ClientLimiter>) -> Self {
        Self { limiter, queue: VecDeque::new(), again_at: None }
    }

    /// The head of the queue, if its limiter gives it a token.
    fn pop(&mut self, now: Nanos, calls: &Slab<Call>) -> Option<Ticket> {
        loop {
            let ticket = *self.queue.front()?;
            if !ticket.is_current(calls) {
                self.queue.pop_front();
                continue;
            }
            if let Some(limiter) = &self.limiter
                && let Err(at) = limiter.try_take(now)
            {
                self.again_at = Some(at);
                return None;
            }
            self.again_at = None;
            return self.queue.pop_front();
        }
    }

    fn next_at(&self) -> Option<Nanos> {
        self.again_at.filter(|_| !self.queue.is_empty())
    }
}

impl Admission {
    pub(super) fn new(plan: &LanePlan) -> Self {
        let limiters = &plan.limiters;
        // Each lane gets its share of the connections, the first lanes one more where they do not divide.
        let (all, lanes) = (plan.run.transport.connections, plan.stripe.of.max(1) as u32);
        let share = all / lanes + u32::from(plan.stripe.index < u64::from(all % lanes));
        Self {
            operations: limiters.operations.iter().map(|limiter| Gate::new(Some(limiter.clone()))).collect(),
            scenario: Gate::new(limiters.scenario.clone()),
            in_flight: 0,
            most_in_flight: share.max(1),
            waiting: vec![0; plan.workloads.len()],
        }
    }

    /// Attempts on the wire.
    pub(super) fn in_flight(&self) -> u64 {
        self.in_flight.into()
    }

    /// Calls that wait.
    pub(super) fn waiting_in_all(&self) -> u64 {
        self.waiting.iter().sum()
    }

    /// When a limiter should be asked again.
    pub(super) fn next_at(&self) -> Option<Nanos> {
        let scenario = self.scenario.next_at().filter(|_| self.in_flight < self.most_in_flight);
        self.operations.iter().filter_map(Gate::next_at).chain(scenario).min()
    }

    /// Puts a call in line.
    pub(super) fn enqueue(&mut self, key: usize, calls: &mut Slab<Call>, now: Nanos) {
        let Some(call) = calls.get_mut(key) else { return };
        call.stage = Stage::Admission { since: now };
        let ticket = Ticket { call: key, number: call.number, since: now };
        let gate = match call.limiter {
            Some(limiter) => &mut self.operations[limiter],
            None => &mut self.scenario,
        };
        gate.queue.push_back(ticket);
        self.waiting[call.workload] += 1;
    }

    /// A call left the line without being sent.
    pub(super) fn left(&mut self, workload: usize) {
        self.waiting[workload] -= 1;
    }

    /// An attempt is off the wire.
    pub(super) fn landed(&mut self) {
        self.in_flight -= 1;
    }

    /// The next call that may send.
    fn pop(&mut self, now: Nanos, calls: &Slab<Call>) -> Option<usize> {
        for gate in &mut self.operations {
            while let Some(ticket) = gate.pop(now, calls) {
                self.scenario.queue.push_back(ticket);
            }
        }
        if self.in_flight >= self.most_in_flight {
            return None;
        }
        let ticket = self.scenario.pop(now, calls)?;
        self.in_flight += 1;
        self.waiting[calls[ticket.call].workload] -= 1;
        Some(ticket.call)
    }
}

impl Lane {
    /// Sends all that may be sent.
    pub(super) fn admit(&mut self, now: Nanos) {
        while !self.stopped {
            let Some(key) = self.admission.pop(now, &self.calls) else { return };
            self.send(now, key);
        }
    }

    fn send(&mut self, now: Nanos, key: usize) {
        self.serial = self.serial.wrapping_add(1);
        let serial = self.serial;
        let call = &mut self.calls[key];
        let Stage::Admission { since } = call.stage else { return };
        let admission = now - since;
        call.stage = Stage::InFlight { serial, sent: now };
        call.attempts += 1;
        let first = call.attempts == 1;
        if first {
            call.first_admission = admission;
        }
        let attempt = AttemptId { call: key as u32, serial };
        self.recorder.sent(call.exchange, call.warm_up, first, admission);
        if let Some(timeout) = self.plan.run.policies[call.policy].attempt_timeout {
            let timer = Timer::AttemptTimeout { call: key, serial };
            self.timers.set_attempt_timeout(call.policy, now + timeout, timer);
        }
        self.commands.push_back(Command::Send { attempt, input: call.input() });
        self.sent += 1;
        let cap = self.plan.run.caps.max_requests / self.plan.stripe.of;
        if self.plan.phase == Phase::Measure && self.sent >= cap {
            self.capped = true;
            self.stop(now);
        }
    }

    /// Drops a call that may not wait, because its workload has as many waiting as it may have.
    pub(super) fn drop_if_overloaded(&mut self, now: Nanos, key: usize) {
        let Some(call) = self.calls.get(key).filter(|call| matches!(call.stage, Stage::Admission { .. })) else {
            return;
        };
        let workload = call.workload;
        if self.admission.waiting[workload] <= self.plan.workloads[workload].overload.queue.into() {
            return;
        }
        self.admission.left(workload);
        let record = self.given_up(key, now, Outcome::Dropped, Reason::Dropped);
        self.end_call(now, key, &record);
    }
}
