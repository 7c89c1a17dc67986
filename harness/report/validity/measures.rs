//! What the checks look at, taken out of a run's log.

use crate::api::WireError;
use crate::record::{Delays, Outcome, RunLog, SeriesPoint};
use crate::stats::LatencyHistogram;
use crate::units::Nanos;

/// A second in which a lane is at work for more than this share counts as busy. At 85 % a call that falls due waits for the
/// work before it 2.8 times as long as that work takes, on average (ρ / 2(1 − ρ) of the service time for even work, the
/// Pollaczek–Khinchine formula), and from there on every percent more costs more.
const BUSY: f64 = 0.85;

/// … and with more than this share it is saturated: what it sends is what it can send, not what was asked for.
const SATURATED: f64 = 0.97;

/// What was seen of the generator in the measured part of a run. Shares are of time or of a count, in [0, 1].
#[derive(Debug, Default)]
pub(super) struct Measures {
    /// First send − due − admission.
    pub(super) lag: LatencyHistogram,
    /// The median response of all calls.
    pub(super) median: Nanos,
    /// Share of the time in which the busiest lane was busy.
    pub(super) busy: f64,
    /// Share of the time in which the busiest lane was saturated.
    pub(super) saturated: f64,
    /// The busiest lane's share of its time at work or ready to work, on average.
    pub(super) work: f64,
    /// The share of its time that a lane was kept from a processor, on average over seconds of the lane that had the least.
    pub(super) starved: f64,
    /// Share of the machine's time that its host took.
    pub(super) stolen: f64,
    /// Rounds of a lane's loop that began late, and their share of the lanes' time.
    pub(super) stalls: Delays,
    pub(super) stalled: f64,
    /// Calls that fell due, and calls whose first attempt was sent, warm-up included.
    pub(super) offered: u64,
    pub(super) sent: u64,
    /// Calls that were dropped, warm-up left out.
    pub(super) dropped: u64,
    /// Calls that should have been sent and were not: neither dropped nor refused on purpose.
    pub(super) unsent: u64,
    /// Attempts that were sent.
    pub(super) attempts: u64,
    /// Attempts that waited for a connection, and for how long.
    pub(super) connection_waits: Delays,
    /// Attempts that failed for want of something on this machine, by kind.
    pub(super) local_failures: Vec<(WireError, u64)>,
    /// Pages swapped, a second.
    pub(super) swapped_per_s: f64,
    /// Requests to connect that this machine dropped.
    pub(super) backlog_drops: u64,
}

impl Measures {
    pub(super) fn of(log: &RunLog) -> Self {
        let sum = log.summary.sum(|_| true);
        let points = &log.timeline.points;
        // A lane that starts up is not what the results tell of.
        let measured = |point: &&SeriesPoint| point.index as f64 + 1.0 > log.start.warm_up_s;
        let seconds: Vec<&SeriesPoint> = points.iter().filter(measured).collect();
        let weights: f64 = seconds.iter().map(|point| point.gauges.elapsed.as_secs_f64()).sum();
        // Seconds weigh what the lanes had of them: the last one is rarely whole.
        let average = |of: &dyn Fn(&SeriesPoint) -> f64| {
            let sum: f64 = seconds.iter().map(|point| of(point) * point.gauges.elapsed.as_secs_f64()).sum();
            if weights > 0.0 { sum / weights } else { 0.0 }
        };
        let over = |limit: f64| average(&|point| f64::from(u8::from(point.gauges.busiest > limit)));
        let count = |of: fn(&SeriesPoint) -> u64| seconds.iter().map(|point| of(point)).sum::<u64>();
        let delays = |of: fn(&SeriesPoint) -> &Delays| {
            let mut all = Delays::default();
            for point in &seconds {
                all.merge(of(point));
            }
            all
        };
        let stalls = delays(|point| &point.gauges.stalls);
        let whole = |of: fn(&SeriesPoint) -> u64| points.iter().map(of).sum::<u64>();
        let (offered, sent) = (whole(|point| point.gauges.offered), whole(|point| point.gauges.sent));
        let not_meant = whole(|point| point.gauges.dropped + point.gauges.refused);
        let failures = WireError::ALL.into_iter().filter(|kind| kind.is_local());
        Self {
            median: sum.response_all.quantile(0.5).unwrap_or_default(),
            busy: over(BUSY),
            saturated: over(SATURATED),
            work: average(&|point| point.gauges.busiest),
            starved: average(&|point| point.gauges.starved),
            stolen: average(&|point| point.gauges.steal),
            stalls,
            stalled: if weights > 0.0 { (stalls.total.as_secs_f64() / weights).min(1.0) } else { 0.0 },
            offered,
            sent,
            dropped: sum.calls_of(Outcome::Dropped),
            unsent: offered.saturating_sub(sent + not_meant),
            attempts: count(|point| point.gauges.sent + point.gauges.retries),
            connection_waits: delays(|point| &point.gauges.connection_waits),
            local_failures: failures.map(|kind| (kind, sum.by_wire[kind as usize])).filter(|(_, n)| *n > 0).collect(),
            swapped_per_s: count(|point| point.gauges.swapped) as f64 / (seconds.len().max(1) as f64),
            backlog_drops: count(|point| point.gauges.backlog_drops),
            lag: sum.lag,
        }
    }
}
