//! The bucket that refills in steps. Its clock starts when a full bucket loses a token.

use super::events::{Best, Events, Sizes};

/// The sizes that explain the answers with so many tokens every so many seconds.
pub(in crate::discover) fn sizes(events: &Events, interval: f64, amount: u32) -> Best {
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
            let steps = ((event.at - anchor) / interval).floor().max(0.0);
            missing = (missing - steps * amount).max(0.0);
            anchor = if missing <= 0.0 { event.at } else { anchor + steps * interval };
            missing += 1.0;
        } else {
            sizes.refused(left(missing, anchor, event.at - events.slack));
        }
    }
    sizes.best()
}
