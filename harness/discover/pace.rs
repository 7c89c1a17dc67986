//! How fast, how much at once and how long until it is as new: of a limiter of any kind.

use super::ParameterName;
use crate::limit::{Kind, Steps};
use crate::units::{Nanos, Rate};

/// What probing has to know of a limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    /// Requests a second in the long run; infinite for a limit on concurrent requests.
    pub(super) rate: f64,
    /// Requests at once from rest.
    pub(super) burst: f64,
    /// Seconds until it is as new.
    pub(super) period: f64,
}

/// How a limiter is to be probed.
pub(super) fn pace(kind: Kind) -> Pace {
    let bucket = |rate: Rate, burst: u32| {
        let (rate, burst) = (rate.as_per_second(), f64::from(burst));
        Pace { rate, burst, period: burst / rate }
    };
    let window = |limit: u32, window: Nanos| {
        let (burst, period) = (f64::from(limit), window.as_secs_f64());
        Pace { rate: burst / period, burst, period }
    };
    match kind {
        Kind::TokenBucket { rate, burst, refill } => {
            let pace = bucket(rate, burst);
            let step = refill.map_or(0.0, |steps| steps.interval.as_secs_f64());
            Pace { period: pace.period.max(step), ..pace }
        }
        Kind::Gcra { rate, burst } => bucket(rate, burst),
        Kind::LeakyMeter { rate, burst } | Kind::Shaper { rate, queue: burst } => bucket(rate, burst + 1),
        Kind::FixedWindow { limit, window: length, .. }
        | Kind::SlidingLog { limit, window: length }
        | Kind::SlidingCounter { limit, window: length } => window(limit, length),
        Kind::Concurrency { limit, queue } => {
            Pace { rate: f64::INFINITY, burst: f64::from(limit + queue), period: 0.0 }
        }
        Kind::Adaptive { max, .. } => Pace { rate: f64::INFINITY, burst: f64::from(max), period: 0.0 },
    }
}

/// Whether it counts in windows.
pub(super) fn is_window(kind: Kind) -> bool {
    matches!(kind, Kind::FixedWindow { .. } | Kind::SlidingLog { .. } | Kind::SlidingCounter { .. })
}

/// The same limiter with another value of a parameter; what it does not have stays out.
pub(super) fn with(mut kind: Kind, name: ParameterName, value: f64) -> Kind {
    let whole = value.round().max(1.0) as u32;
    match name {
        ParameterName::Rate => {
            if let Some(rate) = kind.rate_mut() {
                *rate = Rate::nearest(value);
            }
            if let Kind::TokenBucket { rate, refill: Some(steps), .. } = &mut kind {
                *steps = steps.at(*rate);
            }
        }
        ParameterName::Burst => match &mut kind {
            Kind::LeakyMeter { burst, .. } => *burst = whole - 1,
            other => {
                if let Some(burst) = other.burst_mut() {
                    *burst = whole;
                }
            }
        },
        ParameterName::Limit => {
            if let Some(limit) = kind.limit_mut() {
                *limit = whole;
            }
        }
        ParameterName::Window => {
            if let Some(window) = kind.window_mut() {
                *window = Nanos::from_secs_f64(value);
            }
        }
        ParameterName::Interval | ParameterName::Amount => {
            if let Kind::TokenBucket { rate, refill: Some(Steps { interval, amount }), .. } = &mut kind {
                match name {
                    ParameterName::Interval => *interval = Nanos::from_secs_f64(value),
                    _ => *amount = whole,
                }
                *rate = Rate::nearest(f64::from(*amount) / interval.as_secs_f64());
            }
        }
        ParameterName::Queue => match &mut kind {
            Kind::Shaper { queue, .. } | Kind::Concurrency { queue, .. } => *queue = value.round().max(0.0) as u32,
            _ => {}
        },
        ParameterName::Penalty | ParameterName::Noise => {}
    }
    kind
}
