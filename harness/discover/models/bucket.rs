//! The bucket that refills continuously: what is missing from a full one depends on the rate alone, and not on the size, even where it
//! is full now and then. Each answer bounds the size by what was missing (Flach et al., SIGCOMM 2016, have the idea for policers).

use super::events::{Best, Events, Sizes};

/// The sizes that explain the answers at a rate, tokens a second.
pub(in crate::discover) fn sizes(events: &Events, rate: f64) -> Best {
    sizes_but(events, rate, |_| false)
}

/// The same, where some refusals have another reason: by their places.
pub(in crate::discover) fn sizes_but(events: &Events, rate: f64, other: impl Fn(usize) -> bool) -> Best {
    let (mut missing, mut last) = (0.0_f64, 0.0);
    let mut sizes = Sizes::new();
    for (place, event) in events.list.iter().enumerate() {
        let since = event.at - last;
        if event.accepted {
            sizes.accepted((missing - rate * (since + events.slack)).max(0.0));
            if other(place) {
                sizes.unexplained();
            }
            missing = (missing - rate * since).max(0.0) + 1.0;
            last = event.at;
        } else if !other(place) {
            sizes.refused((missing - rate * (since - events.slack)).max(0.0));
        }
    }
    sizes.best()
}

/// How many answers speak against a bucket of a size; `counting` charges what it refuses, too. A bucket has nothing to give below
/// nothing: what a wrong decision lets in at that moment is charged to nobody.
pub(in crate::discover) fn against(events: &Events, rate: f64, size: u32, counting: bool) -> u32 {
    let size = f64::from(size);
    let (mut missing, mut last, mut against) = (0.0_f64, 0.0_f64, 0);
    for event in &events.list {
        let since = (event.at - last).max(0.0);
        if event.accepted {
            against += u32::from((missing - rate * (since + events.slack)).max(0.0) + 1.0 > size + 1e-6);
        } else {
            against += u32::from((missing - rate * (since - events.slack)).max(0.0) + 1.0 <= size + 1e-6);
        }
        if event.accepted || counting {
            missing = ((missing - rate * since).max(0.0) + 1.0).min(size);
            last = last.max(event.at);
        }
    }
    against
}

/// Which events fall into a time of denial that a refusal began: by their places.
pub(in crate::discover) fn denied(events: &Events, lasting: f64, extend: bool) -> Vec<bool> {
    let mut until = f64::NEG_INFINITY;
    let judge = |event: &super::events::Event| {
        let edge = if event.accepted { until - events.slack } else { until + events.slack };
        let inside = event.at < edge;
        if !event.accepted && (!inside || extend) {
            until = event.at + lasting;
        }
        inside
    };
    events.list.iter().map(judge).collect()
}
