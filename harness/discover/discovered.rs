//! Everything that a discovery leaves behind, for its report.

use super::{Class, Fit, Rules};
use crate::record::Sighting;
use crate::units::Nanos;

/// A discovery, done.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    /// By which rules.
    pub rules: Rules,
    /// What was found.
    pub answer: Answer,
    /// Why nothing, or not all, is known: what to do about it, sentences. Empty where everything is clear.
    pub reasons: Vec<String>,
    /// The limiters that explain what was seen; more than one where requests and resources are limited both. Empty where nothing was
    /// identified. A request has to pass them all.
    pub limiters: Vec<Limiter>,
    /// The class that explains it second best.
    pub runner_up: Option<RunnerUp>,
    /// Which requests share a bucket, one line for each dimension.
    pub scope: Vec<ScopeLine>,
    /// How throttled requests are answered.
    pub rejects: Vec<RejectLine>,
    /// What the service says of its limit, and whether that is true.
    pub hints: Vec<HintLine>,
    /// What was seen, in words, the strongest first: sentences.
    pub evidence: Vec<String>,
    /// Requests whose answers were predicted before they were sent.
    pub validation: Option<Validation>,
    /// What was done, in its order.
    pub stages: Vec<Stage>,
    /// Every probe.
    pub sightings: Vec<Sighting>,
    /// What the best model holds over time: seconds since the begin, and how many requests it would have let in at once.
    pub level: Vec<(f64, f64)>,
    /// Volleys after silences.
    pub recovery: Vec<RecoveryPoint>,
    /// How uncertain the instant is at which a request reached the limiter: half the p95 of round trips, at least 1 ms.
    pub timing_s: f64,
    /// The round trip of quiet requests, the median in seconds.
    pub round_trip_s: f64,
    /// The time since the Unix epoch at the instant zero.
    pub epoch: Nanos,
    /// Requests that were sent.
    pub requests: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A limiter with its parameters.
    Identified,
    /// Several limiters explain what was seen about as well.
    CannotTell,
    /// None, up to the highest rate that was allowed.
    NoLimiter,
    /// The limiter changed while it was looked at.
    Changing,
    /// No limiter of a known kind explains enough of what was seen.
    Unexplained,
    /// Requests fail, and not because they are throttled.
    Failing,
    /// Replies take longer than the instants between which the limiter decides.
    TooSlow,
    /// The target shut the door for long after it was probed: nothing more was sent.
    Banned,
    /// The budget of requests or of time was too small.
    BudgetSpent,
    /// Someone stopped it.
    Interrupted,
}

impl Answer {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::CannotTell => "cannot_tell",
            Self::NoLimiter => "no_limiter",
            Self::Changing => "changing",
            Self::Unexplained => "unexplained",
            Self::Failing => "failing",
            Self::TooSlow => "too_slow",
            Self::Banned => "banned",
            Self::BudgetSpent => "budget_spent",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A limiter that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Limiter {
    /// The name that the YAML gives it: `found`, or `requests` and `resources`.
    pub name: String,
    /// What it is.
    pub fit: Fit,
    /// What a request costs, in the words of the grammar; `None` where every request costs one.
    pub cost: Option<String>,
    /// What splits it into buckets, in the words of the grammar.
    pub scope: Vec<String>,
}

/// The second best explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct RunnerUp {
    /// Its class.
    pub class: Class,
    /// The natural logarithm of the odds against it.
    pub log_odds: f64,
    /// How many answers it does not explain, and of how many.
    pub violations: (u64, u64),
    /// What speaks against it, or what would tell: a sentence.
    pub why: String,
}

/// Whether requests that differ in something share a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeLine {
    /// In what they differ.
    pub dimension: String,
    /// Whether they share one.
    pub sharing: Sharing,
    /// What was seen: a sentence.
    pub why: String,
}

/// Whether requests share a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// They do.
    Shared,
    /// Each has its own.
    Separate,
    /// Each has its own, below a larger one for all.
    Hierarchy,
    /// It could not be told.
    Unknown,
}

/// One way in which throttled requests were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectLine {
    /// The HTTP status.
    pub status: u16,
    /// The error code.
    pub code: Option<String>,
    /// How often.
    pub count: u64,
}

/// A header field that says when to come back or how much is left.
#[derive(Clone, Debug, PartialEq)]
pub struct HintLine {
    /// `Retry-After`, `RateLimit`, `X-RateLimit-Limit` …
    pub field: String,
    /// On how many replies it was.
    pub seen: u64,
    /// Whether it is true.
    pub honesty: Honesty,
    /// What it claims against what was measured: a sentence.
    pub why: String,
}

/// Whether a hint is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Honesty {
    /// It is.
    Honest,
    /// It asks for longer waits than are needed.
    Cautious,
    /// It lets clients come back too early.
    Hasty,
    /// It has nothing to do with the limiter.
    Wrong,
    /// It could not be checked.
    Unknown,
}

/// Requests whose answers were predicted before they were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// Predicted to be let in: so many were, so many were not.
    pub predicted_accept: (u64, u64),
    /// Predicted to be throttled: so many were, so many were not.
    pub predicted_reject: (u64, u64),
}

impl Validation {
    /// The share of right predictions; `None` where nothing was predicted.
    pub fn agreement(&self) -> Option<f64> {
        let right = self.predicted_accept.0 + self.predicted_reject.0;
        let of = right + self.predicted_accept.1 + self.predicted_reject.1;
        (of > 0).then(|| right as f64 / of as f64)
    }
}

/// A part of a discovery.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it is: `baseline`, `ramp`, `volleys`, `saturation`, `recovery`, `phases`, `overcharge`, `scope`, `cost`, `validation`.
    pub name: &'static str,
    /// Why it was done: a sentence.
    pub why: String,
    /// When it began and ended, in seconds since the begin.
    pub span_s: (f64, f64),
    /// Its stretches, from and to, both included.
    pub stretches: (u32, u32),
    /// Its requests.
    pub requests: u64,
}

/// A volley after a silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveryPoint {
    /// The silence, in seconds, from a state in which nothing was let in.
    pub silence_s: f64,
    /// How many were let in at once.
    pub accepted: u64,
    /// How many the best model says.
    pub predicted: Option<u64>,
}
