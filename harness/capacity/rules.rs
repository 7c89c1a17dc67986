//! What a search for capacity looks for, and how carefully.

use crate::plan::expression::{Expression, Measure};
use crate::units::Nanos;

/// What a search looks for, and how carefully.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// What must hold for a load to be sustained, besides what every load must hold: at least 99 % of what is offered is answered well,
    /// and what is outstanding does not grow.
    pub objectives: Vec<Objective>,
    /// What is varied.
    pub vary: Vary,
    /// The first load.
    pub start: f64,
    /// The highest load.
    pub max: f64,
    /// The search is over when the bounds are this close: the upper one at most `1 + width` times the lower one.
    pub width: f64,
    /// Which share of a load's trials may violate an objective while the load still counts as sustained (RFC 9971's exceed ratio): 0.5 to
    /// compare builds, 0.2 to promise a launch.
    pub exceed: f64,
    /// How long a load is given before it is measured.
    pub settle: Nanos,
    /// How long a trial is measured.
    pub trial: Nanos,
    /// How long a trial of the range finding is measured.
    pub range_trial: Nanos,
    /// How much measured time decides over a load (RFC 9971's duration sum).
    pub duration_sum: Nanos,
    /// Trials of the verification, and how long each is measured.
    pub verify: (u32, Nanos),
    /// How sure the verification's statement is: one minus the risk.
    pub confidence: f64,
    /// The longest time of all.
    pub max_duration: Nanos,
    /// The load that is to be held, where that alone is asked.
    pub assert: Option<Assert>,
    /// Decides every draw.
    pub seed: u64,
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// As it is written.
    pub expression: Expression,
    /// How a trial is judged by it.
    pub kind: ObjectiveKind,
}

/// How a trial is judged by an objective.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectiveKind {
    /// At most the share `1 - quantile` of samples is slower than the limit, in seconds: the same as the percentile being below it, and
    /// countable.
    Latency {
        /// From 0 to 1.
        quantile: f64,
        /// In seconds.
        limit_s: f64,
    },
    /// A share of events that may be this high at most.
    Share {
        /// What is counted.
        measure: Measure,
        /// From 0 to 1.
        limit: f64,
        /// Whether it counts what was throttled: then it is the throttle that binds.
        throttle: bool,
    },
    /// Any other measure, compared as it is.
    Value,
}

/// What is varied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vary {
    /// The offered rate, a second: the open model.
    #[default]
    Rate,
    /// The number of users: the closed model.
    Users,
}

/// A load that is to be held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assert {
    /// The load that is expected.
    pub load: f64,
    /// How much more is tried, as a share of it.
    pub margin: f64,
}

impl Assert {
    /// The load that is tried.
    pub fn tried(self) -> f64 {
        self.load * (1.0 + self.margin)
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            objectives: Vec::new(),
            vary: Vary::Rate,
            start: 50.0,
            max: 50_000.0,
            width: 0.03,
            exceed: 0.2,
            settle: Nanos::from_secs(2),
            trial: Nanos::from_secs(10),
            range_trial: Nanos::from_secs(5),
            duration_sum: Nanos::from_secs(60),
            verify: (3, Nanos::from_secs(40)),
            confidence: 0.95,
            max_duration: Nanos::from_secs(720),
            assert: None,
            seed: 1,
        }
    }
}
