//! Where templates get their values from: the sequence, the pools, the data files.

use std::sync::Arc;

use serde_json::Value;

use super::flow::Flow;
use super::plan::{LanePlan, Phase};
use crate::api::Sequence;
use crate::plan::{FeederOrder, Local, Pick, Plan};
use crate::rng::{Key, Purpose};

/// The data of one lane.
#[derive(Debug)]
pub(super) struct Data {
    /// The next number of `{{ seq }}`.
    next_seq: u64,
    /// The distance between two numbers of this lane.
    stride: u64,
    /// The pools as the setup left them, shared by all lanes.
    frozen: Vec<Arc<[Value]>>,
    /// What was published in this phase: local to the lane.
    published: Vec<Vec<Value>>,
    /// Where `{{ pool.next }}` stands.
    pool_cursors: Vec<u64>,
    /// Where sequential data files stand.
    feeder_cursors: Vec<u64>,
}

impl Data {
    pub(super) fn new(plan: &LanePlan) -> Self {
        let first = plan.stripe.index;
        Self {
            next_seq: plan.first_seq + first,
            stride: plan.stripe.of,
            frozen: plan.pools.clone(),
            published: vec![Vec::new(); plan.run.pools.len()],
            pool_cursors: vec![first; plan.run.pools.len()],
            feeder_cursors: vec![first; plan.run.feeders.len()],
        }
    }

    /// Draws numbers from the sequence.
    pub(super) fn draw_seq(&mut self, count: u64) -> Sequence {
        let drawn = Sequence { first: self.next_seq, stride: self.stride };
        self.next_seq = drawn.nth(count);
        drawn
    }

    /// A row of each data file, for a flow that begins; `number` is that of its first call.
    pub(super) fn draw_rows(&mut self, plan: &Plan, number: u64) -> Vec<usize> {
        let draw = |(index, (feeder, cursor)): (usize, (&crate::plan::Feeder, &mut u64))| {
            let rows = feeder.rows.len() as u64;
            let row = match feeder.order {
                FeederOrder::Sequential => {
                    let row = *cursor % rows;
                    *cursor += self.stride;
                    row
                }
                FeederOrder::Random => {
                    let client = index as u64;
                    Key { seed: plan.seed, purpose: Purpose::Shuffle, client, call: number, attempt: 1 }.below(rows)
                }
            };
            row as usize
        };
        plan.feeders.iter().zip(&mut self.feeder_cursors).enumerate().map(draw).collect()
    }

    /// The values that a call's templates take; `None` where a pool is empty.
    pub(super) fn locals(&mut self, plan: &LanePlan, locals: &[Local], flow: &Flow, call: u64) -> Option<Box<[Value]>> {
        let value = |(index, local): (usize, &Local)| match *local {
            Local::Capture { slot } => flow.slots.get(slot).cloned(),
            Local::Cell { feeder, column } => plan.run.feeders[feeder].rows[flow.rows[feeder]].get(column).cloned(),
            Local::Pool { pool, pick } => self.pick(plan, pool, pick, call, index as u64),
        };
        locals.iter().enumerate().map(value).collect()
    }

    fn pick(&mut self, plan: &LanePlan, pool: usize, pick: Pick, call: u64, hole: u64) -> Option<Value> {
        let frozen = self.frozen.get(pool).map_or(&[][..], |members| members);
        let own = &self.published[pool];
        let size = (frozen.len() + own.len()) as u64;
        if size == 0 {
            return None;
        }
        let index = match pick {
            Pick::Next => {
                let cursor = &mut self.pool_cursors[pool];
                let index = *cursor % size;
                *cursor += self.stride;
                index
            }
            Pick::Random => {
                let client = pool as u64;
                Key { seed: plan.run.seed, purpose: Purpose::Pool, client, call, attempt: hole }.below(size)
            }
        } as usize;
        frozen.get(index).or_else(|| own.get(index - frozen.len())).cloned()
    }

    /// Adds to a pool.
    pub(super) fn publish(&mut self, pool: usize, value: Value) {
        match value {
            Value::Array(members) => self.published[pool].extend(members),
            value => self.published[pool].push(value),
        }
    }

    /// The first number of the sequence that nobody has drawn.
    pub(super) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// What was published, by pool.
    pub(super) fn into_published(self) -> Vec<Vec<Value>> {
        self.published
    }
}

/// Phases in which every call has to end well.
pub(super) fn must_succeed(phase: Phase) -> bool {
    matches!(phase, Phase::Setup | Phase::Audit)
}
