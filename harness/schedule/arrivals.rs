//! The open model: arrivals that fall due whatever the target does.

use super::profile::Profile;
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// How arrivals are spread within the rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spacing {
    /// One every `1/rate`, the first after half an interval, so that stages and lanes join without a doubled or a missing beat.
    #[default]
    Even,
    /// A Poisson process: independent users do not take turns.
    Poisson,
}

/// Which share of a schedule a lane takes: arrival `n` belongs to the lane with `n mod of = index`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stripe {
    /// The lane's number.
    pub index: u64,
    /// How many lanes there are.
    pub of: u64,
}

impl Stripe {
    /// The whole of it.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// Whether an index belongs to the stripe.
    pub fn owns(self, n: u64) -> bool {
        n % self.of == self.index
    }

    /// The lane's part of a number of things: what all lanes get adds up to it, and the first ones get one more where it does
    /// not divide.
    pub fn share(self, all: u64) -> u64 {
        let of = self.of.max(1);
        all / of + u64::from(self.index < all % of)
    }
}

/// One arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its number in the whole schedule, from 0.
    pub index: u64,
    /// When it falls due, from the schedule's begin.
    pub at: Nanos,
}

/// The arrivals of a profile, in order of time. Lanes that share a schedule produce exactly the arrivals of one lane.
#[derive(Clone, Debug)]
pub struct Arrivals {
    profile: Profile,
    spacing: Spacing,
    stripe: Stripe,
    seed: u64,
    stream: u64,
    index: u64,
    /// The cumulative number at which the next arrival falls due.
    cumulative: f64,
}

impl Arrivals {
    /// The arrivals of a stripe. `stream` tells the workloads of a run apart.
    pub fn new(profile: Profile, spacing: Spacing, stripe: Stripe, seed: u64, stream: u64) -> Self {
        let mut arrivals = Self { profile, spacing, stripe, seed, stream, index: 0, cumulative: 0.0 };
        arrivals.cumulative = match spacing {
            Spacing::Even => 0.5,
            Spacing::Poisson => arrivals.gap(0),
        };
        arrivals
    }

    /// The distance to arrival `index` in units of the mean: a unit-rate Poisson process, which the profile's inverse then
    /// stretches to the rate of the moment.
    fn gap(&self, index: u64) -> f64 {
        Key { seed: self.seed, purpose: Purpose::Arrival, client: self.stream, call: index, attempt: 0 }.exponential()
    }
}

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        loop {
            let index = self.index;
            let due = self.profile.time_of(self.cumulative);
            if due.is_some() {
                self.index += 1;
                self.cumulative = match self.spacing {
                    // From the index and not by adding: a sum of a billion ones and a half would drift.
                    Spacing::Even => self.index as f64 + 0.5,
                    Spacing::Poisson => self.cumulative + self.gap(self.index),
                };
            }
            let at = due?;
            if self.stripe.owns(index) {
                return Some(Arrival { index, at });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Rate;

    fn arrivals(rate: f64, seconds: u64, spacing: Spacing, stripe: Stripe) -> Vec<Arrival> {
        let profile = Profile::constant(Rate::per_second(rate).expect("in range"), Nanos::from_secs(seconds));
        Arrivals::new(profile, spacing, stripe, 7, 0).collect()
    }

    #[test]
    fn even_arrivals_sit_at_half_intervals() {
        let at: Vec<_> = arrivals(10.0, 1, Spacing::Even, Stripe::WHOLE).iter().map(|arrival| arrival.at).collect();
        assert_eq!(at.len(), 10);
        assert_eq!(at[0], Nanos::from_millis(50));
        assert_eq!(at[9], Nanos::from_millis(950));
    }

    #[test]
    fn lanes_share_a_schedule_without_loss_or_doubling() {
        for spacing in [Spacing::Even, Spacing::Poisson] {
            let whole = arrivals(100.0, 10, spacing, Stripe::WHOLE);
            let mut shared: Vec<_> =
                (0..3).flat_map(|index| arrivals(100.0, 10, spacing, Stripe { index, of: 3 })).collect();
            shared.sort_by_key(|arrival| arrival.index);
            assert_eq!(shared, whole);
        }
    }

    #[test]
    fn poisson_arrivals_have_the_mean_and_the_variance_of_their_kind() {
        let at = arrivals(1_000.0, 100, Spacing::Poisson, Stripe::WHOLE);
        // 100,000 expected, standard deviation 316: four of them.
        assert!(at.len().abs_diff(100_000) < 1_265, "{}", at.len());
        let mut counts = vec![0.0_f64; 10_000];
        for arrival in &at {
            counts[(arrival.at.as_secs_f64() * 100.0) as usize] += 1.0;
        }
        let mean = counts.iter().sum::<f64>() / counts.len() as f64;
        let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / counts.len() as f64;
        let fano = variance / mean;
        assert!((fano - 1.0).abs() < 0.06, "Fano factor {fano}");
    }

    #[test]
    fn the_same_seed_gives_the_same_arrivals() {
        let one = arrivals(50.0, 5, Spacing::Poisson, Stripe::WHOLE);
        assert_eq!(one, arrivals(50.0, 5, Spacing::Poisson, Stripe::WHOLE));
    }
}
