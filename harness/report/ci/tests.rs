//! What every one of these formats promises: it reads well, it is sound, and foreign text does nothing in it.

use serde_json::Value;

use super::super::model::gate::{Gate, GateBound, GateChange, GateMetric, GateReason, GateVerdict};
use super::super::model::{ValidityWord, Verdict, Word};
use super::super::{Report, sample};
use super::history::Origin;
use super::{badge, github, gitlab, history};

const HOSTILE: &str = "x\"} 1\n# EOF\n::error::forged %0A \\\" $(id) `id` ##[error]y, ' z";

fn origin() -> Origin {
    Origin { time: "2026-01-02T03:04:05Z".into(), commit: "3e5e107".into(), branch: "main".into() }
}

fn hostile() -> Report {
    let (mut report, _) = sample::run(10);
    report.scenario.name = HOSTILE.into();
    for activity in report.operations.iter_mut().chain([&mut report.totals]) {
        activity.name = HOSTILE.into();
    }
    for threshold in &mut report.thresholds {
        threshold.expression = HOSTILE.into();
        threshold.ok = false;
    }
    report.verdict.reasons = vec![HOSTILE.into()];
    report.validity.verdict = ValidityWord::Suspect;
    report.validity.reasons = vec![HOSTILE.into()];
    report
}

#[test]
fn every_format_reads_well() {
    let (report, _) = sample::run(30);
    insta::assert_snapshot!("annotations", github::commands(&github::annotations(&report)).join("\n"));
    insta::assert_snapshot!("metrics", gitlab::render(&report));
    insta::assert_json_snapshot!("badge", badge::badge(&report));
    let row = history::row(&report, &origin());
    insta::assert_snapshot!("history", format!("{}\n{}\n", row.head, row.values));
}

#[test]
fn each_outcome_has_its_level() {
    let check = |word, validity, said: &str| {
        let mut report = Report::default();
        report.scenario.name = "s".into();
        report.verdict.word = word;
        report.verdict.reasons = vec!["why".into()];
        report.validity.verdict = validity;
        if validity != ValidityWord::Valid {
            report.validity.reasons = vec!["lag".into()];
        }
        assert_eq!(github::commands(&github::annotations(&report)).join("\n"), said);
    };
    let load = "0/s offered for 0 s: – of calls succeeded, 99 %25 of those within –.";
    let nothing = "No threshold was set, so nothing was judged.";
    check(Word::Pass, ValidityWord::Valid, &format!("::notice title=s%3A completed::{load} {nothing}"));
    check(Word::Pass, ValidityWord::Suspect, "::warning title=s%3A the generator fell behind at times::Lag.");
    check(Word::Pass, ValidityWord::Invalid, "::warning title=s%3A the generator was the bottleneck::Lag.");
    let invalid = "::error title=s%3A invalid%3A the generator was the bottleneck::Why.";
    check(Word::Invalid, ValidityWord::Invalid, invalid);
    check(Word::Interrupted, ValidityWord::Valid, "::warning title=s%3A interrupted::Why.");
    check(Word::Error, ValidityWord::Valid, "::error title=s%3A the run could not be done::Why.");
    check(Word::Aborted, ValidityWord::Valid, "::error title=s%3A aborted by its own rule::Why.");
}

#[test]
fn foreign_text_forges_no_command() {
    for line in github::commands(&github::annotations(&hostile())) {
        assert!(["::error title=", "::warning title="].iter().any(|start| line.starts_with(start)), "{line}");
        assert!(!line.contains(['\n', '\r']), "{line}");
        let rest = line.split_once("title=").expect("a title").1;
        let title = rest.split_once("::").expect("a message").0;
        assert!(!title.contains([':', ',']), "{title}");
    }
}

/// A gate that found these, and what came of it.
fn gated(metrics: &[(&str, GateVerdict, GateReason)], verdict: GateVerdict, word: Word, exit_code: u8) -> Report {
    let bound = |at| Some(GateBound { at, confidence: 0.9875 });
    let metric = |&(expression, verdict, reason): &(&str, GateVerdict, GateReason)| GateMetric {
        expression: expression.into(),
        name: expression.into(),
        tolerance: 0.05,
        verdict,
        reason,
        baseline: Some(40.0),
        candidate: Some(44.1),
        change: GateChange { estimate: Some(0.1031), lower: bound(0.081), upper: bound(0.124) },
        ..GateMetric::default()
    };
    let metrics = metrics.iter().map(metric).collect();
    let mut report = Report::default();
    report.scenario.name = "checkout".into();
    report.verdict = Verdict { word, exit_code, reasons: vec!["why".into()] };
    report.gate = Some(Box::new(Gate { verdict, pairs: 8, metrics, ..Gate::default() }));
    report
}

fn a_regression() -> Report {
    let metrics = [
        ("p99(response)", GateVerdict::Fail, GateReason::Worse),
        ("p50(response)", GateVerdict::Inconclusive, GateReason::WideInterval),
        ("mean(response)", GateVerdict::Pass, GateReason::RealWithinTolerance),
    ];
    gated(&metrics, GateVerdict::Fail, Word::Regression, 110)
}

#[test]
fn a_gate_reads_well_in_every_format() {
    let report = a_regression();
    insta::assert_snapshot!("gate_annotations", github::commands(&github::annotations(&report)).join("\n"));
    insta::assert_snapshot!("gate_metrics", gitlab::render(&report));
    insta::assert_json_snapshot!("gate_badge", badge::badge(&report));
    let row = history::row(&report, &origin());
    insta::assert_snapshot!("gate_history", format!("{}\n{}\n", row.head, row.values));
}

#[test]
fn a_gate_is_as_loud_as_its_verdict() {
    let check = |metric: (GateVerdict, GateReason), verdict, word, code, start: &str, color: &str| {
        let report = gated(&[("p99(response)", metric.0, metric.1)], verdict, word, code);
        let lines = github::commands(&github::annotations(&report));
        assert!(lines.len() == 1 && lines[0].starts_with(start), "{lines:?}");
        let badge = serde_json::to_value(badge::badge(&report)).expect("JSON");
        assert_eq!(badge["color"], color, "{badge}");
    };
    let wide = (GateVerdict::Inconclusive, GateReason::WideInterval);
    check(wide, GateVerdict::Inconclusive, Word::Pass, 0, "::warning title=checkout%3A inconclusive%3A p99", "yellow");
    check(wide, GateVerdict::Inconclusive, Word::Inconclusive, 111, "::error title=checkout%3A inconclusive", "yellow");
    let drift = (GateVerdict::Invalid, GateReason::Drift);
    check(drift, GateVerdict::Invalid, Word::Invalid, 112, "::error title=checkout%3A could not be judged", "yellow");
    let spoiled = (GateVerdict::Invalid, GateReason::RunsInvalid);
    check(spoiled, GateVerdict::Invalid, Word::Invalid, 112, "::error title=checkout%3A invalid%3A the runs", "yellow");
    let fine = (GateVerdict::Pass, GateReason::WithinTolerance);
    check(fine, GateVerdict::Pass, Word::Pass, 0, "::notice title=checkout%3A no regression::", "brightgreen");
    let stopped = (GateVerdict::Inconclusive, GateReason::TooFewPairs);
    let start = "::warning title=checkout%3A interrupted before";
    check(stopped, GateVerdict::Inconclusive, Word::Interrupted, 130, start, "yellow");
}

/// The labels and the value of a line, read by the rules of the format (OpenMetrics 1.0, "ABNF").
fn read_sample(line: &str) -> (String, Vec<(String, String)>, f64) {
    let name_end = line.find(['{', ' ']).expect("a name ends");
    let (name, mut rest) = line.split_at(name_end);
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (key, after) = rest.split_once("=\"").expect("a label");
            let (mut value, mut chars) = (String::new(), after.char_indices());
            let end = loop {
                match chars.next().expect("a label ends") {
                    (at, '"') => break at,
                    (_, '\\') => match chars.next().expect("an escape ends").1 {
                        'n' => value.push('\n'),
                        c @ ('\\' | '"') => value.push(c),
                        c => panic!("no escape: {c}"),
                    },
                    (_, c) => value.push(c),
                }
            };
            labels.push((key.to_owned(), value));
            rest = &after[end + 1..];
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => break,
            }
        }
        rest = rest.strip_prefix('}').expect("labels end");
    }
    (name.to_owned(), labels, rest.strip_prefix(' ').expect("a space").parse().expect("a number"))
}

#[test]
fn the_metrics_are_open_metrics() {
    for report in [sample::run(30).0, hostile(), a_regression(), Report::default()] {
        let text = gitlab::render(&report);
        assert!(text.ends_with("\n# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
        let (mut family, mut seen, mut series) = (String::new(), Vec::new(), Vec::new());
        for line in text.lines().take_while(|line| *line != "# EOF") {
            if let Some(described) = line.strip_prefix("# HELP ") {
                family = described.split(' ').next().expect("a name").to_owned();
                assert!(family.starts_with("loadline_") && !seen.contains(&family), "{family}");
                seen.push(family.clone());
            } else if let Some(unit) = line.strip_prefix("# UNIT ") {
                let (name, unit) = unit.split_once(' ').expect("a unit");
                assert!(name == family && name.ends_with(&format!("_{unit}")), "{line}");
            } else if line.starts_with("# TYPE ") {
                assert_eq!(line, format!("# TYPE {family} gauge"));
            } else {
                let (name, labels, value) = read_sample(line);
                assert_eq!(name, family, "samples stand with their metric");
                assert!(value.is_finite());
                // GitLab cuts at the first of these.
                assert!(!line.contains('#'), "{line}");
                assert!(!series.contains(&(name.clone(), labels.clone())), "{line}: twice");
                series.push((name, labels.clone()));
                assert!(labels.iter().all(|(_, value)| !value.contains(['\n', '$', '`'])), "{line}");
            }
        }
        assert!(seen.contains(&"loadline_passed".to_owned()));
    }
}

#[test]
fn a_badge_says_how_it_is() {
    let (mut report, _) = sample::run(10);
    let read = |report: &Report| -> Value { serde_json::to_value(badge::badge(report)).expect("JSON") };
    assert_eq!(read(&report)["color"], "red");
    report.verdict.word = Word::Pass;
    assert_eq!(read(&report)["color"], "brightgreen");
    report.validity.verdict = ValidityWord::Invalid;
    let badge = read(&report);
    assert_eq!((badge["color"].as_str(), badge["schemaVersion"].as_u64()), (Some("yellow"), Some(1)));
    assert!(badge["message"].as_str().is_some_and(|message| message.starts_with("not proven, p99 ")), "{badge}");
    assert!(read(&Report::default())["message"].as_str().is_some_and(|message| !message.is_empty()));
}

#[test]
fn rows_have_the_columns_that_the_head_names_whatever_is_in_them() {
    let rows = [sample::run(10).0, hostile(), Report::default()].map(|report| history::row(&report, &origin()));
    for row in &rows {
        assert_eq!(row.head, rows[0].head, "one file for all runs");
        let text = format!("{}\n{}\n", row.head, row.values);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let width = reader.headers().expect("a head").len();
        let records: Vec<_> = reader.records().collect::<Result<_, _>>().expect("rows");
        assert!(records.len() == 1 && records[0].len() == width, "{text}");
        assert!(records[0].iter().skip(6).all(|number| number.parse::<f64>().is_ok()), "{text}");
    }
}
