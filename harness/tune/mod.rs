//! Which retry policy should clients use against this limit? Many simulations, ranked, with reasons.
//!
//! ```text
//! Task ─candidates × arrivals × seeds→ Simulation → Trace → Metrics → Estimate ─requirements, Pareto, score→ Tuned
//! ```

mod inputs;
mod metrics;
mod task;
mod tuned;

pub use inputs::Inputs;
pub use metrics::{Metric, Metrics, Recovery};
pub use task::{Arrivals, Candidate, Confirm, Task, Trigger, Weights};
pub use tuned::{
    Advice, Comparison, Confirmation, Cost, Credibility, Estimate, Failing, FigurePoint, Knob, Loss, Place, Portrait,
    Recovered, Row, Shift, Stability, Standing, Tuned, Unmet, Verdict,
};
