//! What is the limit that a service really enforces? Probes, models that explain the answers, and a prediction as the proof.
//!
//! ```text
//! Rules → Session ─ next → Stretch: requests at planned instants ─ take ↩ Sightings: what came of each
//!                 └ discovered → Discovered: the limiter, its parameters with intervals, the runner-up, the evidence
//! ```
//!
//! Every model is a limiter of [`crate::limit`] itself: it is told what was seen and asked what it would have said. What it cannot
//! explain speaks against it.

mod book;
mod changes;
mod choose;
mod class;
mod cost;
mod discovered;
mod evidence;
mod explain;
mod fit;
mod hints;
mod judge;
mod log;
mod models;
mod pace;
mod plan;
mod replay;
mod rules;
mod scope;
mod session;
mod stretches;
mod target;
mod yaml;

pub use class::Class;
pub use discovered::{
    Answer, Discovered, HintLine, Honesty, Limiter, RecoveryPoint, RejectLine, RunnerUp, ScopeLine, Sharing, Stage,
    Validation,
};
pub use explain::{explain, explain_class};
pub use fit::{Fit, Parameter, ParameterName};
pub use log::Log;
pub use plan::forecast_words;
pub use replay::{Replay, forecast, replay};
pub use rules::{CostProbe, Dimension, Rules};
pub use session::{Session, Step};
pub use target::{KnownTarget, Way};
pub use yaml::limiters_yaml;
