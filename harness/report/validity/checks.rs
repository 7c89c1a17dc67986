//! What the verdict is made of, at which thresholds and why. `docs/validity.md` tells the same to those who run it.

use super::super::build::round;
use super::super::model::{Check, Unit, ValidityWord};
use super::super::number::{count, ms, percent};
use super::measures::Measures;
use crate::units::Nanos;

/// Lag at the 99th percentile above this share of the median response is suspect …
const LAG_SHARE: f64 = 0.05;
/// … unless it is below this, which no timer of the system can promise to beat.
const LAG_FLOOR: Nanos = Nanos::from_millis(2);
/// So many times what is suspect is invalid: of a lag, because a fifth of the median is then ours; of stolen time, because the
/// machine is then another one.
const INVALID_FACTOR: f64 = 4.0;
/// Busy for more than this share of the time is suspect: one busy second in ten minutes is nothing, and one in ten decides the
/// 90th percentile.
const BUSY_TIME: f64 = 0.1;
/// Saturated for more than half of the time is invalid: the median second shows what the generator can do, and not the target.
const SATURATED_TIME: f64 = 0.5;
/// A lane that is kept from a processor for more than this share of its time is late by chance.
const STARVED: f64 = 0.1;
/// A machine that is robbed of more than this share of its time measures its host.
const STOLEN: f64 = 0.05;
/// Calls come evenly, so of the calls the share that falls into stalls is that of the time: from a thousandth on, p99.9 is ours …
const STALLED_SUSPECT: f64 = 0.001;
/// … and from two hundredths on, p99 lies in the middle of them.
const STALLED_INVALID: f64 = 0.02;
/// More calls unsent than this share of those that were offered: the target saw another load than was asked for.
const UNSENT: f64 = 0.01;
/// More attempts that waited for a connection than this share: p99 of the response is then decided by our pool.
const CONNECTION_WAITS: f64 = 0.01;
/// Any attempt that failed on this machine is suspect, because it is counted as if it had reached the target; and where they are
/// more than this share, ratios of failures are ours.
const LOCAL_FAILURES: f64 = 0.01;
/// Swapping more than 256 pages a second, a megabyte of 4-KiB pages: a page that the generator misses costs milliseconds.
const SWAPPED_PER_S: f64 = 256.0;

/// A check and, where it is not valid, why.
pub(super) struct Finding {
    pub(super) check: Check,
    /// A clause that names what was seen and what to do.
    pub(super) reason: String,
}

/// All checks, in the order in which people should read them.
pub(super) fn checks(seen: &Measures) -> Vec<Finding> {
    let mut findings = vec![lag(seen)];
    findings.extend(work(seen));
    findings.extend([machine_time(seen), stalls(seen), swap(seen)]);
    findings.extend(load(seen));
    findings.push(local_failures(seen));
    findings
}

/// What is written down of one check, thresholds included.
struct Rule {
    name: &'static str,
    unit: Unit,
    suspect_above: f64,
    invalid_above: Option<f64>,
    advice: String,
}

impl Rule {
    /// Judges what was observed; `seen` tells it as a clause.
    fn judge(self, observed: f64, seen: impl FnOnce() -> String) -> Finding {
        let verdict = match () {
            () if self.invalid_above.is_some_and(|most| observed > most) => ValidityWord::Invalid,
            () if observed > self.suspect_above => ValidityWord::Suspect,
            () => ValidityWord::Valid,
        };
        let reason =
            if verdict == ValidityWord::Valid { String::new() } else { format!("{}; {}", seen(), self.advice) };
        let check = Check {
            name: self.name.into(),
            observed: round(observed),
            unit: self.unit,
            suspect_above: round(self.suspect_above),
            invalid_above: self.invalid_above.map(round),
            verdict,
            advice: self.advice.into(),
        };
        Finding { check, reason }
    }
}

fn share(name: &'static str, suspect: f64, invalid: Option<f64>, advice: &str) -> Rule {
    Rule { name, unit: Unit::Ratio, suspect_above: suspect, invalid_above: invalid, advice: advice.into() }
}

fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The most lag that is not doubted.
fn lag_limit(seen: &Measures) -> Nanos {
    seen.median.scale(LAG_SHARE).max(LAG_FLOOR)
}

fn lag(seen: &Measures) -> Finding {
    let (p99, limit) = (seen.lag.quantile(0.99).unwrap_or_default(), lag_limit(seen));
    let rule = Rule {
        name: "lag p99",
        unit: Unit::Ms,
        suspect_above: limit.as_millis_f64(),
        invalid_above: Some(limit.as_millis_f64() * INVALID_FACTOR),
        advice: "lower the rate, or give loadline more or faster cores".into(),
    };
    rule.judge(p99.as_millis_f64(), || {
        format!("calls were sent late: lag p99 was {}, above {}", ms(p99.as_millis_f64()), ms(limit.as_millis_f64()))
    })
}

fn work(seen: &Measures) -> Vec<Finding> {
    let more = "give loadline more cores, or lower the rate";
    let saturated = share("time with a lane over 97 % busy", SATURATED_TIME, Some(SATURATED_TIME), more);
    let saturated = saturated.judge(seen.saturated, || {
        format!(
            "a lane had no time left for {} of the run: what it sent is what it could send",
            percent(seen.saturated)
        )
    });
    let mut busy = share("time with a lane over 85 % busy", BUSY_TIME, None, more).judge(seen.busy, || {
        format!("a lane was at work for more than 85 % of the second in {} of the run", percent(seen.busy))
    });
    if saturated.check.verdict != ValidityWord::Valid {
        // Whoever had no time left was busy; once is enough.
        busy.reason.clear();
    }
    let elsewhere = "close other programs, or keep them and the target off loadline's cores";
    let starved = share("time a lane was kept from a processor", STARVED, None, elsewhere);
    let starved = starved.judge(seen.starved, || {
        format!("a lane was ready and had no processor for {} of its time", percent(seen.starved))
    });
    vec![busy, saturated, starved]
}

fn machine_time(seen: &Measures) -> Finding {
    let advice = "use a machine whose processors are its own";
    let rule = share("time stolen by the machine's host", STOLEN, Some(STOLEN * INVALID_FACTOR), advice);
    rule.judge(seen.stolen, || format!("the machine's host took {} of its time away", percent(seen.stolen)))
}

fn stalls(seen: &Measures) -> Finding {
    let advice = "close other programs, and look for suspends and migrations of the machine";
    let rule = share("time a lane's loop stood still", STALLED_SUSPECT, Some(STALLED_INVALID), advice);
    // A stall that is shorter than a lag which nobody doubts can do no harm.
    let harmful = seen.stalls.longest > lag_limit(seen);
    rule.judge(if harmful { seen.stalled } else { 0.0 }, || {
        format!(
            "a lane's loop stood still {} times, {} in all and {} at the longest",
            count(seen.stalls.count),
            ms(seen.stalls.total.as_millis_f64()),
            ms(seen.stalls.longest.as_millis_f64())
        )
    })
}

fn swap(seen: &Measures) -> Finding {
    let rule = Rule {
        name: "pages swapped",
        unit: Unit::PerS,
        suspect_above: SWAPPED_PER_S,
        invalid_above: None,
        advice: "close other programs, or give the machine more memory".into(),
    };
    rule.judge(seen.swapped_per_s, || format!("the machine swapped {:.0} pages a second", seen.swapped_per_s))
}

/// Whether the load that was asked for is the load that the target saw. Never invalid by itself: a target that is slow does
/// this as easily as a generator that is small.
fn load(seen: &Measures) -> Vec<Finding> {
    let pool = "raise `transport.connections`, or the process's limit of open files (`ulimit -n`), or lower the load";
    let dropped = Rule {
        name: "calls dropped",
        unit: Unit::Count,
        suspect_above: 0.0,
        invalid_above: None,
        advice: "raise `transport.connections` or the workload's `overload.queue`, or lower the rate".into(),
    };
    let dropped = dropped.judge(seen.dropped as f64, || {
        format!(
            "{} arrivals were dropped before they were sent, so the target saw less than was offered",
            count(seen.dropped)
        )
    });
    let unsent = ratio(seen.unsent, seen.offered);
    let unsent = share("calls offered and not sent", UNSENT, None, pool).judge(unsent, || {
        format!("{} of {} calls that fell due were never sent", count(seen.unsent), count(seen.offered))
    });
    let waits = ratio(seen.connection_waits.count, seen.attempts);
    let waits = share("attempts that waited for a connection", CONNECTION_WAITS, None, pool).judge(waits, || {
        format!(
            "{} attempts waited up to {} because every connection was in use",
            count(seen.connection_waits.count),
            ms(seen.connection_waits.longest.as_millis_f64())
        )
    });
    vec![dropped, unsent, waits]
}

fn local_failures(seen: &Measures) -> Finding {
    let failed = seen.local_failures.iter().map(|(_, failed)| failed).sum::<u64>();
    let worst = seen.local_failures.iter().max_by_key(|(_, failed)| failed).map(|(kind, _)| *kind);
    let advice = worst.map_or("see what it has too little of", crate::api::WireError::advice);
    let rule = share("attempts that failed on this machine", 0.0, Some(LOCAL_FAILURES), advice);
    rule.judge(ratio(failed, seen.attempts), || {
        format!("{} attempts failed on this machine and never reached the target", count(failed))
    })
}
