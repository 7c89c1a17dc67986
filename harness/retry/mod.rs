//! Retry policies: pure decisions. State, the failure, `now` and a keyed draw go in; a decision comes out.
//!
//! A call is what the user wanted; its attempts are what goes over the wire. A policy judges failed attempts.

pub mod backoff;
pub mod budget;
mod classify;
mod client;
pub mod gate;
mod hedge;
mod hint;
mod policy;
mod presets;
mod reason;
mod recent;
#[cfg(test)]
mod vectors;

pub use classify::{CLOCK_CORRECTED, Classifier, Facts, FailureKind, Rule, Verdict};
pub use client::{AttemptKind, Client, Ended, Passage};
pub use hedge::{HedgeAfter, HedgeSpec};
pub use hint::{
    HintHeader, HintHeaders, HintPolicy, HintUse, Said, parse_pushback, parse_ratelimit, parse_reset,
    parse_retry_after, read_claim, read_hints,
};
pub use policy::{CallProgress, Decision, Policy};
pub use presets::{AWS_STANDARD_2_1, NONE, PRESETS, preset};
pub use reason::Reason;
