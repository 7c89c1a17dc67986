//! Seconds merged into slices, so that a long run fits a chart and a table fits a page.

use super::super::model::{Point, PointLatency, Report};

/// One or more neighbouring seconds: counts as means a second, latencies and steal as the worst second.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slice {
    /// Start, in seconds from the first arrival.
    pub(crate) t_s: f64,
    /// Length, in seconds.
    pub(crate) width_s: f64,
    pub(crate) offered: f64,
    pub(crate) sent: f64,
    pub(crate) ok: f64,
    pub(crate) throttled: f64,
    pub(crate) failed: f64,
    pub(crate) retries: f64,
    pub(crate) in_flight: f64,
    pub(crate) queued: f64,
    pub(crate) lag_ms: f64,
    pub(crate) steal: f64,
    pub(crate) busy: f64,
    pub(crate) stall_ms: f64,
    pub(crate) response_ms: Option<PointLatency>,
}

impl Slice {
    /// Where a line puts its point.
    pub(crate) fn middle(&self) -> f64 {
        self.t_s + self.width_s / 2.0
    }
}

/// At most `limit` slices, aligned to multiples of their width.
pub(crate) fn slices(report: &Report, limit: usize) -> Vec<Slice> {
    let points: Vec<&Point> = report.series.iter().filter(|p| p.t_s.is_finite()).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let width = ((last.t_s - first.t_s + 1.0) / limit.max(1) as f64).ceil().max(1.0);
    points
        .chunk_by(|a, b| (a.t_s / width).floor() as i64 == (b.t_s / width).floor() as i64)
        .map(|seconds| merge(seconds, width))
        .collect()
}

fn merge(seconds: &[&Point], width: f64) -> Slice {
    let mean = |of: fn(&Point) -> u64| seconds.iter().map(|p| of(p) as f64).sum::<f64>() / seconds.len() as f64;
    let worst = |of: fn(&Point) -> f64| seconds.iter().map(|p| of(p)).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let latencies: Vec<PointLatency> = seconds.iter().filter_map(|p| p.response_ms).collect();
    let slowest = |of: fn(&PointLatency) -> f64| latencies.iter().map(of).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let start = seconds.first().map_or(0.0, |p| p.t_s);
    Slice {
        t_s: if width > 1.0 { (start / width).floor() * width } else { start },
        width_s: width,
        offered: mean(|p| p.offered),
        sent: mean(|p| p.sent),
        ok: mean(|p| p.ok),
        throttled: mean(|p| p.throttled),
        failed: mean(|p| p.failed),
        retries: mean(|p| p.retries),
        in_flight: mean(|p| p.in_flight),
        queued: mean(|p| p.queued),
        lag_ms: worst(|p| p.lag_ms),
        steal: worst(|p| p.steal),
        busy: worst(|p| p.busy),
        stall_ms: worst(|p| p.stall_ms),
        response_ms: (!latencies.is_empty()).then(|| PointLatency {
            p50: slowest(|l| l.p50),
            p90: slowest(|l| l.p90),
            p99: slowest(|l| l.p99),
            p999: slowest(|l| l.p999),
            max: slowest(|l| l.max),
        }),
    }
}

/// What the rows of a table of slices are.
pub(super) fn note(slices: &[Slice], worst: bool) -> String {
    match slices.first().map(|s| s.width_s) {
        Some(width) if width > 1.0 && worst => format!("Each row is the worst of {width} seconds."),
        Some(width) if width > 1.0 => format!("Each row is the mean of {width} seconds."),
        _ => String::new(),
    }
}

/// The most slices of a chart and of a table.
pub(super) const IN_CHART: usize = 1_200;
pub(super) const IN_TABLE: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_means_and_latencies_the_worst() {
        let point = |t: u32, offered, p99| Point {
            t_s: f64::from(t),
            offered,
            response_ms: Some(PointLatency { p99, ..PointLatency::default() }),
            ..Point::default()
        };
        let report =
            Report { series: (0..10).map(|t| point(t, u64::from(t), f64::from(t))).collect(), ..Report::default() };
        let merged = slices(&report, 5);
        assert_eq!(merged.len(), 5);
        assert_eq!((merged[0].offered, merged[4].offered), (0.5, 8.5));
        assert_eq!(merged[4].response_ms.map(|l| l.p99), Some(9.0));
        assert!(slices(&Report::default(), 5).is_empty());
    }
}
