//! The run over time: a point a second, small enough to keep for hours.

use super::interval::{Gauges, Interval};
use crate::stats::LatencyHistogram;
use crate::units::Nanos;

/// How many rows the latency heat map has.
pub const HEAT_ROWS: usize = 72;

/// The shortest and the longest latency that the heat map tells apart: 10 µs to 100 s, so that each row is a factor of
/// 10^(7/72) ≈ 1.25.
const HEAT_RANGE: (f64, f64) = (1e4, 1e11);

/// The latencies that bound a row of the heat map.
pub fn heat_bounds(row: usize) -> (Nanos, Nanos) {
    let (low, high) = HEAT_RANGE;
    let bound = |edge: usize| Nanos::new((low * (high / low).powf(edge as f64 / HEAT_ROWS as f64)) as u64);
    (bound(row), bound(row + 1))
}

fn heat_row(latency: Nanos) -> usize {
    let (low, high) = HEAT_RANGE;
    let position = (latency.as_nanos() as f64 / low).ln() / (high / low).ln();
    ((position * HEAT_ROWS as f64).max(0.0) as usize).min(HEAT_ROWS - 1)
}

/// One second of the run. Latencies are those of calls that ended in it, warm-up left out.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesPoint {
    /// Which second, from the first arrival.
    pub index: u64,
    /// What went on.
    pub gauges: Gauges,
    /// The 99th percentile of lag.
    pub lag_p99: Option<Nanos>,
    /// p50, p90, p99, p99.9 and the maximum of `response`, all calls.
    pub response: Option<[Nanos; 5]>,
    /// How many calls fall into each row of the heat map.
    pub heat: Box<[u32; HEAT_ROWS]>,
}

/// All seconds so far.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// In order; seconds that the journal lost are missing.
    pub points: Vec<SeriesPoint>,
}

impl Timeline {
    /// Adds an interval.
    pub fn add(&mut self, interval: &Interval) {
        let (mut lag, mut response) = (LatencyHistogram::new(), LatencyHistogram::new());
        for cell in &interval.cells {
            lag.merge(&cell.lag);
            response.merge(&cell.response_all);
        }
        let mut heat = Box::new([0; HEAT_ROWS]);
        response.bins().for_each(|(latency, count)| heat[heat_row(latency)] += count as u32);
        let quantiles = [0.5, 0.9, 0.99, 0.999, 1.0].map(|q| response.quantile(q));
        self.points.push(SeriesPoint {
            index: interval.index,
            gauges: interval.gauges,
            lag_p99: lag.quantile(0.99),
            response: quantiles[0].map(|_| quantiles.map(Option::unwrap_or_default)),
            heat,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latency_falls_into_the_row_that_bounds_it() {
        for nanos in [10_001, 1_000_000, 8_123_456, 1_000_000_000, 99_000_000_000] {
            let (from, to) = heat_bounds(heat_row(Nanos::new(nanos)));
            assert!((from.as_nanos()..=to.as_nanos()).contains(&nanos), "{nanos}: {from} to {to}");
        }
        assert_eq!(heat_row(Nanos::ZERO), 0);
        assert_eq!(heat_row(Nanos::MAX), HEAT_ROWS - 1);
    }
}
