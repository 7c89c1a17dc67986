//! What an explanation would have said to what was seen, and what it will say to what comes.

use super::models::events::Events;
use super::models::stepped::{self, Refill};
use super::{Fit, Log, ParameterName};
use crate::limit::{Kind, Limiter, Options, Place};
use crate::plan::Shot;
use crate::record::{Sight, Sighting};
use crate::units::{Nanos, Ratio};

/// What an explanation would have said: it was told what was seen, so that no error leads to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replay {
    /// The answers that it would have given otherwise, by their places in the log; what the uncertainty of instants explains
    /// is among them.
    pub differences: Vec<usize>,
    /// Seconds since the begin of the probing, and how many requests would have been let in at once.
    pub level: Vec<(f64, f64)>,
}

/// Walks an explanation through the log.
pub fn replay(fit: &Fit, log: &Log<'_>) -> Replay {
    let mut told = Replay::default();
    let mut limiter = fresh(fit, log);
    walk(&mut limiter, log, |limiter, place, at, accepted| {
        let remaining = limiter.quota(at).remaining as f64;
        told.level.push((at.as_secs_f64(), remaining));
        if limiter.check(at, 1).is_ok() != accepted {
            told.differences.push(place);
        }
    });
    told
}

/// What an explanation says to shots that are sent from `begin` on: whether each is let in. What was seen so far is the state that
/// it begins with; from then on its own decisions count.
pub fn forecast(fit: &Fit, log: &Log<'_>, begin: Nanos, shots: &[Shot]) -> Vec<bool> {
    if let Kind::TokenBucket { burst, refill: Some(steps), .. } = fit.kind {
        // Whether it was full at an instant decides where its steps begin: that is weighed with all that was seen.
        let zero = log.sightings.first().map_or(Nanos::ZERO, |seen| seen.sent);
        let at = |shot: &Shot| (begin + shot.at).saturating_sub(zero).as_secs_f64();
        let refill = Refill { interval: steps.interval.as_secs_f64(), amount: steps.amount };
        return stepped::forecast(&Events::new(log), refill, burst, shots.iter().map(at));
    }
    let mut limiter = fresh(fit, log);
    let last = walk(&mut limiter, log, |_, _, _, _| {});
    let service = usual(log);
    let half = log.round_trip.scale(0.5);
    let mut decide = |shot: &Shot| {
        let at = (begin + shot.at + half).max(last);
        let accept = limiter.check(at, 1).is_ok();
        if accept {
            let held = limiter.charge(at, 1);
            limiter.finish(at, at + held + service, false);
        } else {
            limiter.refuse(at, 1, true);
        }
        accept
    };
    shots.iter().map(&mut decide).collect()
}

fn fresh(fit: &Fit, log: &Log<'_>) -> Limiter {
    let mut options = Options { noise: Ratio::ZERO, ..fit.options };
    let longest = fit.parameters.iter().find(|parameter| parameter.name == ParameterName::Penalty);
    if let (Some(penalty), Some(longest)) = (&mut options.penalty, longest) {
        // A refusal at the very end of a time of denial must not seem to begin another.
        penalty.lasting = penalty.lasting.max(Nanos::from_secs_f64(longest.high)) + log.uncertainty.scale(2.0);
    }
    Limiter::new(fit.kind, options, Place { seed: 0, identity: 0, epoch: log.epoch })
}

/// Tells a limiter what was seen; `look` comes before each. Gives the last arrival.
fn walk(limiter: &mut Limiter, log: &Log<'_>, mut look: impl FnMut(&mut Limiter, usize, Nanos, bool)) -> Nanos {
    let half = log.round_trip.scale(0.5);
    let mut last = Nanos::ZERO;
    for (place, seen) in log.sightings.iter().enumerate() {
        if matches!(seen.sight, Sight::Broken(_)) {
            continue;
        }
        last = last.max(seen.sent + half);
        let accepted = !seen.is_throttled();
        look(limiter, place, last, accepted);
        if accepted {
            limiter.charge(last, 1);
            limiter.finish(last, seen.done.saturating_sub(half).max(last), false);
        } else {
            limiter.refuse(last, 1, true);
        }
    }
    last
}

/// How long an accepted request takes at the service, the median.
fn usual(log: &Log<'_>) -> Nanos {
    let accepted = log.sightings.iter().filter(|seen| seen.is_accepted());
    let mut took: Vec<Nanos> = accepted.map(Sighting::took).collect();
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or_default().saturating_sub(log.round_trip)
}
