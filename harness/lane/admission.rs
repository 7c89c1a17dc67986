//! Who may send next: the client's own limiters first, then a free connection.

use std::collections::VecDeque;

use slab::Slab;

use super::call::{Call, Wait};
use super::event::{AttemptId, Command};
use super::flights::Flight;
use super::plan::LanePlan;
use super::timers::Timer;
use super::{Lane, Phase};
use crate::api::{Attempt, Input};
use crate::limit::ClientLimiter;
use crate::record::{Delays, Outcome};
use crate::retry::{AttemptKind, Reason};
use crate::units::Nanos;

/// Queues before the wire. A call waits in its operation's queue, where that has a limit, or in the queue of all others.
///
/// governor gives no refunds, so the head of an operation's queue takes its operation's token first and keeps it in hand
/// until the scenario's limiter lets it go. No operation has more than one token in hand: tokens that were gathered behind a
/// busy connection would be spent all at once when it is free, and the limit would not hold on the wire. Of all that could
/// go, the one that has waited longest goes first.
#[derive(Debug)]
pub(super) struct Admission {
    /// One for each limited operation.
    operations: Vec<Gate>,
    /// Calls of operations without a limit.
    others: VecDeque<Ticket>,
    /// The limiter that all pass.
    scenario: Option<ClientLimiter>,
    /// When the scenario's limiter should be asked again.
    again_at: Option<Nanos>,
    in_flight: u32,
    most_in_flight: u32,
    /// Since when nothing but a free connection has been missing; `None` while there is one, or while limiters decide.
    full_since: Option<Nanos>,
    /// Waits for a connection that have ended since they were last taken.
    connection_waits: Delays,
    /// Calls that wait, by workload.
    waiting: Vec<u64>,
    /// Numbers the tickets.
    tickets: u64,
}

/// An operation's queue and limiter.
#[derive(Debug)]
struct Gate {
    limiter: ClientLimiter,
    queue: VecDeque<Ticket>,
    /// Whether the head of the queue has its token.
    in_hand: bool,
    /// When the limiter should be asked again.
    again_at: Option<Nanos>,
}

/// A call's place in a queue; out of date once the call has moved on.
#[derive(Clone, Copy, Debug)]
struct Ticket {
    /// Its place among all.
    order: u64,
    call: usize,
    number: u64,
    since: Nanos,
}

impl Ticket {
    fn is_current(&self, calls: &Slab<Call>) -> bool {
        calls
            .get(self.call)
            .is_some_and(|call| call.number == self.number && call.wait == Wait::Admission { since: self.since })
    }
}

/// The first ticket that is not out of date.
fn front(queue: &mut VecDeque<Ticket>, calls: &Slab<Call>) -> Option<Ticket> {
    while let Some(ticket) = queue.front() {
        if ticket.is_current(calls) {
            return Some(*ticket);
        }
        queue.pop_front();
    }
    None
}

impl Gate {
    /// The head of the queue, if it has its token or gets it now.
    fn ready(&mut self, now: Nanos, calls: &Slab<Call>) -> Option<Ticket> {
        self.again_at = None;
        let ticket = front(&mut self.queue, calls)?;
        if !self.in_hand {
            match self.limiter.try_take(now) {
                Ok(()) => self.in_hand = true,
                Err(at) => self.again_at = Some(at),
            }
        }
        self.in_hand.then_some(ticket)
    }
}

impl Admission {
    pub(super) fn new(plan: &LanePlan) -> Self {
        let limiters = &plan.limiters;
        // A lane without a connection could not do its part of the schedule.
        let connections = plan.stripe.share(plan.run.transport.connections.most().into()).max(1) as u32;
        let gate = |limiter: &ClientLimiter| Gate {
            limiter: limiter.clone(),
            queue: VecDeque::new(),
            in_hand: false,
            again_at: None,
        };
        Self {
            operations: limiters.operations.iter().map(gate).collect(),
            others: VecDeque::new(),
            scenario: limiters.scenario.clone(),
            again_at: None,
            in_flight: 0,
            most_in_flight: connections,
            full_since: None,
            connection_waits: Delays::default(),
            waiting: vec![0; plan.workloads.len()],
            tickets: 0,
        }
    }

    /// Attempts on the wire.
    pub(super) fn in_flight(&self) -> u64 {
        self.in_flight.into()
    }

    /// Takes the waits for a connection that have ended.
    pub(super) fn take_connection_waits(&mut self) -> Delays {
        std::mem::take(&mut self.connection_waits)
    }

    /// Calls that wait.
    pub(super) fn waiting_in_all(&self) -> u64 {
        self.waiting.iter().sum()
    }

    /// When a limiter should be asked again.
    pub(super) fn next_at(&self) -> Option<Nanos> {
        self.operations.iter().filter_map(|gate| gate.again_at).chain(self.again_at).min()
    }

    /// Puts a call in line.
    pub(super) fn enqueue(&mut self, key: usize, calls: &mut Slab<Call>, now: Nanos) {
        let Some(call) = calls.get_mut(key) else { return };
        call.wait = Wait::Admission { since: now };
        self.tickets += 1;
        let ticket = Ticket { order: self.tickets, call: key, number: call.number, since: now };
        let queue = call.limiter.map_or(&mut self.others, |limiter| &mut self.operations[limiter].queue);
        queue.push_back(ticket);
        self.waiting[call.workload] += 1;
    }

    /// A call waits elsewhere, and counts among those that wait.
    pub(super) fn joined(&mut self, workload: usize) {
        self.waiting[workload] += 1;
    }

    /// A call left the line without being sent.
    pub(super) fn left(&mut self, workload: usize) {
        self.waiting[workload] -= 1;
    }

    /// An attempt is off the wire.
    pub(super) fn landed(&mut self) {
        self.in_flight -= 1;
    }

    /// The next call that may send. Where there is none, [`Self::next_at`] says when to ask again.
    fn pop(&mut self, now: Nanos, calls: &Slab<Call>) -> Option<usize> {
        self.again_at = None;
        if self.in_flight >= self.most_in_flight {
            self.operations.iter_mut().for_each(|gate| gate.again_at = None);
            self.full_since = self.full_since.or(Some(now));
            return None;
        }
        let full_since = self.full_since.take();
        let limited = self.operations.iter_mut().enumerate();
        let limited = limited.filter_map(|(index, gate)| Some((gate.ready(now, calls)?, Some(index))));
        let others = front(&mut self.others, calls).map(|ticket| (ticket, None));
        let (ticket, operation) = limited.chain(others).min_by_key(|(ticket, _)| ticket.order)?;
        if let Some(Err(at)) = self.scenario.as_ref().map(|limiter| limiter.try_take(now)) {
            self.again_at = Some(at);
            return None;
        }
        match operation {
            None => self.others.pop_front(),
            Some(operation) => {
                let gate = &mut self.operations[operation];
                gate.in_hand = false;
                gate.queue.pop_front()
            }
        };
        self.in_flight += 1;
        self.waiting[calls[ticket.call].workload] -= 1;
        // The limiters let it go at once, so a connection was the last thing that it waited for.
        if let Some(full_since) = full_since {
            if ticket.since.max(full_since) < now {
                self.connection_waits.add(now - ticket.since.max(full_since));
            }
            self.full_since = Some(full_since);
        }
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
        if !matches!(call.wait, Wait::Admission { .. }) {
            return;
        }
        let admission = now - call.ready_since;
        let kind = call.next;
        call.wait = Wait::Nothing;
        call.flights.push(Flight { serial, sent: now, kind, after_hint: call.after_hint });
        call.attempts += 1;
        call.hedges += u32::from(kind == AttemptKind::Hedge);
        let first = kind == AttemptKind::First;
        if first {
            call.first_admission = admission;
        }
        let attempt = AttemptId { call: key as u32, serial };
        self.recorder.sent(call.exchange, call.warm_up, first, admission);
        let policy = &self.plan.run.policies[call.policy];
        if let Some(timeout) = policy.attempt_timeout {
            let timer = Timer::AttemptTimeout { call: key, serial };
            self.timers.set_attempt_timeout(call.policy, now + timeout, timer);
        }
        let is_hedged = policy.hedge.is_some();
        let count = Attempt { call: call.number, number: call.attempts, max: policy.max_attempts };
        self.commands.push_back(Command::Send { attempt, input: Input { attempt: count, ..call.input() } });
        self.sent += 1;
        if is_hedged {
            self.plan_hedge(now, key, serial);
        }
        if self.is_at_cap() {
            self.capped = true;
            self.stop(now);
        }
    }

    /// Whether the lane has sent its part of the most attempts that the run may send.
    pub(super) fn is_at_cap(&self) -> bool {
        self.plan.phase == Phase::Measure && self.sent >= self.plan.stripe.share(self.plan.run.caps.max_requests)
    }

    /// Drops a call that may not wait, because its workload has as many waiting as it may have.
    pub(super) fn drop_if_overloaded(&mut self, now: Nanos, key: usize) {
        let waits = |call: &&Call| matches!(call.wait, Wait::Gate | Wait::Admission { .. });
        let Some(call) = self.calls.get(key).filter(waits) else { return };
        let workload = call.workload;
        if self.admission.waiting[workload] <= self.plan.workloads[workload].overload.queue.into() {
            return;
        }
        self.leave_line(now, key);
        let record = self.given_up(key, now, Outcome::Dropped, Reason::Dropped);
        self.end_call(now, key, &record);
    }
}
