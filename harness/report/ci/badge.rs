//! `badge.json`: the answer of an endpoint as shields reads it (its "Endpoint Badge", schema version 1).

use serde::Serialize;

use super::super::model::gate::{Gate, GateKind, GateVerdict};
use super::super::model::{Report, ValidityWord, Word};
use super::super::number::ms;
use super::super::{capacity, discover, gate, story, text};

/// What shields asks of an endpoint; the rest is left to whoever shows the badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Badge {
    /// Always 1.
    schema_version: u8,
    /// What it is about: the scenario.
    label: String,
    /// How it is; never empty.
    message: String,
    /// A colour that shields knows by name.
    color: &'static str,
}

/// The longest text on a badge, in characters.
const LONGEST: usize = 60;

/// The badge of a report.
pub fn badge(report: &Report) -> Badge {
    Badge {
        schema_version: 1,
        label: text::line(&report.scenario.name, LONGEST),
        message: text::line(&message(report), LONGEST),
        color: color(report),
    }
}

/// The verdict in a word, and the number behind it. Shields shows no empty message.
fn message(report: &Report) -> String {
    if let Some(gate) = &report.gate {
        return of_gate(report, gate);
    }
    if let Some(capacity) = &report.capacity {
        return capacity::badge(capacity);
    }
    if let Some(found) = &report.discover {
        return discover::headline(found);
    }
    let word = word(report);
    let p99 = report.totals.calls.response_ms.ok.at(0.99);
    match p99.filter(|_| report.tune.is_none()) {
        Some(p99) => format!("{word}, p99 {}", ms(p99)),
        None => word.to_owned(),
    }
}

/// The verdict, and the change of the first metric that it rests on.
fn of_gate(report: &Report, gate: &Gate) -> String {
    let word = match gate.verdict {
        _ if report.verdict.word == Word::Interrupted => "interrupted",
        _ if report.verdict.word == Word::Error => "not done",
        GateVerdict::Invalid => "invalid",
        _ if gate.kind == GateKind::Calibration => "calibrated",
        GateVerdict::Pass => "no regression",
        GateVerdict::Fail => "regression",
        GateVerdict::Inconclusive => "inconclusive",
    };
    let metric = gate.metrics.iter().find(|metric| metric.verdict == gate.verdict);
    match metric.and_then(|metric| Some((metric, metric.change.estimate?))) {
        Some((metric, change)) if matches!(word, "regression" | "no regression" | "inconclusive") => {
            format!("{word}, {} {}", metric.expression, gate::signed(metric, change))
        }
        _ => word.to_owned(),
    }
}

fn word(report: &Report) -> &'static str {
    match report.verdict.word {
        Word::Pass if report.validity.verdict == ValidityWord::Invalid => "not proven",
        Word::Pass => "passed",
        Word::Invalid => "invalid",
        Word::Interrupted => "interrupted",
        Word::Error => "not done",
        Word::Aborted => "aborted",
        _ => "failed",
    }
}

fn color(report: &Report) -> &'static str {
    let tone = match (&report.gate, &report.capacity, &report.discover) {
        (Some(gate), ..) => gate::tone(report, gate),
        (None, Some(capacity), _) => capacity::tone(capacity),
        (None, None, Some(found)) => discover::tone(found),
        (None, None, None) => story::tone(report),
    };
    match tone {
        story::Tone::Good => "brightgreen",
        story::Tone::Doubt => "yellow",
        story::Tone::Bad => "red",
    }
}
