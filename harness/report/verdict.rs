//! What came of a run, in a word and an exit code.

use super::model::{Threshold, Validity, ValidityWord, Verdict, Word};
use super::text::Text;
use crate::record::RunLog;

/// Exit codes, as the manual page lists them.
pub mod exit {
    /// Everything that was asked for held.
    pub const PASS: u8 = 0;
    /// The run could not be done.
    pub const FAILED_TO_RUN: u8 = 1;
    /// Wrong usage, or a scenario that is not valid.
    pub const USAGE: u8 = 2;
    /// A threshold, the audit, a requirement of `tune` or `abort_when` (the number is k6's).
    pub const THRESHOLD: u8 = 99;
    /// The candidate of a comparison is worse than its baseline.
    pub const REGRESSION: u8 = 110;
    /// A comparison decided nothing, where the caller asked for that to fail.
    pub const INCONCLUSIVE: u8 = 111;
    /// The generator was the bottleneck, where the caller asked for that to fail.
    pub const INVALID: u8 = 112;
    /// Refused for safety; nothing was sent.
    pub const REFUSED: u8 = 113;
    /// Interrupted, after a complete partial report.
    pub const INTERRUPTED: u8 = 130;

    /// All but `PASS`, in the order in which the first that applies is given.
    const WORST_FIRST: [u8; 8] =
        [INTERRUPTED, REFUSED, USAGE, FAILED_TO_RUN, INVALID, REGRESSION, THRESHOLD, INCONCLUSIVE];

    /// The one of several codes that is given.
    pub fn worst(codes: &[u8]) -> u8 {
        WORST_FIRST.into_iter().find(|code| codes.contains(code)).unwrap_or(PASS)
    }

    /// What a code means, for the last line of output.
    pub fn meaning(code: u8) -> &'static str {
        match code {
            PASS => "pass",
            FAILED_TO_RUN => "the run could not be done",
            USAGE => "wrong usage, or an invalid scenario",
            THRESHOLD => "a threshold, the audit, a requirement or `abort_when` failed",
            REGRESSION => "a regression was found",
            INCONCLUSIVE => "inconclusive: more runs, or quieter ones, could decide",
            INVALID => "invalid: nothing that could be judged, or the generator was the bottleneck",
            REFUSED => "refused for safety; nothing was sent",
            INTERRUPTED => "interrupted, after a complete partial report",
            _ => "unknown",
        }
    }
}

/// Judges a run. Where several things went wrong, the code that says most about the run wins: interrupted, failed, invalid,
/// then thresholds.
pub(super) fn verdict(log: &RunLog, thresholds: &[Threshold], validity: &Validity) -> Verdict {
    let Some(end) = &log.end else {
        let reasons =
            vec!["the journal ends before the run does: what follows is every full second that it holds".into()];
        return Verdict { word: Word::Interrupted, exit_code: exit::INTERRUPTED, reasons };
    };
    let mut reasons: Vec<Text> = Vec::new();
    let mut word = Word::Pass;
    let mut code = exit::PASS;
    let mut fail = |new_word: Word, new_code: u8, reason: String| {
        if code == exit::PASS {
            (word, code) = (new_word, new_code);
        }
        reasons.push(reason.into());
    };
    if end.interrupted {
        fail(
            Word::Interrupted,
            exit::INTERRUPTED,
            "someone stopped the run; calls in flight were given the grace time".into(),
        );
    }
    if let Some(failure) = &end.failure {
        fail(Word::Error, exit::FAILED_TO_RUN, failure.clone());
    }
    if log.start.require_valid && validity.verdict == ValidityWord::Invalid {
        fail(Word::Invalid, exit::INVALID, validity.reasons.first().map_or_else(String::new, ToString::to_string));
    }
    if let Some(expression) = &end.aborted_by {
        fail(Word::Aborted, exit::THRESHOLD, format!("`abort_when` held: {expression}"));
    }
    for threshold in thresholds.iter().filter(|threshold| !threshold.ok) {
        let why = if threshold.samples == 0 { "there were no samples for" } else { "did not hold:" };
        fail(Word::ThresholdFailed, exit::THRESHOLD, format!("{why} {}", threshold.expression));
    }
    if let Some(audit) = &end.audit {
        let wrong = audit.missing + audit.duplicated + audit.unexpected;
        if wrong > 0 {
            let reason = format!(
                "the audit found {} missing, {} doubled and {} unexpected of {} acknowledged",
                audit.missing, audit.duplicated, audit.unexpected, audit.acknowledged
            );
            fail(Word::AuditFailed, exit::THRESHOLD, reason);
        }
        if audit.unlisted_parents > 0 {
            let reason = format!("the audit could not list {} of the things it had to", audit.unlisted_parents);
            fail(Word::AuditFailed, exit::THRESHOLD, reason);
        }
    }
    if end.capped {
        reasons.push("a cap of the safety block ended the run, which is a normal end".into());
    }
    Verdict { word, exit_code: code, reasons }
}
