//! What a call's own client allows: it is asked before the limiters of all.

use super::Lane;
use super::call::Wait;
use super::clients::Waiting;
use super::timers::Timer;
use crate::record::Outcome;
use crate::retry::{AttemptKind, Ended, FailureKind, Passage, Reason};
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

impl Lane {
    /// A call wants to send its next attempt.
    pub(super) fn approach(&mut self, now: Nanos, key: usize) {
        let call = &mut self.calls[key];
        call.ready_since = now;
        let (number, place) = (call.number, self.clients.place(call.client, call.policy));
        let slot = self.clients.at(&self.plan.run, place);
        slot.client.begin(now, call.next);
        if !slot.client.has_gates() {
            self.admission.enqueue(key, &mut self.calls, now);
            return;
        }
        call.wait = Wait::Gate;
        self.admission.joined(call.workload);
        slot.waiting.push_back(Waiting { call: key, number, asked: false });
        if slot.waiting.len() == 1 {
            self.open_gate(now, place);
        }
    }

    /// Lets pass who may, in line.
    pub(super) fn open_gate(&mut self, now: Nanos, place: usize) {
        loop {
            let slot = self.clients.at(&self.plan.run, place);
            let Some(head) = slot.waiting.front_mut() else { return };
            let call = self.calls.get(head.call).filter(|call| call.number == head.number && call.wait == Wait::Gate);
            let Some(call) = call else {
                slot.waiting.pop_front();
                continue;
            };
            let (key, asked_before) = (head.call, std::mem::replace(&mut head.asked, true));
            let draw = Key {
                seed: self.plan.run.seed,
                purpose: Purpose::Throttle,
                client: call.client,
                call: call.number,
                attempt: call.attempts.into(),
            };
            match slot.client.pass(now, asked_before, draw.unit()) {
                Passage::Go => {
                    slot.waiting.pop_front();
                    self.admission.left(call.workload);
                    self.admission.enqueue(key, &mut self.calls, now);
                }
                Passage::At(at) => {
                    // An earlier timer would be early and ask again by itself.
                    if slot.again_at.is_none_or(|set| set > at || set <= now) {
                        slot.again_at = Some(at);
                        self.timers.set(at.max(now + Nanos::new(1)), Timer::Gate { place });
                    }
                    return;
                }
                Passage::AfterAnother => return,
                Passage::Refused(reason) => {
                    slot.waiting.pop_front();
                    self.refused_by_client(now, key, reason);
                }
            }
        }
    }

    /// The client refuses an attempt for good.
    fn refused_by_client(&mut self, now: Nanos, key: usize, reason: Reason) {
        self.leave_line(now, key);
        let call = &self.calls[key];
        if call.is_in_flight() {
            // It was a hedge: the attempt beside it goes on.
            return;
        }
        let outcome = match call.failure {
            None => Outcome::Refused,
            Some(FailureKind::Throttling) => Outcome::Throttled,
            Some(FailureKind::Timeout) => Outcome::TimedOut,
            Some(_) => Outcome::Failed,
        };
        let record = self.given_up(key, now, outcome, reason);
        self.end_call(now, key, &record);
    }

    /// Tells a client that an attempt which it let pass is over, and lets the next one pass where that makes room.
    pub(super) fn tell_client(&mut self, now: Nanos, key: usize, kind: AttemptKind, ended: Ended) {
        let call = &self.calls[key];
        let place = self.clients.place(call.client, call.policy);
        let slot = self.clients.at(&self.plan.run, place);
        slot.client.end(now, kind, ended);
        if !slot.waiting.is_empty() {
            self.gates.push(place);
        }
    }

    /// Opens the gates at which something may have changed. Never in the middle of settling a call: who passes or is refused there
    /// may end calls and begin others.
    pub(super) fn open_gates(&mut self, now: Nanos) {
        while let Some(place) = self.gates.pop() {
            self.open_gate(now, place);
        }
    }

    /// A call that waits for its reply has waited long enough: it is sent once more, if the budget allows.
    pub(super) fn hedge(&mut self, now: Nanos, key: usize) {
        let call = &self.calls[key];
        let policy = &self.plan.run.policies[call.policy];
        let Some(spec) = policy.hedge.filter(|spec| call.hedges < spec.max && call.wait == Wait::Nothing) else {
            return;
        };
        // Whoever was told to slow down does not send twice.
        if self.stopped || !call.is_in_flight() || call.failure == Some(FailureKind::Throttling) {
            return;
        }
        debug_assert!(spec.max > 0);
        let client = self.clients.get(&self.plan.run, call.client, call.policy);
        // What is known of the attempt beside it is that its reply has not come in time.
        let Ok(held) = client.withdraw(now, FailureKind::Timeout) else { return };
        let call = &mut self.calls[key];
        call.held = Some(held);
        call.next = AttemptKind::Hedge;
        call.after_hint = false;
        self.approach(now, key);
    }

    /// Sets the timer of a call's next hedge, where there is to be one.
    pub(super) fn plan_hedge(&mut self, now: Nanos, key: usize, serial: u32) {
        use crate::retry::HedgeAfter;
        let call = &self.calls[key];
        let Some(spec) = self.plan.run.policies[call.policy].hedge.filter(|spec| call.hedges < spec.max) else {
            return;
        };
        let after = match spec.after {
            HedgeAfter::Fixed(after) => Some(after),
            HedgeAfter::Quantile(quantile) => {
                self.clients.get(&self.plan.run, call.client, call.policy).recent_latency(quantile.get())
            }
        };
        if let Some(after) = after {
            self.timers.set(now + after, Timer::Hedge { call: key, serial });
        }
    }
}
