//! Which retry policy should clients use against this limit? Many simulations, ranked, with reasons.
//!
//! ```text
//! Task ─candidates × arrivals × seeds→ Simulation → Trace → Metrics → Estimate ─requirements, Pareto, score→ Tuned
//! ```

#![cfg_attr(
    test,
    expect(clippy::float_cmp, reason = "the traces of the tests are made so that their figures come out exact")
)]

mod advice;
mod arrivals;
mod causes;
mod confirm;
mod demand;
mod estimate;
#[cfg(test)]
mod fixture;
mod inputs;
mod judge;
mod knobs;
mod limit;
mod limit_words;
mod lineup;
mod metrics;
mod pool;
mod portrait;
mod proof;
mod race;
mod rank;
mod requirement;
mod run;
mod sample;
mod scene;
mod score;
mod sensitivity;
mod shift;
mod task;
mod traits;
mod trigger;
mod tuned;
mod unmet;
mod verdict;
mod words;

pub use arrivals::own as own_arrivals;
pub use confirm::{Confirmed, compare, compare_order};
pub use inputs::Inputs;
pub use limit::Limit;
pub use lineup::CLIENT_LIMIT;
pub use metrics::{Context, Disturbance, Metric, Metrics, Recovery};
pub use pool::Progress;
pub use proof::{Entrant, Proof};
pub use run::TuneError;
pub use task::{Arrivals, Candidate, Confirm, Task, Trigger, Weights};
pub use tuned::{
    Advice, Comparison, Confirmation, Cost, Credibility, Estimate, Failing, FigurePoint, Knob, Loss, Place, Portrait,
    Recovered, Row, Shift, Stability, Standing, Tuned, Unmet, Verdict,
};
