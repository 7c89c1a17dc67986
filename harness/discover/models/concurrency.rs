//! The limit on concurrent requests: how many of the accepted ones were still there.

use super::events::{Best, Events, Sizes};

/// The limits that explain the answers.
pub(in crate::discover) fn sizes(events: &Events) -> Best {
    let mut ends: Vec<f64> = Vec::new();
    let mut sizes = Sizes::new();
    let mut oldest = 0.0_f64;
    for event in &events.list {
        oldest = oldest.max(event.at - 4.0 * events.slack);
        ends.retain(|end| *end > oldest - events.slack);
        let here = |slack: f64| ends.iter().filter(|end| **end > event.at + slack).count() as f64;
        if event.accepted {
            sizes.accepted(here(events.slack));
            ends.push(event.at + event.took);
        } else {
            sizes.refused(here(-events.slack));
        }
    }
    sizes.best()
}
