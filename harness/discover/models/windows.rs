//! Windows of every kind: how many were let in within the one that counts.

use super::events::{Best, Events, Sizes};

/// Counts of the window that an instant falls into, and of its neighbours.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// The number of the newest window.
    newest: i64,
    /// How many surely fell into it and the two before it.
    sure: [f64; 3],
    /// How many may have.
    maybe: [f64; 3],
}

impl Counts {
    fn reach(&mut self, window: i64) {
        while self.newest < window {
            if window - self.newest > 3 {
                *self = Self { newest: window, ..Self::default() };
                return;
            }
            self.newest += 1;
            self.sure = [0.0, self.sure[0], self.sure[1]];
            self.maybe = [0.0, self.maybe[0], self.maybe[1]];
        }
    }

    fn of(list: &[f64; 3], back: i64) -> f64 {
        usize::try_from(back).ok().and_then(|back| list.get(back)).copied().unwrap_or(0.0)
    }

    fn add(&mut self, window: i64, sure: bool) {
        self.reach(window);
        let back = (self.newest - window) as usize;
        if back < 3 {
            self.maybe[back] += 1.0;
            self.sure[back] += f64::from(u8::from(sure));
        }
    }
}

/// The limits that explain the answers with windows that begin at multiples of this length.
pub(in crate::discover) fn on_the_clock(events: &Events, window: f64) -> Best {
    let origin = events.epoch.rem_euclid(window);
    let number = |at: f64| ((at + origin) / window).floor() as i64;
    let mut counts = Counts { newest: number(0.0) - 3, ..Counts::default() };
    let mut sizes = Sizes::new();
    for event in &events.list {
        let (early, late) = (number(event.at - events.slack), number(event.at + events.slack));
        counts.reach(late);
        let all = [early, late].map(|number| (number, counts.newest - number));
        if event.accepted {
            sizes.accepted(all.map(|(_, back)| Counts::of(&counts.sure, back)).into_iter().fold(f64::MAX, f64::min));
            counts.add(late, early == late);
            if early != late {
                counts.add(early, false);
            }
        } else {
            sizes.refused(all.map(|(_, back)| Counts::of(&counts.maybe, back)).into_iter().fold(0.0, f64::max));
        }
    }
    sizes.best()
}

/// The same, for a window that slides by two counters on the clock.
pub(in crate::discover) fn by_two_counters(events: &Events, window: f64) -> Best {
    let origin = events.epoch.rem_euclid(window);
    let place = |at: f64| {
        let place = (at + origin) / window;
        (place.floor() as i64, place - place.floor())
    };
    let mut counts = Counts { newest: place(0.0).0 - 3, ..Counts::default() };
    let mut sizes = Sizes::new();
    for event in &events.list {
        let instants = [event.at - events.slack, event.at, event.at + events.slack].map(place);
        counts.reach(instants[2].0);
        let used = |list: &[f64; 3]| {
            instants.map(|(number, part)| {
                let back = counts.newest - number;
                Counts::of(list, back) + (1.0 - part) * Counts::of(list, back + 1)
            })
        };
        if event.accepted {
            sizes.accepted(used(&counts.sure).into_iter().fold(f64::MAX, f64::min));
            let (early, late) = (instants[0].0, instants[2].0);
            counts.add(late, early == late);
            if early != late {
                counts.add(early, false);
            }
        } else {
            sizes.refused(used(&counts.maybe).into_iter().fold(0.0, f64::max));
        }
    }
    sizes.best()
}

/// The limits that explain the answers with windows of this length that the first request begins.
pub(in crate::discover) fn from_the_first(events: &Events, window: f64) -> Best {
    let (mut began, mut count) = (f64::NEG_INFINITY, 0.0);
    let mut sizes = Sizes::new();
    for event in &events.list {
        if event.accepted {
            if event.at + events.slack >= began + window {
                (began, count) = (event.at, 0.0);
            }
            sizes.accepted(count);
            count += 1.0;
        } else {
            sizes.refused(if event.at - events.slack >= began + window { 0.0 } else { count });
        }
    }
    sizes.best()
}

/// The limits that explain the answers with a window of this length that slides.
pub(in crate::discover) fn sliding(events: &Events, window: f64) -> Best {
    let accepted: Vec<f64> = events.list.iter().filter(|event| event.accepted).map(|event| event.at).collect();
    let (mut sure, mut maybe, mut before) = (0, 0, 0);
    let mut sizes = Sizes::new();
    for event in &events.list {
        // Those that are surely still inside, and those that may be.
        while sure < before && accepted[sure] <= event.at + events.slack - window {
            sure += 1;
        }
        if event.accepted {
            sizes.accepted((before - sure) as f64);
            before += 1;
        } else {
            while maybe < before && accepted[maybe] <= event.at - events.slack - window {
                maybe += 1;
            }
            sizes.refused((before - maybe) as f64);
        }
    }
    sizes.best()
}
