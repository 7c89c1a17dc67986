//! One flow: a user's round, or what an arrival does.

use rustc_hash::FxHashSet;
use serde_json::Value;

use crate::units::Nanos;

/// A flow under way.
#[derive(Debug)]
pub(super) struct Flow {
    /// The workload, which is also the index of its source.
    pub(super) workload: usize,
    /// Which of the workload's flows it is.
    pub(super) variant: usize,
    /// The step it is at.
    pub(super) step: usize,
    /// Its number in the workload, the same whatever the number of lanes.
    pub(super) number: u64,
    /// The user, where the workload has users.
    pub(super) user: Option<u32>,
    /// The client that its calls belong to.
    pub(super) client: u64,
    /// When it began.
    pub(super) started: Nanos,
    /// How many calls it has made.
    pub(super) calls: u64,
    /// What it carries from step to step.
    pub(super) memory: Memory,
}

/// What a flow carries from step to step.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Captured values.
    pub(super) slots: Vec<Value>,
    /// Its row of each data file.
    pub(super) rows: Vec<usize>,
    /// Its walk over pages, while it is at one.
    pub(super) walk: Walk,
}

impl Memory {
    /// Forgets everything, for a flow with so many slots.
    pub(super) fn clear(&mut self, slots: usize) {
        self.slots.clear();
        self.slots.resize(slots, Value::Null);
        self.rows.clear();
        self.walk.reset();
    }
}

/// A walk over pages.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Fingerprints of the cursors that were followed: one that comes again would never end.
    seen: FxHashSet<u64>,
}

impl Walk {
    /// Notes a cursor; false where it was followed before.
    pub(super) fn follow(&mut self, fingerprint: u64) -> bool {
        self.seen.insert(fingerprint)
    }

    /// Forgets everything, for the next step.
    pub(super) fn reset(&mut self) {
        self.seen.clear();
    }
}

/// The call's number: unique in the run, and the same whatever the number of lanes. `workload` is the workload's key, which
/// tells those of the setup and the audit apart from those that are measured.
pub(super) fn call_number(workload: u64, flow: u64, ordinal: u64) -> u64 {
    workload << 52 | (flow & 0xf_ffff_ffff) << 16 | ordinal.min(0xffff)
}
