//! Everything that a comparison leaves behind, for its report.

use super::{Judged, Rules, Run};
use crate::stats::LatencyHistogram;

/// A comparison, done.
#[derive(Clone, Debug)]
pub struct Gated {
    /// How it was made.
    pub kind: Kind,
    /// By which rules.
    pub rules: Rules,
    /// What the sides are, the baseline first.
    pub sides: [SideInfo; 2],
    /// Every run in the order in which it was made, spoiled ones and those of the warm-up pair included.
    pub runs: Vec<Run>,
    /// What was found.
    pub judged: Judged,
    /// The distributions behind the metrics that are latencies.
    pub curves: Vec<Curves>,
    /// What the noise was, where that was asked for.
    pub calibration: Option<Calibration>,
    /// What has to be known of how it was made: weaker claims, other hosts, other versions; sentences.
    pub notes: Vec<String>,
}

/// How a comparison was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pairs of runs, one after the other.
    Paired,
    /// Pairs of runs at the same time.
    Duet,
    /// Stored runs.
    Stored,
    /// Pairs of the same side, to learn the noise.
    Calibration,
}

impl Kind {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Paired => "paired",
            Self::Duet => "duet",
            Self::Stored => "stored",
            Self::Calibration => "calibration",
        }
    }
}

/// A side, for people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SideInfo {
    /// What it is: an address, a command, what is set of the mock, a folder.
    pub what: String,
    /// The version of loadline that made its runs.
    pub tool_version: String,
    /// The host that they were made on.
    pub fingerprint: String,
}

/// The distributions of one metric, all judged runs of a side together.
#[derive(Clone, Debug)]
pub struct Curves {
    /// The metric's index.
    pub metric: usize,
    /// Of the baseline.
    pub baseline: LatencyHistogram,
    /// Of the candidate.
    pub candidate: LatencyHistogram,
}

/// What the noise is, and what it takes to see through it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// One for each metric, in their order.
    pub metrics: Vec<NoiseLine>,
    /// What to do, in sentences.
    pub advice: Vec<String>,
}

/// The noise of one metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NoiseLine {
    /// The standard deviation of differences between runs of the same thing, on the metric's scale; `None` where it cannot be told.
    pub spread: Option<f64>,
    /// The correlation of each difference with the next; above 0.5, runs are too close to each other.
    pub autocorrelation: Option<f64>,
    /// Pairs → the smallest difference that they find nine times out of ten, on the metric's scale.
    pub detectable: Vec<(u32, f64)>,
    /// The smallest number of pairs that finds twice the tolerance nine times out of ten; `None` where no sensible number does.
    pub pairs: Option<u32>,
    /// The tolerance that the rules' pairs can hold: half of what they find, as a share or in points.
    pub tolerance: Option<f64>,
}
