//! What a run says of itself while it goes on.

use super::interval::Interval;
use super::timeline::Timeline;
use crate::units::Nanos;

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The embedded service starts, and the setup is sent.
    Setup,
    /// The load is on.
    Measure,
    /// What was created is listed.
    Audit,
    /// The teardown is sent.
    Teardown,
}

/// Someone who watches a run. In real time it is called on the collector's thread, never on a lane's.
pub trait Progress: Send {
    /// A stage begins; `planned` is how long it is planned to take, where that is known.
    fn stage(&mut self, stage: Stage, planned: Option<Nanos>);

    /// A second is over.
    fn second(&mut self, interval: &Interval, timeline: &Timeline);

    /// Something happened that people should read.
    fn note(&mut self, text: &str);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn stage(&mut self, _stage: Stage, _planned: Option<Nanos>) {}
    fn second(&mut self, _interval: &Interval, _timeline: &Timeline) {}
    fn note(&mut self, _text: &str) {}
}
