//! Looking at a simulation while it goes on.

use crate::record::{Interval, Stage};

/// Someone who looks at a simulation while it goes on, and may end it.
pub trait Watch {
    /// A stage begins.
    fn stage(&mut self, _stage: Stage) {}

    /// A second of the measurement is over; the last one is rarely whole.
    fn second(&mut self, _interval: &Interval) {}

    /// An expression of `abort_when` holds: the measurement ends here.
    fn aborting(&mut self, _expression: &str) {}

    /// Whether everything has to end. Asked once a virtual second.
    fn interrupted(&self) -> bool {
        false
    }
}

/// Gets every second, and ends nothing.
pub(super) struct Seconds<F>(pub(super) F);

impl<F: FnMut(&Interval)> Watch for Seconds<F> {
    fn second(&mut self, interval: &Interval) {
        (self.0)(interval);
    }
}
