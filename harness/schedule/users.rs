//! The closed model: users who start the next round when the last one is over.

use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// What a user does between two rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Waits for so long after the end of a round, give or take half: uniform in [½, 1½) of it.
    Think(Nanos),
    /// Starts a round every so often; a round that took longer is followed at once.
    Pace(Nanos),
}

/// A number of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Users {
    /// How many.
    pub count: u32,
    /// How long they start new rounds, from the workload's begin.
    pub duration: Nanos,
    /// What they do between rounds.
    pub rhythm: Rhythm,
    /// Over how long they come in, one after another.
    pub ramp: Nanos,
}

impl Users {
    /// When a user starts the first round, from the workload's begin.
    pub fn first_round(&self, user: u32) -> Nanos {
        self.ramp.scale(f64::from(user) / f64::from(self.count.max(1)))
    }

    /// When a user starts the next round, having started the last one at `started` and ended it at `ended`; `None` once the
    /// duration is over.
    pub fn next_round(&self, seed: u64, user: u32, round: u64, started: Nanos, ended: Nanos) -> Option<Nanos> {
        let at = match self.rhythm {
            Rhythm::Think(time) => {
                let key = Key { seed, purpose: Purpose::Think, client: user.into(), call: round, attempt: 0 };
                ended + time.scale(0.5 + key.unit())
            }
            Rhythm::Pace(every) => (started + every).max(ended),
        };
        (at < self.duration).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Nanos = Nanos::from_secs(1);

    fn users(rhythm: Rhythm) -> Users {
        Users { count: 4, duration: Nanos::from_secs(10), rhythm, ramp: Nanos::from_secs(2) }
    }

    #[test]
    fn users_come_in_over_the_ramp() {
        let users = users(Rhythm::Think(SECOND));
        let starts: Vec<_> = (0..4).map(|user| users.first_round(user)).collect();
        assert_eq!(starts, [0, 500, 1_000, 1_500].map(Nanos::from_millis));
    }

    #[test]
    fn thinking_counts_from_the_end_and_pacing_from_the_start() {
        let (started, ended) = (SECOND, SECOND * 3);
        let think = users(Rhythm::Think(SECOND)).next_round(1, 0, 0, started, ended).expect("within");
        assert!(think >= Nanos::from_millis(3_500) && think < Nanos::from_millis(4_500), "{think}");
        let pace = |every| users(Rhythm::Pace(every)).next_round(1, 0, 0, started, ended);
        assert_eq!(pace(SECOND), Some(ended));
        assert_eq!(pace(SECOND * 4), Some(SECOND * 5));
        assert_eq!(pace(SECOND * 9), None);
    }
}
