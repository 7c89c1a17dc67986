//! What every output promises: it reads well, it is small, and foreign text does nothing in it.

use serde_json::Value;

use super::model::{Latency, Point, ValidityWord, Word};
use super::view::{Clock, Curve, CurvePoint, WaitBucket};
use super::{HeatMap, Report, View, console, html, junit, markdown, sample};

/// Everything that a server, a file name or a scenario could try at once.
const HOSTILE: &str =
    "</script><img src=x onerror=alert(1)>\u{2028}\x1b[31m\x1b]0;owned\x07`x`|a|[l](http://e)@all #1 \"'&\u{202e}\0";

fn outputs(report: &Report, view: &View) -> [(&'static str, String); 4] {
    [
        ("html", html::render(report, view).expect("renders")),
        ("markdown", markdown::render(report)),
        ("junit", junit::render(report).expect("renders")),
        ("console", console::render(report, "reports/x/report.html", false, 100)),
    ]
}

#[test]
fn the_summaries_read_well() {
    let (report, _) = sample::run(30);
    insta::assert_snapshot!("markdown", markdown::render(&report));
    insta::assert_snapshot!("junit", junit::render(&report).expect("renders"));
    insta::assert_snapshot!("console", console::render(&report, "reports/x/report.html", false, 100));
    insta::assert_snapshot!("console_narrow", console::render(&report, "reports/x/report.html", false, 60));
}

#[test]
fn colours_are_the_only_difference_that_colour_makes() {
    let (report, _) = sample::run(10);
    let coloured = console::render(&report, "x", true, 100);
    assert!(coloured.contains('\x1b'));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), console::render(&report, "x", false, 100));
}

#[test]
fn a_report_survives_writing_and_reading() {
    let (report, _) = sample::run(10);
    let json = serde_json::to_string_pretty(&report).expect("writes");
    let read: Report = serde_json::from_str(&json).expect("reads");
    assert_eq!(read.series.len(), report.series.len());
    assert_eq!(serde_json::to_string_pretty(&read).expect("writes"), json);
}

#[test]
fn foreign_text_does_nothing_in_any_output() {
    let (report, mut view) = sample::run(10);
    for raw in [HOSTILE.to_owned(), HOSTILE.repeat(10_000)] {
        let hostile = with_every_string(&report, &raw);
        view.scenario_yaml = format!("name: {raw}");
        for (kind, text) in outputs(&hostile, &view) {
            // On a terminal, markup is text like any other.
            assert!(kind == "console" || !text.contains("<img"), "{kind}: markup");
            assert!(kind == "console" || !text.contains("</script><"), "{kind}: end of script");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{kind}: control characters");
            assert!(!text.contains(['\u{2028}', '\u{202e}', '\u{feff}']), "{kind}: invisible characters");
            assert!(text.len() < 500_000, "{kind}: {} bytes", text.len());
        }
        let summary = markdown::render(&hostile);
        assert!(summary.len() <= markdown::LIMIT);
        assert!(!summary.contains("[l](") && !summary.contains("@all") && !summary.contains("|a|"), "{summary}");
    }
}

/// The same report with every free text replaced, keys of maps included.
fn with_every_string(report: &Report, text: &str) -> Report {
    let mut value = serde_json::to_value(report).expect("writes");
    replace(&mut value, "", text);
    serde_json::from_value(value).expect("reads")
}

fn replace(value: &mut Value, key: &str, text: &str) {
    match value {
        // Words of closed sets stay what they are: no foreign text can get there.
        Value::String(_) if matches!(key, "mode" | "word" | "verdict" | "kind" | "unit") => {}
        Value::String(old) => text.clone_into(old),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, key, text)),
        Value::Object(map) if matches!(key, "by_status" | "by_error" | "by_failure") => {
            map.insert(text.to_owned(), 1.into());
        }
        Value::Object(map) => map.iter_mut().for_each(|(key, item)| replace(item, key, text)),
        _ => {}
    }
}

#[test]
fn ten_minutes_fit_the_page() {
    let (report, view) = sample::run(600);
    let page = html::render(&report, &view).expect("renders");
    assert!(page.len() < 500_000, "{} bytes", page.len());
    assert!(markdown::render(&report).len() < markdown::LIMIT);
    // The worst that a heat map can be: noise in every cell.
    let mut noise = HeatMap::new(600.0, 1.0, 1_000.0);
    for cell in 0..600 * 72 {
        let key = crate::rng::Key { seed: 1, purpose: crate::rng::Purpose::Latency, client: 0, call: cell, attempt: 0 };
        let ms = 1_000_f64.powf((cell / 600) as f64 / 72.0 + 0.001);
        noise.add((cell % 600) as f64, ms, 1 + (10_000.0 * key.unit().powi(4)) as u64);
    }
    let page = html::render(&report, &View { heat: Some(noise), ..view }).expect("renders");
    assert!(page.len() < 500_000, "{} bytes", page.len());
}

#[test]
fn the_page_loads_nothing_and_allows_only_its_own_script_and_style() {
    let (report, view) = sample::run(10);
    let page = html::render(&report, &view).expect("renders");
    assert!(page.contains("default-src 'none'; script-src 'sha256-"));
    for loaded in [" src=", "@import", "url(", "<link rel=\"stylesheet", " style=", " onclick="] {
        assert!(!page.contains(loaded), "{loaded}");
    }
    let links = page.matches("http").count();
    let namespaces = page.matches("http://www.w3.org/2000/svg").count() + page.matches("http-equiv").count();
    assert_eq!(links, namespaces, "an address beside the names of namespaces");
    let shown = page.matches("<figure").count();
    assert_eq!(shown, 8);
    assert_eq!(page.matches("role=\"img\" aria-label=\"").count(), shown + 1);
}

#[test]
fn no_data_is_drawn_as_no_data() {
    let point = |t_s: f64, p: f64| Point {
        t_s,
        lag_ms: p,
        steal: p,
        response_ms: Some(super::model::PointLatency { p50: p, p90: p, p99: p, p999: p, max: p }),
        ..Point::default()
    };
    let with_series = |series: Vec<Point>| Report { series, ..Report::default() };
    let broken = Latency { count: 3, mean: f64::NAN, min: f64::NAN, max: f64::INFINITY, percentiles: Vec::new() };
    let mut odd = with_series(vec![point(f64::NAN, f64::NAN), point(3.0, f64::INFINITY), point(90.0, 0.0)]);
    odd.totals.calls.response_ms.ok = broken;
    odd.duration_s = f64::NAN;
    let curve = |points| vec![Curve { clock: Clock::Service, points }];
    let one = CurvePoint { q: 0.0, ms: 5.0 };
    let views = [
        View::default(),
        View { heat: Some(HeatMap::new(1.0, 1.0, 1.0)), curves: curve(vec![]), ..View::default() },
        View {
            curves: curve(vec![one, CurvePoint { q: 1.0, ms: f64::NAN }]),
            waits: vec![WaitBucket { from_ms: f64::NAN, to_ms: 1.0, count: 0 }],
            ..View::default()
        },
    ];
    let reports = [
        Report::default(),
        with_series(vec![point(0.0, 5.0)]),
        with_series((0..9).map(|t| point(f64::from(t), 5.0)).collect()),
        odd,
    ];
    for report in &reports {
        for view in &views {
            let page = html::render(report, view).expect("renders");
            for word in ["NaN", "inf\"", "inf ", "infinity"] {
                assert_eq!(page.find(word).map(|at| page[at.saturating_sub(60)..at + 10].to_owned()), None);
            }
        }
    }
}

#[test]
fn the_headline_never_praises_a_run_that_proves_nothing() {
    let headline = |word, validity| {
        let mut report = Report::default();
        report.verdict.word = word;
        report.validity.verdict = validity;
        super::story::headline(&report)
    };
    assert_eq!(headline(Word::Pass, ValidityWord::Valid), "Completed");
    assert_eq!(headline(Word::Pass, ValidityWord::Invalid), "Not proven: the generator was the bottleneck");
    assert_eq!(headline(Word::ThresholdFailed, ValidityWord::Invalid), "Threshold failed");
}

/// Writes the sample's pages where `LOADLINE_SAMPLE_PAGE` says, to be looked at in a browser.
#[test]
fn the_sample_can_be_looked_at() {
    if let Some(folder) = std::env::var_os("LOADLINE_SAMPLE_PAGE") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("makes the folder");
        for seconds in [30, 600] {
            let (report, view) = sample::run(seconds);
            let page = html::render(&report, &view).expect("renders");
            std::fs::write(folder.join(format!("report-{seconds}.html")), page).expect("writes the page");
            let json = serde_json::to_string_pretty(&report).expect("writes");
            std::fs::write(folder.join(format!("report-{seconds}.json")), json).expect("writes the report");
            let page = html::render(&with_every_string(&report, HOSTILE), &view).expect("renders");
            std::fs::write(folder.join(format!("hostile-{seconds}.html")), page).expect("writes the page");
        }
    }
}
