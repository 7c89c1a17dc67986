//! What earlier phases of a run leave to later ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::LaneEnd;
use super::plan::{LanePlan, Limiters, Phase};
use crate::plan::{Plan, Workload};
use crate::record::Ledger;
use crate::schedule::Stripe;

/// The pools, what was created, and how far the sequence has come.
#[derive(Clone, Debug, Default)]
pub struct Legacy {
    pools: Vec<Arc<[Value]>>,
    ledger: Arc<Ledger>,
    next_seq: u64,
}

impl Legacy {
    /// Before the first phase of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self { pools: vec![Arc::from([]); plan.pools.len()], ..Self::default() }
    }

    /// The first number of the sequence that nobody has drawn.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// The pools, by their index.
    pub fn pools(&self) -> &[Arc<[Value]>] {
        &self.pools
    }

    /// A lane's share of the next phase.
    pub fn lane_plan(
        &self,
        plan: &Arc<Plan>,
        phase: Phase,
        workloads: Arc<[Workload]>,
        stripe: Stripe,
        limiters: Limiters,
        trace: bool,
    ) -> LanePlan {
        LanePlan {
            run: Arc::clone(plan),
            phase,
            workloads,
            stripe,
            limiters,
            pools: self.pools.clone(),
            audited: Arc::clone(&self.ledger),
            first_seq: self.next_seq,
            trace,
        }
    }

    /// Takes over what the lanes of a phase leave behind.
    pub fn inherit(&mut self, ends: Vec<LaneEnd>) {
        let mut pools: Vec<Vec<Value>> = self.pools.iter().map(|pool| pool.to_vec()).collect();
        let mut ledger = Ledger::clone(&self.ledger);
        for end in ends {
            pools.iter_mut().zip(end.published).for_each(|(pool, published)| pool.extend(published));
            ledger.merge(end.ledger);
            self.next_seq = self.next_seq.max(end.next_seq);
        }
        self.pools = pools.into_iter().map(Arc::from).collect();
        self.ledger = Arc::new(ledger);
    }

    /// Leaves each member of a pool in it once, and says how many there are: an idempotent create may have published the same
    /// parent twice, and listed twice it would look doubled.
    pub fn keep_each_once(&mut self, pool: usize) -> u64 {
        let mut seen = BTreeSet::new();
        let members = self.pools[pool].iter().filter(|member| seen.insert(member.to_string())).cloned();
        let members: Arc<[Value]> = members.collect();
        let count = members.len() as u64;
        self.pools[pool] = members;
        count
    }
}
