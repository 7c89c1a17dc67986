//! A concurrency limit that follows what it sees of the latency, after Netflix/concurrency-limits.

use std::collections::VecDeque;

use super::Quota;
use crate::units::{Nanos, Ratio};

/// How the limit is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Algorithm {
    /// One more after a request that found the limit at least half used, a part less after one that was dropped or took
    /// longer than `target` (`AIMDLimit`).
    Aimd {
        /// The latency above which the limit falls.
        target: Nanos,
        /// What the limit falls to, as a part of itself; below one.
        backoff: Ratio,
    },
    /// By the ratio of the long-term latency to the present one (`Gradient2Limit`).
    Gradient,
    /// By the queue that the latency betrays (`VegasLimit`).
    Vegas,
}

/// The long-term latency of the gradient: an exponential mean over so many samples, the plain mean of the first few.
const LONG_SAMPLES: f64 = 600.0;
const PLAIN_SAMPLES: u32 = 10;
/// The gradient lets the latency rise so far above the long-term one before the limit falls.
const TOLERANCE: f64 = 1.5;
/// The gradient's limit moves by this part of the way, and leaves room for so many more.
const SMOOTHING: f64 = 0.2;
const HEADROOM: f64 = 4.0;
/// Vegas looks for a new shortest latency after so many samples for each request of the limit. The original draws a jitter
/// on top, to keep machines apart; there is but one here.
const PROBE: f64 = 30.0;

/// Accepts while fewer requests are being worked on than a limit that every request that ends moves up or down.
#[derive(Clone, Debug, PartialEq)]
pub struct Adaptive {
    algorithm: Algorithm,
    initial: u32,
    min: u32,
    max: u32,
    limit: f64,
    /// Accepted, and nobody has said yet when they end.
    open: u32,
    /// The others, the one that ends first in front.
    running: VecDeque<Sample>,
    /// What has been learned of the latency.
    seen: Seen,
}

/// What a request will have shown when it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    end: Nanos,
    /// How long it took.
    took: Nanos,
    /// How many were there when it began, itself included.
    beside: u32,
}

/// What has been learned of the latency. In seconds, since only ratios matter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Seen {
    samples: u32,
    long: f64,
    shortest: f64,
    since_probe: f64,
}

impl Adaptive {
    /// A limiter that starts at `initial` and stays from `min` to `max`.
    pub fn new(algorithm: Algorithm, initial: u32, min: u32, max: u32) -> Self {
        let (open, running, seen) = (0, VecDeque::new(), Seen::default());
        Self { algorithm, initial, min, max, limit: f64::from(initial), open, running, seen }
    }

    /// Whether a request would be accepted. Learns from what has ended by then.
    ///
    /// # Errors
    /// The wait until the next request ends; a nanosecond where nobody knows.
    pub fn check(&mut self, now: Nanos) -> Result<(), Nanos> {
        self.learn(now);
        if self.here() < self.limit as usize {
            return Ok(());
        }
        Err(self.running.front().map_or(Nanos::new(1), |sample| sample.end - now))
    }

    /// Takes a place.
    pub fn charge(&mut self) {
        self.open += 1;
    }

    /// Says when a request that was accepted ends. `dropped` is one that was not worked on for want of room.
    pub fn finish(&mut self, now: Nanos, end: Nanos, dropped: bool) {
        self.learn(now);
        let beside = u32::try_from(self.here()).unwrap_or(u32::MAX);
        self.open = self.open.saturating_sub(1);
        if dropped {
            self.sample(end - now, beside, true);
        } else {
            let at = self.running.partition_point(|other| other.end <= end);
            self.running.insert(at, Sample { end, took: end - now, beside });
        }
    }

    /// A request that was accepted has ended, and nobody said before when it would. `dropped` is one that was turned away. How many
    /// were there when it began is not known any more; those that are there as it ends stand for them.
    pub fn ended(&mut self, took: Nanos, dropped: bool) {
        let beside = u32::try_from(self.here()).unwrap_or(u32::MAX);
        self.open = self.open.saturating_sub(1);
        self.sample(took, beside, dropped);
    }

    /// Gives a place back of which nothing is learned.
    pub fn release(&mut self) {
        self.open = self.open.saturating_sub(1);
    }

    /// The limit as it stands.
    pub fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// Whether it decides like a new one: nothing runs, and nothing has been learned.
    pub(super) fn is_fresh(&mut self, now: Nanos) -> bool {
        self.learn(now);
        self.here() == 0 && self.seen == Seen::default() && self.limit() == self.initial
    }

    pub(super) fn quota(&mut self, now: Nanos) -> Quota {
        self.learn(now);
        let limit = u64::from(self.limit());
        Quota { limit, window: None, remaining: limit.saturating_sub(self.here() as u64) }
    }

    fn here(&self) -> usize {
        self.open as usize + self.running.len()
    }

    fn learn(&mut self, now: Nanos) {
        while let Some(&Sample { end, took, beside }) = self.running.front()
            && end <= now
        {
            self.running.pop_front();
            self.sample(took, beside, false);
        }
    }

    fn sample(&mut self, took: Nanos, beside: u32, dropped: bool) {
        let busy = 2.0 * f64::from(beside) >= self.limit;
        let limit = match self.algorithm {
            Algorithm::Aimd { target, backoff } if dropped || took > target => (self.limit * backoff.get()).floor(),
            Algorithm::Aimd { .. } if busy => self.limit + 1.0,
            Algorithm::Aimd { .. } => self.limit,
            Algorithm::Gradient => self.gradient(took.as_secs_f64(), busy),
            Algorithm::Vegas => self.vegas(took.as_secs_f64(), busy, dropped),
        };
        self.limit = limit.clamp(f64::from(self.min), f64::from(self.max));
    }

    fn gradient(&mut self, took: f64, busy: bool) -> f64 {
        let seen = &mut self.seen;
        if seen.samples < PLAIN_SAMPLES {
            seen.long = (seen.long * f64::from(seen.samples) + took) / f64::from(seen.samples + 1);
            seen.samples += 1;
        } else {
            let weight = 2.0 / (LONG_SAMPLES + 1.0);
            seen.long = seen.long * (1.0 - weight) + took * weight;
        }
        // What took no time at all tells nothing.
        if took <= 0.0 {
            return self.limit;
        }
        if seen.long / took > 2.0 {
            // A time of overload is over; its latencies must not rule for long.
            seen.long *= 0.95;
        }
        if !busy {
            return self.limit;
        }
        let gradient = (TOLERANCE * seen.long / took).clamp(0.5, 1.0);
        (1.0 - SMOOTHING) * self.limit + SMOOTHING * (self.limit * gradient + HEADROOM)
    }

    fn vegas(&mut self, took: f64, busy: bool, dropped: bool) -> f64 {
        let step = libm::log10(self.limit).floor().max(1.0);
        if dropped {
            return self.limit - step;
        }
        let seen = &mut self.seen;
        seen.since_probe += 1.0;
        let probe = seen.since_probe >= PROBE * self.limit;
        if probe || seen.samples == 0 || took < seen.shortest {
            (seen.samples, seen.shortest) = (1, took);
            if probe {
                seen.since_probe = 0.0;
            }
            return self.limit;
        }
        if !busy || took <= 0.0 {
            return self.limit;
        }
        let queue = (self.limit * (1.0 - seen.shortest / took)).ceil();
        let (low, high) = (3.0 * step, 6.0 * step);
        if queue <= step {
            self.limit + high
        } else if queue < low {
            self.limit + step
        } else if queue > high {
            self.limit - step
        } else {
            self.limit
        }
    }
}
