//! Arrivals in the order in which they are laid before a model, and the sizes that their answers leave.

use super::super::Log;
use crate::record::{Sight, Sighting};

/// What arrived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::discover) struct Event {
    /// Seconds since the first arrival.
    pub(in crate::discover) at: f64,
    pub(in crate::discover) accepted: bool,
    /// From the arrival until it left, in seconds.
    pub(in crate::discover) took: f64,
}

/// All arrivals. A refused one stands behind accepted ones that may have come before it: among requests that arrive together, the
/// order that speaks for a limiter is the one to judge it by.
#[derive(Clone, Debug)]
pub(in crate::discover) struct Events {
    pub(in crate::discover) list: Vec<Event>,
    /// How far apart the distance of two arrivals may be from what it seems, in seconds.
    pub(in crate::discover) slack: f64,
    /// Seconds since the Unix epoch at zero.
    pub(in crate::discover) epoch: f64,
    /// How long an accepted request takes when nothing holds it back: the lowest but for 2%, in seconds.
    pub(in crate::discover) base: f64,
}

impl Events {
    pub(in crate::discover) fn new(log: &Log<'_>) -> Self {
        let half = 0.5 * log.round_trip.as_secs_f64();
        let slack = 2.0 * log.uncertainty.as_secs_f64();
        let zero = log.sightings.first().map_or(0.0, |seen| seen.sent.as_secs_f64() + half);
        let event = |seen: &Sighting| Event {
            at: seen.sent.as_secs_f64() + half - zero,
            accepted: !seen.is_throttled(),
            took: (seen.took().as_secs_f64() - 2.0 * half).max(0.0),
        };
        // Whether a request without an answer was let in nobody knows.
        let known = log.sightings.iter().filter(|seen| !matches!(seen.sight, Sight::Broken(_)));
        let mut list: Vec<Event> = known.map(event).collect();
        let place = |event: &Event| event.at + if event.accepted { 0.0 } else { slack };
        list.sort_by(|one, other| place(one).total_cmp(&place(other)));
        let mut took: Vec<f64> = list.iter().filter(|event| event.accepted).map(|event| event.took).collect();
        took.sort_by(f64::total_cmp);
        let base = took.get(took.len() / 50).copied().unwrap_or(0.0);
        Self { list, slack, epoch: log.epoch.as_secs_f64() + zero, base }
    }

    pub(in crate::discover) fn refused(&self) -> usize {
        self.list.iter().filter(|event| !event.accepted).count()
    }
}

/// Sizes above this are not looked for.
const MOST: usize = 600;

/// How many answers speak against each size.
#[derive(Clone, Debug)]
pub(in crate::discover) struct Sizes {
    /// How many accepted requests need at least this size.
    needed: Vec<u32>,
    /// How many refused ones allow at most the size below this.
    allowed: Vec<u32>,
    /// Answers that no size explains.
    never: u32,
}

/// The sizes against which the fewest answers speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::discover) struct Best {
    pub(in crate::discover) violations: u32,
    pub(in crate::discover) low: u32,
    pub(in crate::discover) high: u32,
}

impl Sizes {
    pub(in crate::discover) fn new() -> Self {
        Self { needed: vec![0; MOST + 2], allowed: vec![0; MOST + 2], never: 0 }
    }

    /// An accepted request, and what was used at least when it came.
    pub(in crate::discover) fn accepted(&mut self, used: f64) {
        let place = ((used + 1.0 - 1e-6).ceil().max(0.0) as usize).min(MOST + 1);
        self.needed[place] += 1;
    }

    /// A refused request, and what was used at most when it came.
    pub(in crate::discover) fn refused(&mut self, used: f64) {
        let place = ((used + 1.0 - 1e-6).ceil().max(0.0) as usize).min(MOST + 1);
        self.allowed[place] += 1;
    }

    /// An answer that no size explains.
    pub(in crate::discover) fn unexplained(&mut self) {
        self.never += 1;
    }

    /// How many answers speak against a size.
    pub(in crate::discover) fn against(&self, size: u32) -> u32 {
        let size = (size as usize).min(MOST);
        self.never + self.needed[size + 1..].iter().sum::<u32>() + self.allowed[..=size].iter().sum::<u32>()
    }

    /// The sizes from one up against which the fewest answers speak.
    pub(in crate::discover) fn best(&self) -> Best {
        let mut against: u32 = self.never + self.needed.iter().sum::<u32>();
        let mut best = Best { violations: u32::MAX, low: 1, high: 1 };
        for size in 0..=MOST {
            // One more place serves those that needed it, and wrongs those that had to be without it.
            against = against - self.needed[size] + self.allowed[size];
            if size == 0 {
                continue;
            }
            if against < best.violations {
                best = Best { violations: against, low: size as u32, high: size as u32 };
            } else if against == best.violations && best.high + 1 == size as u32 {
                best.high = size as u32;
            }
        }
        best
    }
}
