//! The run in words: headline, answer and key numbers, the same in every output.

use super::model::{Mode, Report, TargetKind, ValidityWord, WireTrouble, Word};
use super::number::{count, ms_or_dash, per_s, plain, share, span_s};

/// How good the news is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Doubt,
    Bad,
}

impl Tone {
    /// A word for classes of style.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubt => "doubt",
            Self::Bad => "bad",
        }
    }
}

/// The verdict as people say it.
pub(crate) fn headline(report: &Report) -> &'static str {
    match (report.verdict.word, report.validity.verdict) {
        (Word::Pass, ValidityWord::Invalid) => "Not proven: the generator was the bottleneck",
        (Word::Pass, ValidityWord::Suspect) => "Passed, with a doubt",
        (Word::Pass, ValidityWord::Valid) if report.thresholds.is_empty() && report.audit.is_none() => "Completed",
        (Word::Pass, ValidityWord::Valid) => "Passed",
        (Word::ThresholdFailed, _) => "Threshold failed",
        (Word::AuditFailed, _) => "Audit failed",
        (Word::RequirementUnmet, _) => "Nothing meets the requirements",
        (Word::Regression, _) => "Regression",
        (Word::Inconclusive, _) => "Inconclusive",
        (Word::Aborted, _) => "Aborted by its own rule",
        (Word::Invalid, _) => "Invalid: the generator was the bottleneck",
        (Word::Interrupted, _) => "Interrupted",
        (Word::Error, _) => "The run could not be done",
    }
}

/// How good the news is.
pub(crate) fn tone(report: &Report) -> Tone {
    match (report.verdict.word, report.validity.verdict) {
        (Word::Pass, ValidityWord::Valid) if report.incomplete => Tone::Doubt,
        (Word::Pass, ValidityWord::Valid) => Tone::Good,
        (Word::Pass | Word::Inconclusive | Word::Invalid | Word::Interrupted, _) => Tone::Doubt,
        (
            Word::ThresholdFailed
            | Word::AuditFailed
            | Word::RequirementUnmet
            | Word::Regression
            | Word::Aborted
            | Word::Error,
            _,
        ) => Tone::Bad,
    }
}

/// One sentence that answers the question behind the run.
pub(crate) fn answer(report: &Report) -> String {
    let calls = &report.totals.calls;
    let load = format!(
        "{} offered for {}: {} of calls succeeded, 99 % of those within {}",
        per_s(calls.per_s),
        span_s(report.duration_s),
        share(calls.ok, calls.count),
        ms_or_dash(calls.response_ms.ok.at(0.99)),
    );
    let failed = report.thresholds.iter().filter(|t| !t.ok).count();
    match report.verdict.word {
        Word::Pass if report.thresholds.is_empty() => format!("{load}. No threshold was set, so nothing was judged."),
        Word::Pass => format!("{load}. {}", held(report.thresholds.len())),
        Word::ThresholdFailed => format!("{load}. {failed} of {} thresholds failed.", report.thresholds.len()),
        _ => format!("{load}."),
    }
}

fn held(thresholds: usize) -> String {
    if thresholds == 1 { "The threshold held.".into() } else { format!("All {thresholds} thresholds held.") }
}

/// What else a reader must know before believing the numbers; each a sentence.
pub(crate) fn caveats(report: &Report) -> Vec<String> {
    let mut caveats: Vec<String> = report.verdict.reasons.iter().map(|r| sentence(r)).collect();
    let said = |caveats: &[String], reason: &str| caveats.iter().any(|c| c.eq_ignore_ascii_case(&sentence(reason)));
    for reason in &report.validity.reasons {
        if !said(&caveats, reason) {
            caveats.push(sentence(reason));
        }
    }
    for trouble in report.wire_errors.iter().take(TROUBLES_TOLD) {
        caveats.push(told(trouble));
    }
    caveats.extend(report.validity.notes.iter().map(|note| sentence(note)));
    if report.capped {
        caveats.push("A cap of the safety block ended the run early; that is a normal end.".into());
    }
    if report.interrupted && report.verdict.word != Word::Interrupted {
        caveats.push("The run was interrupted; what was done until then is reported.".into());
    }
    if report.incomplete {
        caveats.push("Rebuilt from a journal without an end: the last second may be missing.".into());
    }
    caveats
}

/// The most kinds of trouble with the wire that are told before the numbers; a table has all of them.
const TROUBLES_TOLD: usize = 3;

/// A kind of trouble with the wire: how often, what was said, what to do.
fn told(trouble: &WireTrouble) -> String {
    let attempts =
        if trouble.count == 1 { "1 attempt".to_owned() } else { format!("{} attempts", count(trouble.count)) };
    let example = trouble.example.as_ref().map(|example| format!(" ({example})")).unwrap_or_default();
    sentence(&format!("{attempts} ended in `{}`{example}: {}", trouble.kind, trouble.advice))
}

/// A clause as a sentence.
pub(crate) fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    // `p99(response)` and names of operations keep their case.
    let word = clause.split(' ').next().unwrap_or_default().chars().all(char::is_alphabetic);
    let first: String =
        chars.next().map(|c| if word { c.to_uppercase().collect() } else { c.to_string() }).unwrap_or_default();
    let stop = if clause.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

/// A number that stands out.
pub(crate) struct KeyNumber {
    /// What it is.
    pub(crate) label: &'static str,
    /// The number with its unit.
    pub(crate) value: String,
    /// What it means, in a few words.
    pub(crate) detail: String,
}

/// The six numbers that come first.
pub(crate) fn key_numbers(report: &Report) -> [KeyNumber; 6] {
    let (calls, attempts) = (&report.totals.calls, &report.totals.attempts);
    let response = &calls.response_ms.ok;
    let service = &attempts.service_ms;
    let lag = report.validity.lag_ms.at(0.99);
    [
        KeyNumber { label: "Offered", value: per_s(calls.per_s), detail: format!("{} calls", count(calls.count)) },
        KeyNumber {
            label: "Goodput",
            value: per_s(calls.goodput_per_s),
            detail: format!("{} of calls ok", share(calls.ok, calls.count)),
        },
        KeyNumber {
            label: "Throttled",
            value: share(service.throttled.count, attempts.count),
            detail: format!("{} of {} attempts", count(service.throttled.count), count(attempts.count)),
        },
        KeyNumber {
            label: "Response p99",
            value: ms_or_dash(response.at(0.99)),
            detail: format!("p50 {}, ok calls", ms_or_dash(response.at(0.5))),
        },
        KeyNumber {
            label: "Amplification",
            value: plain(report.totals.retry.amplification),
            detail: "attempts per call".into(),
        },
        KeyNumber {
            label: "Measurement",
            value: validity_word(report.validity.verdict).into(),
            detail: format!("lag p99 {}", ms_or_dash(lag)),
        },
    ]
}

/// The generator's verdict on itself as a word.
pub(crate) fn validity_word(word: ValidityWord) -> &'static str {
    match word {
        ValidityWord::Valid => "valid",
        ValidityWord::Suspect => "suspect",
        ValidityWord::Invalid => "invalid",
    }
}

/// What the validity means, in a sentence.
pub(crate) fn validity_sentence(report: &Report) -> String {
    let v = &report.validity;
    match v.verdict {
        ValidityWord::Valid if report.mode == Mode::Simulated => {
            "Simulated in virtual time: the generator cannot be the bottleneck; the numbers are those of the model."
                .into()
        }
        ValidityWord::Valid => format!(
            "Valid: the generator kept up. {} of {} offered were sent on time; the numbers are the target's.",
            per_s(v.sent_per_s),
            per_s(v.offered_per_s)
        ),
        ValidityWord::Suspect => {
            "Suspect: the generator fell behind at times; the numbers may be its own in part.".into()
        }
        ValidityWord::Invalid => "Invalid: the generator was the bottleneck; no gate may pass on these numbers.".into(),
    }
}

/// The target in a few words.
pub(crate) fn target(report: &Report) -> String {
    match report.target.kind {
        _ if report.mode == Mode::Simulated => "simulated service, virtual time".into(),
        TargetKind::Mock => "embedded mock".into(),
        TargetKind::Url => report.target.url.to_string(),
    }
}

/// What became of the audit, in a sentence; none where there was none.
pub(crate) fn audit_sentence(report: &Report) -> Option<String> {
    let audit = report.audit.as_ref()?;
    Some(if audit.ok {
        format!("Audit passed: all {} acknowledged items are listed once each.", count(audit.acknowledged))
    } else {
        format!(
            "Audit failed: {} missing, {} duplicated, {} unexpected of {} acknowledged.",
            count(audit.missing),
            count(audit.duplicated),
            count(audit.unexpected),
            count(audit.acknowledged)
        )
    })
}
