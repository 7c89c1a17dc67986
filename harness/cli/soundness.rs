//! Whether a run may be compared with another: what the generator and its machine say of it.

use crate::gate::{Fault, FaultKind};
use crate::report::model::Mode;
use crate::report::{Report, ValidityWord};

/// A machine that is robbed of more than this share of its time is another machine: the generator calls such a run invalid as well. What
/// is less is told and counts, because it meets both sides alike, widens the spread, and so makes a gate less sure and not wrong; and
/// there is hardly a shared host without it.
const STOLEN: f64 = 0.20;
/// Fewer of the offered calls sent than this share: the target got another load than the other side's.
const SENT: f64 = 0.99;
/// A lane that works for more than this share of its time makes calls late.
const BUSY: f64 = 0.85;

/// What speaks against a run for reasons that are not the target's. That the run was cut short is not among it: the sampler says so.
///
/// A generator whose verdict on itself is `suspect` is no reason: its lag is small beside what is measured, and the same on both sides.
pub(super) fn faults(report: &Report) -> Vec<Fault> {
    if report.mode == Mode::Simulated {
        return Vec::new();
    }
    let validity = &report.validity;
    let mut faults = Vec::new();
    let mut fault = |kind, text: String| faults.push(Fault { kind, text });
    if validity.steal_ratio > STOLEN {
        let stolen = validity.steal_ratio * 100.0;
        fault(
            FaultKind::Machine,
            format!("the machine's host took {stolen:.1} % of its time away: compare on a machine that is not shared"),
        );
    }
    if validity.verdict == ValidityWord::Invalid {
        let reason = validity.reasons.first().map_or_else(String::new, |reason| format!(": {reason}"));
        fault(FaultKind::Generator, format!("the generator was the bottleneck{reason}"));
        return faults;
    }
    // What a policy refused was not meant to be sent: that is what it was asked to do.
    let refused_per_s = report.totals.calls.refused as f64 / report.duration_s.max(1e-3);
    let (offered, sent) = (validity.offered_per_s - refused_per_s, validity.sent_per_s);
    if offered > 0.0 && sent < SENT * offered {
        let share = sent / offered * 100.0;
        fault(
            FaultKind::Generator,
            format!(
                "{share:.1} % of the calls that fell due were sent: lower the rate, or raise what `overload` lets wait"
            ),
        );
    }
    if validity.cpu_ratio > BUSY {
        let busy = validity.cpu_ratio * 100.0;
        fault(
            FaultKind::Generator,
            format!("the generator was busy {busy:.0} % of the time: lower the rate, or give loadline more cores"),
        );
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::Validity;

    fn report(change: impl FnOnce(&mut Validity)) -> Report {
        let validity = Validity { offered_per_s: 100.0, sent_per_s: 100.0, cpu_ratio: 0.3, ..Validity::default() };
        let mut report = Report { validity, ..Report::default() };
        change(&mut report.validity);
        report
    }

    fn kinds(change: impl FnOnce(&mut Validity)) -> Vec<FaultKind> {
        faults(&report(change)).iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn a_run_counts_unless_the_generator_or_the_machine_spoiled_it() {
        assert_eq!(kinds(|_| {}), []);
        assert_eq!(kinds(|validity| validity.verdict = ValidityWord::Suspect), []);
        assert_eq!(kinds(|validity| validity.verdict = ValidityWord::Invalid), [FaultKind::Generator]);
        assert_eq!(kinds(|validity| validity.steal_ratio = 0.21), [FaultKind::Machine]);
        assert_eq!(kinds(|validity| validity.steal_ratio = 0.19), []);
        assert_eq!(kinds(|validity| validity.sent_per_s = 98.9), [FaultKind::Generator]);
        assert_eq!(kinds(|validity| validity.sent_per_s = 99.1), []);
        assert_eq!(kinds(|validity| validity.cpu_ratio = 0.86), [FaultKind::Generator]);
        assert_eq!(kinds(|validity| (validity.offered_per_s, validity.sent_per_s) = (0.0, 0.0)), []);
    }

    #[test]
    fn what_was_seen_stands_in_the_text() {
        let found = faults(&report(|validity| {
            validity.verdict = ValidityWord::Invalid;
            validity.reasons = vec!["lag p99 was 40 ms".into()];
        }));
        assert_eq!(found[0].text, "the generator was the bottleneck: lag p99 was 40 ms");
    }
}
