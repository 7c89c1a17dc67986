//! What a discovery has seen and spent so far.

use super::{Log, Rules, Stage};
use crate::plan::Stretch;
use crate::record::Sighting;
use crate::units::Nanos;

/// What was seen and spent so far.
#[derive(Clone, Debug)]
pub(super) struct Book {
    pub(super) rules: Rules,
    pub(super) epoch: Nanos,
    /// Every probe.
    pub(super) all: Vec<Sighting>,
    /// Those of the request as it is written: what the limiter is fitted to.
    pub(super) plain: Vec<Sighting>,
    pub(super) stages: Vec<Stage>,
    pub(super) now: Nanos,
    /// How many stretches there were.
    pub(super) stretches: u32,
    /// What windows may take besides.
    pub(super) extra: Nanos,
}

/// A stage has the greatest number of stretches there may be until its first one is sent.
const NONE_YET: (u32, u32) = (u32::MAX, 0);

impl Book {
    pub(super) fn new(rules: Rules, epoch: Nanos) -> Self {
        let now = Nanos::ZERO;
        let (all, plain, stages) = (Vec::new(), Vec::new(), Vec::new());
        Self { rules, epoch, all, plain, stages, now, stretches: 0, extra: Nanos::ZERO }
    }

    /// Begins a stage, unless it is the one that runs.
    pub(super) fn stage(&mut self, name: &'static str, why: &str) {
        if self.stages.last().is_some_and(|stage| stage.name == name) {
            return;
        }
        self.stages.retain(|stage| stage.stretches != NONE_YET);
        let at = self.now.as_secs_f64();
        self.stages.push(Stage { name, why: why.to_owned(), span_s: (at, at), stretches: NONE_YET, requests: 0 });
    }

    /// Notes what came of a stretch.
    pub(super) fn take(&mut self, now: Nanos, sightings: Vec<Sighting>) {
        self.now = self.now.max(now);
        let number = sightings.first().map_or(self.stretches, |sighting| sighting.stretch);
        self.stretches = number + 1;
        if let Some(stage) = self.stages.last_mut() {
            stage.stretches = (stage.stretches.0.min(number), number);
            stage.span_s.1 = now.as_secs_f64();
            stage.requests += sightings.len() as u64;
        }
        self.plain.extend(sightings.iter().filter(|sighting| sighting.variant == 0).cloned());
        self.all.extend(sightings);
    }

    /// Requests that may still be sent.
    pub(super) fn requests_left(&self) -> u64 {
        self.rules.requests.saturating_sub(self.all.len() as u64)
    }

    /// Seconds that are left.
    pub(super) fn seconds_left(&self) -> f64 {
        (self.rules.duration + self.extra).saturating_sub(self.now).as_secs_f64()
    }

    /// A stretch that keeps to what is left: shots beyond that are not sent. `None` where next to nothing would be.
    pub(super) fn afford(&self, mut stretch: Stretch) -> Option<Stretch> {
        let left = self.seconds_left() - stretch.quiet.as_secs_f64();
        stretch.shots.retain(|shot| shot.at.as_secs_f64() <= left);
        stretch.shots.truncate(self.requests_left() as usize);
        (left > 0.0 && !stretch.shots.is_empty()).then_some(stretch)
    }

    /// The round trip of replies that cost the service nothing, the median; and how uncertain instants of arrival are.
    pub(super) fn timing(&self) -> (Nanos, Nanos) {
        let of = |pick: fn(&Sighting) -> bool| -> Vec<Nanos> {
            let mut took: Vec<Nanos> = self.all.iter().filter(|seen| pick(seen)).map(Sighting::took).collect();
            took.sort_unstable();
            took
        };
        // A refusal comes back at once; what is let in is worked on first.
        let refused = of(Sighting::is_throttled);
        let took = if refused.len() >= 5 { refused } else { of(Sighting::is_accepted) };
        let at = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or(Nanos::ZERO);
        (at(0.5), at(0.95).scale(0.5).max(Nanos::from_millis(1)))
    }

    /// What models are fitted to.
    pub(super) fn log(&self) -> Log<'_> {
        self.log_of(&self.plain)
    }

    /// The same, of some of the sightings.
    pub(super) fn log_of<'a>(&self, sightings: &'a [Sighting]) -> Log<'a> {
        let (round_trip, uncertainty) = self.timing();
        Log { sightings, epoch: self.epoch, uncertainty, round_trip }
    }

    /// When a request reached the limiter, as near as it can be told.
    pub(super) fn arrival(&self, seen: &Sighting) -> f64 {
        seen.sent.as_secs_f64() + 0.5 * self.timing().0.as_secs_f64()
    }

    pub(super) fn throttled(&self) -> u64 {
        self.plain.iter().filter(|seen| seen.is_throttled()).count() as u64
    }

    /// Sightings of the last stretch.
    pub(super) fn last(&self) -> &[Sighting] {
        let begin = self.all.partition_point(|seen| seen.stretch + 1 < self.stretches);
        &self.all[begin..]
    }

    /// Seconds since the last request that was let in was sent; since the begin where none was.
    pub(super) fn dead_s(&self) -> f64 {
        let last = self.plain.iter().rev().find(|seen| seen.is_accepted());
        (self.now - last.map_or(Nanos::ZERO, |seen| seen.sent.min(self.now))).as_secs_f64()
    }
}
