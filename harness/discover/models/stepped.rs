//! The bucket that refills in steps. Its clock starts when a full bucket loses a token.

use super::events::{Best, Events, Sizes};

/// The sizes that explain the answers with so many tokens every so many seconds. `bias` is added to the time since the clock of the steps
/// began: it decides whether a request that comes with a step comes before or after it, and so whether the bucket was full.
pub(in crate::discover) fn sizes(events: &Events, interval: f64, amount: u32, bias: f64) -> Best {
    let amount = f64::from(amount);
    // What is missing since when; the steps count from there.
    let (mut missing, mut anchor) = (0.0_f64, 0.0);
    let left = |missing: f64, anchor: f64, at: f64| {
        let steps = ((at - anchor) / interval).floor().max(0.0);
        (missing - steps * amount).max(0.0)
    };
    let mut sizes = Sizes::new();
    for event in &events.list {
        if event.accepted {
            sizes.accepted(left(missing, anchor, event.at + events.slack));
            let steps = ((event.at + bias - anchor) / interval).floor().max(0.0);
            missing = (missing - steps * amount).max(0.0);
            anchor = if missing <= 0.0 { event.at } else { anchor + steps * interval };
            missing += 1.0;
        } else {
            sizes.refused(left(missing, anchor, event.at - events.slack));
        }
    }
    sizes.best()
}

/// Whether requests at these instants, in seconds on the axis of the events, are let in, after the events and then by its own decisions.
pub(in crate::discover) fn forecast(
    events: &Events,
    steps: (f64, u32),
    size: u32,
    shots: impl Iterator<Item = f64>,
) -> Vec<bool> {
    let (interval, amount) = (steps.0, f64::from(steps.1));
    let half = 0.5 * events.slack;
    let least = |bias: &f64| sizes(events, interval, steps.1, *bias).violations;
    let bias = [0.0, -half, half].into_iter().min_by_key(least).unwrap_or(0.0);
    let (mut missing, mut anchor) = (0.0_f64, 0.0);
    let mut come = |at: f64, bias: f64, accepted: Option<bool>| {
        let passed = ((at + bias - anchor) / interval).floor().max(0.0);
        let left = (missing - passed * amount).max(0.0);
        let accept = accepted.unwrap_or(left + 1.0 <= f64::from(size));
        if accept {
            anchor = if left <= 0.0 { at } else { anchor + passed * interval };
            missing = left + 1.0;
        }
        accept
    };
    for event in &events.list {
        come(event.at, bias, Some(event.accepted));
    }
    shots.map(|at| come(at, 0.0, None)).collect()
}
