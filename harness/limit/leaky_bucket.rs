//! The leaky bucket: as a meter that rejects what overflows, and as a shaper that holds it back.

use super::Quota;
use super::exact::{span, tokens, units_a_nanosecond};
use crate::units::{Nanos, Rate};

/// One request, in the unit of the meter.
const REQUEST: u64 = 1_000;
const NANOS_IN_MILLI: u64 = 1_000_000;

/// The meter as nginx has it (`limit_req` with `nodelay`): a clock of whole milliseconds, a level in thousandths of a
/// request, and every division rounded down. A `burst` of n lets n + 1 requests through at once.
///
/// The arithmetic is that of `ngx_http_limit_req_module.c`, so that whoever moves a configuration over gets its decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakyMeter {
    /// Thousandths of a request a second; at least one.
    rate: u64,
    /// What the bucket holds, in thousandths of a request.
    capacity: u64,
    /// What was in it at `settled`.
    level: u64,
    /// When `level` was true, in milliseconds.
    settled: u64,
}

impl LeakyMeter {
    /// An empty bucket that leaks at `rate` and holds `burst` requests besides the one that is let through.
    pub fn new(rate: Rate, burst: u32) -> Self {
        Self { rate: thousandths(rate), capacity: capacity(burst), level: 0, settled: 0 }
    }

    /// Whether a request would be accepted.
    ///
    /// # Errors
    /// The shortest wait after which it would be; [`Nanos::MAX`] where it never fits.
    pub fn check(&self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        let cost = u64::from(cost) * REQUEST;
        if self.level_at(now) + cost <= self.capacity {
            Ok(())
        } else if cost > self.capacity {
            Err(Nanos::MAX)
        } else {
            let excess = u128::from(self.level + cost - self.capacity);
            let millis = (excess * u128::from(REQUEST)).div_ceil(u128::from(self.rate));
            let at = (u128::from(self.settled) + millis) * u128::from(NANOS_IN_MILLI);
            Err(Nanos::new(u64::try_from(at).unwrap_or(u64::MAX)) - now)
        }
    }

    /// Pours the cost in, as far as it fits.
    pub fn charge(&mut self, now: Nanos, cost: u32) {
        let level = self.level_at(now) + u64::from(cost) * REQUEST;
        self.level = level.min(self.capacity);
        self.settled = self.settled.max(millis(now));
    }

    pub(super) fn set_rate(&mut self, now: Nanos, rate: Rate) {
        self.charge(now, 0);
        self.rate = thousandths(rate);
    }

    pub(super) fn set_burst(&mut self, now: Nanos, burst: u32) {
        self.charge(now, 0);
        self.capacity = capacity(burst);
        self.level = self.level.min(self.capacity);
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&self, now: Nanos) -> bool {
        self.level_at(now) == 0
    }

    pub(super) fn quota(&self, now: Nanos) -> Quota {
        let full = Nanos::from_millis((u128::from(self.capacity) * 1_000).div_ceil(u128::from(self.rate)) as u64);
        let remaining = (self.capacity - self.level_at(now)) / REQUEST;
        Quota { limit: self.capacity / REQUEST, window: Some(full), remaining }
    }

    fn level_at(&self, now: Nanos) -> u64 {
        let leaked = self.rate.saturating_mul(millis(now).saturating_sub(self.settled)) / REQUEST;
        self.level.saturating_sub(leaked)
    }
}

fn thousandths(rate: Rate) -> u64 {
    ((rate.as_per_second() * REQUEST as f64) as u64).max(1)
}

fn capacity(burst: u32) -> u64 {
    (u64::from(burst) + 1) * REQUEST
}

fn millis(now: Nanos) -> u64 {
    now.as_nanos() / NANOS_IN_MILLI
}

/// The shaper: what it accepts goes on at even spaces of 1/rate, and what comes early waits for its turn. Where `queue`
/// requests wait already, one more is rejected; so nothing waits longer than queue/rate.
///
/// As in [`Gcra`](super::Gcra) the instant is kept on an axis on which a request has a length of exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shaper {
    /// Units a nanosecond; never zero.
    rate: u128,
    /// How many may wait.
    queue: u32,
    /// The first instant that nobody has yet, in units, on the axis of `now · rate`.
    free: u128,
}

impl Shaper {
    /// A shaper through which nothing has gone yet.
    pub fn new(rate: Rate, queue: u32) -> Self {
        Self { rate: units_a_nanosecond(rate), queue, free: 0 }
    }

    /// Whether a request would be accepted, at once or after its turn has come.
    ///
    /// # Errors
    /// The shortest wait after which it would be.
    pub fn check(&self, now: Nanos) -> Result<(), Nanos> {
        // The n-th that waits is at most n spaces away from its turn.
        let (ahead, room) = (self.ahead(now), tokens(self.queue));
        if ahead <= room { Ok(()) } else { Err(span(ahead - room, self.rate)) }
    }

    /// Gives the request its turn, and says how long it waits for it. One of a higher cost keeps the next away for longer.
    pub fn charge(&mut self, now: Nanos, cost: u32) -> Nanos {
        let ahead = self.ahead(now);
        self.free = self.axis(now) + ahead + tokens(cost);
        span(ahead, self.rate)
    }

    pub(super) fn set_rate(&mut self, now: Nanos, rate: Rate) {
        let ahead = self.ahead(now);
        self.rate = units_a_nanosecond(rate);
        self.free = self.axis(now) + ahead;
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&self, now: Nanos) -> bool {
        self.ahead(now) == 0
    }

    pub(super) fn quota(&self, now: Nanos) -> Quota {
        let waiting = u64::try_from(self.ahead(now).div_ceil(tokens(1))).unwrap_or(u64::MAX);
        let limit = u64::from(self.queue) + 1;
        let window = Some(span(tokens(self.queue) + tokens(1), self.rate));
        Quota { limit, window, remaining: limit.saturating_sub(waiting) }
    }

    fn axis(&self, now: Nanos) -> u128 {
        u128::from(now.as_nanos()) * self.rate
    }

    fn ahead(&self, now: Nanos) -> u128 {
        self.free.saturating_sub(self.axis(now))
    }
}
