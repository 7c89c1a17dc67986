//! The bucket that refills in steps. Its clock starts when a full bucket loses a token, so where its steps fall depends on when it was
//! full. Where a request comes together with a step nobody knows which was first: both are followed until one of them is refuted.

use super::events::{Best, Event, Events, Sizes};

/// So many tokens every so many seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::discover) struct Refill {
    pub(in crate::discover) interval: f64,
    pub(in crate::discover) amount: u32,
}

/// What may have happened: what is missing since when, and what the answers say of the size if it was so.
#[derive(Clone, Debug)]
struct Path {
    missing: f64,
    anchor: f64,
    sizes: Sizes,
}

/// So many are followed at a time.
const PATHS: usize = 6;

impl Refill {
    /// Steps since the clock was started.
    fn steps(self, anchor: f64, at: f64) -> f64 {
        ((at - anchor) / self.interval).floor().max(0.0)
    }
}

impl Path {
    fn left(&self, refill: Refill, at: f64) -> f64 {
        (self.missing - refill.steps(self.anchor, at) * f64::from(refill.amount)).max(0.0)
    }

    /// Takes a token after so many steps.
    fn take(&mut self, refill: Refill, at: f64, steps: f64) {
        let left = (self.missing - steps * f64::from(refill.amount)).max(0.0);
        self.anchor = if left <= 0.0 { at } else { self.anchor + steps * refill.interval };
        self.missing = left + 1.0;
    }
}

/// Follows all that may have happened.
fn follow(events: &Events, refill: Refill) -> Vec<Path> {
    let mut paths = vec![Path { missing: 0.0, anchor: 0.0, sizes: Sizes::new() }];
    for Event { at, accepted, .. } in events.list.iter().copied() {
        let mut forks = Vec::new();
        for path in &mut paths {
            if !accepted {
                let used = path.left(refill, at - events.slack);
                path.sizes.refused(used);
                continue;
            }
            let used = path.left(refill, at + events.slack);
            path.sizes.accepted(used);
            let (early, late) =
                (refill.steps(path.anchor, at - events.slack), refill.steps(path.anchor, at + events.slack));
            if early < late && path.missing > 0.0 && path.left(refill, at + events.slack) <= 0.0 {
                // It was full before this one only if the step came first.
                let mut fork = path.clone();
                fork.take(refill, at, early);
                forks.push(fork);
                path.take(refill, at, late);
            } else {
                path.take(refill, at, refill.steps(path.anchor, at));
            }
        }
        if !forks.is_empty() {
            paths.extend(forks);
            paths.sort_by_key(|path| path.sizes.best().violations);
            paths.truncate(PATHS);
        }
    }
    paths
}

/// The sizes that explain the answers.
pub(in crate::discover) fn sizes(events: &Events, refill: Refill) -> Best {
    let all = follow(events, refill).into_iter().map(|path| path.sizes.best());
    all.min_by_key(|best| best.violations).unwrap_or(Best { violations: u32::MAX, low: 1, high: 1 })
}

/// Whether requests at these instants, in seconds on the axis of the events, are let in, after the events and then by its own decisions.
pub(in crate::discover) fn forecast(
    events: &Events,
    refill: Refill,
    size: u32,
    shots: impl Iterator<Item = f64>,
) -> Vec<bool> {
    let best = follow(events, refill).into_iter().min_by_key(|path| path.sizes.against(size));
    let Some(mut path) = best else { return Vec::new() };
    let mut decide = |at: f64| {
        let accept = path.left(refill, at) + 1.0 <= f64::from(size);
        if accept {
            path.take(refill, at, refill.steps(path.anchor, at));
        }
        accept
    };
    shots.map(&mut decide).collect()
}
