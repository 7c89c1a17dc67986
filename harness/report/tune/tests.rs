//! What every output of a comparison promises: the answer first, nothing loaded, foreign text that does nothing.

use serde_json::Value;

use super::super::model::Word;
use super::super::{Report, View, console, html, junit, markdown};
use super::sample;

const HOSTILE: &str = "</script></style><img src=x onerror=alert(1)>\u{2028}\x1b[31m\x1b]0;owned\x07`x`|a|[l](http://e)@all #1 \"'&\u{202e}\0\n```\n# no";

fn page(report: &Report) -> String {
    html::render(report, &View::default()).expect("renders")
}

fn on_console(report: &Report, width: usize) -> String {
    console::render(report, "reports/x/report.html", false, width)
}

#[test]
fn the_summaries_read_well() {
    insta::assert_snapshot!("console", on_console(&sample::won(), 100));
    insta::assert_snapshot!("console_overloaded", on_console(&sample::overloaded(), 80));
    insta::assert_snapshot!("console_unmet", on_console(&sample::unmet(), 80));
    insta::assert_snapshot!("console_calm", on_console(&sample::calm(), 80));
    insta::assert_snapshot!("markdown", markdown::render(&sample::won()));
    insta::assert_snapshot!("junit", junit::render(&sample::unmet()).expect("renders"));
}

#[test]
fn the_console_takes_no_more_than_a_screen() {
    for report in [sample::won(), sample::overloaded(), sample::unmet(), sample::calm()] {
        for width in [80, 110] {
            let text = on_console(&report, width);
            assert!(text.lines().count() <= 42, "{} lines\n{text}", text.lines().count());
            let coloured = console::render(&report, "reports/x/report.html", true, width);
            assert!(coloured.contains('\x1b'));
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text);
        }
    }
}

#[test]
fn what_nothing_meets_fails_the_run() {
    let report = sample::unmet();
    assert_eq!((report.verdict.word, report.verdict.exit_code), (Word::RequirementUnmet, 99));
    assert_eq!((sample::won().verdict.word, sample::won().verdict.exit_code), (Word::Pass, 0));
    assert_eq!(sample::calm().verdict.exit_code, 0);
}

#[test]
fn a_comparison_survives_writing_and_reading() {
    let report = sample::won();
    let json = serde_json::to_string_pretty(&report).expect("writes");
    let read: Report = serde_json::from_str(&json).expect("reads");
    assert_eq!(read, report);
    let value: Value = serde_json::from_str(&json).expect("reads");
    let eager = value["tune"]["candidates"]
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["name"] == "eager"))
        .expect("the candidate that does not recover");
    assert_eq!(eager["standing"], "metastable");
    // What never happened is absent; what was never tried would not have the object around it.
    assert_eq!(eager["measures"]["recovery_s"]["mean"], Value::Null);
    assert_eq!(eager["measures"]["recovery_s"]["runs"], 24);
    assert_eq!(value["tune"]["candidates"][2]["measures"]["recovery_s"], Value::Null);
    assert_eq!(eager["vulnerability"]["shortest_s"], 6.5);
    assert_eq!(value["tune"]["candidates"][0]["vulnerability"], serde_json::json!({}));
    assert_eq!(value["tune"]["candidates"][0]["measures"]["p99_ms"]["mean"], 1_400.0);
}

#[test]
fn advice_stands_before_the_verdict_only_where_no_policy_can_help() {
    let place = |report: &Report, words: &str| page(report).find(words).unwrap_or_else(|| panic!("no `{words}`"));
    let pressed = sample::overloaded();
    assert!(place(&pressed, "At most 83 %") < place(&pressed, "class=\"verdict"));
    let at_ease = sample::won();
    assert!(place(&at_ease, "Spread the batch") > place(&at_ease, "id=\"sensitivity\""));
    // What to paste is right under the verdict, before any table.
    assert!(place(&at_ease, "class=\"paste\"") < place(&at_ease, "<table"));
}

#[test]
fn what_does_not_recover_is_flagged_first_whatever_its_place() {
    let page = page(&sample::won());
    let section = &page[page.find("id=\"trigger\"").expect("a trigger test")..];
    assert!(section.find("eager does not recover").expect("said") < section.find("<table").expect("a table"));
    let first = section.find("<th scope=\"row\">").expect("a row");
    assert!(section[first..].starts_with("<th scope=\"row\">✗ eager"));
}

#[test]
fn each_term_is_explained_once() {
    let page = page(&sample::won());
    for term in ["full jitter", "budget", "amplification", "goodput", "metastable", "fairness", "recovery"] {
        assert_eq!(page.matches(&format!("<dt>{term}</dt>")).count(), 1, "{term}");
    }
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    for report in [sample::won(), sample::overloaded(), sample::unmet(), sample::calm(), empty()] {
        let page = page(&report);
        assert!(page.contains("default-src 'none'; style-src 'sha256-"));
        for loaded in [" src=", "@import", "url(", "<link rel=\"stylesheet", " style=", " onclick=", "<script"] {
            assert!(!page.contains(loaded), "{loaded}");
        }
        let namespaces = page.matches("http://www.w3.org/2000/svg").count() + page.matches("http-equiv").count();
        assert_eq!(page.matches("http").count(), namespaces, "an address beside the names of namespaces");
        for element in ["section", "table", "details", "dl", "div", "article", "ul", "svg", "pre", "style"] {
            let opened = page.matches(&format!("<{element} ")).count() + page.matches(&format!("<{element}>")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
        for word in ["NaN", "inf\"", "inf ", "infinity"] {
            assert_eq!(page.find(word).map(|at| page[at.saturating_sub(60)..at + 10].to_owned()), None);
        }
    }
}

/// A comparison in which nothing at all is known.
fn empty() -> Report {
    Report { tune: Some(Box::default()), ..Report::default() }
}

#[test]
fn foreign_text_does_nothing_in_any_output() {
    for (raw, most) in [(HOSTILE.to_owned(), 300_000), (HOSTILE.repeat(10_000), 1_500_000)] {
        let hostile = with_every_string(&sample::won(), &raw);
        let outputs = [
            ("html", page(&hostile)),
            ("markdown", markdown::render(&hostile)),
            ("junit", junit::render(&hostile).expect("renders")),
            ("console", on_console(&hostile, 100)),
        ];
        for (kind, text) in outputs {
            // On a terminal, and in a block of code, markup is text like any other.
            assert!(matches!(kind, "console" | "markdown") || !text.contains("<img"), "{kind}: markup");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{kind}: control characters");
            assert!(!text.contains(['\u{2028}', '\u{202e}', '\u{feff}']), "{kind}: invisible characters");
            assert!(text.len() < most, "{kind}: {} bytes", text.len());
        }
        let summary = markdown::render(&hostile);
        assert!(summary.len() <= markdown::LIMIT);
        // The only place where markup may stand is the block of code, and its fence is longer than the text's own.
        let (before, code) = summary.split_once("````yaml\n").expect("a block of code");
        let after = code.split_once("\n````\n").map_or("", |(_, after)| after);
        for outside in [before, after] {
            assert!(!outside.contains("<img") && !outside.contains("[l](") && !outside.contains("@all"), "{outside}");
        }
    }
}

/// The same report with every free text replaced.
fn with_every_string(report: &Report, text: &str) -> Report {
    let mut value = serde_json::to_value(report).expect("writes");
    replace(&mut value, "", text);
    serde_json::from_value(value).expect("reads")
}

fn replace(value: &mut Value, key: &str, text: &str) {
    match value {
        // Words of closed sets stay what they are: no foreign text can get there.
        Value::String(_) if matches!(key, "mode" | "word" | "kind" | "unit" | "standing" | "arrivals" | "shift") => {}
        Value::String(_) if key == "verdict" => {}
        Value::String(old) => text.clone_into(old),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, key, text)),
        Value::Object(map) => map.iter_mut().for_each(|(key, item)| replace(item, key, text)),
        _ => {}
    }
}

#[test]
fn a_sweep_over_hundreds_of_candidates_fits_the_page() {
    let mut report = sample::won();
    let tune = report.tune.as_mut().expect("a comparison");
    let row = tune.candidates[0].clone();
    tune.candidates.extend((0..600).map(|_| row.clone()));
    let text = page(&report);
    assert!(text.len() < 300_000, "{} bytes", text.len());
    assert!(text.contains("more are in report.json"));
    assert!(markdown::render(&report).len() < markdown::LIMIT);
}

/// Writes the samples' pages where `LOADLINE_SAMPLE_PAGE` says, to be looked at in a browser.
#[test]
fn the_samples_can_be_looked_at() {
    if let Some(folder) = std::env::var_os("LOADLINE_SAMPLE_PAGE") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("makes the folder");
        let samples = [
            ("won", sample::won()),
            ("overloaded", sample::overloaded()),
            ("unmet", sample::unmet()),
            ("calm", sample::calm()),
            ("hostile", with_every_string(&sample::won(), HOSTILE)),
        ];
        for (name, report) in samples {
            std::fs::write(folder.join(format!("tune-{name}.html")), page(&report)).expect("writes the page");
        }
    }
}
