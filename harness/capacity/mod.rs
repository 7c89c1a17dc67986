//! How much will it carry? The highest load that meets its objectives, with an error bar: RFC 9971's search with an objective as its loss test.
//!
//! ```text
//! Rules → Session ─ next → Trial: a constant load for a while ─ take ↩ Reading
//!                 └ searched → Searched: bounds for each objective, what breaks first, the curve
//! ```

mod rules;
mod sampler;
mod searched;
mod trial;

pub use rules::{Assert, Objective, ObjectiveKind, Rules, Vary};
pub use sampler::{Sampled, Sampler};
pub use searched::{
    Bounds, Constraint, ConstraintKind, CurvePoint, Goal, Knee, Made, Outcome, Searched, Usl, Verified,
};
pub use trial::{ObjectiveReading, Purpose, Reading, Trial};
