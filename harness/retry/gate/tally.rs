//! Two counts over a window that moves.

use crate::units::Nanos;

/// The window is forgotten a slot at a time; a finer division would show in no decision.
const SLOTS: u64 = 60;

/// What came, and the part of it that went well, over a window that moves in steps of a sixtieth of itself.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    slots: [Slot; SLOTS as usize],
    /// The number of the newest slot.
    newest: u64,
    slot_length: Nanos,
    /// All slots together.
    sum: Slot,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Signed, because what is taken back may have come in an older slot.
    all: i64,
    good: i64,
}

impl Tally {
    pub(super) fn new(window: Nanos) -> Self {
        let slot_length = Nanos::new((window.as_nanos() / SLOTS).max(1));
        Self { slots: [Slot::default(); SLOTS as usize], newest: 0, slot_length, sum: Slot::default() }
    }

    /// Counts so many that came and so many that went well; a negative number takes back.
    pub(super) fn add(&mut self, now: Nanos, all: i64, good: i64) {
        self.forget(now);
        let slot = &mut self.slots[(self.newest % SLOTS) as usize];
        for slot in [slot, &mut self.sum] {
            slot.all += all;
            slot.good += good;
        }
    }

    /// How many came, and how many of them went well.
    pub(super) fn counts(&mut self, now: Nanos) -> (f64, f64) {
        self.forget(now);
        (self.sum.all.max(0) as f64, self.sum.good.max(0) as f64)
    }

    /// How long ago the oldest of them came, in whole slots; zero where none did.
    pub(super) fn age(&mut self, now: Nanos) -> Nanos {
        self.forget(now);
        let oldest = (0..SLOTS).rev().find(|back| self.slots[((self.newest + SLOTS - back) % SLOTS) as usize].all > 0);
        self.slot_length * oldest.map_or(0, |back| back + 1)
    }

    fn forget(&mut self, now: Nanos) {
        let number = now.as_nanos() / self.slot_length.as_nanos();
        let passed = number.saturating_sub(self.newest).min(SLOTS);
        for back in 0..passed {
            let old = std::mem::take(&mut self.slots[((number - back) % SLOTS) as usize]);
            self.sum.all -= old.all;
            self.sum.good -= old.good;
        }
        self.newest = self.newest.max(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_what_came_within_the_window(gaps in prop::collection::vec(0_u64..20_000, 1..200)) {
            // A slot is a second.
            let mut tally = Tally::new(Nanos::from_secs(60));
            let mut came = Vec::new();
            let mut now = 0;
            for (number, gap) in gaps.into_iter().enumerate() {
                now += gap;
                let good = i64::from(number % 3 == 0);
                tally.add(Nanos::from_millis(now), 1, good);
                came.push((now / 1_000, good));
                let recent = came.iter().filter(|(second, _)| second + 60 > now / 1_000);
                let expected = recent.fold((0, 0), |(all, well), (_, good)| (all + 1, well + good));
                prop_assert_eq!(tally.counts(Nanos::from_millis(now)), (f64::from(expected.0), expected.1 as f64));
                let oldest = came.iter().map(|(second, _)| *second).find(|second| second + 60 > now / 1_000);
                let age = now / 1_000 + 1 - oldest.expect("the newest is there");
                prop_assert_eq!(tally.age(Nanos::from_millis(now)), Nanos::from_secs(age));
            }
        }
    }
}
