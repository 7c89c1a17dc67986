//! What `discover` prints at its end: the limiter, how sure that is, and the block to paste.

use std::fmt::Write as _;

use super::super::console::{Paint, accent, wrap, write_table};
use super::super::model::Report;
use super::super::model::discover::{Discover, DiscoverAnswer};
use super::super::story::sentence;
use super::{tables, words};

/// The most sentences of a kind.
const MOST: usize = 3;
/// The most lines of it all: one screen.
const SCREEN: usize = 30;

/// The summary, ready to print; see [`super::super::console::render`].
pub(in super::super) fn render(
    report: &Report,
    discover: &Discover,
    report_path: &str,
    paint: &Paint,
    width: usize,
) -> String {
    let mut out = String::from("\n");
    let tone = accent(words::tone(discover)).on_default().bold();
    for line in wrap(&words::headline(discover), width) {
        let _ = writeln!(out, "{}", paint.with(tone, &line));
    }
    for line in wrap(&words::answer(discover), width).iter().take(5) {
        let _ = writeln!(out, "{line}");
    }
    let caveats = words::caveats(report, discover);
    // What was identified is its own next step: the block to paste stands below.
    let steps = if discover.answer == DiscoverAnswer::Identified { Vec::new() } else { words::next(discover) };
    let evidence = discover.evidence.iter().map(|line| sentence(line));
    let mut room = 9;
    for text in caveats.into_iter().take(MOST).chain(steps).chain(evidence).take(2 * MOST) {
        let lines = wrap(&text, width - 4);
        if lines.len() > room {
            break;
        }
        room -= lines.len();
        item(&mut out, &lines);
    }
    out.push('\n');
    let mut parameters = tables::parameters(discover);
    parameters.rows.truncate(6);
    write_table(&mut out, paint, width, 3, &parameters);
    let yaml: Vec<&str> = discover.yaml.lines().collect();
    // Behind the block come an empty line and the report's path.
    if !yaml.is_empty() && out.lines().count() + yaml.len() + 2 <= SCREEN {
        for line in yaml {
            let _ = writeln!(out, "  {line}");
        }
        out.push('\n');
    } else if !yaml.is_empty() {
        let _ = writeln!(out, "the limiters to paste into a scenario: {}\n", super::LIMITERS);
    }
    let _ = writeln!(out, "report: {}", super::super::text::line(report_path, 1_000));
    out
}

fn item(out: &mut String, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let _ = writeln!(out, "{}{line}", if index == 0 { "  - " } else { "    " });
    }
}
