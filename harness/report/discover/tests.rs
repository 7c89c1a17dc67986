//! What every output of a discovery promises: the limiter first, nothing loaded, foreign text that does nothing.

use serde_json::Value;

use super::super::ci::{badge, github, gitlab, history};
use super::super::model::Word;
use super::super::model::discover::{Discover, DiscoverAnswer, DiscoverOutcome};
use super::super::{Report, RunFolder, View, console, html, junit, markdown};
use super::{sample, write};
use crate::record::RunStart;

const HOSTILE: &str = "</script></style><img src=x onerror=alert(1)>\u{2028}\x1b[31m\x1b]0;owned\x07`x`|a|[l](http://e)@all #1 \"'&\u{202e}\0\n```\n# no";

fn page(report: &Report) -> String {
    html::render(report, &View::default()).expect("renders")
}

fn on_console(report: &Report, width: usize) -> String {
    console::render(report, "reports/x/report.html", false, width)
}

/// A discovery of which nothing at all is known.
fn empty() -> Report {
    Report { discover: Some(Box::default()), ..Report::default() }
}

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("bucket", sample::bucket()),
        ("window", sample::window()),
        ("concurrency", sample::concurrency()),
        ("two", sample::two()),
        ("cannot_tell", sample::cannot_tell()),
        ("no_limiter", sample::no_limiter()),
        ("changing", sample::changing()),
        ("unexplained", sample::unexplained()),
        ("failing", sample::failing()),
        ("too_slow", sample::too_slow()),
        ("banned", sample::banned()),
        ("budget_spent", sample::budget_spent()),
        ("interrupted", sample::interrupted()),
        ("empty", empty()),
    ]
}

fn found(report: &Report) -> &Discover {
    report.discover.as_ref().expect("a discovery")
}

#[test]
fn the_summaries_read_well() {
    insta::assert_snapshot!("console_bucket", on_console(&sample::bucket(), 100));
    insta::assert_snapshot!("console_two", on_console(&sample::two(), 100));
    insta::assert_snapshot!("console_cannot_tell", on_console(&sample::cannot_tell(), 80));
    insta::assert_snapshot!("console_no_limiter", on_console(&sample::no_limiter(), 100));
    insta::assert_snapshot!("console_unexplained", on_console(&sample::unexplained(), 80));
    insta::assert_snapshot!("console_failing", on_console(&sample::failing(), 100));
    insta::assert_snapshot!("markdown_bucket", markdown::render(&sample::bucket()));
    insta::assert_snapshot!("markdown_budget_spent", markdown::render(&sample::budget_spent()));
    insta::assert_snapshot!("junit_bucket", junit::render(&sample::bucket()).expect("renders"));
    insta::assert_snapshot!("junit_cannot_tell", junit::render(&sample::cannot_tell()).expect("renders"));
    insta::assert_snapshot!("junit_banned", junit::render(&sample::banned()).expect("renders"));
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
fn the_exit_code_is_that_of_the_answer() {
    let check = |report: &Report, word: Word, code: u8| {
        assert_eq!((report.verdict.word, report.verdict.exit_code), (word, code));
    };
    check(&sample::bucket(), Word::Pass, 0);
    check(&sample::cannot_tell(), Word::Pass, 0);
    check(&sample::no_limiter(), Word::Pass, 0);
    check(&sample::changing(), Word::Inconclusive, 111);
    check(&sample::unexplained(), Word::Inconclusive, 111);
    check(&sample::too_slow(), Word::Inconclusive, 111);
    check(&sample::budget_spent(), Word::Inconclusive, 111);
    check(&sample::failing(), Word::Error, 1);
    check(&sample::banned(), Word::Aborted, 99);
    check(&sample::interrupted(), Word::Interrupted, 130);
}

#[test]
fn a_discovery_survives_writing_and_reading() {
    for (name, report) in samples() {
        let json = serde_json::to_string_pretty(&report).expect("writes");
        let read: Report = serde_json::from_str(&json).expect("reads");
        assert_eq!(read, report, "{name}");
    }
}

#[test]
fn every_probe_is_kept_and_counted_once() {
    for (name, report) in samples() {
        let discover = found(&report);
        let probes = &discover.probes;
        let columns = [probes.sent_s.len(), probes.took_ms.len(), probes.stretch.len(), probes.variant.len()];
        assert!(columns.iter().all(|length| *length == probes.outcome.len()), "{name}: {columns:?}");
        assert_eq!(discover.requests, probes.outcome.len() as u64 + probes.left_out, "{name}");
        let of = |kinds: &[DiscoverOutcome]| probes.outcome.iter().filter(|is| kinds.contains(is)).count() as u64;
        assert_eq!(of(&[DiscoverOutcome::Accepted]), discover.accepted, "{name}");
        assert_eq!(of(&[DiscoverOutcome::Throttled]), discover.throttled, "{name}");
        assert_eq!(of(&[DiscoverOutcome::Failed, DiscoverOutcome::Broken]), discover.failed, "{name}");
        let staged: u64 = discover.stages.iter().map(|stage| stage.requests).sum();
        assert_eq!(staged, discover.requests, "{name}");
        assert_eq!(discover.level.at_s.len(), discover.level.requests.len(), "{name}");
        assert!(discover.level.at_s.len() <= 2_000, "{name}");
    }
    let report = sample::bucket();
    let sent = &found(&report).probes.sent_s;
    let from = |begin: &f64| sent.iter().filter(|at| (*begin..begin + 1.0).contains(*at)).count() as u64;
    assert_eq!(Some(found(&report).busiest_per_s), sent.iter().map(from).max());
}

#[test]
fn a_thinned_level_keeps_its_bottom_and_its_top() {
    let report = sample::bucket();
    let level = &found(&report).level;
    let low = level.requests.iter().copied().fold(f64::INFINITY, f64::min);
    let high = level.requests.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(low <= 0.0 && (high - 50.0).abs() < 1e-9, "from {low} to {high}");
    assert!(level.at_s.is_sorted());
}

#[test]
fn the_limiter_and_its_proof_stand_before_every_detail() {
    let page = page(&sample::bucket());
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no `{words}`"));
    let order = [
        "Token bucket: 20.0/s, burst 50",
        "20.0/s (19.9 to 20.1)",
        "shared across header.X-Api-Key",
        "fresh answers were predicted",
        "X-RateLimit-Limit misleads",
        "<pre class=\"paste\">limiters:",
        "gcra or leaky_bucket with burst",
        "id=\"time\"",
        "id=\"raster\"",
        "id=\"recovery\"",
        "Predicted against seen",
        "odds 10^21 to 1 against it",
        "TooManyRequests",
        "id=\"cost\"",
    ];
    for two in order.windows(2) {
        assert!(place(two[0]) < place(two[1]), "`{}` comes after `{}`", two[0], two[1]);
    }
}

#[test]
fn each_answer_says_what_was_learned_and_what_to_do() {
    let claims = |report: &Report, words: &str| assert!(page(report).contains(words), "no `{words}`");
    claims(&sample::window(), "Fixed window on the clock: 100 in 5.00 s");
    claims(&sample::concurrency(), "Limit on concurrent requests: 8 at the same time");
    claims(&sample::two(), "Two limits at once");
    claims(&sample::two(), "one for each header.X-Api-Key");
    claims(&sample::two(), "Throttled requests are charged, too");
    claims(&sample::cannot_tell(), "Cannot tell: token bucket or sliding window by two counters");
    claims(&sample::cannot_tell(), "odds 3 to 1 against it");
    claims(&sample::no_limiter(), "No limiter up to 200/s");
    claims(&sample::no_limiter(), "`discover.max_rate`");
    claims(&sample::changing(), "does not explain the later ones");
    claims(&sample::unexplained(), "leaves 211 of 1,204 answers unexplained");
    claims(&sample::unexplained(), "What comes nearest to it");
    claims(&sample::failing(), "Most often: 500");
    claims(&sample::too_slow(), "Probe from nearer to the target");
    claims(&sample::banned(), "Wait until it lets you in again");
    claims(&sample::budget_spent(), "requests: 400, duration: 180s");
    claims(&sample::interrupted(), "Someone stopped it");
    let mut heads: Vec<String> = samples().iter().map(|(_, report)| super::headline(found(report))).collect();
    heads.sort();
    heads.dedup();
    // What is empty reads as interrupted.
    assert_eq!(heads.len(), samples().len() - 1, "{heads:?}");
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    for (name, report) in samples() {
        let page = page(&report);
        assert!(page.contains("default-src 'none'; style-src 'sha256-"), "{name}");
        for loaded in [" src=", "@import", "url(", "<link rel=\"stylesheet", " style=", " onclick=", "<script"] {
            assert!(!page.contains(loaded), "{name}: {loaded}");
        }
        assert!(page.len() < 200_000, "{name}: {} bytes", page.len());
        for broken in ["NaN", "inf ", "{{", "{%"] {
            assert!(!page.contains(broken), "{name}: {broken}");
        }
    }
}

#[test]
fn every_drawing_says_what_it_shows() {
    for (name, report) in samples().into_iter().filter(|(name, _)| *name != "empty") {
        let page = page(&report);
        let drawings = page.matches("<svg xmlns").count() - page.matches("class=\"swatch\"").count();
        assert!(drawings >= 3, "{name}: {drawings} drawings");
        let described = page.matches("<title>").count() - 1;
        assert!(described >= drawings, "{name}: {described} titles for {drawings} drawings");
        assert!(page.contains("role=\"img\" aria-label="), "{name}");
    }
}

#[test]
fn foreign_text_does_nothing_in_any_output() {
    for (raw, most) in [(HOSTILE.to_owned(), 400_000), (HOSTILE.repeat(10_000), 1_500_000)] {
        let hostile = with_every_string(&sample::two(), &raw);
        let outputs = [
            ("html", page(&hostile)),
            ("markdown", markdown::render(&hostile)),
            ("junit", junit::render(&hostile).expect("renders")),
            ("console", on_console(&hostile, 100)),
            ("gitlab", gitlab::render(&hostile)),
        ];
        for (kind, text) in outputs {
            // In a block of code, markup is text; the fence is longer than any in it.
            let outside = text.split("\n````").step_by(2).collect::<String>();
            assert!(["console", "gitlab"].contains(&kind) || !outside.contains("<img"), "{kind}: markup");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{kind}: control characters");
            assert!(!text.contains(['\u{2028}', '\u{202e}', '\u{feff}']), "{kind}: invisible characters");
            assert!(text.len() < most, "{kind}: {} bytes", text.len());
        }
        assert!(markdown::render(&hostile).len() <= markdown::LIMIT);
    }
}

/// The same report with every free text replaced.
fn with_every_string(report: &Report, text: &str) -> Report {
    let mut value = serde_json::to_value(report).expect("writes");
    replace(&mut value, "", text);
    serde_json::from_value(value).expect("reads")
}

/// The keys whose words come from closed sets, where no foreign text can get.
const CLOSED: &[&str] = &["mode", "word", "kind", "verdict", "answer", "class", "sharing", "honesty", "outcome"];

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
fn the_folder_holds_the_limiters_only_where_some_were_found() {
    let again = |folder: &RunFolder| RunFolder::open(folder.path()).expect_err("there is no journal").to_string();
    let there = |report: &Report| {
        let out = tempfile::tempdir().expect("a folder");
        let folder = RunFolder::create_at(out.path(), "found").expect("a folder");
        write(&folder, &RunStart::default(), report).expect("writes");
        for name in ["report.json", "report.html", "summary.md", "junit.xml", "scenario.yaml"] {
            assert!(folder.path().join(name).is_file(), "{name}");
        }
        // Who wants it rebuilt or compared is told that it is complete.
        assert!(again(&folder).contains("holds a finished report"), "{}", again(&folder));
        std::fs::read_to_string(folder.path().join("limiters.yaml")).ok()
    };
    let yaml = there(&sample::bucket()).expect("limiters");
    assert!(yaml.starts_with("limiters:\n  found: {type: token_bucket") && yaml.ends_with("}\n"), "{yaml}");
    assert_eq!(there(&sample::no_limiter()), None);
}

#[test]
fn a_pipeline_learns_what_was_found() {
    let badge = |report: &Report| serde_json::to_value(badge::badge(report)).expect("writes");
    assert_eq!(badge(&sample::bucket())["message"], "Token bucket: 20.0/s, burst 50");
    assert_eq!(badge(&sample::bucket())["color"], "brightgreen");
    assert_eq!(badge(&sample::banned())["color"], "red");
    let metrics = gitlab::render(&sample::bucket());
    assert!(metrics.contains("loadline_limiter{limiter=\"found\",parameter=\"rate\"} 20\n"), "{metrics}");
    assert!(!metrics.contains("loadline_valid"), "{metrics}");
    let level = |report: &Report| github::annotations(report).first().map(|note| note.level);
    assert_eq!(level(&sample::bucket()), Some(github::Level::Notice));
    assert_eq!(level(&sample::cannot_tell()), Some(github::Level::Warning));
    assert_eq!(level(&sample::unexplained()), Some(github::Level::Error));
    let row = history::row(&sample::bucket(), &history::Origin::default()).expect("a row");
    assert!(row.head.ends_with("verdict,found_rate_per_s,found_burst,requests"), "{}", row.head);
    assert_eq!(history::row(&sample::no_limiter(), &history::Origin::default()), None);
}

#[test]
fn the_words_of_the_block_are_those_of_the_core() {
    let word = |value: Value| value.as_str().map(str::to_owned).expect("a word");
    for (report, answer) in [
        (sample::bucket(), crate::discover::Answer::Identified),
        (sample::cannot_tell(), crate::discover::Answer::CannotTell),
        (sample::no_limiter(), crate::discover::Answer::NoLimiter),
        (sample::banned(), crate::discover::Answer::Banned),
        (sample::too_slow(), crate::discover::Answer::TooSlow),
        (sample::budget_spent(), crate::discover::Answer::BudgetSpent),
    ] {
        assert_eq!(word(serde_json::to_value(found(&report).answer).expect("writes")), answer.word());
    }
    assert_eq!(found(&empty()).answer, DiscoverAnswer::Interrupted);
    for (name, class) in [
        ("bucket", crate::discover::Class::Bucket),
        ("window", crate::discover::Class::FixedWindow),
        ("concurrency", crate::discover::Class::Concurrency),
    ] {
        let report = samples().into_iter().find(|(is, _)| *is == name).expect("a sample").1;
        let written = serde_json::to_value(found(&report).limiters[0].class).expect("writes");
        assert_eq!(word(written), class.word());
    }
}

/// Writes the samples' pages where `LOADLINE_SAMPLE_PAGE` says, to be looked at in a browser.
#[test]
fn the_samples_can_be_looked_at() {
    if let Some(folder) = std::env::var_os("LOADLINE_SAMPLE_PAGE") {
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder).expect("makes the folder");
        let hostile = ("hostile", with_every_string(&sample::two(), HOSTILE));
        for (name, report) in samples().into_iter().chain([hostile]) {
            std::fs::write(folder.join(format!("discover-{name}.html")), page(&report)).expect("writes the page");
        }
    }
}
