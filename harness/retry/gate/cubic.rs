//! The client-side rate limiter of the AWS SDKs' adaptive mode.

use super::spec::CubicSpec;
use crate::units::Nanos;

/// The bucket holds at least so much, so that a rate below one a second lets a request go at last.
const MIN_CAPACITY: f64 = 1.0;
/// The rate rises to at most so many times what was measured.
const HEADROOM: f64 = 2.0;
/// The rate is measured in buckets of half a second.
const BUCKETS_A_SECOND: f64 = 2.0;
/// A token that lacks no more than this is whole: a wait is rounded to nanoseconds.
const ROUNDING: f64 = 1e-9;

/// Lets everything go until the first throttling; from then on a token bucket, whose rate drops with throttling and comes back along
/// a cubic curve. One token for each attempt, first or not. Sources: botocore `botocore/retries/{adaptive,bucket,throttling}.py`;
/// aws-sdk-go-v2 `aws/retry/adaptive_ratelimit.go`; smithy-rs `client_rate_limiter.rs`. smithy-rs once took five tokens for a
/// retry and more, which a bucket of one token never has; that is not copied.
///
/// The SDKs wake all that wait at once, and one of them wins; here the caller keeps a line and lets its head alone ask.
#[derive(Clone, Debug)]
pub(super) struct Cubic {
    spec: CubicSpec,
    /// `None` before the first attempt: the clock of the client starts with it.
    state: Option<State>,
}

/// All times in seconds.
#[derive(Clone, Debug)]
struct State {
    enabled: bool,
    meter: Meter,
    curve: Curve,
    bucket: Bucket,
}

impl Cubic {
    pub(super) fn new(spec: CubicSpec) -> Self {
        Self { spec, state: None }
    }

    /// Takes a token, once they are counted.
    ///
    /// # Errors
    /// When to ask again.
    pub(super) fn take(&mut self, now: Nanos) -> Result<(), Nanos> {
        let State { enabled, bucket, .. } = self.state(now);
        if !*enabled {
            return Ok(());
        }
        bucket.take(now.as_secs_f64()).map_err(|wait| now + Nanos::from_secs_f64(wait))
    }

    /// Gives a token back that was not used.
    pub(super) fn give_back(&mut self, now: Nanos) {
        let State { enabled, bucket, .. } = self.state(now);
        if *enabled {
            bucket.capacity = (bucket.capacity + 1.0).min(bucket.max_capacity);
        }
    }

    /// A reply came; `throttled` says whether it was throttling.
    pub(super) fn reply(&mut self, now: Nanos, throttled: bool) {
        let spec = self.spec;
        let t = now.as_secs_f64();
        let State { enabled, meter, curve, bucket } = self.state(now);
        meter.count(t, spec.smooth);
        let rate = if throttled {
            let rate = if *enabled { meter.measured.min(bucket.fill_rate) } else { meter.measured };
            *enabled = true;
            curve.throttled(t, rate, &spec)
        } else {
            curve.rate(t, &spec)
        };
        bucket.set_rate(t, rate.min(HEADROOM * meter.measured), spec.min_fill_rate);
    }

    fn state(&mut self, now: Nanos) -> &mut State {
        let t = now.as_secs_f64();
        self.state.get_or_insert_with(|| State {
            enabled: false,
            meter: Meter { bucket: t.floor(), measured: 0.0, count: 0 },
            curve: Curve { last_max_rate: 0.0, last_throttle: t },
            bucket: Bucket { fill_rate: 0.0, max_capacity: 0.0, capacity: 0.0, last_refill: t },
        })
    }
}

/// Measures the rate of replies.
#[derive(Clone, Debug)]
struct Meter {
    /// The begin of the bucket that counts.
    bucket: f64,
    measured: f64,
    count: u32,
}

impl Meter {
    fn count(&mut self, t: f64, smooth: f64) {
        self.count += 1;
        let bucket = (t * BUCKETS_A_SECOND).floor() / BUCKETS_A_SECOND;
        if bucket > self.bucket {
            let rate = f64::from(self.count) / (bucket - self.bucket);
            self.measured = smooth * rate + (1.0 - smooth) * self.measured;
            (self.count, self.bucket) = (0, bucket);
        }
    }
}

/// The rate over time, as CUBIC shapes a congestion window (RFC 9438).
#[derive(Clone, Debug)]
struct Curve {
    last_max_rate: f64,
    last_throttle: f64,
}

impl Curve {
    /// How long the curve takes back to the rate at which throttling came.
    fn plateau(&self, spec: &CubicSpec) -> f64 {
        libm::cbrt(self.last_max_rate * (1.0 - spec.beta) / spec.scale)
    }

    fn rate(&self, t: f64, spec: &CubicSpec) -> f64 {
        let from_plateau = t - self.last_throttle - self.plateau(spec);
        spec.scale * from_plateau * from_plateau * from_plateau + self.last_max_rate
    }

    fn throttled(&mut self, t: f64, rate: f64, spec: &CubicSpec) -> f64 {
        (self.last_max_rate, self.last_throttle) = (rate, t);
        spec.beta * rate
    }
}

#[derive(Clone, Debug)]
struct Bucket {
    fill_rate: f64,
    max_capacity: f64,
    capacity: f64,
    last_refill: f64,
}

impl Bucket {
    fn refill(&mut self, t: f64) {
        // A time before that of an earlier call brings nothing and takes nothing.
        let elapsed = (t - self.last_refill).max(0.0);
        self.capacity = (self.capacity + elapsed * self.fill_rate).min(self.max_capacity);
        self.last_refill = self.last_refill.max(t);
    }

    /// Nothing is taken while an attempt waits.
    fn take(&mut self, t: f64) -> Result<(), f64> {
        self.refill(t);
        if self.capacity >= 1.0 - ROUNDING {
            self.capacity = (self.capacity - 1.0).max(0.0);
            return Ok(());
        }
        Err((1.0 - self.capacity) / self.fill_rate)
    }

    /// What was gained until now was gained at the old rate.
    fn set_rate(&mut self, t: f64, rate: f64, min_fill_rate: f64) {
        self.refill(t);
        self.fill_rate = rate.max(min_fill_rate);
        self.max_capacity = rate.max(MIN_CAPACITY);
        self.capacity = self.capacity.min(self.max_capacity);
    }
}

#[cfg(test)]
#[path = "cubic_tests.rs"]
mod tests;
