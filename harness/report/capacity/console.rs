//! What `capacity` prints at its end: what the target carries, what breaks first, what to do next.

use std::fmt::Write as _;

use super::super::console::{Paint, accent, wrap, write_table};
use super::super::model::Report;
use super::super::model::capacity::Capacity;
use super::{next, tables, words};

/// The most lines of a table, and of everything that is not one.
const ROWS: usize = 6;
/// The lines that sentences may take.
const ROOM: usize = 13;

/// The summary, ready to print; see [`super::super::console::render`].
pub(in super::super) fn render(
    report: &Report,
    capacity: &Capacity,
    report_path: &str,
    paint: &Paint,
    width: usize,
) -> String {
    let mut out = String::from("\n");
    let tone = accent(words::tone(capacity)).on_default().bold();
    for line in wrap(&words::headline(capacity), width).iter().take(3) {
        let _ = writeln!(out, "{}", paint.with(tone, line));
    }
    for line in wrap(&words::answer(capacity), width).iter().take(5) {
        let _ = writeln!(out, "{line}");
    }
    let mut sentences: Vec<String> = words::binding(capacity).into_iter().collect();
    if capacity.verification.is_some() {
        sentences.push(words::verified(capacity));
    }
    let caveats = words::caveats(report, capacity);
    sentences.extend(caveats.into_iter().filter(|caveat| *caveat != words::verified(capacity)));
    sentences.extend(next::steps(capacity));
    let mut room = ROOM;
    for text in sentences {
        let lines = wrap(&text, width - 4);
        // A sentence that is too long for a screen gives way to those that fit; the page has all.
        if lines.len() <= room {
            room -= lines.len();
            item(&mut out, &lines);
        }
    }
    out.push('\n');
    let mut objectives = tables::objectives(capacity);
    objectives.rows.truncate(ROWS);
    write_table(&mut out, paint, width, 2, &objectives);
    let _ = writeln!(out, "report: {}", super::super::text::line(report_path, 1_000));
    out
}

fn item(out: &mut String, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let _ = writeln!(out, "{}{line}", if index == 0 { "  - " } else { "    " });
    }
}
