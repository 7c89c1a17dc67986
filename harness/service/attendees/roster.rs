//! The attendees of one meeting: in the order of their creation, by name and by number.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::capabilities::Capabilities;

/// Who is in a meeting. An attendee costs about 150 bytes: its ids are functions of its sequence number, and its name is
/// kept once.
#[derive(Debug)]
pub(super) struct Roster {
    /// In the order of creation. A tree, so that a page costs the same at any depth, whatever has been deleted before it.
    by_sequence: BTreeMap<u64, Entry>,
    /// Sequence numbers by the digest of the ExternalUserId. The name that a digest leads to is compared.
    by_digest: FxHashMap<u64, u64>,
    /// Sequence numbers by name, for names whose digest was taken by another name. Nearly always empty.
    namesakes: FxHashMap<Arc<str>, u64>,
    /// The next sequence number. Numbers are never used twice, so that a cursor never comes to mean something else.
    next: u64,
    /// Makes the digests.
    digest: fn(&[u8]) -> u64,
}

/// What is kept of an attendee.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// ExternalUserId.
    pub(super) name: Arc<str>,
    /// What the attendee may do.
    pub(super) capabilities: Capabilities,
}

impl Default for Roster {
    fn default() -> Self {
        Self::with_digest(xxh3_64)
    }
}

impl Roster {
    fn with_digest(digest: fn(&[u8]) -> u64) -> Self {
        let (by_sequence, by_digest, namesakes) = (BTreeMap::new(), FxHashMap::default(), FxHashMap::default());
        Self { by_sequence, by_digest, namesakes, next: 0, digest }
    }

    pub(super) fn len(&self) -> usize {
        self.by_sequence.len()
    }

    /// Adds an attendee that is not there yet.
    pub(super) fn add(&mut self, name: &str, capabilities: Capabilities) -> (u64, &Entry) {
        let sequence = self.next;
        self.next += 1;
        let name: Arc<str> = name.into();
        let owner = *self.by_digest.entry((self.digest)(name.as_bytes())).or_insert(sequence);
        if owner != sequence {
            self.namesakes.insert(Arc::clone(&name), sequence);
        }
        (sequence, self.by_sequence.entry(sequence).or_insert(Entry { name, capabilities }))
    }

    pub(super) fn named(&self, name: &str) -> Option<(u64, &Entry)> {
        let owner = self.by_digest.get(&(self.digest)(name.as_bytes())).and_then(|&sequence| self.get(sequence));
        owner
            .filter(|(_, entry)| *entry.name == *name)
            .or_else(|| if self.namesakes.is_empty() { None } else { self.get(*self.namesakes.get(name)?) })
    }

    pub(super) fn get(&self, sequence: u64) -> Option<(u64, &Entry)> {
        Some((sequence, self.by_sequence.get(&sequence)?))
    }

    pub(super) fn get_mut(&mut self, sequence: u64) -> Option<&mut Entry> {
        self.by_sequence.get_mut(&sequence)
    }

    /// Removes an attendee; false where there is none of that number.
    pub(super) fn remove(&mut self, sequence: u64) -> bool {
        let Some(entry) = self.by_sequence.remove(&sequence) else { return false };
        let digest = (self.digest)(entry.name.as_bytes());
        if self.by_digest.get(&digest) == Some(&sequence) {
            self.by_digest.remove(&digest);
        } else {
            self.namesakes.remove(&entry.name);
        }
        true
    }

    /// Those created after the one of that number, or all, in the order of creation.
    pub(super) fn after(&self, cursor: Option<u64>) -> impl Iterator<Item = (u64, &Entry)> {
        let start = cursor.map_or(Bound::Unbounded, Bound::Excluded);
        self.by_sequence.range((start, Bound::Unbounded)).map(|(&sequence, entry)| (sequence, entry))
    }

    /// Everyone, to be changed.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = (u64, &mut Entry)> {
        self.by_sequence.iter_mut().map(|(&sequence, entry)| (sequence, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn names_lead_to_their_attendee_even_where_digests_clash(steps in prop::collection::vec((any::<bool>(), 0_u8..12), 1..80)) {
            // Three digests for twelve names.
            let mut roster = Roster::with_digest(|name| u64::from(name[name.len() - 1] % 3));
            let mut model: BTreeMap<String, u64> = BTreeMap::new();
            for (add, number) in steps {
                let name = format!("user-{number}");
                if let Some(sequence) = model.get(&name).copied().filter(|_| !add) {
                    prop_assert!(roster.remove(sequence));
                    prop_assert!(!roster.remove(sequence), "once only");
                    model.remove(&name);
                } else if add && !model.contains_key(&name) {
                    let (sequence, _) = roster.add(&name, Capabilities::ALL);
                    model.insert(name, sequence);
                }
                for number in 0..12 {
                    let name = format!("user-{number}");
                    let found = roster.named(&name).map(|(sequence, entry)| (sequence, entry.name.to_string()));
                    prop_assert_eq!(found, model.get(&name).map(|&sequence| (sequence, name)));
                }
                prop_assert_eq!(roster.len(), model.len());
            }
            let mut expected: Vec<u64> = model.into_values().collect();
            expected.sort_unstable();
            let listed: Vec<u64> = roster.after(None).map(|(sequence, _)| sequence).collect();
            prop_assert_eq!(listed, expected);
        }
    }
}
