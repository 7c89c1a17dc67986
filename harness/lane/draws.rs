//! Requests one by one, without flows and arrivals: what probes are made of.

use std::rc::Rc;

use super::data::Data;
use super::flow::{Memory, call_number};
use super::plan::LanePlan;
use crate::api::{Attempt, Input, Sequence, Values};
use crate::plan::Step;

/// Draws the values of requests as a lane does: sequence numbers, members of pools, rows of data files.
#[derive(Debug)]
pub struct Draws {
    plan: LanePlan,
    data: Data,
    memory: Memory,
    number: u64,
}

impl Draws {
    /// From what the setup left behind.
    pub fn new(plan: LanePlan) -> Self {
        Self { data: Data::new(&plan), memory: Memory::default(), number: 0, plan }
    }

    /// The next request of a step, its first attempt and the only one. `None` where a pool that it draws from is empty.
    ///
    /// A step that takes captured values has none to take: captures belong to flows.
    pub fn next(&mut self, step: &Step) -> Option<Input> {
        let call = call_number(step.exchange as u64, self.number, 0);
        self.number += 1;
        self.memory.clear(0);
        self.data.draw_rows(&self.plan.run, call, &mut self.memory.rows);
        let seq = if step.uses_seq { self.data.draw_seq(step.batch.unwrap_or(1).into()) } else { Sequence::default() };
        let mut locals = Vec::new();
        if !self.data.draw_locals(&self.plan, &step.locals, &self.memory, call, &mut locals) {
            return None;
        }
        let values = Values { seed: self.plan.run.seed, call, client: 0, user: 0, seq, locals };
        Some(Input {
            exchange: step.exchange,
            values: Rc::new(values),
            items: step.batch.map(|size| self.data.batch(size)),
            page: None,
            attempt: Attempt { call, number: 1, max: 1 },
        })
    }
}
