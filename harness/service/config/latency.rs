//! How long an operation takes, and how many are worked on at once.

use std::sync::Arc;

use super::ConfigError;
use crate::units::{Nanos, Ratio};

/// The distribution of service times.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Normal; what would be negative is zero.
    Normal {
        /// The mean.
        mean: Nanos,
        /// The standard deviation.
        deviation: Nanos,
    },
    /// Log-normal: the usual shape of a real service.
    LogNormal {
        /// The median.
        median: Nanos,
        /// The 99th percentile, not below the median.
        p99: Nanos,
    },
    /// Pareto: a tail that falls by a power; what would be longer than `max` is `max`.
    Pareto {
        /// The shortest, above zero.
        min: Nanos,
        /// The power, above zero; the smaller, the heavier the tail.
        shape: f64,
        /// The longest.
        max: Nanos,
    },
    /// One of two times.
    Bimodal {
        /// The one.
        fast: Nanos,
        /// The other.
        slow: Nanos,
        /// How many take the other, at most one.
        share_slow: Ratio,
    },
    /// What was measured: straight lines between points of the distribution function. Shares rise from 0 to 1, and times
    /// never fall.
    Table(Arc<[Point]>),
}

/// A point of a distribution function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The share of requests that take at most `time`.
    pub share: f64,
    /// The time.
    pub time: Nanos,
}

/// A bounded pool of workers in front of every operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    /// Operations worked on at once, at least one.
    pub count: u32,
    /// Operations that may wait; one more is answered 503.
    pub queue: u32,
}

impl Default for Workers {
    /// One worker, and the queue that a scenario gets without asking.
    fn default() -> Self {
        Self { count: 1, queue: 100 }
    }
}

impl Latency {
    /// Whether a request could take that long.
    ///
    /// # Errors
    /// What contradicts itself.
    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |field, message: String| Err(ConfigError::Latency { field, message });
        let zero = |field, what: &str| wrong(field, format!("{what} must be above zero"));
        match self {
            Self::LogNormal { median, .. } if *median == Nanos::ZERO => zero("median", "the median"),
            Self::LogNormal { median, p99 } if p99 < median => {
                wrong("p99", format!("the 99th percentile must not be below the median: {p99} is below {median}"))
            }
            Self::Uniform { min, max } | Self::Pareto { min, max, .. } if max < min => {
                wrong("max", format!("the longest time must not be shorter than the shortest: {max} is below {min}"))
            }
            Self::Pareto { min, .. } if *min == Nanos::ZERO => zero("min", "the shortest time"),
            Self::Pareto { shape, .. } if !(*shape > 0.0 && shape.is_finite()) => zero("shape", "the shape"),
            Self::Bimodal { fast, slow, .. } if slow < fast => {
                wrong("slow", format!("the slow kind must not be faster than the fast one: {slow} is below {fast}"))
            }
            Self::Bimodal { share_slow, .. } if share_slow.get() > 1.0 => {
                wrong("share_slow", format!("a share is at most 100%, not {share_slow}"))
            }
            Self::Table(points) => check_table(points).map_or(Ok(()), |message| wrong("points", message.to_owned())),
            _ => Ok(()),
        }
    }
}

fn check_table(points: &[Point]) -> Option<&'static str> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Some("there is no percentile") };
    if first.share > 0.0 || last.share < 1.0 {
        return Some("percentiles go from 0 to 100");
    }
    let rising = |pair: &[Point]| pair[0].share <= pair[1].share && pair[0].time <= pair[1].time;
    (!points.windows(2).all(rising)).then_some("a higher percentile must not be a shorter time")
}
