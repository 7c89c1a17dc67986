//! A rate over time: constant, or staged ramps.

use crate::units::{Nanos, Rate};

/// A stretch of time in which the rate goes from one value to another in a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// Arrivals a second at its begin; zero is allowed.
    pub from: f64,
    /// Arrivals a second at its end; zero is allowed.
    pub to: f64,
    /// Its length.
    pub over: Nanos,
}

impl Stage {
    /// How many arrivals fall due in it; fractions count.
    fn count(&self) -> f64 {
        f64::midpoint(self.from, self.to) * self.over.as_secs_f64()
    }

    /// When, from the stage's begin, the cumulative number of arrivals reaches `n`.
    ///
    /// Solves r₀·t + k·t²/2 = n as t = 2n / (r₀ + √(r₀² + 2kn)): the form of the quadratic formula that does not cancel on
    /// flat ramps, where k is close to zero.
    fn time_of(&self, n: f64) -> f64 {
        let slope = (self.to - self.from) / self.over.as_secs_f64();
        let root = (self.from * self.from + 2.0 * slope * n).max(0.0).sqrt();
        if self.from + root > 0.0 { 2.0 * n / (self.from + root) } else { 0.0 }
    }
}

/// A rate over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    stages: Vec<Stage>,
}

/// Why stages make no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Nothing would ever arrive.
    #[error("no arrival would ever fall due; give a rate above zero and a duration")]
    Empty,
    /// A rate that is negative or no number.
    #[error("a stage's rate must be zero or more")]
    BadRate,
}

impl Profile {
    /// The same rate for a duration.
    pub fn constant(rate: Rate, duration: Nanos) -> Self {
        let rate = rate.as_per_second();
        Self { stages: vec![Stage { from: rate, to: rate, over: duration }] }
    }

    /// Ramps one after another. A stage of length zero is a jump.
    ///
    /// # Errors
    /// [`ProfileError`] for negative rates or where nothing would ever arrive.
    pub fn staged(stages: Vec<Stage>) -> Result<Self, ProfileError> {
        if stages.iter().any(|stage| !(stage.from >= 0.0 && stage.to >= 0.0)) {
            return Err(ProfileError::BadRate);
        }
        let stages: Vec<_> = stages.into_iter().filter(|stage| stage.over > Nanos::ZERO).collect();
        let profile = Self { stages };
        if profile.count() > 0.0 { Ok(profile) } else { Err(ProfileError::Empty) }
    }

    /// Whether the rate is the same from begin to end.
    pub fn is_constant(&self) -> bool {
        let rates = || self.stages.iter().flat_map(|stage| [stage.from, stage.to]);
        rates().zip(rates().skip(1)).all(|(one, next)| (one - next).abs() <= one * 1e-9)
    }

    /// How long it lasts.
    pub fn duration(&self) -> Nanos {
        self.stages.iter().map(|stage| stage.over).sum()
    }

    /// How many arrivals fall due; fractions count.
    pub fn count(&self) -> f64 {
        self.stages.iter().map(Stage::count).sum()
    }

    /// The highest rate, in arrivals a second.
    pub fn peak(&self) -> f64 {
        self.stages.iter().fold(0.0, |peak, stage| peak.max(stage.from).max(stage.to))
    }

    /// The same shape with every rate multiplied.
    #[must_use]
    pub fn scale(&self, factor: f64) -> Self {
        let scale = |stage: &Stage| Stage { from: stage.from * factor, to: stage.to * factor, over: stage.over };
        Self { stages: self.stages.iter().map(scale).collect() }
    }

    /// The same shape, stretched or squeezed to another length.
    #[must_use]
    pub fn lasting(&self, duration: Nanos) -> Self {
        let factor = duration.as_secs_f64() / self.duration().as_secs_f64();
        Self { stages: self.stages.iter().map(|stage| Stage { over: stage.over.scale(factor), ..*stage }).collect() }
    }

    /// When the cumulative number of arrivals reaches `n`; `None` beyond the end.
    pub fn time_of(&self, n: f64) -> Option<Nanos> {
        let mut before = Nanos::ZERO;
        let mut left = n;
        for stage in &self.stages {
            let count = stage.count();
            if left < count {
                return Some(before + Nanos::from_secs_f64(stage.time_of(left)).min(stage.over));
            }
            left -= count;
            before += stage.over;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stage(from: f64, to: f64, seconds: u64) -> Stage {
        Stage { from, to, over: Nanos::from_secs(seconds) }
    }

    #[test]
    fn a_constant_rate_is_evenly_spaced() {
        let profile = Profile::constant(Rate::per_second(10.0).expect("in range"), Nanos::from_secs(2));
        assert_eq!(profile.time_of(5.0), Some(Nanos::from_millis(500)));
        assert_eq!(profile.time_of(20.0), None);
        assert!((profile.count() - 20.0).abs() < 1e-9);
    }

    #[test]
    fn a_ramp_from_zero_follows_the_square_root() {
        let profile = Profile::staged(vec![stage(0.0, 100.0, 10)]).expect("valid");
        assert!((profile.count() - 500.0).abs() < 1e-9);
        assert_eq!(profile.time_of(125.0), Some(Nanos::from_secs(5)));
        assert!((profile.peak() - 100.0).abs() < 1e-9);
    }

    #[test]
    fn a_ramp_down_to_zero_ends_in_time() {
        let profile = Profile::staged(vec![stage(100.0, 0.0, 10)]).expect("valid");
        let last = profile.time_of(499.5).expect("within");
        assert!(last < Nanos::from_secs(10) && last > Nanos::from_secs(9), "{last}");
    }

    #[test]
    fn profiles_that_offer_nothing_are_refused() {
        assert_eq!(Profile::staged(vec![stage(0.0, 0.0, 5)]), Err(ProfileError::Empty));
        assert_eq!(Profile::staged(vec![]), Err(ProfileError::Empty));
        assert_eq!(Profile::staged(vec![stage(-1.0, 5.0, 5)]), Err(ProfileError::BadRate));
    }

    proptest! {
        #[test]
        fn times_never_go_back_and_stay_inside(
            stages in prop::collection::vec((0.0..500.0_f64, 0.0..500.0_f64, 1_u64..20), 1..5),
        ) {
            let stages: Vec<_> = stages.into_iter().map(|(from, to, over)| stage(from, to, over)).collect();
            let Ok(profile) = Profile::staged(stages) else { return Ok(()) };
            let mut last = Nanos::ZERO;
            let steps = 200;
            for step in 0..steps {
                let n = profile.count() * f64::from(step) / f64::from(steps);
                let time = profile.time_of(n).expect("within the count");
                prop_assert!(time >= last && time <= profile.duration(), "{time} after {last}");
                last = time;
            }
        }
    }
}
