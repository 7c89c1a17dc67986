//! What every output of a gate promises: the verdict first, nothing loaded, foreign text that does nothing.

use serde_json::Value;

use super::super::model::Word;
use super::super::{Report, View, console, html, junit, markdown};
use super::sample;
use crate::gate::OnInconclusive;

const HOSTILE: &str = "</script></style><img src=x onerror=alert(1)>\u{2028}\x1b[31m\x1b]0;owned\x07`x`|a|[l](http://e)@all #1 \"'&\u{202e}\0\n```\n# no";

fn page(report: &Report) -> String {
    html::render(report, &View::default()).expect("renders")
}

fn on_console(report: &Report, width: usize) -> String {
    console::render(report, "reports/x/report.html", false, width)
}

/// A gate of which nothing at all is known.
fn empty() -> Report {
    Report { gate: Some(Box::default()), ..Report::default() }
}

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("failed", sample::failed()),
        ("passed", sample::passed()),
        ("inconclusive", sample::inconclusive(OnInconclusive::Warn)),
        ("invalid", sample::invalid()),
        ("stored", sample::stored()),
        ("indicative", sample::indicative()),
        ("calibration", sample::calibration()),
        ("boundless", sample::boundless()),
        ("empty", empty()),
    ]
}

#[test]
fn the_summaries_read_well() {
    insta::assert_snapshot!("console_failed", on_console(&sample::failed(), 100));
    insta::assert_snapshot!("console_passed", on_console(&sample::passed(), 100));
    insta::assert_snapshot!("console_inconclusive", on_console(&sample::inconclusive(OnInconclusive::Warn), 80));
    insta::assert_snapshot!("console_invalid", on_console(&sample::invalid(), 80));
    insta::assert_snapshot!("console_stored", on_console(&sample::stored(), 100));
    insta::assert_snapshot!("console_calibration", on_console(&sample::calibration(), 100));
    insta::assert_snapshot!("markdown_failed", markdown::render(&sample::failed()));
    insta::assert_snapshot!("markdown_inconclusive", markdown::render(&sample::inconclusive(OnInconclusive::Fail)));
    insta::assert_snapshot!("junit_failed", junit::render(&sample::failed()).expect("renders"));
    insta::assert_snapshot!(
        "junit_inconclusive",
        junit::render(&sample::inconclusive(OnInconclusive::Fail)).expect("renders")
    );
    insta::assert_snapshot!("junit_invalid", junit::render(&sample::invalid()).expect("renders"));
}

#[test]
fn the_console_takes_no_more_than_a_screen() {
    for (name, report) in samples() {
        for width in [80, 110] {
            let text = on_console(&report, width);
            assert!(text.lines().count() <= 32, "{name}: {} lines\n{text}", text.lines().count());
            let coloured = console::render(&report, "reports/x/report.html", true, width);
            assert!(coloured.contains('\x1b'), "{name}");
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text, "{name}");
        }
    }
}

#[test]
fn the_exit_code_is_that_of_the_verdict() {
    let check = |report: &Report, word: Word, code: u8| {
        assert_eq!((report.verdict.word, report.verdict.exit_code), (word, code));
    };
    check(&sample::passed(), Word::Pass, 0);
    check(&sample::failed(), Word::Regression, 110);
    check(&sample::inconclusive(OnInconclusive::Fail), Word::Inconclusive, 111);
    check(&sample::inconclusive(OnInconclusive::Warn), Word::Inconclusive, 0);
    check(&sample::inconclusive(OnInconclusive::Pass), Word::Inconclusive, 0);
    check(&sample::invalid(), Word::Invalid, 112);
    check(&sample::calibration(), Word::Pass, 0);
}

#[test]
fn a_gate_survives_writing_and_reading() {
    for (name, report) in samples() {
        let json = serde_json::to_string_pretty(&report).expect("writes");
        let read: Report = serde_json::from_str(&json).expect("reads");
        assert_eq!(read, report, "{name}");
    }
}

#[test]
fn changes_are_those_of_the_measure_whichever_way_is_worse() {
    let report = sample::failed();
    let gate = report.gate.as_ref().expect("a gate");
    let change = |index: usize| gate.metrics[index].change;
    let (p99, goodput) = (change(0), change(2));
    let near = |value: Option<f64>, wanted: f64| assert!((value.expect("a number") - wanted).abs() < 1e-3, "{value:?}");
    near(p99.estimate, 0.103);
    near(p99.lower.map(|bound| bound.at), 0.081);
    near(p99.upper.map(|bound| bound.at), 0.124);
    // Goodput that is 0.1 % lower is worse; what fails it is that its change is surely no higher than some bound.
    near(goodput.estimate, -0.001);
    let (lower, upper) = (goodput.lower.expect("a bound"), goodput.upper.expect("a bound"));
    assert!(lower.at < -0.001 && upper.at > -0.001, "{goodput:?}");
    assert!(upper.confidence > lower.confidence, "{goodput:?}");
    // A latency is told in milliseconds.
    near(gate.metrics[0].baseline, 42.0);
}

#[test]
fn what_the_runs_are_too_few_for_is_absent() {
    let report = sample::boundless();
    let value = serde_json::to_value(&report).expect("writes");
    let change = &value["gate"]["metrics"][2]["change"];
    assert!(change["estimate"].is_number(), "{change}");
    assert_eq!((&change["lower"], &change["upper"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_spoiled_try_does_not_count_and_what_was_run_again_does() {
    let report = sample::failed();
    let runs = &report.gate.as_ref().expect("a gate").runs;
    let counts = |pair: u32, again: u32| -> Vec<bool> {
        runs.iter().filter(|run| (run.pair, run.again) == (pair, again)).map(|run| run.counts).collect()
    };
    // The partner of a spoiled run does not count either.
    assert_eq!(counts(3, 0), [false, false]);
    assert_eq!(counts(3, 1), [true, true]);
    assert_eq!(counts(0, 0), [false, false]);
    assert_eq!(counts(4, 0), [true, true]);
}

#[test]
fn the_verdict_and_its_sureness_stand_before_every_number() {
    let page = page(&sample::failed());
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no `{words}`"));
    let order = [
        "Regression: p99 of response is 10.3 % higher",
        "+8.1 % to +12.4 %",
        "the tolerance is +5 %",
        "run again",
        "<table",
        "id=\"forest\"",
        "id=\"pairs\"",
        "id=\"curves\"",
        "id=\"runs\"",
        "id=\"how\"",
    ];
    for two in order.windows(2) {
        assert!(place(two[0]) < place(two[1]), "`{}` comes after `{}`", two[0], two[1]);
    }
}

#[test]
fn each_way_of_comparing_claims_what_it_may() {
    let claims = |report: &Report, words: &str| assert!(page(report).contains(words), "no `{words}`");
    claims(&sample::failed(), "signed ranks");
    claims(&sample::stored(), "were not interleaved");
    claims(&sample::stored(), "different hosts");
    claims(&sample::indicative(), "one run a side proves nothing");
    claims(&sample::calibration(), "every difference is noise");
    claims(&sample::inconclusive(OnInconclusive::Warn), "14 more pairs at this noise would tell");
    claims(&sample::invalid(), "says nothing about the candidate");
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    for (name, report) in samples() {
        let page = page(&report);
        assert!(page.contains("default-src 'none'; style-src 'sha256-"), "{name}");
        for loaded in [" src=", "@import", "url(", "<link rel=\"stylesheet", " style=", " onclick=", "<script"] {
            assert!(!page.contains(loaded), "{name}: {loaded}");
        }
        let namespaces = page.matches("http://www.w3.org/2000/svg").count() + page.matches("http-equiv").count();
        assert_eq!(page.matches("http").count(), namespaces, "{name}: an address beside the names of namespaces");
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
        let hostile = with_every_string(&sample::failed(), &raw);
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
const CLOSED: &[&str] = &[
    "mode",
    "word",
    "kind",
    "unit",
    "verdict",
    "reason",
    "method",
    "scale",
    "worse",
    "judged_for",
    "side",
    "position",
    "on_inconclusive",
    "trim",
];

fn replace(value: &mut Value, key: &str, text: &str) {
    match value {
        Value::String(_) if CLOSED.contains(&key) => {}
        Value::String(old) => text.clone_into(old),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, key, text)),
        Value::Object(map) => map.iter_mut().for_each(|(key, item)| replace(item, key, text)),
        _ => {}
    }
}

#[test]
fn hundreds_of_runs_fit_the_page_and_the_summary() {
    let mut report = sample::failed();
    let gate = report.gate.as_mut().expect("a gate");
    let run = gate.runs[4].clone();
    gate.runs.extend((0..2_000).map(|_| run.clone()));
    let text = page(&report);
    assert!(text.len() < 400_000, "{} bytes", text.len());
    assert!(text.contains("more are in report.json"));
    assert!(markdown::render(&report).len() < markdown::LIMIT);
}

/// Writes the samples' pages where `LOADLINE_SAMPLE_PAGE` says, to be looked at in a browser.
#[test]
fn the_samples_can_be_looked_at() {
    if let Some(folder) = std::env::var_os("LOADLINE_SAMPLE_PAGE") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("makes the folder");
        let hostile = ("hostile", with_every_string(&sample::failed(), HOSTILE));
        for (name, report) in samples().into_iter().chain([hostile]) {
            std::fs::write(folder.join(format!("gate-{name}.html")), page(&report)).expect("writes the page");
        }
    }
}
