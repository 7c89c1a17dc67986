//! What is the limit that a service really enforces? Probes, models that explain the answers, and a prediction as the proof.
//!
//! ```text
//! Rules → Session ─ next → Stretch: requests at planned instants ─ take ↩ Sightings: what came of each
//!                 └ discovered → Discovered: the limiter, its parameters with intervals, the runner-up, the evidence
//! ```
//!
//! Every model is a limiter of [`crate::limit`] itself: it is told what was seen and asked what it would have said. What it cannot
//! explain speaks against it.

mod class;
mod discovered;
mod fit;
mod rules;
mod target;

pub use class::Class;
pub use discovered::{
    Answer, Discovered, HintLine, Honesty, Limiter, RecoveryPoint, RejectLine, RunnerUp, ScopeLine, Sharing, Stage,
    Validation,
};
pub use fit::{Fit, Parameter, ParameterName};
pub use rules::{CostProbe, Dimension, Rules};
pub use target::{KnownTarget, Way};
