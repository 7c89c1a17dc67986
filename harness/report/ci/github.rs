//! GitHub Actions: commands in the log that become annotations, and the summary of a step.
//!
//! The forms are those of GitHub's "Workflow commands"; what its runner makes of them was read in its source (`ActionCommand.cs`,
//! `OutputManager.cs`): commands are looked for in both streams, behind any white space, and those of the older form `##[…]`
//! anywhere in a line.

use std::borrow::Cow;

use super::super::discover as discovery;
use super::super::model::capacity::Capacity;
use super::super::model::discover::Discover;
use super::super::model::gate::{Gate, GateKind, GateReason, GateVerdict};
use super::super::model::{Report, ValidityWord, Word};
use super::super::{story, table, text};

/// How many annotations of a level GitHub shows for a step; it drops the others without a word.
pub const PER_LEVEL: usize = 10;

/// The most that we let the summary of a step hold, in bytes, what others wrote into it included. GitHub drops one of more than
/// 1 MiB as a whole; nobody reads that much either.
pub const SUMMARY_LIMIT: usize = super::super::markdown::LIMIT;

/// The longest title and the longest message of an annotation, in characters.
const TITLE: usize = 120;
const MESSAGE: usize = 1_000;

/// How loud an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is why the step fails.
    Error,
    /// It is a doubt.
    Warning,
    /// It is good to know.
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// Something that GitHub shows beside a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How loud it is.
    pub level: Level,
    /// Its headline.
    pub title: String,
    /// What it says.
    pub message: String,
}

impl Annotation {
    /// An annotation; foreign text in it is cleaned, and cut where it is long.
    pub fn new(level: Level, title: &str, message: &str) -> Self {
        Self { level, title: text::line(title, TITLE), message: text::line(message, MESSAGE) }
    }

    /// As a line for the log.
    fn line(&self) -> String {
        format!("::{} title={}::{}", self.level.command(), property(&self.title), data(&self.message))
    }
}

/// What there is to say of a report: an error for everything that failed, a warning for every doubt, a notice where all is well.
pub fn annotations(report: &Report) -> Vec<Annotation> {
    let mut notes = Notes { name: &report.scenario.name, list: Vec::new() };
    if let Some(gate) = &report.gate {
        return of_gate(report, gate, notes);
    }
    if let Some(capacity) = &report.capacity {
        return of_capacity(report, capacity, notes);
    }
    if let Some(discover) = &report.discover {
        return of_discovery(report, discover, notes);
    }
    if let Some(tune) = &report.tune {
        for requirement in tune.requirements.iter().filter(|requirement| !requirement.ok) {
            let why = requirement.why.as_deref().unwrap_or("no candidate meets it");
            notes.add(Level::Error, "requirement unmet", &format!("{}: {why}", requirement.expression));
        }
    }
    for threshold in report.thresholds.iter().filter(|threshold| !threshold.ok) {
        let message = format!(
            "{}: observed {} over {} samples",
            threshold.expression,
            table::observed(threshold),
            threshold.samples
        );
        notes.add(Level::Error, "threshold failed", &message);
    }
    if let Some(sentence) =
        story::audit_sentence(report).filter(|_| report.audit.as_ref().is_some_and(|audit| !audit.ok))
    {
        notes.add(Level::Error, "audit failed", &sentence);
    }
    let reason = report.verdict.reasons.first().map_or_else(String::new, |reason| story::sentence(reason));
    let level = match report.verdict.word {
        Word::Pass => None,
        Word::Interrupted => Some(Level::Warning),
        // Each threshold, audit and requirement that failed has been said by itself.
        _ if notes.list.iter().any(|note| note.level == Level::Error) => None,
        _ => Some(Level::Error),
    };
    if let Some(level) = level {
        notes.add(level, &story::headline(report).to_lowercase(), &reason);
    }
    if report.validity.verdict != ValidityWord::Valid && report.verdict.word != Word::Invalid {
        let reasons: Vec<String> = report.validity.reasons.iter().map(|reason| story::sentence(reason)).collect();
        let title = match report.validity.verdict {
            ValidityWord::Invalid => "the generator was the bottleneck",
            _ => "the generator fell behind at times",
        };
        notes.add(Level::Warning, title, &reasons.join(" "));
    }
    if notes.list.is_empty() && report.tune.is_none() {
        notes.add(Level::Notice, &story::headline(report).to_lowercase(), &story::answer(report));
    }
    notes.list
}

/// A metric that fails is an error; one that nobody can tell is one where the verdict of the whole says so.
fn of_gate(report: &Report, gate: &Gate, mut notes: Notes<'_>) -> Vec<Annotation> {
    // Beside a regression, what nobody can tell fails nothing.
    let doubt = match report.verdict.word {
        Word::Inconclusive | Word::Invalid | Word::Error => Level::Error,
        _ => Level::Warning,
    };
    let headline = super::super::gate::headline(report, gate).to_lowercase();
    let by_itself = matches!(report.verdict.word, Word::Interrupted | Word::Error)
        || (!gate.metrics.is_empty() && gate.metrics.iter().all(|metric| metric.reason == GateReason::RunsInvalid));
    if by_itself {
        notes.add(doubt, &headline, &super::super::gate::answer(gate));
        return notes.list;
    }
    for metric in &gate.metrics {
        let (level, title) = match metric.verdict {
            GateVerdict::Invalid => (doubt, "could not be judged"),
            // A side beside itself: there is noise to learn of, and nothing to judge.
            _ if gate.kind == GateKind::Calibration => continue,
            GateVerdict::Fail => (Level::Error, "regression"),
            GateVerdict::Inconclusive => (doubt, "inconclusive"),
            GateVerdict::Pass if metric.reason == GateReason::RealWithinTolerance => {
                (Level::Notice, "a real change, within its tolerance")
            }
            GateVerdict::Pass => continue,
        };
        let title = format!("{title}: {}", metric.expression);
        notes.add(level, &title, &super::super::gate::metric_sentence(metric));
    }
    if notes.list.is_empty() {
        notes.add(Level::Notice, &headline, &super::super::gate::answer(gate));
    }
    notes.list
}

/// One annotation says it all. It is an error where the verb fails, but for a search that someone stopped.
fn of_capacity(report: &Report, capacity: &Capacity, mut notes: Notes<'_>) -> Vec<Annotation> {
    let level = match (report.verdict.word, super::super::capacity::tone(capacity)) {
        (Word::Pass, story::Tone::Good) => Level::Notice,
        (Word::Pass | Word::Interrupted, _) => Level::Warning,
        _ => Level::Error,
    };
    let caveats = super::super::capacity::caveats(report, capacity).join(" ");
    let message = format!("{} {caveats}", super::super::capacity::answer(capacity));
    notes.add(level, &super::super::capacity::headline(capacity), message.trim_end());
    notes.list
}

/// An answer is a notice, one that leaves something open is a warning, and none at all is an error.
fn of_discovery(report: &Report, discover: &Discover, mut notes: Notes<'_>) -> Vec<Annotation> {
    let level = match (report.verdict.word, discovery::tone(discover)) {
        (Word::Pass, story::Tone::Good) => Level::Notice,
        (Word::Pass | Word::Interrupted, _) => Level::Warning,
        _ => Level::Error,
    };
    let caveats = discovery::caveats(report, discover).join(" ");
    let message = format!("{} {caveats}", discovery::answer(discover));
    notes.add(level, &discovery::headline(discover), message.trim_end());
    notes.list
}

/// Annotations of one report, each under the name of its scenario.
struct Notes<'a> {
    name: &'a str,
    list: Vec<Annotation>,
}

impl Notes<'_> {
    fn add(&mut self, level: Level, title: &str, message: &str) {
        // GitHub shows no annotation without a message.
        let message = if message.trim().is_empty() { "see the report" } else { message };
        self.list.push(Annotation::new(level, &format!("{}: {title}", self.name), message));
    }
}

/// The lines to print, loudest first. Where there are more of a level than GitHub shows, the last one says how many more.
pub fn commands(annotations: &[Annotation]) -> Vec<String> {
    let mut lines = Vec::new();
    for level in Level::ALL {
        let of_level: Vec<&Annotation> = annotations.iter().filter(|note| note.level == level).collect();
        let shown = if of_level.len() > PER_LEVEL { PER_LEVEL - 1 } else { of_level.len() };
        lines.extend(of_level[..shown].iter().map(|note| note.line()));
        let more = of_level.len() - shown;
        if more > 0 {
            let message = format!("{more} more are not shown here: the summary of the step and report.json have all");
            lines.push(Annotation::new(level, &format!("and {more} more"), &message).line());
        }
    }
    lines
}

/// What to append to a step's summary that holds `present` bytes already: all of it, as much as fits, or nothing.
pub fn summary(markdown: &str, present: u64) -> Option<String> {
    const NOTE: &str = "\n\n(cut: the rest is in summary.md and report.json)\n";
    const CLOSE: &str = "\n</details>\n";
    let room = SUMMARY_LIMIT.saturating_sub(usize::try_from(present).unwrap_or(usize::MAX));
    // Whoever wrote before may not have ended the line.
    let whole = format!("\n{}\n", markdown.trim_end());
    if whole.len() <= room {
        return Some(whole);
    }
    // A fence that closes a block of code is as long as a line of it may be.
    let most = room.checked_sub(NOTE.len() + CLOSE.len() + 2 * 100)?;
    let end = (0..=most).rev().find(|at| whole.is_char_boundary(*at) && whole[..*at].ends_with('\n'))?;
    let mut cut = whole[..end].to_owned();
    if let Some(fence) = open_fence(&cut).filter(|fence| fence.len() <= 100) {
        let fence = fence.to_owned();
        cut.push_str(&fence);
        cut.push('\n');
    }
    if cut.matches("<details").count() > cut.matches("</details>").count() {
        cut.push_str(CLOSE);
    }
    (!cut.trim().is_empty()).then(|| cut + NOTE)
}

/// The fence that opened a block of code which nothing closes.
fn open_fence(markdown: &str) -> Option<&str> {
    let mut open: Option<&str> = None;
    for line in markdown.lines() {
        let fence = &line[..line.len() - line.trim_start_matches('`').len()];
        match open {
            None if fence.len() >= 3 => open = Some(fence),
            Some(opened) if fence.len() >= opened.len() && line.trim_end().len() == fence.len() => open = None,
            _ => {}
        }
    }
    open
}

/// Text for the log in which no line is a command. The runner compares by the rules of a language, which see through invisible
/// characters, so that nothing invisible would help: a visible one is put in between.
pub fn harmless(log: &str) -> Cow<'_, str> {
    let seen = |line: &str| line.chars().filter(|c| c.is_ascii_graphic() || c.is_alphanumeric()).collect::<String>();
    let commands = |line: &str| seen(line).starts_with("::");
    let old = |line: &str| seen(line).contains("##[");
    // The runner ends a line at a carriage return, too.
    if !log.split(['\n', '\r']).any(|line| commands(line) || old(line)) {
        return Cow::Borrowed(log);
    }
    // In JSON, only strings hold such a text, and there a character has a second spelling that means the same.
    if log.starts_with('{') {
        return Cow::Owned(log.replace('#', "\\u0023"));
    }
    let mut safe = String::with_capacity(log.len() + 16);
    for line in log.split_inclusive(['\n', '\r']) {
        if commands(line) {
            safe.push_str("| ");
        }
        if old(line) { safe.push_str(&line.replace('#', "# ")) } else { safe.push_str(line) }
    }
    Cow::Owned(safe)
}

/// Escapes the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_the_runner_is_escaped() {
        let check = |raw: &str, as_data: &str, as_property: &str| {
            assert_eq!((data(raw).as_str(), property(raw).as_str()), (as_data, as_property), "{raw:?}");
        };
        check("plain", "plain", "plain");
        check("50 % of a, b: c", "50 %25 of a, b: c", "50 %25 of a%2C b%3A c");
        check("%0A is not a line", "%250A is not a line", "%250A is not a line");
        check("two\r\nlines", "two%0D%0Alines", "two%0D%0Alines");
        check("a::error::b", "a::error::b", "a%3A%3Aerror%3A%3Ab");
    }

    #[test]
    fn an_annotation_is_one_line_whatever_is_in_it() {
        let note =
            Annotation::new(Level::Error, "a:\n::stop-commands::x", &"%\r\n::set-output name=x::y".repeat(1_000));
        let line = note.line();
        assert!(line.starts_with("::error title=a%3A %3A%3Astop-commands%3A%3Ax::%25  ::set-output"), "{line}");
        assert!(!line.contains(['\r', '\n']));
        assert!(line.chars().count() < TITLE * 3 + MESSAGE * 3);
    }

    #[test]
    fn ten_are_shown_and_the_last_tells_of_the_others() {
        let notes = |level, count: usize| vec![Annotation::new(level, "t", "m"); count];
        assert_eq!(commands(&notes(Level::Error, 10)).len(), 10);
        let lines = commands(&[notes(Level::Notice, 1), notes(Level::Warning, 3), notes(Level::Error, 25)].concat());
        assert_eq!(lines.len(), 14, "{lines:?}");
        assert_eq!(lines[8], "::error title=t::m");
        assert!(lines[9].starts_with("::error title=and 16 more::16 more are not shown here: "), "{}", lines[9]);
        assert!(lines[10].starts_with("::warning ") && lines[13].starts_with("::notice "), "the loudest come first");
    }

    #[test]
    fn a_summary_takes_the_room_that_is_left_and_no_more() {
        assert_eq!(summary("## Passed\n\n", 0).as_deref(), Some("\n## Passed\n"));
        let long = "a line of a summary\n".repeat(10_000);
        for present in [0, 1, 30_000, 60_000, SUMMARY_LIMIT as u64 - 400] {
            let added = summary(&long, present).expect("there is room");
            assert!(added.len() as u64 + present <= SUMMARY_LIMIT as u64, "{present}: {}", added.len());
            assert!(added.ends_with("report.json)\n"), "{added}");
        }
        for present in [SUMMARY_LIMIT as u64 - 200, SUMMARY_LIMIT as u64, u64::MAX] {
            assert_eq!(summary(&long, present), None, "{present}");
        }
        let multibyte = "é".repeat(100_000);
        assert_eq!(summary(&multibyte, 0), None, "a line is whole or not there");
    }

    #[test]
    fn what_is_open_where_a_summary_is_cut_is_closed() {
        let yaml =
            format!("<details><summary>x</summary>\n\n````yaml\n{}````\n</details>\n", "key: ```\n".repeat(20_000));
        let cut = summary(&yaml, 0).expect("there is room");
        assert!(cut.len() <= SUMMARY_LIMIT);
        assert_eq!(open_fence(&cut), None);
        assert_eq!(cut.matches("<details").count(), cut.matches("</details>").count());
        assert_eq!(open_fence("```\n````\n"), None);
        assert_eq!(open_fence("````\n```\n"), Some("````"));
        assert_eq!(open_fence("text\n```rust\nlet x;\n"), Some("```"));
    }

    #[test]
    fn no_line_of_ours_is_a_command() {
        let check = |raw: &str, safe: &str| assert_eq!(harmless(raw), safe, "{raw:?}");
        check(
            "plain\n  :: fine is not, but is not worth a thought",
            "plain\n|   :: fine is not, but is not worth a thought",
        );
        check("a::error::b", "a::error::b");
        check("::error::forged", "| ::error::forged");
        check("said\n \t::add-mask::a\r\nmore", "said\n|  \t::add-mask::a\r\nmore");
        check("10 %\r::error::x", "10 %\r| ::error::x");
        check("\u{34f}:\u{fe0f}:error::x", "| \u{34f}:\u{fe0f}:error::x");
        check("in the middle ##[error]x", "in the middle # # [error]x");
        check("#\u{34f}#[error]x # y", "# \u{34f}# [error]x #  y");
    }

    #[test]
    fn json_stays_what_it_was() {
        let value = serde_json::json!({"name": "##[error]forged # and\n::error::x", "list": ["::warning::x"]});
        for json in [value.to_string(), serde_json::to_string_pretty(&value).expect("writes")] {
            let safe = harmless(&json);
            assert!(!safe.contains("##["), "{safe}");
            assert!(!safe.lines().any(|line| line.trim_start().starts_with("::")), "{safe}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("JSON"), value);
        }
    }
}
