//! What the front has answered.

use std::collections::BTreeMap;

use crate::service::OperationKind;

/// Counts of answers by operation and status, as they were decided; a fault on the wire may have kept one from arriving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MockStats {
    counts: BTreeMap<(Option<OperationKind>, u16), u64>,
}

impl MockStats {
    pub(super) fn record(&mut self, operation: Option<OperationKind>, status: u16) {
        *self.counts.entry((operation, status)).or_default() += 1;
    }

    /// Answers of that operation with that status; `None` is for requests that led to no operation.
    pub fn count(&self, operation: impl Into<Option<OperationKind>>, status: u16) -> u64 {
        self.counts.get(&(operation.into(), status)).copied().unwrap_or(0)
    }

    /// All counts, by operation and then status.
    pub fn iter(&self) -> impl Iterator<Item = (Option<OperationKind>, u16, u64)> {
        self.counts.iter().map(|(&(operation, status), &count)| (operation, status, count))
    }

    /// All answers.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}
