//! The leaky bucket that holds requests back: what is let in leaves at even distances, so its latency tells what waits.

use super::events::{Best, Events, Sizes};

/// The queues, less one, that explain the answers at a rate; a latency that the queue does not explain speaks against it.
pub(in crate::discover) fn sizes(events: &Events, rate: f64) -> Best {
    let mut free = 0.0_f64;
    let mut sizes = Sizes::new();
    for event in &events.list {
        let wait = (free - event.at).max(0.0);
        // Those in front of it; one that leaves at this instant does not wait any more.
        let used = |slack: f64| ((wait + slack) * rate).max(0.0);
        if event.accepted {
            sizes.accepted(used(-events.slack));
            let unlike = (event.took - events.base - wait).abs();
            if unlike > 3.0 * events.slack + 0.1 * wait + 3.0 * events.base + 0.5 / rate {
                sizes.unexplained();
            }
            free = free.max(event.at) + 1.0 / rate;
        } else {
            sizes.refused(used(events.slack));
        }
    }
    sizes.best()
}

/// How many accepted requests took so long that something held them back.
pub(in crate::discover) fn held_back(events: &Events) -> u32 {
    let usual = 5.0 * events.base + 4.0 * events.slack + 0.01;
    events.list.iter().filter(|event| event.accepted && event.took > usual).count() as u32
}
