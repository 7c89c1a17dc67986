//! What was really so: computed from the schedule and from the stamps of the server, never from what a tool says.

use super::figures::{Percentiles, median};
use super::stall::Stall;

/// How closely the arrivals of an open loop kept to their schedule.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub(crate) struct Fidelity {
    /// The rate between the first and the last arrival over the rate that was asked for, less one.
    pub(crate) rate_error: f64,
    /// The mean distance of an arrival from its planned instant, in microseconds.
    pub(crate) mean_deviation_us: f64,
}

/// Holds arrivals, in nanoseconds, against the schedule that sends one every 1/rate seconds: the n-th that came against the
/// n-th that was planned.
///
/// When the schedule began, the server cannot know, so a constant shift is fitted: the median of all differences. Of all
/// shifts it gives the smallest mean deviation, so no tool is judged worse than it was; and unlike the mean, or the first
/// arrival, it does not follow a few that were very late. `None` where there are fewer than two arrivals.
pub(crate) fn fidelity(arrivals: &[u64], rate: f64) -> Option<Fidelity> {
    let mut arrivals = arrivals.to_vec();
    arrivals.sort_unstable();
    let (&first, &last) = (arrivals.first()?, arrivals.last()?);
    if last == first {
        return None;
    }
    let interval = 1e9 / rate;
    let differences: Vec<f64> =
        arrivals.iter().enumerate().map(|(n, at)| (at - first) as f64 - n as f64 * interval).collect();
    let shift = median(&differences)?;
    let deviation = differences.iter().map(|each| (each - shift).abs()).sum::<f64>() / differences.len() as f64;
    let seen = (arrivals.len() - 1) as f64 / (last - first) as f64 * 1e9;
    Some(Fidelity { rate_error: seen / rate - 1.0, mean_deviation_us: deviation / 1e3 })
}

/// The response times of a stalled server under a steady rate, had every request been sent at its instant, and been
/// answered at once except in a stall.
pub(crate) fn stalled(stall: Stall, rate: u64, seconds: u64) -> Percentiles {
    let due = |n: u64| n * 1_000_000_000 / rate;
    Percentiles::of((0..rate * seconds).map(|n| stall.held(due(n)) as f64 / 1e6).collect())
}

/// The response times as they were served: the n-th reply that left the server against the n-th planned instant, in
/// nanoseconds both. Requests are assumed to be served in the order in which they fell due.
///
/// It holds what the schedule alone does not know: the time that a tool and its connections need to work off what piled up in
/// a stall. Nothing is sent before it is due, so the schedule is put where no arrival is early and the earliest one is punctual.
pub(crate) fn served(arrivals: &[u64], replies: &[u64], rate: u64) -> Percentiles {
    let first = arrivals.iter().chain(replies).min().copied().unwrap_or_default();
    let lateness = |stamps: &[u64]| {
        let mut stamps = stamps.to_vec();
        stamps.sort_unstable();
        let late = |(n, stamp): (usize, &u64)| (stamp - first) as f64 - n as f64 * 1e9 / rate as f64;
        stamps.iter().enumerate().map(late).collect::<Vec<f64>>()
    };
    let start = lateness(arrivals).into_iter().min_by(f64::total_cmp).unwrap_or_default();
    Percentiles::of(lateness(replies).into_iter().map(|late| (late - start) / 1e6).collect())
}
