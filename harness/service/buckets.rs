//! The limiters that are kept, one for each value of a scope, and how they are forgotten.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::{FxHashMap, FxHasher};

use super::caller::Namespace;
use crate::limit::Limiter;
use crate::units::Nanos;

/// So many buckets are kept at most: of 224 bytes each and their index about 30 MB, besides what logs of requests hold.
/// Whoever sends more values of a scope than that (API keys, paths, addresses) finds that the ones unused for longest start
/// afresh, as with the shared memory zones of nginx.
const MOST: usize = 100_000;

/// How many buckets are looked at for each one that is made. One that is thrown out is replaced by the last of the list, so
/// that every other look falls on a new bucket: with two looks garbage would only just be kept from growing.
const LOOKS: usize = 4;

/// What a bucket is for; a dimension that the scope leaves out is zero in every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct BucketKey {
    pub(super) limiter: u32,
    pub(super) account: u32,
    pub(super) operation: u32,
    pub(super) region: u32,
    pub(super) client: u64,
    pub(super) api_key: u64,
    pub(super) path: u64,
    /// Always part of the key: the namespaces share nothing.
    pub(super) namespace: Namespace,
}

impl BucketKey {
    /// A number that tells it from other buckets.
    pub(super) fn identity(&self) -> u64 {
        let mut hasher = FxHasher::default();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// Buckets by key. Forgetting is the clock algorithm: a hand goes round, throws out what decides like a new bucket, and, where
/// there is no room, what has not been used since it came by last.
#[derive(Debug)]
pub(super) struct Buckets {
    places: FxHashMap<BucketKey, u32>,
    slots: Vec<Slot>,
    hand: usize,
    /// How many buckets are still to be looked at.
    looks: usize,
    most: usize,
}

#[derive(Debug)]
struct Slot {
    key: BucketKey,
    limiter: Limiter,
    /// Whether it was used since the hand came by.
    used: bool,
}

impl Buckets {
    pub(super) fn new() -> Self {
        Self::with_most(MOST)
    }

    fn with_most(most: usize) -> Self {
        Self { places: FxHashMap::default(), slots: Vec::new(), hand: 0, looks: 0, most }
    }

    /// Forgets what can be forgotten. To be called before buckets are looked up, because it moves them about.
    pub(super) fn tidy(&mut self, now: Nanos) {
        while self.looks > 0 && !self.slots.is_empty() {
            self.looks -= 1;
            self.look(now, false);
        }
        // Twice round at most: the first time takes the marks of use away.
        while self.slots.len() > self.most {
            self.look(now, true);
        }
    }

    /// The place of a bucket, good until the next [`tidy`](Self::tidy); it is made where there is none.
    pub(super) fn find(&mut self, key: BucketKey, make: impl FnOnce() -> Limiter) -> usize {
        let next = self.slots.len();
        let place = *self.places.entry(key).or_insert(next as u32) as usize;
        if let Some(slot) = self.slots.get_mut(place) {
            slot.used = true;
        } else {
            self.slots.push(Slot { key, limiter: make(), used: true });
            self.looks += LOOKS;
        }
        place
    }

    /// The bucket at a place.
    pub(super) fn at(&mut self, place: usize) -> &mut Limiter {
        &mut self.slots[place].limiter
    }

    /// The bucket of a key, if it is there.
    pub(super) fn get(&mut self, key: &BucketKey) -> Option<&mut Limiter> {
        let place = *self.places.get(key)?;
        Some(self.at(place as usize))
    }

    /// All buckets of a limiter.
    pub(super) fn of(&mut self, limiter: u32) -> impl Iterator<Item = &mut Limiter> {
        self.slots.iter_mut().filter(move |slot| slot.key.limiter == limiter).map(|slot| &mut slot.limiter)
    }

    /// Looks at the bucket under the hand; `hard` throws it out where it is merely unused.
    fn look(&mut self, now: Nanos, hard: bool) {
        if self.hand >= self.slots.len() {
            self.hand = 0;
        }
        let slot = &mut self.slots[self.hand];
        let unused = !std::mem::take(&mut slot.used);
        if (hard && unused) || slot.limiter.is_fresh(now) {
            let key = self.slots.swap_remove(self.hand).key;
            self.places.remove(&key);
            if let Some(moved) = self.slots.get(self.hand) {
                self.places.insert(moved.key, self.hand as u32);
            }
        } else {
            self.hand += 1;
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.places.len(), self.slots.len());
        self.slots.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::{Kind, Options, Place};
    use crate::units::Rate;

    fn key(api_key: u64) -> BucketKey {
        let namespace = Namespace::Meetings;
        BucketKey { limiter: 0, account: 0, operation: 0, region: 0, client: 0, api_key, path: 0, namespace }
    }

    fn make(per_second: f64) -> Limiter {
        let kind = Kind::TokenBucket { rate: Rate::per_second(per_second).expect("a rate"), burst: 1, refill: None };
        Limiter::new(kind, Options::default(), Place::default())
    }

    fn take(buckets: &mut Buckets, now: Nanos, api_key: u64, rate: f64) -> bool {
        buckets.tidy(now);
        let place = buckets.find(key(api_key), || make(rate));
        let accepted = buckets.at(place).check(now, 1).is_ok();
        if accepted {
            buckets.at(place).charge(now, 1);
        }
        accepted
    }

    #[test]
    fn who_cycles_through_keys_leaves_little_behind() {
        let mut buckets = Buckets::new();
        // A thousand new keys a second; each bucket is full again after a tenth of one.
        for number in 0..100_000_u64 {
            assert!(take(&mut buckets, Nanos::from_millis(number), number, 10.0));
        }
        assert!(buckets.len() <= 250, "{} are left of about 100 in use", buckets.len());
    }

    #[test]
    fn a_bucket_that_is_not_full_is_not_forgotten() {
        let mut buckets = Buckets::new();
        assert!(take(&mut buckets, Nanos::ZERO, 0, 0.001));
        for number in 1..10_000_u64 {
            take(&mut buckets, Nanos::from_millis(number), number, 1_000.0);
            assert!(!take(&mut buckets, Nanos::from_millis(number), 0, 0.001), "its token comes after 1,000 s");
        }
    }

    #[test]
    fn there_is_a_most_and_the_unused_go_first() {
        let mut buckets = Buckets::with_most(100);
        for number in 1..10_000_u64 {
            take(&mut buckets, Nanos::from_millis(number), number, 0.001);
            take(&mut buckets, Nanos::from_millis(number), 0, 0.001);
            assert!(buckets.len() <= 102);
            assert_eq!(
                buckets.places[&key(0)] as usize,
                buckets.slots.iter().position(|slot| slot.key == key(0)).expect("kept")
            );
        }
        assert!(!take(&mut buckets, Nanos::from_secs(10), 0, 0.001), "what is in use is still the same bucket");
    }
}
