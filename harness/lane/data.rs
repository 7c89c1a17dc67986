//! Where templates get their values from: the sequence, the pools, the data files.

use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use super::flow::Memory;
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
    /// The items of whole batches, one list for each size.
    batches: Vec<Rc<[u32]>>,
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
            batches: Vec::new(),
        }
    }

    /// Draws numbers from the sequence.
    pub(super) fn draw_seq(&mut self, count: u64) -> Sequence {
        let drawn = Sequence { first: self.next_seq, stride: self.stride };
        self.next_seq = drawn.nth(count);
        drawn
    }

    /// Draws a row of each data file, for a flow that begins; `number` is that of its first call.
    pub(super) fn draw_rows(&mut self, plan: &Plan, number: u64, rows: &mut Vec<usize>) {
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
        rows.extend(plan.feeders.iter().zip(&mut self.feeder_cursors).enumerate().map(draw));
    }

    /// All items of a batch of a size, by index. They are the same for every such batch, and shared.
    pub(super) fn batch(&mut self, size: u32) -> Rc<[u32]> {
        let known = self.batches.iter().find(|items| items.len() == size as usize).cloned();
        known.unwrap_or_else(|| {
            self.batches.push((0..size).collect());
            Rc::clone(&self.batches[self.batches.len() - 1])
        })
    }

    /// Puts the values that a call's templates take in the place of others; false where a pool is empty.
    pub(super) fn draw_locals(
        &mut self,
        plan: &LanePlan,
        locals: &[Local],
        memory: &Memory,
        call: u64,
        values: &mut Vec<Value>,
    ) -> bool {
        values.resize(locals.len(), Value::Null);
        locals.iter().zip(values).enumerate().all(|(index, (local, place))| {
            let value = match *local {
                Local::Capture { slot } => memory.slots.get(slot),
                Local::Cell { feeder, column } => plan.run.feeders[feeder].rows[memory.rows[feeder]].get(column),
                Local::Pool { pool, pick } => self.pick(plan, pool, pick, call, index as u64),
            };
            value.map(|value| copy(value, place)).is_some()
        })
    }

    fn pick(&mut self, plan: &LanePlan, pool: usize, pick: Pick, call: u64, hole: u64) -> Option<&Value> {
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
        frozen.get(index).or_else(|| own.get(index - frozen.len()))
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

/// Copies a value. A text takes the memory of the one that was there before.
fn copy(value: &Value, place: &mut Value) {
    match (place, value) {
        (Value::String(place), Value::String(text)) => place.clone_from(text),
        (place, value) => *place = value.clone(),
    }
}

/// Phases in which every call has to end well.
pub(super) fn must_succeed(phase: Phase) -> bool {
    matches!(phase, Phase::Setup | Phase::Audit)
}
