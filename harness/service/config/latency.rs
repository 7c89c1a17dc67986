//! How long an operation takes, and how many are worked on at once.

use super::ConfigError;
use crate::units::Nanos;

/// The distribution of service times.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Latency {
    /// No time at all.
    #[default]
    None,
    /// Always the same.
    Constant(Nanos),
    /// Anything between the two, equally likely.
    Uniform {
        /// The shortest.
        min: Nanos,
        /// The longest.
        max: Nanos,
    },
    /// Exponential: the memoryless server of queueing theory.
    Exponential {
        /// The mean.
        mean: Nanos,
    },
    /// Log-normal: the usual shape of a real service.
    LogNormal {
        /// The median.
        median: Nanos,
        /// The 99th percentile, not below the median.
        p99: Nanos,
    },
}

/// A bounded pool of workers in front of every operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    /// Operations worked on at once, at least one.
    pub count: u32,
    /// Operations that may wait; one more is answered 503.
    pub queue: u32,
}

impl Latency {
    pub(super) fn check(self) -> Result<(), ConfigError> {
        match self {
            Self::LogNormal { median, p99 } if p99 < median || median == Nanos::ZERO => {
                Err(ConfigError::Latency { median, p99 })
            }
            Self::Uniform { min, max } if max < min => Err(ConfigError::LatencyRange { min, max }),
            _ => Ok(()),
        }
    }
}
