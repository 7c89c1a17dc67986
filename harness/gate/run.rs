//! A run as a gate sees it: one number for each metric, and what speaks against them.

use super::Side;

/// A run of one side.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_field_names, reason = "`run_id` is what reports and journals call it")]
pub struct Run {
    /// The number of its pair, from 0, which warms up and is not judged. Of stored runs: their number within the side, from 1.
    pub pair: u32,
    /// Its side.
    pub side: Side,
    /// Where it stood in its pair.
    pub position: Position,
    /// How often its pair had been run before.
    pub again: u32,
    /// The seed of its load; the same for both runs of a pair.
    pub seed: u64,
    /// The name of its folder.
    pub run_id: String,
    /// Calls that ended, warm-up left out.
    pub calls: u64,
    /// Of those, calls that ended well.
    pub ok: u64,
    /// How long was measured, in seconds.
    pub measured_s: f64,
    /// One for each metric, in their order.
    pub readings: Vec<Reading>,
    /// What speaks against the whole run; empty as a rule.
    pub faults: Vec<Fault>,
    /// What happened on the machine and is no fault yet, such as stolen time: for the report.
    pub remarks: Vec<String>,
}

/// Where a run stood in its pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It was made first.
    First,
    /// It was made second.
    Second,
    /// Both were made at the same time.
    Together,
    /// It was stored, and belongs to no pair.
    Alone,
}

/// What a metric came to in a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The value in the unit of its measure: seconds, a share, events in a second; `None` where there were no samples.
    pub value: Option<f64>,
    /// The samples behind it.
    pub samples: u64,
    /// Of a share: what it is a share of.
    pub events: Option<Events>,
    /// The value in the first and in the second half of the run, where both have samples.
    pub halves: Option<[f64; 2]>,
    /// The value second by second, warm-up left out, `None` for seconds without samples.
    pub seconds: Vec<Option<f64>>,
    /// What speaks against this number, though not against the run.
    pub fault: Option<Fault>,
}

/// The events behind a share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Events {
    /// How often it happened.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// How much more the counts of seconds vary than independent events would, at least 1: φ = Σ (x − n p)² / (n p (1 − p)) / (T − 1).
    pub dispersion: f64,
}

/// Something that speaks against a run or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What it is.
    pub kind: FaultKind,
    /// What was seen and what to do about it: a clause that begins in lower case.
    pub text: String,
}

/// What may speak against a run or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The generator called the run invalid, or did not send what it should have.
    Generator,
    /// The machine's host took time away.
    Machine,
    /// Someone or something ended the run early.
    CutShort,
    /// Nothing answered: the target was not there, or went away.
    Dead,
    /// Calls ended, and none of them well.
    AllFailed,
    /// The number has no samples.
    NoSamples,
    /// The number has too few samples to be more than an anecdote.
    TooFewSamples,
    /// The number drifts: its halves differ by more than twice the tolerance.
    Drift,
}

impl FaultKind {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Generator => "generator",
            Self::Machine => "machine",
            Self::CutShort => "cut_short",
            Self::Dead => "dead",
            Self::AllFailed => "all_failed",
            Self::NoSamples => "no_samples",
            Self::TooFewSamples => "too_few_samples",
            Self::Drift => "drift",
        }
    }

    /// Whether it is a matter of this machine at this moment, so that running the pair again may do: what the target does is no
    /// reason to ask again.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Generator | Self::Machine)
    }
}
