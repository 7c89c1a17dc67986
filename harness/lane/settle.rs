//! Judging what came back: an attempt's outcome, and what it means for its call.

use std::rc::Rc;

use serde_json::Value;

use super::audit::Fate;
use super::call::{Call, Wait};
use super::data::must_succeed;
use super::event::{AttemptId, Command};
use super::flights::Flight;
use super::timers::Timer;
use super::{Lane, PhaseFailure};
use crate::api::{Cursor, Extracted, FailedItem, Reply, Stamps, WireError};
use crate::plan::{Sink, Step};
use crate::record::{AttemptOutcome, AttemptRecord, CallRecord, Outcome};
use crate::retry::{AttemptKind, CallProgress, Decision, Ended, Facts, FailureKind, Reason};
use crate::units::Nanos;

/// Failures kept for phases in which each of them matters; more would only repeat.
const MOST_FAILURES: usize = 1_000;

impl Lane {
    /// A reply came, or there will be none.
    pub(super) fn settle(&mut self, now: Nanos, attempt: AttemptId, reply: Reply) {
        let key = attempt.call as usize;
        let Some(call) = self.calls.get_mut(key) else { return };
        let Some(flight) = call.flights.take(attempt.serial) else { return };
        self.admission.landed();
        let stamps = reply.stamps;
        call.note_lag(flight.kind, stamps.sent);
        let exchange = &self.plan.run.exchanges[call.exchange];
        let facts = Facts::new(reply.status, reply.error_code.as_deref(), &reply.hints);
        let classifier = &self.plan.run.policies[call.policy].classifier;
        let accepted = reply.status.is_ok_and(|status| exchange.success.contains(status)) || classifier.accepts(&facts);
        let kind = classifier.classify(&facts);
        let outcome = match (accepted, kind) {
            (true, _) => AttemptOutcome::Success,
            (false, FailureKind::Throttling) => AttemptOutcome::Throttled,
            (false, _) => AttemptOutcome::Failed,
        };
        self.recorder.attempt(&AttemptRecord {
            cell: call.exchange,
            client: call.client,
            warm_up: call.warm_up,
            outcome,
            status: reply.status,
            sent: stamps.sent,
            service: stamps.done - stamps.sent,
            first_byte: reply.status.is_ok().then(|| stamps.first_byte - stamps.sent),
            kind: flight.kind,
            hint_seen: reply.hints.says_when(),
            after_hint: flight.after_hint,
        });
        call.uncertain |= may_have_acted(reply.status);
        if !accepted && must_succeed(self.plan.phase) {
            call.trouble = Some(match reply.status {
                Ok(status) => format!("{status} {}", facts.code.unwrap_or_default()).trim_end().to_owned(),
                Err(error) => error.word().to_owned(),
            });
        }
        let service = stamps.done - stamps.sent;
        let ended = if accepted { Ended::Success { service } } else { Ended::Failure { kind, service } };
        if accepted {
            // Whatever happened before, this reply says what is there now.
            call.uncertain = false;
        } else {
            call.failure = Some(kind);
        }
        self.tell_client(now, key, flight.kind, ended);
        if accepted {
            self.cancel(now, key, AttemptOutcome::Cancelled);
            self.accepted(now, key, reply);
            return;
        }
        if self.calls[key].is_in_flight() && kind != FailureKind::Permanent {
            // Another attempt is still out, and may succeed. What failed otherwise than by throttling is hedged at once.
            if kind != FailureKind::Throttling {
                self.hedge(now, key);
            }
            return;
        }
        // What is given up now with no success beside it may have done something.
        self.calls[key].uncertain |= self.calls[key].is_in_flight();
        self.cancel(now, key, AttemptOutcome::Cancelled);
        let unexpected = reply.status.is_ok_and(|status| status < 400);
        self.failed(now, key, kind, &reply, unexpected.then_some(Reason::Expectation));
    }

    /// An attempt took too long.
    pub(super) fn attempt_timed_out(&mut self, now: Nanos, key: usize, serial: u32) {
        let Some(sent) = self.calls[key].flights.sent(serial) else { return };
        let attempt = AttemptId { call: key as u32, serial };
        self.commands.push_back(Command::Cancel { attempt });
        let stamps = Stamps { sent, first_byte: now, done: now };
        self.settle(now, attempt, Reply::broken(WireError::Timeout, stamps));
    }

    /// A call took too long, wherever it stands.
    pub(super) fn call_timed_out(&mut self, now: Nanos, key: usize) {
        self.cancel(now, key, AttemptOutcome::Failed);
        let record = self.given_up(key, now, Outcome::TimedOut, Reason::Deadline);
        self.end_call(now, key, &record);
    }

    /// The run ends before the call does.
    pub(super) fn abandon(&mut self, now: Nanos, key: usize) {
        // Ending one call may end others of the list: a flow that is over starts nothing.
        if !self.calls.contains(key) {
            return;
        }
        self.cancel(now, key, AttemptOutcome::Failed);
        let record = self.given_up(key, now, Outcome::Abandoned, Reason::Cancelled);
        self.end_call(now, key, &record);
    }

    /// The wait of a call that gets no further attempt is over.
    pub(super) fn lingered(&mut self, now: Nanos, key: usize) {
        let call = &self.calls[key];
        let Wait::Lingering(reason) = call.wait else { return };
        let kind = call.failure.unwrap_or(FailureKind::Transient);
        self.give_up(now, key, kind, reason, now);
    }

    /// Takes a call off the wire and out of every line. What was on the wire ends in `outcome`.
    fn cancel(&mut self, now: Nanos, key: usize, outcome: AttemptOutcome) {
        self.leave_line(now, key);
        while let Some(flight) = self.calls[key].flights.pop() {
            let Flight { serial, sent, kind, after_hint } = flight;
            self.admission.landed();
            self.commands.push_back(Command::Cancel { attempt: AttemptId { call: key as u32, serial } });
            let call = &mut self.calls[key];
            call.note_lag(kind, sent);
            // A hedge that lost did what the winner did; any other may have done something.
            call.uncertain |= outcome != AttemptOutcome::Cancelled;
            self.recorder.attempt(&AttemptRecord {
                cell: call.exchange,
                client: call.client,
                warm_up: call.warm_up,
                outcome,
                status: Err(WireError::Timeout),
                sent,
                service: now - sent,
                first_byte: None,
                kind,
                hint_seen: false,
                after_hint,
            });
            self.tell_client(now, key, kind, Ended::Cancelled);
        }
    }

    /// Takes a call out of the line it stands in, if it stands in one.
    pub(super) fn leave_line(&mut self, now: Nanos, key: usize) {
        let call = &mut self.calls[key];
        let wait = std::mem::replace(&mut call.wait, Wait::Nothing);
        let (workload, next) = (call.workload, call.next);
        match wait {
            Wait::Gate => {
                self.admission.left(workload);
                let (client, policy, held) = (call.client, call.policy, call.held.take());
                self.clients.get(&self.plan.run, client, policy).forgo(now, next, held);
            }
            Wait::Admission { .. } => {
                self.admission.left(workload);
                self.tell_client(now, key, next, Ended::NeverSent);
            }
            Wait::Nothing | Wait::Backoff | Wait::Lingering(_) => {}
        }
    }

    /// A good reply. Batch items inside it may still have failed.
    fn accepted(&mut self, now: Nanos, key: usize, mut reply: Reply) {
        let failed = std::mem::take(&mut reply.extracted.failed);
        if self.calls[key].items.is_some() && self.settle_items(now, key, &failed, &reply) {
            return;
        }
        let call = &self.calls[key];
        let (client, policy, held) = (call.client, call.policy, call.held);
        self.clients.get(&self.plan.run, client, policy).succeed(held);
        let items_failed = call.items_done.1 > 0;
        let done = reply.stamps.done;
        let mut record = record_of(call, done);
        let problem = if items_failed {
            self.publish_part(key, &reply.extracted.captures);
            Some(Reason::Permanent)
        } else {
            self.take_captures(key, &mut reply.extracted)
        };
        let next = reply.extracted.next.take();
        let problem = problem.or_else(|| self.walk_problem(key, next.as_ref()));
        if call_creates(&self.calls[key]) {
            self.note_creation(key, Fate::Acknowledged, None);
        }
        self.note_listing(key, &reply.extracted, next.is_none());
        if problem.is_some() {
            record.outcome = Outcome::Failed;
            record.reason = problem;
        }
        match next.filter(|_| problem.is_none() && !self.stopped) {
            None => self.end_call(now, key, &record),
            Some(cursor) => {
                let call = self.calls.remove(key);
                self.recorder.call(&record);
                let number = call.page_number.unwrap_or(1) + 1;
                self.start_page(now, call.flow, done, call.values, cursor, number);
            }
        }
    }

    /// Counts a batch's items. True where some of them are sent again, so that the call is not over.
    fn settle_items(&mut self, now: Nanos, key: usize, failed: &[FailedItem], reply: &Reply) -> bool {
        let policy = self.calls[key].policy;
        let classifier = &self.plan.run.policies[policy].classifier;
        let pending = self.calls[key].items.clone().unwrap_or_default();
        if failed.is_empty() {
            // Nearly always so, and then nothing has to be picked out.
            self.note_creation(key, Fate::Acknowledged, Some(&pending));
            self.calls[key].items_done.0 += pending.len() as u64;
            return false;
        }
        let mut again: Vec<u32> = Vec::new();
        let mut worst = FailureKind::Transient;
        for item in failed {
            match classifier.classify_item(&item.code) {
                FailureKind::Permanent => {}
                kind => {
                    again.push(item.index);
                    if kind == FailureKind::Throttling {
                        worst = kind;
                    }
                }
            }
        }
        let accepted: Vec<u32> =
            pending.iter().copied().filter(|index| failed.iter().all(|item| item.index != *index)).collect();
        self.note_creation(key, Fate::Acknowledged, Some(&accepted));
        let call = &mut self.calls[key];
        call.items_done.0 += accepted.len() as u64;
        call.items_done.1 += (failed.len() - again.len()) as u64;
        if again.is_empty() {
            return false;
        }
        call.items = Some(Rc::from(again));
        self.publish_part(key, &reply.extracted.captures);
        self.failed(now, key, worst, reply, None);
        true
    }

    /// An attempt, or a part of its batch, failed: again, or give up.
    fn failed(&mut self, now: Nanos, key: usize, kind: FailureKind, reply: &Reply, reason: Option<Reason>) {
        let call = &self.calls[key];
        let (client, policy, done) = (call.client, call.policy, reply.stamps.done);
        let progress = CallProgress {
            attempts: call.turns(),
            previous: call.backoff,
            deadline: call.deadline,
            client,
            call: call.number,
        };
        let decision = if self.stopped {
            Decision::GiveUp(Reason::Cancelled)
        } else {
            let owner = self.clients.get(&self.plan.run, client, policy);
            self.plan.run.policies[policy].decide(owner, &progress, kind, &reply.hints, done, self.plan.run.seed)
        };
        match decision {
            Decision::Retry { at, held, hinted, backoff } => {
                let call = &mut self.calls[key];
                call.held = Some(held);
                call.after_hint = hinted;
                call.next = AttemptKind::Retry;
                call.backoff = backoff;
                call.waited += at - done;
                call.wait = Wait::Backoff;
                self.recorder.backoff(call.exchange, call.warm_up, at - done);
                let number = call.number;
                self.timers.set(at, Timer::Retry { call: key, number });
            }
            Decision::Linger { until, reason } => {
                let call = &mut self.calls[key];
                call.failure = Some(kind);
                call.waited += until - done;
                call.wait = Wait::Lingering(reason);
                let number = call.number;
                self.timers.set(until, Timer::Lingered { call: key, number });
            }
            Decision::GiveUp(given_up) => {
                let reason = reason.filter(|_| given_up == Reason::Permanent).unwrap_or(given_up);
                self.give_up(now, key, kind, reason, done);
            }
        }
    }

    /// Ends a call after a failure.
    fn give_up(&mut self, now: Nanos, key: usize, kind: FailureKind, reason: Reason, done: Nanos) {
        let outcome = match (reason, kind) {
            (Reason::Cancelled, _) => Outcome::Abandoned,
            (_, FailureKind::Throttling) => Outcome::Throttled,
            (_, FailureKind::Timeout) => Outcome::TimedOut,
            _ => Outcome::Failed,
        };
        let record = self.given_up(key, done, outcome, reason);
        self.end_call(now, key, &record);
    }

    /// Publishes what a part of a batch made: it exists, whatever becomes of the rest.
    fn publish_part(&mut self, key: usize, values: &[Value]) {
        let plan = Rc::clone(&self.plan);
        let state = &self.flows[self.calls[key].flow];
        let sinks = &plan.workloads[state.workload].flows[state.variant].steps[state.step].sinks;
        for (sink, value) in sinks.iter().zip(values).filter(|(_, value)| !is_missing(value)) {
            if let Sink::Pool(pool) = *sink {
                self.data.publish(pool, value.clone());
            }
        }
    }

    /// Puts captured values where they go; a value that is missing fails the call.
    fn take_captures(&mut self, key: usize, extracted: &mut Extracted) -> Option<Reason> {
        let flow = self.calls[key].flow;
        let plan = Rc::clone(&self.plan);
        let state = &mut self.flows[flow];
        let step = &plan.workloads[state.workload].flows[state.variant].steps[state.step];
        let values = std::mem::take(&mut extracted.captures);
        if values.len() < step.sinks.len() || values.iter().any(is_missing) {
            return Some(Reason::Capture);
        }
        for (sink, value) in step.sinks.iter().zip(values) {
            match *sink {
                Sink::Slot(slot) => state.memory.slots[slot] = value,
                Sink::Pool(pool) => self.data.publish(pool, value),
            }
        }
        None
    }

    /// Whether a walk over pages must not go on.
    fn walk_problem(&mut self, key: usize, next: Option<&Cursor>) -> Option<Reason> {
        let next = next?;
        let (flow, page) = (self.calls[key].flow, self.calls[key].page_number?);
        let most = self.step_of(flow).paginate.map_or(u32::MAX, |paginate| paginate.max_pages);
        if page >= most {
            Some(Reason::PageLimit)
        } else if self.flows[flow].memory.walk.follow(next.fingerprint()) {
            None
        } else {
            Some(Reason::PageLoop)
        }
    }

    fn step_of(&self, flow: usize) -> &Step {
        let flow = &self.flows[flow];
        &self.plan.workloads[flow.workload].flows[flow.variant].steps[flow.step]
    }

    /// What will be recorded of a call that is given up: batch items that are still to be accepted have failed.
    pub(super) fn given_up(&mut self, key: usize, done: Nanos, outcome: Outcome, reason: Reason) -> CallRecord {
        let call = &mut self.calls[key];
        call.items_done.1 += call.items.as_ref().map_or(0, |items| items.len() as u64);
        CallRecord { outcome, reason: Some(reason), ..record_of(&self.calls[key], done) }
    }

    /// Records a call's end and goes on with its flow, or ends that too where the call did not end well.
    pub(super) fn end_call(&mut self, now: Nanos, key: usize, record: &CallRecord) {
        if record.outcome != Outcome::Ok {
            let call = &self.calls[key];
            // What was asked for and never acknowledged exists or does not; only the audit's listing can tell.
            if call.uncertain && call.attempts > 0 {
                let items = call.items.clone();
                self.note_creation(key, Fate::Indeterminate, items.as_deref());
            }
            if must_succeed(self.plan.phase) && self.failures.len() < MOST_FAILURES {
                let operation = self.plan.run.exchanges[self.calls[key].exchange].operation.to_string();
                let seen = self.calls[key].trouble.take();
                self.failures.extend(record.reason.map(|reason| PhaseFailure { operation, reason, seen }));
            }
        }
        let call = self.calls.remove(key);
        self.spares.keep_values(call.exchange, call.values);
        self.recorder.call(record);
        if record.outcome == Outcome::Ok {
            self.flows[call.flow].step += 1;
            self.start_step(now, call.flow, call.due + record.response);
        } else {
            self.end_flow(now, call.flow);
        }
    }
}

/// What will be recorded of a call that ends at `done`, with the outcome of a good one.
fn record_of(call: &Call, done: Nanos) -> CallRecord {
    CallRecord {
        cell: call.exchange,
        client: call.client,
        warm_up: call.warm_up,
        outcome: Outcome::Ok,
        reason: None,
        due: call.due,
        response: done - call.due,
        lag: call.lag,
        attempts: call.attempts,
        waited: call.waited,
        items: call.items_done,
        page: call.page_number,
    }
}

/// Whether a request may have had its effect though its reply does not say so.
fn may_have_acted(status: Result<u16, WireError>) -> bool {
    match status {
        Ok(status) => status >= 500,
        Err(error) => {
            !matches!(error, WireError::Dns | WireError::Refused | WireError::ConnectTimeout | WireError::Tls)
        }
    }
}

/// Whether a call creates one thing rather than a batch.
fn call_creates(call: &Call) -> bool {
    call.items.is_none()
}

fn is_missing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}
