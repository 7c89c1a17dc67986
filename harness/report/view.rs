//! What the page shows beside `report.json`: shapes of distributions that a list of percentiles cannot carry.

use super::text;

/// Everything that `report.html` needs beside the report. An empty view is a good one: its charts say that they have no
/// data.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Calls over time and response latency; absent where nothing was recorded.
    pub heat: Option<HeatMap>,
    /// Latency against "1 in N", in the order of drawing: response of ok calls, response of all calls, service.
    pub curves: Vec<Curve>,
    /// Waits before retries, in rising order.
    pub waits: Vec<WaitBucket>,
    /// The resolved scenario as YAML, secrets masked.
    pub scenario_yaml: String,
}

impl View {
    /// The longest scenario that is shown, in characters.
    const SCENARIO_LIMIT: usize = 60_000;

    /// The scenario without control characters, cut to a length that a page bears.
    pub(crate) fn scenario(&self) -> String {
        text::block(&self.scenario_yaml, Self::SCENARIO_LIMIT)
    }
}

/// One percentile curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Which latency it tells; names the clock.
    pub clock: Clock,
    /// In rising order of `q`, ended where fewer than ten samples remain above.
    pub points: Vec<CurvePoint>,
}

/// The latency that a curve tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Due to done, calls that ended in success.
    ResponseOk,
    /// Due to done, all calls.
    ResponseAll,
    /// Send to last byte, attempts that succeeded.
    Service,
}

/// A share `q` of the samples takes at most `ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// The quantile, 0 to below 1.
    pub q: f64,
    /// Milliseconds.
    pub ms: f64,
}

/// Waits between two lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitBucket {
    /// Shortest, in milliseconds.
    pub from_ms: f64,
    /// Longest (itself not included), in milliseconds.
    pub to_ms: f64,
    /// How many.
    pub count: u64,
}

/// Counts over time (columns) and log latency (rows).
#[derive(Clone, Debug)]
pub struct HeatMap {
    column_s: f64,
    columns: usize,
    lowest_ms: f64,
    highest_ms: f64,
    counts: Vec<u64>,
}

impl HeatMap {
    /// Rows of a map.
    pub const ROWS: usize = 72;
    /// The most columns of a map; longer runs get wider columns.
    pub const MAX_COLUMNS: usize = 600;

    /// An empty map over `duration_s` seconds and from `lowest_ms` to `highest_ms`. Columns are whole seconds wide.
    /// Bounds that make no sense are widened until they do.
    pub fn new(duration_s: f64, lowest_ms: f64, highest_ms: f64) -> Self {
        let seconds = if duration_s.is_finite() { duration_s.ceil().max(1.0) } else { 1.0 };
        let width = (seconds / Self::MAX_COLUMNS as f64).ceil().max(1.0);
        let columns = ((seconds / width).ceil() as usize).clamp(1, Self::MAX_COLUMNS);
        let lowest_ms = if lowest_ms.is_finite() { lowest_ms.max(1e-4) } else { 1e-4 };
        let highest_ms = if highest_ms.is_finite() { highest_ms.max(lowest_ms * 2.0) } else { lowest_ms * 1e9 };
        Self { column_s: width, columns, lowest_ms, highest_ms, counts: vec![0; columns * Self::ROWS] }
    }

    /// Adds `count` samples of `ms` milliseconds at `t_s` seconds. What lies outside counts at the nearest edge.
    pub fn add(&mut self, t_s: f64, ms: f64, count: u64) {
        if !(t_s.is_finite() && ms.is_finite()) {
            return;
        }
        let column = ((t_s / self.column_s) as usize).min(self.columns - 1);
        let height = (ms / self.lowest_ms).max(1.0).ln() / (self.highest_ms / self.lowest_ms).ln();
        let row = ((height * Self::ROWS as f64) as usize).min(Self::ROWS - 1);
        self.counts[column * Self::ROWS + row] += count;
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Width of a column, in seconds.
    pub fn column_s(&self) -> f64 {
        self.column_s
    }

    /// The latencies at the lower edge of the lowest row and the upper edge of the highest, in milliseconds.
    pub fn bounds_ms(&self) -> (f64, f64) {
        (self.lowest_ms, self.highest_ms)
    }

    /// Samples in a cell; row 0 is the lowest.
    pub fn count(&self, column: usize, row: usize) -> u64 {
        self.counts.get(column * Self::ROWS + row).copied().unwrap_or(0)
    }

    /// Samples in the fullest cell.
    pub fn fullest(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_gets_wider_columns_and_loses_no_sample() {
        let mut map = HeatMap::new(3_700.0, 1.0, 1_000.0);
        assert!(map.columns() <= HeatMap::MAX_COLUMNS);
        for second in 0..3_700 {
            map.add(f64::from(second), 5.0, 2);
        }
        let total: u64 = (0..map.columns())
            .flat_map(|c| (0..HeatMap::ROWS).map(move |r| (c, r)))
            .map(|(c, r)| map.count(c, r))
            .sum();
        assert_eq!(total, 7_400);
    }

    #[test]
    fn samples_outside_count_at_the_edge() {
        let mut map = HeatMap::new(2.0, 1.0, 1_000.0);
        map.add(9.0, 5e6, 1);
        map.add(0.0, 0.0, 1);
        map.add(f64::NAN, 1.0, 1);
        assert_eq!((map.count(1, HeatMap::ROWS - 1), map.count(0, 0), map.fullest()), (1, 1, 1));
        let broken = HeatMap::new(f64::INFINITY, f64::NAN, -1.0);
        assert_eq!(broken.columns(), 1);
    }
}
