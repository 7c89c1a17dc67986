//! A trial: a constant load for a while, and what came of it.

use crate::units::Nanos;

/// A trial that is to be made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// Its number, from 1.
    pub number: u32,
    /// What it is for.
    pub purpose: Purpose,
    /// The load: calls a second, or users.
    pub load: f64,
    /// How long it is loaded before it is measured.
    pub settle: Nanos,
    /// How long it is measured.
    pub measure: Nanos,
    /// The seed of its draws.
    pub seed: u64,
}

/// What a trial is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// How much the generator can send, against a server that does nothing.
    Calibrate,
    /// How fast the target answers when it has next to nothing to do.
    Idle,
    /// Where the range is.
    Range,
    /// Where in the range.
    Search,
    /// Whether the target is well again after an overload.
    Recover,
    /// Whether the answer holds.
    Verify,
}

impl Purpose {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Calibrate => "calibrate",
            Self::Idle => "idle",
            Self::Range => "range",
            Self::Search => "search",
            Self::Recover => "recover",
            Self::Verify => "verify",
        }
    }
}

/// What came of a trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// One for each objective, in their order.
    pub objectives: Vec<ObjectiveReading>,
    /// Calls a second that fell due.
    pub offered_per_s: f64,
    /// Calls a second that were sent.
    pub sent_per_s: f64,
    /// Calls a second that ended well.
    pub goodput_per_s: f64,
    /// The share of first attempts that were throttled.
    pub throttled: f64,
    /// The share of calls that failed for another reason.
    pub failed: f64,
    /// Calls that ended, and how long was measured, in seconds.
    pub calls: u64,
    /// How long was measured, in seconds.
    pub measured_s: f64,
    /// How long it took in all, setup and drain included, in seconds.
    pub took_s: f64,
    /// Response times in seconds: mean, p50, p99; `None` without samples.
    pub mean_s: Option<f64>,
    /// The median.
    pub p50_s: Option<f64>,
    /// The 99th percentile.
    pub p99_s: Option<f64>,
    /// Calls that were outstanding, second by second.
    pub outstanding: Vec<f64>,
    /// Attempts for each call.
    pub amplification: f64,
    /// The p99 of the lag, in seconds.
    pub lag_p99_s: f64,
    /// The share of its time for which the busiest lane was busy.
    pub busy: f64,
    /// Why the trial says nothing about the target: the generator or the machine was not up to it.
    pub void: Option<String>,
    /// What ended it for good: nothing answered, the run was stopped. No further trial is made.
    pub fatal: Option<String>,
    /// The name of its folder.
    pub run_id: String,
}

/// What an objective came to in a trial.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObjectiveReading {
    /// The measure's value: seconds, a share, events a second; `None` without samples.
    pub value: Option<f64>,
    /// Samples that violate it: slower than the limit, or the events of the share.
    pub bad: u64,
    /// Of how many.
    pub of: u64,
    /// How much more the counts of seconds vary than independent events would, at least 1.
    pub dispersion: f64,
    /// Whether it held.
    pub ok: bool,
}
