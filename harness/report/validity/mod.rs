//! Did the generator keep up? Without this verdict no other number means anything.

mod checks;
mod measures;
mod notes;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::build::{latency, millis, round};
use super::model::{self, Validity, ValidityWord, WireTrouble};
use crate::api::WireError;
use crate::record::{Delays, RunLog};
use checks::checks;
use measures::Measures;

/// The generator's verdict on itself.
pub(super) fn validity(log: &RunLog) -> Validity {
    let seen = Measures::of(log);
    // In virtual time nothing of the generator is there to be looked at: a call is sent at the very instant at which it falls due.
    let findings = if log.start.simulated { Vec::new() } else { checks(&seen) };
    let mut reasons: Vec<_> = findings.iter().filter(|finding| !finding.reason.is_empty()).collect();
    reasons.sort_by_key(|finding| Reverse(finding.check.verdict));
    let seconds = log.duration_s().max(1e-3);
    Validity {
        verdict: findings.iter().map(|finding| finding.check.verdict).max().unwrap_or(ValidityWord::Valid),
        reasons: reasons.into_iter().map(|finding| finding.reason.as_str().into()).collect(),
        offered_per_s: round(seen.offered as f64 / seconds),
        sent_per_s: round(seen.sent as f64 / seconds),
        dropped: seen.dropped,
        lag_ms: latency(&seen.lag),
        cpu_ratio: round(seen.work),
        steal_ratio: round(seen.stolen),
        starved_ratio: round(seen.starved),
        stalls: delays(&seen.stalls),
        connection_waits: delays(&seen.connection_waits),
        notes: notes::notes(log, &seen),
        checks: findings.into_iter().map(|finding| finding.check).collect(),
    }
}

fn delays(delays: &Delays) -> model::Delays {
    model::Delays { count: delays.count, total_ms: millis(delays.total), longest_ms: millis(delays.longest) }
}

/// What happened to the wire, the most frequent kind first.
pub(super) fn wire_errors(log: &RunLog) -> Vec<WireTrouble> {
    let counts = log.summary.sum(|_| true).by_wire;
    let mut kinds: Vec<WireError> = WireError::ALL.into_iter().filter(|kind| counts[*kind as usize] > 0).collect();
    kinds.sort_by_key(|kind| Reverse(counts[*kind as usize]));
    let trouble = |kind: WireError| WireTrouble {
        kind: kind.word().into(),
        count: counts[kind as usize],
        advice: kind.advice().into(),
        example: log.summary.troubles.of(kind).map(Into::into),
    };
    kinds.into_iter().map(trouble).collect()
}
