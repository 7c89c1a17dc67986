//! What has to be known of a run to measure it.

use crate::units::Nanos;

/// What has to be known of a run besides its trace. Instants count from the begin of the measurement, as the trace's do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Context {
    /// The end of the warm-up.
    pub from: Nanos,
    /// The end of arrivals; `None` where the run ends when so many calls are done.
    pub until: Option<Nanos>,
    /// Whether calls fall due whatever becomes of the ones before.
    pub open: bool,
    /// What the limit lets through for good, in calls a second, where that is known.
    pub limit_per_s: Option<f64>,
    /// How many calls the limit lets through at once besides.
    pub burst: f64,
    /// The disturbance, where there was one.
    pub disturbance: Option<Disturbance>,
}

/// A disturbance of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disturbance {
    /// Its begin.
    pub begin: Nanos,
    /// Its end.
    pub end: Nanos,
    /// How long a call may take that meets the objective. `None` is twice the 99th percentile of before the
    /// disturbance, and at least a second.
    pub objective: Option<Nanos>,
}
