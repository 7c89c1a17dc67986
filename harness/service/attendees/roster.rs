//! The attendees of one meeting: in the order of their creation, by name and by id.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::capabilities::Capabilities;
use super::id::Id;

/// Who is in a meeting. An attendee costs about 200 bytes: its ids are functions of its sequence number and not kept.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// In the order of creation. A tree, so that a page costs the same at any depth, whatever has been deleted before it.
    by_sequence: BTreeMap<u64, Entry>,
    /// Sequence numbers by ExternalUserId.
    by_name: FxHashMap<Arc<str>, u64>,
    /// Sequence numbers by AttendeeId.
    by_id: FxHashMap<Id, u64>,
    /// The next sequence number. Numbers are never used twice, so that a cursor never comes to mean something else.
    next: u64,
}

/// What is kept of an attendee.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// ExternalUserId.
    pub(super) name: Arc<str>,
    /// What the attendee may do.
    pub(super) capabilities: Capabilities,
}

impl Roster {
    pub(super) fn len(&self) -> usize {
        self.by_sequence.len()
    }

    /// Adds an attendee that is not there yet; `id` makes its id from its sequence number.
    pub(super) fn add(&mut self, name: &str, capabilities: Capabilities, id: impl Fn(u64) -> Id) -> (u64, &Entry) {
        let sequence = self.next;
        self.next += 1;
        let name: Arc<str> = name.into();
        self.by_name.insert(Arc::clone(&name), sequence);
        self.by_id.insert(id(sequence), sequence);
        (sequence, self.by_sequence.entry(sequence).or_insert(Entry { name, capabilities }))
    }

    pub(super) fn named(&self, name: &str) -> Option<(u64, &Entry)> {
        let &sequence = self.by_name.get(name)?;
        Some((sequence, self.by_sequence.get(&sequence)?))
    }

    pub(super) fn get(&self, id: Id) -> Option<(u64, &Entry)> {
        let &sequence = self.by_id.get(&id)?;
        Some((sequence, self.by_sequence.get(&sequence)?))
    }

    /// Removes an attendee; false where there is none of that id.
    pub(super) fn remove(&mut self, id: Id) -> bool {
        let Some(entry) = self.by_id.remove(&id).and_then(|sequence| self.by_sequence.remove(&sequence)) else {
            return false;
        };
        self.by_name.remove(&entry.name);
        true
    }

    /// Those created after the one of that number, or all, in the order of creation.
    pub(super) fn after(&self, cursor: Option<u64>) -> impl Iterator<Item = (u64, &Entry)> {
        let start = cursor.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_sequence.range((start, Bound::Unbounded)).map(|(&sequence, entry)| (sequence, entry))
    }
}
