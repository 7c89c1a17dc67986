//! How long an operation takes.

use super::config::Latency;
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// The 99th percentile of the standard normal distribution.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

impl Latency {
    /// The service time of the request of that number.
    pub(super) fn draw(self, seed: u64, request: u64) -> Nanos {
        let key = Key { seed, purpose: Purpose::Latency, client: 0, call: request, attempt: 0 };
        match self {
            Self::None => Nanos::ZERO,
            Self::Constant(time) => time,
            Self::Uniform { min, max } => min + (max - min).scale(key.unit()),
            Self::Exponential { mean } => mean.scale(key.exponential()),
            Self::LogNormal { median, p99 } => {
                let sigma = libm::log(p99.as_secs_f64() / median.as_secs_f64()) / NORMAL_P99;
                median.scale(libm::exp(sigma * key.normal()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(latency: Latency) -> Vec<f64> {
        let mut draws: Vec<f64> = (0..20_000).map(|request| latency.draw(1, request).as_millis_f64()).collect();
        draws.sort_by(f64::total_cmp);
        draws
    }

    #[test]
    fn a_log_normal_latency_has_its_median_and_p99() {
        let draws = sorted(Latency::LogNormal { median: Nanos::from_millis(8), p99: Nanos::from_millis(60) });
        assert!((draws[10_000] - 8.0).abs() < 0.3, "{}", draws[10_000]);
        assert!((draws[19_800] - 60.0).abs() < 6.0, "{}", draws[19_800]);
    }

    #[test]
    fn the_other_latencies_are_what_they_say() {
        assert_eq!(Latency::None.draw(1, 1), Nanos::ZERO);
        assert_eq!(Latency::Constant(Nanos::from_millis(3)).draw(1, 1), Nanos::from_millis(3));
        let uniform = sorted(Latency::Uniform { min: Nanos::from_millis(2), max: Nanos::from_millis(4) });
        assert!(uniform[0] >= 2.0 && uniform[19_999] <= 4.0 && (uniform[10_000] - 3.0).abs() < 0.05);
        let exponential = sorted(Latency::Exponential { mean: Nanos::from_millis(10) });
        assert!((exponential.iter().sum::<f64>() / 20_000.0 - 10.0).abs() < 0.3);
    }
}
