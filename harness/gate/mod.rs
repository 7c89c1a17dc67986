//! Regression gates: whether a candidate is worse than its baseline, by pairs of runs and exact statistics.
//!
//! ```text
//! Rules → Session ─ next → Pair: two runs, in an order that a coin decides ─ take ↩
//!                 └ judged → Judged: pass, fail, inconclusive or invalid, for each metric and in all
//! ```
//!
//! The unit is the run. What happens within a run is correlated, and what differs between two runs of the same program is
//! invisible from within, so that one run a side decides nothing: with a spread of 5 % between runs, a test on the seconds of
//! one run a side fails every third time without any difference.

mod decide;
mod detectable;
mod drift;
mod gated;
mod judged;
mod looks;
mod metric;
mod noise;
mod rare;
mod rules;
mod run;
mod sampler;
mod series;
mod session;
mod side;
mod stored;

pub use gated::{Calibration, Curves, Gated, Kind, NoiseLine, SideInfo};
pub use judged::{Bound, Judged, Look, Method, MetricJudged, Reason, Verdict};
pub use metric::{Change, Metric, Scale, Worse};
pub use noise::calibrate;
pub use rules::{OnInconclusive, Rules, Trim};
pub use run::{Events, Fault, FaultKind, Position, Reading, Run};
pub use sampler::{Sampled, Sampler};
pub use session::{Pair, Session, Step};
pub use side::Side;
pub use stored::{judge_stored, not_comparable};
