//! Whether a lane's loop comes round when it should.

use crate::record::Delays;
use crate::units::Nanos;

/// A loop that comes round later than this has stalled. It is five times the lag that no run is doubted for
/// (docs/validity.md), far above what waking up costs, and short enough to find every pause that a thousandth of a short run
/// could hide.
const STALL: Nanos = Nanos::from_millis(10);

/// Watches a loop that looks at the clock once in every round, and waits in one place.
///
/// Work that goes on for long without a wait is no stall while the loop comes round: it is a busy lane. A round that takes
/// long is one, and so is a wait that ends long after its time: the process was stopped, or the processor was with others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LoopWatch {
    /// When the loop should be back.
    expected: Option<Nanos>,
    stalls: Delays,
}

impl LoopWatch {
    /// A round begins.
    pub(super) fn look(&mut self, now: Nanos) {
        let late = self.expected.map_or(Nanos::ZERO, |expected| now.saturating_sub(expected));
        if late > STALL {
            self.stalls.add(late);
        }
        self.expected = Some(now);
    }

    /// The loop will wait until then, or less.
    pub(super) fn will_wait(&mut self, until: Nanos) {
        self.expected = self.expected.max(Some(until));
    }

    /// The stalls since they were last taken.
    pub(super) fn take(&mut self) -> Delays {
        std::mem::take(&mut self.stalls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Nanos = Nanos::from_millis(1);

    #[test]
    fn a_long_wait_is_no_stall_and_a_late_wake_is_one() {
        let mut watch = LoopWatch::default();
        watch.look(MILLI * 5_000);
        watch.will_wait(MILLI * 5_900);
        watch.look(MILLI * 5_910);
        assert_eq!(watch.take(), Delays::default());
        watch.will_wait(MILLI * 6_000);
        watch.look(MILLI * 6_300);
        // A reply that comes early ends a wait, and nothing is late.
        watch.will_wait(MILLI * 9_000);
        watch.look(MILLI * 6_301);
        assert_eq!(watch.take(), Delays { count: 1, total: MILLI * 300, longest: MILLI * 300 });
        assert_eq!(watch.take(), Delays::default());
    }

    #[test]
    fn rounds_without_a_wait_stall_only_where_one_of_them_is_long() {
        let mut watch = LoopWatch::default();
        for round in 0..1_000 {
            watch.look(MILLI * (9 * round));
        }
        assert_eq!(watch.take().count, 0);
        watch.look(MILLI * (9 * 999 + 11));
        watch.will_wait(Nanos::ZERO);
        watch.look(MILLI * (9 * 999 + 31));
        assert_eq!(watch.take(), Delays { count: 2, total: MILLI * 31, longest: MILLI * 20 });
    }
}
