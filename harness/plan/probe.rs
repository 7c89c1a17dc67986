//! Probes: requests at planned instants, sent to learn from their answers and not to load anything.

use crate::units::Nanos;

/// One request of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// When it is due, from the begin of its stretch.
    pub at: Nanos,
    /// Which request: 0 is the operation as it is written; the others differ in what may tell one bucket from another, or in their cost.
    pub variant: u32,
}

/// Requests that belong together: silence first, then each at its instant, whatever the answers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How long nothing is sent before it, counted from the last reply of the stretch before.
    pub quiet: Nanos,
    /// In the order of their instants.
    pub shots: Vec<Shot>,
    /// Whether each waits for the reply of the one before, too: never two at a time.
    pub serial: bool,
    /// What ends it early.
    pub until: Until,
}

/// What ends a stretch early; the requests that have been sent by then are waited for. `None` is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Until {
    /// After so many replies that say "throttled".
    pub throttled: Option<u32>,
    /// After so many requests that failed for another reason.
    pub failed: Option<u32>,
}
