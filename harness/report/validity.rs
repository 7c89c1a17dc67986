//! Did the generator keep up? Without this verdict no other number means anything.

use super::build::{latency, round};
use super::model::{Activity, Validity, ValidityWord};
use super::text::Text;
use crate::record::RunLog;
use crate::stats::LatencyHistogram;
use crate::units::Nanos;

/// Lag at the 99th percentile above this share of the median response is suspect …
const LAG_SHARE: f64 = 0.05;
/// … unless it is below this, which no timer of the system can promise to beat.
const LAG_FLOOR: Nanos = Nanos::from_millis(2);
/// So many times the suspect lag is invalid.
const INVALID_FACTOR: f64 = 4.0;
/// A lane that is on the processor for more than this share of its time cannot be punctual.
const MOST_BUSY: f64 = 0.85;
/// A machine that is robbed of more than this share of its time measures its host.
const MOST_STEAL: f64 = 0.05;
/// Fewer calls sent than this share of those that were offered, drops aside, is suspect.
const LEAST_SENT: f64 = 0.99;

/// The generator's verdict on itself.
pub(super) fn validity(log: &RunLog, totals: &Activity) -> Validity {
    let sum = log.summary.sum(|_| true);
    let lag = &sum.lag;
    let mut findings = Findings::default();
    judge_lag(&mut findings, lag, sum.response_all.quantile(0.5));
    let (busiest, steal) = load_of_machine(log);
    findings.suspect_if(busiest > MOST_BUSY, || {
        format!(
            "a lane was on the processor for {:.0} % of its time; give it more cores or a lower rate",
            busiest * 100.0
        )
    });
    findings
        .suspect_if(steal > MOST_STEAL, || format!("the machine's host took {:.1} % of its time away", steal * 100.0));
    let dropped = totals.calls.dropped;
    findings.suspect_if(dropped > 0, || {
        format!("{dropped} arrivals were dropped before they were sent; the target saw less than was offered")
    });
    let (offered, sent) = log
        .timeline
        .points
        .iter()
        .fold((0, 0), |(offered, sent), point| (offered + point.gauges.offered, sent + point.gauges.sent));
    let unsent = totals.calls.dropped + totals.calls.abandoned + totals.calls.refused;
    findings.suspect_if((sent + unsent) < (offered as f64 * LEAST_SENT) as u64, || {
        format!("only {sent} of {offered} calls that fell due were sent")
    });
    let seconds = log.duration_s().max(1e-3);
    Validity {
        verdict: findings.word,
        reasons: findings.reasons,
        offered_per_s: round(offered as f64 / seconds),
        sent_per_s: round(sent as f64 / seconds),
        dropped,
        lag_ms: latency(lag),
        cpu_ratio: round(busiest),
        steal_ratio: round(steal),
    }
}

#[derive(Default)]
struct Findings {
    word: ValidityWord,
    reasons: Vec<Text>,
}

impl Findings {
    fn suspect_if(&mut self, holds: bool, reason: impl FnOnce() -> String) {
        if holds {
            self.reasons.push(reason().into());
            if self.word == ValidityWord::Valid {
                self.word = ValidityWord::Suspect;
            }
        }
    }
}

fn judge_lag(findings: &mut Findings, lag: &LatencyHistogram, median: Option<Nanos>) {
    let (Some(p99), Some(median)) = (lag.quantile(0.99), median) else { return };
    let limit = median.scale(LAG_SHARE).max(LAG_FLOOR);
    let reason = || format!("calls were sent late: lag p99 was {p99}, above {limit}");
    findings.suspect_if(p99 > limit, reason);
    if p99 > limit.scale(INVALID_FACTOR) {
        findings.word = ValidityWord::Invalid;
    }
}

/// The busiest lane's share of processor time, on average over the run, and the share that the host took away.
fn load_of_machine(log: &RunLog) -> (f64, f64) {
    let points = &log.timeline.points;
    let (busy, elapsed) = points
        .iter()
        .fold((Nanos::ZERO, Nanos::ZERO), |(busy, elapsed), p| (busy + p.gauges.busy, elapsed + p.gauges.elapsed));
    let share = if elapsed == Nanos::ZERO { 0.0 } else { busy.as_secs_f64() / elapsed.as_secs_f64() };
    let steal = points.iter().map(|point| point.gauges.steal).sum::<f64>() / points.len().max(1) as f64;
    (share, steal)
}
