//! How long an operation takes.

use super::config::{Latency, Point};
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// The 99th percentile of the standard normal distribution.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

/// Whose time is drawn. Refusals draw from a stream of their own, so that they change nothing about the requests that are
/// performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Draw {
    /// Of the performed request of that number.
    Request(u64),
    /// Of the refusal of that number.
    Refusal(u64),
}

impl Latency {
    /// The service time of a request.
    pub(super) fn draw(&self, seed: u64, whose: Draw) -> Nanos {
        let (client, call) = match whose {
            Draw::Request(number) => (0, number),
            Draw::Refusal(number) => (1, number),
        };
        let key = Key { seed, purpose: Purpose::Latency, client, call, attempt: 0 };
        match self {
            Self::None => Nanos::ZERO,
            Self::Constant(time) => *time,
            Self::Uniform { min, max } => *min + (*max - *min).scale(key.unit()),
            Self::Exponential { mean } => mean.scale(key.exponential()),
            Self::Normal { mean, deviation } => {
                Nanos::from_secs_f64((mean.as_secs_f64() + deviation.as_secs_f64() * key.normal()).max(0.0))
            }
            Self::LogNormal { median, p99 } => {
                let sigma = libm::log(p99.as_secs_f64() / median.as_secs_f64()) / NORMAL_P99;
                median.scale(libm::exp(sigma * key.normal()))
            }
            Self::Pareto { min, shape, max } => min.scale(libm::exp(key.exponential() / shape)).min(*max),
            Self::Bimodal { fast, slow, share_slow } => *if key.unit() < share_slow.get() { slow } else { fast },
            Self::Table(points) => interpolate(points, key.unit()),
        }
    }
}

/// The time of a share in [0, 1): the inverse of the distribution function.
fn interpolate(points: &[Point], share: f64) -> Nanos {
    let above = points.partition_point(|point| point.share <= share);
    let (Some(low), Some(high)) = (points.get(above.wrapping_sub(1)), points.get(above)) else {
        return points.last().map_or(Nanos::ZERO, |point| point.time);
    };
    low.time + (high.time - low.time).scale((share - low.share) / (high.share - low.share))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Ratio;

    const DRAWS: usize = 20_000;

    fn ms(millis: u64) -> Nanos {
        Nanos::from_millis(millis)
    }

    fn sorted(latency: &Latency) -> Vec<f64> {
        assert_eq!(latency.check(), Ok(()));
        let draw = |number| latency.draw(1, Draw::Request(number)).as_millis_f64();
        let mut draws: Vec<f64> = (0..DRAWS as u64).map(draw).collect();
        draws.sort_by(f64::total_cmp);
        draws
    }

    fn mean(draws: &[f64]) -> f64 {
        draws.iter().sum::<f64>() / draws.len() as f64
    }

    /// The empirical share below each value is the stated one, within four standard errors.
    fn has_shares(draws: &[f64], shares: &[(f64, f64)]) {
        for &(value, share) in shares {
            let below = draws.partition_point(|&draw| draw <= value) as f64 / draws.len() as f64;
            let error = (share * (1.0 - share) / draws.len() as f64).sqrt();
            assert!(
                (below - share).abs() <= 4.0 * error + 1e-9,
                "{below} of the draws are at most {value}, not {share}"
            );
        }
    }

    #[test]
    fn simple_latencies_are_what_they_say() {
        assert_eq!(Latency::None.draw(1, Draw::Request(1)), Nanos::ZERO);
        assert_eq!(Latency::Constant(ms(3)).draw(1, Draw::Request(1)), ms(3));
        let uniform = sorted(&Latency::Uniform { min: ms(2), max: ms(4) });
        assert!(uniform[0] >= 2.0 && uniform[DRAWS - 1] <= 4.0);
        has_shares(&uniform, &[(2.5, 0.25), (3.0, 0.5), (3.9, 0.95)]);
        let bimodal =
            sorted(&Latency::Bimodal { fast: ms(1), slow: ms(50), share_slow: Ratio::new(0.1).expect("a share") });
        assert!(bimodal.iter().all(|&draw| [1.0, 50.0].contains(&draw)));
        has_shares(&bimodal, &[(1.0, 0.9), (50.0, 1.0)]);
    }

    #[test]
    fn an_exponential_latency_has_its_mean_and_no_memory() {
        let draws = sorted(&Latency::Exponential { mean: ms(10) });
        has_shares(&draws, &[(10.0, 1.0 - (-1.0_f64).exp()), (20.0, 1.0 - (-2.0_f64).exp())]);
        assert!((mean(&draws) - 10.0).abs() < 3.0 * 10.0 / (DRAWS as f64).sqrt(), "{}", mean(&draws));
    }

    #[test]
    fn a_normal_latency_has_its_mean_and_deviation_and_is_cut_at_zero() {
        let draws = sorted(&Latency::Normal { mean: ms(10), deviation: ms(5) });
        has_shares(&draws, &[(5.0, 0.158_655), (10.0, 0.5), (15.0, 0.841_345), (18.2243, 0.95)]);
        // Φ(−2) of them would be negative.
        has_shares(&draws, &[(0.0, 0.022_75)]);
    }

    #[test]
    fn a_log_normal_latency_has_its_median_and_p99() {
        has_shares(&sorted(&Latency::LogNormal { median: ms(8), p99: ms(60) }), &[(8.0, 0.5), (60.0, 0.99)]);
    }

    #[test]
    fn a_pareto_latency_falls_by_its_power_and_ends_at_its_longest() {
        let draws = sorted(&Latency::Pareto { min: ms(2), shape: 1.5, max: ms(100) });
        let share = |value: f64| 1.0 - (2.0 / value).powf(1.5);
        assert!(draws[0] >= 2.0 && draws[DRAWS - 1] <= 100.0);
        has_shares(&draws, &[(4.0, share(4.0)), (20.0, share(20.0)), (99.9, share(99.9)), (100.0, 1.0)]);
    }

    #[test]
    fn measured_percentiles_are_met_with_straight_lines_between_them() {
        let point = |share, millis| Point { share, time: ms(millis) };
        let table = [point(0.0, 2), point(0.5, 8), point(0.9, 8), point(0.9, 50), point(1.0, 100)];
        let draws = sorted(&Latency::Table(table.into()));
        has_shares(&draws, &[(2.0, 0.0), (5.0, 0.25), (8.0, 0.9), (49.0, 0.9), (75.0, 0.95), (100.0, 1.0)]);
    }

    #[test]
    fn refusals_draw_from_a_stream_of_their_own() {
        let latency = Latency::Exponential { mean: ms(10) };
        assert_ne!(latency.draw(1, Draw::Request(0)), latency.draw(1, Draw::Refusal(0)));
    }

    #[test]
    fn a_latency_that_contradicts_itself_is_refused() {
        let point = |share, millis| Point { share, time: ms(millis) };
        let wrong = [
            (Latency::LogNormal { median: ms(2), p99: ms(1) }, "1ms is below 2ms"),
            (Latency::LogNormal { median: Nanos::ZERO, p99: ms(1) }, "median must be above zero"),
            (Latency::Uniform { min: ms(2), max: ms(1) }, "1ms is below 2ms"),
            (Latency::Pareto { min: ms(2), shape: 0.0, max: ms(3) }, "shape must be above zero"),
            (Latency::Pareto { min: Nanos::ZERO, shape: 1.0, max: ms(3) }, "must be above zero"),
            (Latency::Bimodal { fast: ms(2), slow: ms(1), share_slow: Ratio::ZERO }, "slow kind"),
            (Latency::Table([].into()), "no percentile"),
            (Latency::Table([point(0.0, 1), point(0.9, 2)].into()), "from 0 to 100"),
            (Latency::Table([point(0.0, 2), point(1.0, 1)].into()), "higher percentile"),
        ];
        for (latency, part) in wrong {
            let message = latency.check().expect_err(part).to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
