//! How much will it carry? The highest load that meets its objectives, with an error bar: RFC 9971's search with an objective as its loss test.
//!
//! ```text
//! Rules → Session ─ next → Trial: a constant load for a while ─ take ↩ Reading
//!                 └ searched → Searched: bounds for each objective, what breaks first, the curve
//! ```

mod answer;
mod binding;
mod classify;
mod curve;
mod goal;
mod judge;
mod kneedle;
mod narrow;
mod noisy;
mod recover;
mod rules;
mod sampler;
mod searched;
mod session;
mod trial;
mod usl;
mod verify;
mod words;

pub use classify::{Class, Tally};
pub use curve::knee;
pub use kneedle::kneedle;
pub use noisy::{NoisyTarget, Trouble};
pub use rules::{Assert, Objective, ObjectiveKind, Rules, Vary};
pub use sampler::{Sampled, Sampler};
pub use searched::{
    Bounds, Constraint, ConstraintKind, CurvePoint, Goal, Knee, Made, Outcome, Searched, Usl, Verified,
};
pub use session::{Session, Step};
pub use trial::{ObjectiveReading, Purpose, Reading, Trial};
pub use usl::usl;
