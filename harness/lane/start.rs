//! Beginning things: flows that fall due, their steps, the calls of a step.

use std::rc::Rc;

use super::call::{Call, Wait};
use super::flights::Flights;
use super::flow::{Flow, call_number};
use super::source::Start;
use super::timers::Timer;
use super::{Lane, Phase};
use crate::api::{Cursor, Sequence, Values};
use crate::plan::Step;
use crate::record::Outcome;
use crate::retry::{AttemptKind, Reason};
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// How long a user takes to go round again who was turned away on the spot by a policy: nobody asks faster than that.
const AT_ONCE: Nanos = Nanos::from_millis(1);

impl Lane {
    /// Starts all flows that have fallen due.
    pub(super) fn start_due(&mut self, now: Nanos) {
        for workload in 0..self.sources.len() {
            while !self.stopped {
                let Some(start) = self.sources[workload].pop(now, self.begin) else { break };
                self.start_flow(now, workload, start);
            }
        }
    }

    fn start_flow(&mut self, now: Nanos, workload: usize, start: Start) {
        let variant = self.choose_flow(workload, start.number);
        let (clients, key) = (self.plan.run.clients, self.plan.workloads[workload].key());
        let mut memory = self.spares.take_memory(self.plan.workloads[workload].flows[variant].slots);
        self.data.draw_rows(&self.plan.run, call_number(key, start.number, 0), &mut memory.rows);
        let flow = Flow {
            workload,
            variant,
            step: 0,
            number: start.number,
            user: start.user,
            client: start.user.map_or(start.number, u64::from) % clients,
            started: start.due,
            calls: 0,
            memory,
        };
        let flow = self.flows.insert(flow);
        self.start_step(now, flow, start.due);
    }

    /// Chooses by weight, keyed by the flow's number.
    fn choose_flow(&self, workload: usize, number: u64) -> usize {
        let flows = &self.plan.workloads[workload].flows;
        if flows.len() == 1 {
            return 0;
        }
        let total = flows.iter().map(|flow| u64::from(flow.weight)).sum();
        let client = workload as u64;
        let key = Key { seed: self.plan.run.seed, purpose: Purpose::Flow, client, call: number, attempt: 0 };
        let mut drawn = key.below(total);
        flows
            .iter()
            .position(|flow| {
                let weight = u64::from(flow.weight);
                let chosen = drawn < weight;
                drawn = drawn.saturating_sub(weight);
                chosen
            })
            .unwrap_or(0)
    }

    /// Begins the step that the flow is at, due at `due`; ends the flow where there is none.
    pub(super) fn start_step(&mut self, now: Nanos, key: usize, due: Nanos) {
        let flow = &mut self.flows[key];
        flow.memory.walk.reset();
        let plan = Rc::clone(&self.plan);
        let steps = &plan.workloads[flow.workload].flows[flow.variant].steps;
        let Some(step) = steps.get(flow.step).filter(|_| !self.stopped) else {
            self.end_flow(now, key);
            return;
        };
        self.recorder.offered();
        let number = call_number(plan.workloads[flow.workload].key(), flow.number, flow.calls);
        let (client, user) = (flow.client, flow.user.map_or(flow.client, u64::from));
        let seq = if step.uses_seq { self.data.draw_seq(step.batch.unwrap_or(1).into()) } else { Sequence::default() };
        let mut has_data = true;
        let values = self.spares.values(step.exchange, |values| {
            let mut locals = std::mem::take(&mut values.locals);
            has_data = self.data.draw_locals(&plan, &step.locals, &flow.memory, number, &mut locals);
            *values = Values { seed: plan.run.seed, call: number, client, user, seq, locals };
        });
        let items = step.batch.map(|size| self.data.batch(size));
        let call = self.new_call(key, step, due, values, items, None);
        let call_key = self.calls.insert(call);
        if has_data {
            self.line_up(now, call_key);
        } else {
            let record = self.given_up(call_key, now, Outcome::Refused, Reason::NoData);
            self.end_call(now, call_key, &record);
        }
    }

    /// Goes on to the next page of a walk: a call of its own, due when its predecessor ended.
    pub(super) fn start_page(
        &mut self,
        now: Nanos,
        flow: usize,
        due: Nanos,
        values: Rc<Values>,
        page: Cursor,
        number: u32,
    ) {
        let plan = Rc::clone(&self.plan);
        let state = &self.flows[flow];
        let step = &plan.workloads[state.workload].flows[state.variant].steps[state.step];
        self.recorder.offered();
        let call = self.new_call(flow, step, due, values, None, Some((page, number)));
        let key = self.calls.insert(call);
        self.line_up(now, key);
    }

    fn new_call(
        &mut self,
        flow: usize,
        step: &Step,
        due: Nanos,
        values: Rc<Values>,
        items: Option<Rc<[u32]>>,
        page: Option<(Cursor, u32)>,
    ) -> Call {
        let state = &mut self.flows[flow];
        let workload = &self.plan.workloads[state.workload];
        let number = call_number(workload.key(), state.number, state.calls);
        state.calls += 1;
        let policy = &self.plan.run.policies[step.policy];
        let measured_from = self.begin + workload.start + workload.warm_up;
        let (page, page_number) = match page {
            Some((cursor, number)) => (Some(cursor), Some(number)),
            None => (None, step.paginate.map(|_| 1)),
        };
        Call {
            number,
            flow,
            workload: state.workload,
            exchange: step.exchange,
            policy: step.policy,
            limiter: step.limiter,
            client: state.client,
            due,
            deadline: policy.call_timeout.map_or(Nanos::MAX, |timeout| due + timeout),
            warm_up: self.plan.phase == Phase::Measure && due < measured_from,
            values,
            items,
            items_done: (0, 0),
            page,
            page_number,
            wait: Wait::Nothing,
            ready_since: due,
            next: AttemptKind::First,
            flights: Flights::default(),
            attempts: 0,
            hedges: 0,
            failure: None,
            backoff: Nanos::ZERO,
            waited: Nanos::ZERO,
            first_admission: Nanos::ZERO,
            lag: None,
            held: None,
            after_hint: false,
            trouble: None,
            uncertain: false,
        }
    }

    fn line_up(&mut self, now: Nanos, key: usize) {
        let call = &self.calls[key];
        let (policy, deadline, number, flow) = (call.policy, call.deadline, call.number, call.flow);
        if deadline < Nanos::MAX {
            self.timers.set_call_deadline(policy, deadline, Timer::CallDeadline { call: key, number });
        }
        self.approach(now, key);
        self.admit(now);
        // Only an arrival can be dropped: whoever is in the middle of a flow, or is a user, waits.
        let arrived = self.flows.get(flow).is_some_and(|flow| flow.calls == 1 && flow.user.is_none());
        if arrived && self.calls.get(key).is_some_and(|call| call.number == number) {
            self.drop_if_overloaded(now, key);
        }
    }

    /// Ends a flow; its user goes round again.
    pub(super) fn end_flow(&mut self, now: Nanos, key: usize) {
        let flow = self.flows.remove(key);
        self.spares.keep_memory(flow.memory);
        let Some(user) = flow.user else { return };
        let source = &mut self.sources[flow.workload];
        if let Some(due) = source.ended(self.plan.run.seed, user, flow.started, self.begin, now)
            && !self.stopped
        {
            // A round that was refused on the spot took no time at all, and the next would be refused at the same instant.
            let due = if flow.started == now { due.max(now + AT_ONCE) } else { due };
            self.timers.set(due, Timer::User { source: flow.workload, user, due });
        }
    }
}
