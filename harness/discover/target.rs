//! A target of known truth, in virtual time: limiters, a way there and back, and nothing else.

use std::convert::Infallible;

use crate::api::Hints;
use crate::limit::{Kind, Limiter, Options, Place};
use crate::plan::Stretch;
use crate::record::{Sight, Sighting};
use crate::rng::{Key, Purpose};
use crate::runner::Prober;
use crate::units::Nanos;

/// A target whose limiters are known, so that what is discovered can be held against the truth.
#[derive(Debug)]
pub struct KnownTarget {
    /// What a request has to pass; every one must accept, all are asked before any is charged.
    limits: Vec<Known>,
    way: Way,
    seed: u64,
    epoch: Nanos,
    now: Nanos,
    /// Counts the requests; names their draws.
    sent: u64,
    stretches: u32,
    /// From when on limiters have other kinds, in their order.
    change: Option<(Nanos, Vec<Kind>)>,
    /// After so many throttled requests everything is denied for so long.
    ban: Option<(u64, Nanos)>,
    banned_until: Nanos,
    throttled: u64,
    /// The share of requests that fail with a 500 although they were let in.
    failing: f64,
}

/// A limiter of a known target.
#[derive(Debug)]
struct Known {
    kind: Kind,
    options: Options,
    /// Which bucket each variant meets; a variant beyond the end meets that of the first.
    buckets: Vec<u32>,
    /// What each variant costs; a variant beyond the end costs one.
    costs: Vec<u32>,
    limiters: Vec<(u32, Limiter)>,
}

/// The way to a target, and how long it works on a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// The median of the time that a request and its reply are under way.
    pub round_trip: Nanos,
    /// How much that varies: the standard deviation of its logarithm.
    pub jitter: f64,
    /// The median of the time that an accepted request takes.
    pub service: Nanos,
    /// How much that varies: the standard deviation of its logarithm.
    pub spread: f64,
}

impl Default for Way {
    /// A target on the same machine.
    fn default() -> Self {
        let (round_trip, service) = (Nanos::from_micros(600), Nanos::from_millis(2));
        Self { round_trip, jitter: 0.3, service, spread: 0.3 }
    }
}

/// A request that is under way.
struct Pending {
    arrives: Nanos,
    back: Nanos,
    number: u64,
    sighting: Sighting,
}

impl KnownTarget {
    /// A target without limiters.
    pub fn new(seed: u64, way: Way) -> Self {
        let draw = Key { seed, purpose: Purpose::Order, client: 77, call: 0, attempt: 0 };
        // Some instant of a day of 2026: windows on the clock begin anywhere in the probing.
        let epoch = Nanos::from_secs(1_790_000_000) + Nanos::new(draw.below(86_400_000_000_000));
        Self {
            limits: Vec::new(),
            way,
            seed,
            epoch,
            now: Nanos::ZERO,
            sent: 0,
            stretches: 0,
            change: None,
            ban: None,
            banned_until: Nanos::ZERO,
            throttled: 0,
            failing: 0.0,
        }
    }

    /// Adds a limiter that all requests share.
    #[must_use]
    pub fn limited(self, kind: Kind, options: Options) -> Self {
        self.limited_by(kind, options, &[], &[])
    }

    /// Adds a limiter: `buckets` says which bucket each variant meets, `costs` what each costs.
    #[must_use]
    pub fn limited_by(mut self, kind: Kind, options: Options, buckets: &[u32], costs: &[u32]) -> Self {
        let (buckets, costs) = (buckets.to_vec(), costs.to_vec());
        self.limits.push(Known { kind, options, buckets, costs, limiters: Vec::new() });
        self
    }

    /// Makes the limiters others from an instant on.
    #[must_use]
    pub fn changing(mut self, at: Nanos, kinds: Vec<Kind>) -> Self {
        self.change = Some((at, kinds));
        self
    }

    /// Denies everything for so long once so many requests were throttled.
    #[must_use]
    pub fn banning(mut self, after: u64, lasting: Nanos) -> Self {
        self.ban = Some((after, lasting));
        self
    }

    /// Lets a share of the requests that are let in fail.
    #[must_use]
    pub fn failing(mut self, share: f64) -> Self {
        self.failing = share;
        self
    }

    /// Requests that were sent so far.
    pub fn requests(&self) -> u64 {
        self.sent
    }

    fn draw(&self, number: u64, what: u64) -> Key {
        Key { seed: self.seed, purpose: Purpose::Latency, client: 7, call: number, attempt: what }
    }

    fn log_normal(&self, median: Nanos, sigma: f64, number: u64, what: u64) -> Nanos {
        median.scale(libm::exp(sigma * self.draw(number, what).normal()))
    }

    fn send(&mut self, stretch: u32, variant: u32, due: Nanos) -> Pending {
        let number = self.sent;
        self.sent += 1;
        let there = self.log_normal(self.way.round_trip, self.way.jitter, number, 0).scale(0.5);
        let back = self.log_normal(self.way.round_trip, self.way.jitter, number, 1).scale(0.5);
        let sighting = Sighting {
            stretch,
            variant,
            due,
            sent: self.now,
            done: Nanos::MAX,
            sight: Sight::Accepted,
            hints: Hints::default(),
            claim: None,
        };
        Pending { arrives: self.now + there, back, number, sighting }
    }

    /// Decides over a request that has arrived.
    fn answer(&mut self, mut pending: Pending) -> Sighting {
        let (at, variant) = (pending.arrives, pending.sighting.variant);
        if let Some((from, kinds)) = self.change.take_if(|(from, _)| *from <= at) {
            for (known, kind) in self.limits.iter_mut().zip(kinds) {
                known.kind = kind;
                known.limiters.iter_mut().for_each(|(_, limiter)| limiter.change(from, kind));
            }
        }
        let (seed, epoch) = (self.seed, self.epoch);
        let mut denied = at < self.banned_until;
        let banned = denied;
        let mut asked: Vec<(usize, usize, u32, bool)> = Vec::new();
        for (index, known) in self.limits.iter_mut().enumerate() {
            let place = known.find(variant, seed, epoch, index as u64);
            let cost = known.costs.get(variant as usize).copied().unwrap_or(1);
            let no = known.limiters[place].1.check(at, cost).is_err();
            denied |= no;
            asked.push((index, place, cost, no));
        }
        let mut held_back = Nanos::ZERO;
        for &(index, place, cost, no) in asked.iter().filter(|_| !banned) {
            let limiter = &mut self.limits[index].limiters[place].1;
            if denied {
                limiter.refuse(at, cost, no);
            } else {
                held_back = held_back.max(limiter.charge(at, cost));
            }
        }
        let mut leaves = at;
        if denied {
            self.throttled += 1;
            if let Some((_, lasting)) = self.ban.take_if(|(after, _)| *after <= self.throttled) {
                self.banned_until = at + lasting;
            }
            pending.sighting.sight = Sight::Throttled { status: 429, code: None };
        } else {
            let service = self.log_normal(self.way.service, self.way.spread, pending.number, 2);
            let mut begin = at + held_back;
            for &(index, place, ..) in &asked {
                begin = begin.max(at + self.limits[index].limiters[place].1.begin(at));
            }
            leaves = begin + service;
            for &(index, place, ..) in &asked {
                self.limits[index].limiters[place].1.finish(at, leaves, false);
            }
            if self.draw(pending.number, 3).unit() < self.failing {
                pending.sighting.sight = Sight::Failed("500".to_owned());
            }
        }
        pending.sighting.done = leaves + pending.back;
        pending.sighting
    }
}

impl Known {
    /// The place of the bucket that a variant meets.
    fn find(&mut self, variant: u32, seed: u64, epoch: Nanos, index: u64) -> usize {
        let first = self.buckets.first().copied().unwrap_or(0);
        let bucket = self.buckets.get(variant as usize).copied().unwrap_or(first);
        self.limiters.iter().position(|(known, _)| *known == bucket).unwrap_or_else(|| {
            let place = Place { seed, identity: index << 32 | u64::from(bucket), epoch };
            self.limiters.push((bucket, Limiter::new(self.kind, self.options, place)));
            self.limiters.len() - 1
        })
    }
}

impl Prober for KnownTarget {
    type Error = Infallible;

    fn epoch(&self) -> Nanos {
        self.epoch
    }

    fn now(&self) -> Nanos {
        self.now
    }

    fn probe(&mut self, stretch: &Stretch) -> Result<Vec<Sighting>, Infallible> {
        let number = self.stretches;
        self.stretches += 1;
        let begin = self.now + stretch.quiet;
        let mut under_way: Vec<Pending> = Vec::new();
        let mut seen: Vec<(u64, Sighting)> = Vec::new();
        for shot in &stretch.shots {
            let due = begin + shot.at;
            self.now = self.now.max(due);
            let horizon = if stretch.serial { Nanos::MAX } else { self.now };
            self.arrivals(&mut under_way, &mut seen, horizon);
            if stretch.serial {
                let last = seen.iter().map(|(_, sighting)| sighting.done).max();
                self.now = self.now.max(last.unwrap_or_default());
            }
            let now = self.now;
            let count = |is: fn(&Sighting) -> bool| {
                seen.iter().filter(|(_, sighting)| sighting.done <= now && is(sighting)).count() as u32
            };
            let until = stretch.until;
            if until.throttled.is_some_and(|most| count(Sighting::is_throttled) >= most)
                || until.failed.is_some_and(|most| count(Sighting::is_trouble) >= most)
            {
                break;
            }
            let pending = self.send(number, shot.variant, due);
            under_way.push(pending);
        }
        self.arrivals(&mut under_way, &mut seen, Nanos::MAX);
        seen.sort_by_key(|(number, _)| *number);
        self.now = seen.iter().map(|(_, sighting)| sighting.done).fold(self.now, Nanos::max);
        Ok(seen.into_iter().map(|(_, sighting)| sighting).collect())
    }
}

impl KnownTarget {
    /// Answers what has arrived by an instant, in the order of arrival.
    fn arrivals(&mut self, under_way: &mut Vec<Pending>, seen: &mut Vec<(u64, Sighting)>, until: Nanos) {
        under_way.sort_by_key(|pending| (pending.arrives, pending.number));
        let ready = under_way.partition_point(|pending| pending.arrives <= until);
        for pending in under_way.drain(..ready) {
            seen.push((pending.number, self.answer(pending)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Shot, Until};
    use crate::units::Rate;

    #[test]
    fn it_lets_in_what_its_limiter_lets_in() {
        let kind = Kind::TokenBucket { rate: Rate::per_second(10.0).expect("a rate"), burst: 5, refill: None };
        let mut target = KnownTarget::new(1, Way::default()).limited(kind, Options::default());
        let shots = (0..100).map(|index| Shot { at: Nanos::from_millis(20 * index), variant: 0 }).collect();
        let stretch = Stretch { quiet: Nanos::from_secs(1), shots, serial: false, until: Until::default() };
        let Ok(seen) = target.probe(&stretch);
        assert_eq!(seen.len(), 100);
        // The burst, and what comes back in two seconds less the first and the last step.
        let accepted = seen.iter().filter(|sighting| sighting.is_accepted()).count();
        assert!((24..=25).contains(&accepted), "{accepted}");
        let until = Until { throttled: Some(3), failed: None };
        let Ok(seen) = target.probe(&Stretch { until, ..stretch });
        assert!(seen.len() < 20, "{}", seen.len());
    }
}
