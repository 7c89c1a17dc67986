//! What CI systems read beside test cases and summaries: annotations, metrics, a badge, a history.
//!
//! ```text
//! github   commands in the log, and what fits into the summary of a step
//! gitlab   metrics.txt: OpenMetrics, for `artifacts:reports:metrics`
//! badge    badge.json: an endpoint for shields
//! history  one row for each run, for programs that find the run at which a series changed
//! ```
//!
//! All are pure functions of [`super::Report`]. Which of them is asked for is a matter of the environment, which the command line
//! knows.

pub mod badge;
pub mod github;
pub mod gitlab;
pub mod history;
#[cfg(test)]
mod tests;
