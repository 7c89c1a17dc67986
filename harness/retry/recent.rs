//! How long a client's attempts took of late: what a hedge waits for.

use crate::units::Nanos;

/// So many are remembered: enough for the 99th percentile, and few enough to follow a change within seconds.
const REMEMBERED: usize = 128;
/// Below this nothing is said: one slow attempt would be the 95th percentile.
const FEWEST: usize = 20;
/// A quantile is looked for anew after so many more.
const FRESH: u32 = 16;

/// The successful attempts of late.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    times: [Nanos; REMEMBERED],
    next: usize,
    len: usize,
    /// Attempts since the quantile was looked for.
    since: u32,
    /// What was found, and for which quantile.
    found: Option<(f64, Nanos)>,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { times: [Nanos::ZERO; REMEMBERED], next: 0, len: 0, since: 0, found: None }
    }

    pub(super) fn add(&mut self, took: Nanos) {
        self.times[self.next] = took;
        self.next = (self.next + 1) % REMEMBERED;
        self.len = (self.len + 1).min(REMEMBERED);
        self.since = self.since.saturating_add(1);
    }

    /// The time within which that part of them ended, by nearest rank; may be as old as [`FRESH`] attempts. `None` where there are
    /// too few to say.
    pub(super) fn quantile(&mut self, quantile: f64) -> Option<Nanos> {
        if self.len < FEWEST {
            return None;
        }
        match self.found {
            #[expect(clippy::float_cmp, reason = "the same quantile is asked for again, not a computed one")]
            Some((of, found)) if of == quantile && self.since < FRESH => Some(found),
            _ => {
                let mut times = self.times;
                let rank = (quantile * self.len as f64).ceil() as usize;
                let index = rank.clamp(1, self.len) - 1;
                let (_, &mut found, _) = times[..self.len].select_nth_unstable(index);
                (self.since, self.found) = (0, Some((quantile, found)));
                Some(found)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(recent: &mut Recent, millis: impl IntoIterator<Item = u64>) {
        millis.into_iter().for_each(|took| recent.add(Nanos::from_millis(took)));
    }

    #[test]
    fn nothing_is_said_of_too_few() {
        let mut recent = Recent::new();
        add(&mut recent, 1..=19);
        assert_eq!(recent.quantile(0.95), None);
        add(&mut recent, [20]);
        assert_eq!(recent.quantile(0.95), Some(Nanos::from_millis(19)), "the 19th of twenty");
        assert_eq!(recent.quantile(0.5), Some(Nanos::from_millis(10)));
        assert_eq!(recent.quantile(1e-9), Some(Nanos::from_millis(1)));
        assert_eq!(recent.quantile(1.0 - 1e-9), Some(Nanos::from_millis(20)));
    }

    #[test]
    fn what_is_old_is_forgotten() {
        let mut recent = Recent::new();
        add(&mut recent, [1_000; 200]);
        assert_eq!(recent.quantile(0.5), Some(Nanos::from_secs(1)));
        add(&mut recent, [5; 15]);
        assert_eq!(recent.quantile(0.01), Some(Nanos::from_millis(5)));
        add(&mut recent, [5; 113]);
        assert_eq!(recent.quantile(1.0), Some(Nanos::from_millis(5)));
    }
}
