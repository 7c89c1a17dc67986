//! What was created, remembered for the audit at the size of a few numbers a batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::api::Sequence;
use crate::stats::SetHash;

/// The values of a call that created things, from which their names can be rendered again.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// The exchange that was sent.
    pub exchange: usize,
    /// The call's number.
    pub call: u64,
    /// The client.
    pub client: u64,
    /// The user.
    pub user: u64,
    /// The call's sequence.
    pub seq: Sequence,
    /// The values fixed when the call started.
    pub locals: Arc<[Value]>,
    /// Which items; `None` where the call created a single thing.
    pub items: Option<Vec<u32>>,
}

/// What is known of one parent, a meeting for example.
#[derive(Clone, Debug, Default)]
pub struct ParentLedger {
    /// The names whose creation was acknowledged.
    pub acknowledged: SetHash,
    /// How many creations were sent of which the answer was lost: they may exist or not.
    pub indeterminate: u64,
    /// The acknowledged creations, to name them should the parent differ.
    pub acknowledged_entries: Vec<AuditEntry>,
    /// The indeterminate ones.
    pub indeterminate_entries: Vec<AuditEntry>,
}

/// What was created, by parent. Ordered, so that reports do not depend on a hash.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The parents.
    pub parents: BTreeMap<String, ParentLedger>,
}

impl Ledger {
    /// Adds the ledger of another lane.
    pub fn merge(&mut self, other: Self) {
        for (parent, theirs) in other.parents {
            let mine = self.parents.entry(parent).or_default();
            mine.acknowledged.merge(theirs.acknowledged);
            mine.indeterminate += theirs.indeterminate;
            mine.acknowledged_entries.extend(theirs.acknowledged_entries);
            mine.indeterminate_entries.extend(theirs.indeterminate_entries);
        }
    }
}
