//! What every output of a search promises: what the target carries first, nothing loaded, foreign text that does nothing.

use serde_json::Value;

use super::super::ci::{badge, github, gitlab};
use super::super::model::Word;
use super::super::{Report, View, console, html, junit, markdown};
use super::{headline, sample};
use crate::capacity::Outcome;

const HOSTILE: &str = "</script></style><img src=x onerror=alert(1)>\u{2028}\x1b[31m\x1b]0;owned\x07`x`|a|[l](http://e)@all #1 \"'&\u{202e}\0\n```\n# no";

fn page(report: &Report) -> String {
    html::render(report, &View::default()).expect("renders")
}

fn on_console(report: &Report, width: usize) -> String {
    console::render(report, "reports/x/report.html", false, width)
}

/// A search of which nothing at all is known.
fn empty() -> Report {
    Report { capacity: Some(Box::default()), ..Report::default() }
}

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("found", sample::found()),
        ("throttled", sample::throttled()),
        ("irregular", sample::irregular()),
        ("generator", sample::generator_limited()),
        ("above-max", sample::above_max()),
        ("below-start", sample::below_start()),
        ("holds", sample::asserted(Outcome::Holds)),
        ("breaks", sample::asserted(Outcome::Breaks)),
        ("inconclusive", sample::asserted(Outcome::Inconclusive)),
        ("invalid", sample::invalid()),
        ("interrupted", sample::interrupted()),
        ("empty", empty()),
    ]
}

#[test]
fn the_summaries_read_well() {
    for (name, report) in samples() {
        insta::assert_snapshot!(format!("console_{name}"), on_console(&report, 100));
    }
    insta::assert_snapshot!("markdown_found", markdown::render(&sample::found()));
    insta::assert_snapshot!("markdown_irregular", markdown::render(&sample::irregular()));
    insta::assert_snapshot!("junit_found", junit::render(&sample::found()).expect("renders"));
    insta::assert_snapshot!("junit_breaks", junit::render(&sample::asserted(Outcome::Breaks)).expect("renders"));
    insta::assert_snapshot!("junit_generator", junit::render(&sample::generator_limited()).expect("renders"));
    insta::assert_snapshot!("metrics_found", gitlab::render(&sample::found()));
    let annotations = samples().into_iter().flat_map(|(_, report)| github::commands(&github::annotations(&report)));
    insta::assert_snapshot!("annotations", annotations.collect::<Vec<_>>().join("\n"));
    let badges =
        samples().into_iter().map(|(_, report)| serde_json::to_string(&badge::badge(&report)).expect("writes"));
    insta::assert_snapshot!("badges", badges.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_console_takes_no_more_than_a_screen() {
    for (name, report) in samples() {
        for width in [80, 110] {
            let text = on_console(&report, width);
            assert!(text.lines().count() <= 30, "{name}: {} lines\n{text}", text.lines().count());
            let coloured = console::render(&report, "reports/x/report.html", true, width);
            assert!(coloured.contains('\x1b'), "{name}");
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text, "{name}");
        }
    }
}

#[test]
fn the_exit_code_is_that_of_the_outcome() {
    let check = |report: &Report, word: Word, code: u8| {
        assert_eq!((report.verdict.word, report.verdict.exit_code), (word, code));
    };
    check(&sample::found(), Word::Pass, 0);
    check(&sample::above_max(), Word::Pass, 0);
    check(&sample::asserted(Outcome::Holds), Word::Pass, 0);
    check(&sample::asserted(Outcome::Breaks), Word::ThresholdFailed, 99);
    check(&sample::below_start(), Word::ThresholdFailed, 99);
    check(&sample::asserted(Outcome::Inconclusive), Word::Inconclusive, 111);
    check(&sample::irregular(), Word::Inconclusive, 111);
    check(&sample::generator_limited(), Word::Invalid, 112);
    check(&sample::invalid(), Word::Error, 1);
    check(&sample::interrupted(), Word::Interrupted, 130);
}

#[test]
fn every_outcome_has_a_headline_of_its_own() {
    let headlines: Vec<String> =
        samples().iter().map(|(_, report)| headline(report.capacity.as_ref().expect("a search"))).collect();
    for (index, one) in headlines.iter().enumerate() {
        let again = headlines[index + 1..].iter().filter(|other| *other == one).count();
        // Two of the samples are found, and two are invalid.
        let twins = one.starts_with("Carries 766") || one.starts_with("Invalid");
        assert!(again == 0 || twins, "{one}");
    }
    assert_eq!(
        headlines[0],
        "Carries 766/s (766 to 783) with p99(response, ListAttendees) < 300ms, ratio(attempts.throttled) < 1 % and one more objective"
    );
}

#[test]
fn a_search_survives_writing_and_reading() {
    for (name, report) in samples() {
        let json = serde_json::to_string_pretty(&report).expect("writes");
        let read: Report = serde_json::from_str(&json).expect("reads");
        assert_eq!(read, report, "{name}");
    }
}

#[test]
fn a_report_says_what_its_schema_says() {
    let schema: Value = serde_json::from_str(&super::super::schema::json()).expect("reads");
    let known = schema["$defs"]["Capacity"]["properties"].as_object().expect("the block is in the schema");
    let written = serde_json::to_value(sample::found()).expect("writes");
    for name in written["capacity"].as_object().expect("a block").keys() {
        assert!(known.contains_key(name), "`{name}` is not in the schema");
    }
    assert_eq!(written["capacity"]["objectives"][0]["limit"], 300.0, "a latency is told in milliseconds");
    assert_eq!(written["capacity"]["trials"][1]["p50_ms"].as_f64().map(f64::floor), Some(10.0));
    assert_eq!(written["capacity"]["expected_load"].as_f64().map(f64::round), Some(400.0));
    assert_eq!(written["capacity"]["objectives"][0]["relaxed"][0]["factor"], 2.0, "by rising factor");
}

#[test]
fn what_is_carried_stands_before_every_number() {
    let page = page(&sample::found());
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no `{words}`"));
    let order = [
        "Carries 766/s (766 to 783)",
        "Above that, latency breaks first; headroom 1.92× over the expected 400/s.",
        "What to do next",
        "id=\"ranges\"",
        "<table",
        "id=\"curve\"",
        "at most 0.64 % of calls are slower",
        "Indications, not promises",
        "Every trial",
        "How it was done",
    ];
    for two in order.windows(2) {
        assert!(place(two[0]) < place(two[1]), "`{}` comes after `{}`", two[0], two[1]);
    }
}

#[test]
fn each_outcome_says_what_to_do_next() {
    let says = |report: &Report, words: &str| assert!(page(report).contains(words), "no `{words}`");
    says(&sample::irregular(), "max_duration");
    says(&sample::irregular(), "R² = 0.81");
    says(&sample::generator_limited(), "more cores");
    says(&sample::generator_limited(), "– void");
    says(&sample::above_max(), "raise `max`");
    says(&sample::below_start(), "Does not even carry 1 user");
    says(&sample::asserted(Outcome::Breaks), "without `--assert`");
    says(&sample::asserted(Outcome::Inconclusive), "raise `verify`");
    says(&sample::throttled(), "loadline discover");
    says(&sample::throttled(), "23.4 % too little for the expected");
    says(&sample::invalid(), "loadline run");
    says(&sample::interrupted(), "has not been verified");
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    for (name, report) in samples() {
        let page = page(&report);
        assert!(page.contains("default-src 'none'; style-src 'sha256-"), "{name}");
        for loaded in [" src=", "@import", "url(", "<link rel=\"stylesheet", " style=", " onclick=", "<script"] {
            assert!(!page.contains(loaded), "{name}: {loaded}");
        }
        for element in ["section", "table", "details", "dl", "div", "ul", "svg", "pre", "style", "figure"] {
            let opened = page.matches(&format!("<{element} ")).count() + page.matches(&format!("<{element}>")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{name}: {element}");
        }
        for word in ["NaN", "inf\"", "inf ", "infinity", "Some(", "None"] {
            let found = page.find(word).map(|at| page[at.saturating_sub(60)..at + 10].to_owned());
            assert_eq!(found, None, "{name}");
        }
    }
}

#[test]
fn foreign_text_does_nothing_in_any_output() {
    for (raw, most) in [(HOSTILE.to_owned(), 300_000), (HOSTILE.repeat(10_000), 1_500_000)] {
        let hostile = with_every_string(&sample::irregular(), &raw);
        let outputs = [
            ("html", page(&hostile)),
            ("markdown", markdown::render(&hostile)),
            ("junit", junit::render(&hostile).expect("renders")),
            ("console", on_console(&hostile, 100)),
        ];
        for (kind, text) in outputs {
            assert!(kind == "console" || !text.contains("<img"), "{kind}: markup");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{kind}: control characters");
            assert!(!text.contains(['\u{2028}', '\u{202e}', '\u{feff}']), "{kind}: invisible characters");
            assert!(text.len() < most, "{kind}: {} bytes", text.len());
        }
        let summary = markdown::render(&hostile);
        assert!(summary.len() <= markdown::LIMIT);
        assert!(!summary.contains("[l](") && !summary.contains("@all"), "{summary}");
    }
}

/// The same report with every free text replaced.
fn with_every_string(report: &Report, text: &str) -> Report {
    let mut value = serde_json::to_value(report).expect("writes");
    replace(&mut value, "", text);
    serde_json::from_value(value).expect("reads")
}

/// The keys whose words come from closed sets, where no foreign text can get.
const CLOSED: &[&str] = &["mode", "word", "kind", "unit", "verdict", "outcome", "vary", "purpose", "violates"];

fn replace(value: &mut Value, key: &str, text: &str) {
    match value {
        Value::String(_) if CLOSED.contains(&key) => {}
        Value::String(old) => text.clone_into(old),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, key, text)),
        Value::Object(map) => map.iter_mut().for_each(|(key, item)| replace(item, key, text)),
        _ => {}
    }
}

/// Writes the samples' pages where `LOADLINE_SAMPLE_PAGE` says, to be looked at in a browser.
#[test]
fn the_samples_can_be_looked_at() {
    if let Some(folder) = std::env::var_os("LOADLINE_SAMPLE_PAGE") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("makes the folder");
        for (name, report) in samples() {
            std::fs::write(folder.join(format!("capacity-{name}.html")), page(&report)).expect("writes the page");
        }
    }
}
