//! A limiter that explains what was seen.

use super::Class;
use crate::limit::{Kind, Options};

/// A limiter that explains what was seen, as well as one of its class can.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Its class.
    pub class: Class,
    /// How it decides, with the best values of its parameters.
    pub kind: Kind,
    /// What else it does: charges for rejected requests, denies for a time, errs.
    pub options: Options,
    /// Its parameters with their intervals, the most important first.
    pub parameters: Vec<Parameter>,
    /// Answers that it does not explain, timing uncertainty allowed for.
    pub violations: u64,
    /// Of how many.
    pub of: u64,
    /// The logarithm of the likelihood of all answers under it, less a penalty for its parameters (half the logarithm of the number of
    /// answers each, as the Bayesian information criterion has it): differences of this are log odds.
    pub evidence: f64,
}

/// A parameter of a limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Which.
    pub name: ParameterName,
    /// The best value: requests a second, requests, seconds or a share.
    pub value: f64,
    /// Values from here …
    pub low: f64,
    /// … to here explain what was seen, too: 95 % sure. Equal where it is exact.
    pub high: f64,
}

/// The parameters that limiters have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ParameterName {
    /// Requests a second.
    Rate,
    /// Requests at once.
    Burst,
    /// Requests in a window, or at the same time.
    Limit,
    /// The length of a window in seconds.
    Window,
    /// The time between two refills in seconds.
    Interval,
    /// Tokens of a refill.
    Amount,
    /// How many may wait.
    Queue,
    /// How long everything is denied after a denial, in seconds.
    Penalty,
    /// The share of wrong decisions.
    Noise,
}

impl Parameter {
    /// A parameter without doubt.
    pub fn exact(name: ParameterName, value: f64) -> Self {
        Self { name, value, low: value, high: value }
    }

    /// Whether nothing else explains what was seen.
    pub fn is_exact(&self) -> bool {
        self.low >= self.high
    }
}

impl ParameterName {
    /// Its word in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Burst => "burst",
            Self::Limit => "limit",
            Self::Window => "window",
            Self::Interval => "refill.interval",
            Self::Amount => "refill.amount",
            Self::Queue => "queue",
            Self::Penalty => "penalty.for",
            Self::Noise => "noise",
        }
    }

    /// The unit of its values.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Rate => "/s",
            Self::Window | Self::Interval | Self::Penalty => "s",
            Self::Burst | Self::Limit | Self::Amount | Self::Queue | Self::Noise => "",
        }
    }
}
