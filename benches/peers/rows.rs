//! What was measured, a row for each run, and the medians over rounds.

use serde::Serialize;

use crate::figures::{Percentiles, median};
use crate::tools::{Tool, What};

/// Every run that worked.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Rows {
    pub(crate) memory: Vec<Memory>,
    pub(crate) start: Vec<Start>,
    pub(crate) closed: Vec<Closed>,
    pub(crate) open: Vec<Open>,
    pub(crate) stall: Vec<Stalled>,
}

/// The most memory a run held.
#[derive(Debug, Serialize)]
pub(crate) struct Memory {
    pub(crate) tool: Tool,
    /// How many requests were asked for, and how many the server saw.
    pub(crate) planned: u64,
    pub(crate) requests: u64,
    pub(crate) peak_mib: f64,
}

/// How long a tool took to its first request.
#[derive(Debug, Serialize)]
pub(crate) struct Start {
    pub(crate) tool: Tool,
    pub(crate) round: u32,
    /// From before it was started until the server had the first request, in milliseconds.
    pub(crate) ms: f64,
}

/// A round of a closed loop.
#[derive(Debug, Serialize)]
pub(crate) struct Closed {
    pub(crate) tool: Tool,
    pub(crate) what: What,
    pub(crate) round: u32,
    pub(crate) requests: u64,
    /// The mean length of a request's body.
    pub(crate) body_bytes: u64,
    pub(crate) user_s: f64,
    pub(crate) system_s: f64,
    /// Processor time of the whole program over the requests that the server counted, in microseconds.
    pub(crate) cpu_us: f64,
    /// Requests a second, from the first to the last at the server.
    pub(crate) per_second: f64,
}

/// A round of an open loop.
#[derive(Debug, Serialize)]
pub(crate) struct Open {
    pub(crate) tool: Tool,
    pub(crate) rate: u64,
    pub(crate) round: u32,
    pub(crate) planned: u64,
    pub(crate) sent: u64,
    pub(crate) rate_error: f64,
    pub(crate) mean_deviation_us: f64,
    /// Processor time of the whole program over the time from the first arrival to the last.
    pub(crate) cpu_share: f64,
}

/// A run against the stalling server. All percentiles are in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Stalled {
    pub(crate) tool: Tool,
    pub(crate) connections: u32,
    pub(crate) corrected: bool,
    pub(crate) planned: u64,
    pub(crate) sent: u64,
    pub(crate) reported: Option<Percentiles>,
    /// By the schedule alone.
    pub(crate) truth: Percentiles,
    /// By the schedule and by when the replies left the server.
    pub(crate) served: Percentiles,
}

impl Rows {
    /// The median of a figure over the rounds of a closed loop.
    pub(crate) fn closed(&self, tool: Tool, what: What, figure: impl Fn(&Closed) -> f64) -> Option<f64> {
        let rounds = self.closed.iter().filter(|row| row.tool == tool && row.what == what);
        median(&rounds.map(figure).collect::<Vec<_>>())
    }

    /// The median of a figure over the rounds of an open loop.
    fn open(&self, tool: Tool, rate: u64, figure: impl Fn(&Open) -> f64) -> Option<f64> {
        let rounds = self.open.iter().filter(|row| row.tool == tool && row.rate == rate);
        median(&rounds.map(figure).collect::<Vec<_>>())
    }

    /// The median share of its schedule that a tool sent.
    pub(crate) fn sent(&self, tool: Tool, rate: u64) -> Option<f64> {
        self.open(tool, rate, |row| row.sent as f64 / row.planned as f64)
    }

    /// The median of a figure, for a tool that kept the rate: one that sent less than half had no schedule left to keep to.
    pub(crate) fn kept(&self, tool: Tool, rate: u64, figure: impl Fn(&Open) -> f64) -> Option<f64> {
        self.sent(tool, rate).filter(|sent| *sent >= 0.5)?;
        self.open(tool, rate, figure)
    }

    /// The smallest median deviation of those that the goal names: oha and wrk2. (k9-load, the third, has no adapter.)
    pub(crate) fn best_deviation(&self, rate: u64) -> Option<f64> {
        let of = |tool| self.kept(tool, rate, |row| row.mean_deviation_us);
        [Tool::Oha, Tool::Wrk2].into_iter().filter_map(of).min_by(f64::total_cmp)
    }

    /// The median time to the first request.
    pub(crate) fn start(&self, tool: Tool) -> Option<f64> {
        median(&self.starts(tool))
    }

    /// All times to the first request.
    pub(crate) fn starts(&self, tool: Tool) -> Vec<f64> {
        self.start.iter().filter(|row| row.tool == tool).map(|row| row.ms).collect()
    }

    /// The peak of a run of so many requests.
    pub(crate) fn peak(&self, tool: Tool, planned: u64) -> Option<&Memory> {
        self.memory.iter().find(|row| row.tool == tool && row.planned == planned)
    }

    /// What occurs in a column, each value once, in rising order.
    pub(crate) fn each<R, V: Ord>(rows: &[R], column: impl Fn(&R) -> V) -> Vec<V> {
        let mut values: Vec<V> = rows.iter().map(column).collect();
        values.sort();
        values.dedup();
        values
    }
}
