//! What the page shows beside the report: the heat map, the percentile curves and the waits.

use super::view::{Clock, Curve, CurvePoint, HeatMap, View, WaitBucket};
use crate::record::{AttemptOutcome, HEAT_ROWS, RunLog, heat_bounds};
use crate::stats::LatencyHistogram;

/// A curve ends where fewer samples than this remain above.
const FEWEST_ABOVE: u64 = 10;
/// Points of a curve for each factor of ten on the "1 in N" axis.
const POINTS_A_DECADE: u32 = 24;
/// Buckets of the waits for each factor of two.
const WAIT_STEPS: f64 = 2.0;

/// The pictures of a run.
pub fn view(log: &RunLog) -> View {
    let sum = log.summary.sum(|_| true);
    let service = &sum.service[AttemptOutcome::Success as usize];
    let clocks =
        [(Clock::ResponseOk, &sum.response_ok), (Clock::ResponseAll, &sum.response_all), (Clock::Service, service)];
    let curves = clocks.into_iter().filter_map(|(clock, histogram)| curve(clock, histogram));
    View {
        heat: heat(log),
        curves: curves.collect(),
        waits: waits(&sum.backoff),
        scenario_yaml: log.start.resolved.clone(),
    }
}

fn heat(log: &RunLog) -> Option<HeatMap> {
    let points = &log.timeline.points;
    let used: Vec<usize> = (0..HEAT_ROWS).filter(|&row| points.iter().any(|point| point.heat[row] > 0)).collect();
    let (first, last) = (*used.first()?, *used.last()?);
    let (low, _) = heat_bounds(first);
    let (_, high) = heat_bounds(last);
    let mut map = HeatMap::new(log.duration_s(), low.as_millis_f64(), high.as_millis_f64());
    for point in points {
        for row in first..=last {
            let (from, to) = heat_bounds(row);
            // The middle of the row on the log axis, so that it falls into the same row of the map.
            let middle = (from.as_millis_f64() * to.as_millis_f64()).sqrt();
            map.add(point.index as f64, middle, point.heat[row].into());
        }
    }
    Some(map)
}

fn curve(clock: Clock, histogram: &LatencyHistogram) -> Option<Curve> {
    (histogram.count() > 0).then(|| Curve { clock, points: points(histogram) })
}

/// The points of a percentile curve; none where nothing was recorded.
pub(super) fn points(histogram: &LatencyHistogram) -> Vec<CurvePoint> {
    let count = histogram.count();
    let mut points = Vec::new();
    for step in 0.. {
        let q = 1.0 - 10_f64.powf(-f64::from(step) / f64::from(POINTS_A_DECADE));
        // A short run still shows its median.
        if step > 0 && histogram.samples_above(q) < FEWEST_ABOVE.min(count / 2) {
            break;
        }
        let Some(value) = histogram.quantile(q) else { break };
        points.push(CurvePoint { q, ms: value.as_millis_f64() });
        if step > 9 * POINTS_A_DECADE {
            break;
        }
    }
    points
}

fn waits(backoff: &LatencyHistogram) -> Vec<WaitBucket> {
    let mut buckets: Vec<WaitBucket> = Vec::new();
    // A wait below a millisecond is none that a person would tell apart.
    let edge = |step: i32| WAIT_STEPS.powi(step);
    for (wait, count) in backoff.bins() {
        let ms = wait.as_millis_f64();
        let step = if ms < 1.0 { -1 } else { ms.log2().floor() as i32 };
        let (from_ms, to_ms) = if step < 0 { (0.0, 1.0) } else { (edge(step), edge(step + 1)) };
        match buckets.last_mut() {
            Some(last) if (last.to_ms - to_ms).abs() < 1e-9 => last.count += count,
            _ => {
                // Buckets touch, so that the picture has no holes where nothing waited.
                while let Some(last) = buckets.last().copied().filter(|last| last.to_ms < from_ms - 1e-9) {
                    buckets.push(WaitBucket { from_ms: last.to_ms, to_ms: (last.to_ms * 2.0).max(1.0), count: 0 });
                }
                buckets.push(WaitBucket { from_ms, to_ms, count });
            }
        }
    }
    buckets
}
