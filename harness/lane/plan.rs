//! A lane's share of the plan.

use std::sync::Arc;

use serde_json::Value;

use crate::limit::ClientLimiter;
use crate::plan::{Plan, RateLimits, Workload};
use crate::record::{Ledger, Recorder};
use crate::schedule::Stripe;
use crate::units::Nanos;

/// Which part of a run a lane plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Sent before the measurement; each call must end well.
    Setup,
    /// What is measured.
    Measure,
    /// Lists what was created; each call must end well.
    Audit,
    /// Sent at the end.
    Teardown,
}

/// The client's own limiters; all lanes of a run share them.
#[derive(Clone, Debug, Default)]
pub struct Limiters {
    /// For the whole scenario.
    pub scenario: Option<ClientLimiter>,
    /// For single operations, by the index that steps hold.
    pub operations: Vec<ClientLimiter>,
}

impl Limiters {
    /// Full buckets.
    pub fn new(limits: &RateLimits) -> Self {
        Self {
            scenario: limits.scenario.map(|limit| ClientLimiter::new(limit.rate, limit.burst)),
            operations: limits
                .operations
                .iter()
                .map(|(_, limit)| ClientLimiter::new(limit.rate, limit.burst))
                .collect(),
        }
    }
}

/// A lane's share of the plan.
#[derive(Clone, Debug)]
pub struct LanePlan {
    /// The whole plan.
    pub run: Arc<Plan>,
    /// Which part of the run it is.
    pub phase: Phase,
    /// The workloads of this phase.
    pub workloads: Arc<[Workload]>,
    /// Which arrivals, users and numbers are this lane's.
    pub stripe: Stripe,
    /// The client's own limiters.
    pub limiters: Limiters,
    /// The pools as the setup left them.
    pub pools: Vec<Arc<[Value]>>,
    /// What was created in earlier phases, for the audit.
    pub audited: Arc<Ledger>,
    /// The first number of `{{ seq }}` that earlier phases have not used.
    pub first_seq: u64,
    /// Whether every call and attempt is kept one by one.
    pub trace: bool,
}

impl LanePlan {
    /// A recorder for what the plan wants to be kept.
    pub(super) fn recorder(&self, cells: usize, clients: usize, begin: Nanos) -> Recorder {
        let mut recorder = Recorder::new(cells, clients);
        if self.trace {
            recorder.keep_trace(begin);
        }
        recorder
    }
}
