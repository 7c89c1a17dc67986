//! Means over seeds, and how sure they are.

use super::metrics::median;
use super::tuned::Estimate;

impl Estimate {
    /// The mean of some runs and its standard error. Runs that have nothing to show (NaN) do not count; where one of
    /// them is infinite there is no mean, and it is the median.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
        let runs = values.len() as u32;
        if values.is_empty() {
            return Self { mean: f64::NAN, error: 0.0, runs };
        }
        if values.iter().any(|value| value.is_infinite()) {
            return Self { mean: median(values), error: 0.0, runs };
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let error = if values.len() > 1 { libm::sqrt(squares / (n - 1.0) / n) } else { 0.0 };
        Self { mean, error, runs }
    }

    /// The mean of the differences of runs with the same seeds, `a` less `b`. Both saw the same arrivals, service times
    /// and jitter, so what they share falls out, and the error is far smaller than that of the two means (common random
    /// numbers).
    pub(super) fn of_differences(a: &[f64], b: &[f64]) -> Self {
        Self::of(a.iter().zip(b).map(|(a, b)| a - b))
    }

    /// How sure it is that the true mean is above zero, by the normal approximation; in [0, 1]. A half where there is
    /// but one run with a difference, and none without an error is ever quite sure.
    pub(super) fn above_zero(&self) -> f64 {
        const NEVER_QUITE: f64 = 0.999_9;
        if self.runs < 2 || self.mean == 0.0 {
            return 0.5;
        }
        if self.error == 0.0 {
            return if self.mean > 0.0 { NEVER_QUITE } else { 1.0 - NEVER_QUITE };
        }
        let z = self.mean / self.error;
        (0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)).clamp(1.0 - NEVER_QUITE, NEVER_QUITE)
    }

    /// Whether zero lies within two standard errors; one run tells nothing unless it is no difference at all.
    pub(super) fn may_be_zero(&self) -> bool {
        self.mean.abs() <= 2.0 * self.error || self.runs < 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_that_of_the_mean() {
        let estimate = Estimate::of([1.0, 2.0, 3.0, 4.0]);
        // Variance 5/3, over four runs.
        assert!((estimate.mean - 2.5).abs() < 1e-12 && (estimate.error - (5.0_f64 / 12.0).sqrt()).abs() < 1e-12);
        assert_eq!(Estimate::of([7.0]), Estimate { mean: 7.0, error: 0.0, runs: 1 });
        assert_eq!(Estimate::of([f64::NAN, 7.0]).runs, 1);
        assert!(Estimate::of([]).mean.is_nan());
        assert_eq!(Estimate::of([f64::INFINITY, 1.0, 2.0]).mean, 2.0);
    }

    #[test]
    fn what_two_runs_share_falls_out_of_their_difference() {
        let (a, b) = ([1.1, 5.1, 9.1], [1.0, 5.0, 9.0]);
        let difference = Estimate::of_differences(&a, &b);
        assert!((difference.mean - 0.1).abs() < 1e-9 && difference.error < 1e-9);
        assert!(!difference.may_be_zero() && difference.above_zero() > 0.99);
        assert!(Estimate::of_differences(&b, &a).above_zero() < 0.01);
        assert_eq!(Estimate::of_differences(&a, &a).above_zero(), 0.5);
        assert!(Estimate::of_differences(&a, &a).may_be_zero());
    }

    #[test]
    fn one_standard_error_above_zero_is_84_per_cent() {
        let estimate = Estimate { mean: 1.0, error: 1.0, runs: 10 };
        assert!((estimate.above_zero() - 0.841_345).abs() < 1e-5);
    }
}
