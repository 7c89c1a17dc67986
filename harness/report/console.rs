//! What a run prints at its end.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::figure::Table;
use super::model::Report;
use super::number::{count, share};
use super::{story, table};

/// The summary, ready to print. `width` is that of the terminal in columns: tables that do not fit lose columns from the
/// right but one. Without `colour` it holds no terminal sequence at all. `report_path` is where the report was written.
pub fn render(report: &Report, report_path: &str, colour: bool, width: usize) -> String {
    let paint = Paint { colour };
    let width = width.clamp(40, 200);
    if let Some(tune) = &report.tune {
        return super::tune::console(report, tune, report_path, &paint, width);
    }
    if let Some(gate) = &report.gate {
        return super::gate::console(report, gate, report_path, &paint, width);
    }
    if let Some(capacity) = &report.capacity {
        return super::capacity::console(report, capacity, report_path, &paint, width);
    }
    if let Some(discover) = &report.discover {
        return super::discover::console(report, discover, report_path, &paint, width);
    }
    let mut out = String::new();
    let verdict = paint.with(accent(story::tone(report)).on_default().bold(), story::headline(report));
    let _ = writeln!(out, "\n{verdict}  {}", paint.dim(&report.scenario.name));
    for line in wrap(&story::answer(report), width) {
        let _ = writeln!(out, "{line}");
    }
    for caveat in story::caveats(report).iter().take(10) {
        for (index, line) in wrap(caveat, width - 4).iter().enumerate() {
            let _ = writeln!(out, "{}{line}", if index == 0 { "  - " } else { "    " });
        }
    }
    let _ = writeln!(out);
    write_table(&mut out, &paint, width, 3, &operations(report));
    write_answers(&mut out, &paint, width, report);
    write_table(&mut out, &paint, width, 3, &latencies(report));
    for threshold in &report.thresholds {
        let word = if threshold.ok {
            paint.with(AnsiColor::Green.on_default(), "held  ")
        } else {
            paint.with(AnsiColor::Red.on_default().bold(), "FAILED")
        };
        let _ = writeln!(out, "{word}  {}  {}", threshold.expression, paint.dim(&table::observed(threshold)));
    }
    if let (Some(sentence), Some(audit)) = (story::audit_sentence(report), &report.audit) {
        let accent = if audit.ok { AnsiColor::Green } else { AnsiColor::Red };
        let _ = writeln!(out, "{}", paint.with(accent.on_default(), &sentence));
    }
    for line in wrap(&story::validity_sentence(report), width) {
        let _ = writeln!(out, "{}", paint.dim(&line));
    }
    let _ = writeln!(out, "\nreport: {}", super::text::line(report_path, 1_000));
    out
}

/// The colour of good and bad news.
pub(super) fn accent(tone: story::Tone) -> AnsiColor {
    match tone {
        story::Tone::Good => AnsiColor::Green,
        story::Tone::Doubt => AnsiColor::Yellow,
        story::Tone::Bad => AnsiColor::Red,
    }
}

fn operations(report: &Report) -> Table {
    let full = table::activities("operation", &report.operations, Some(&report.totals));
    // Columns by falling importance are those of the page without the latencies, which have a table of their own.
    let keep = [0, 1, 2, 3, 4, 6, 8, 9];
    Table { note: String::new(), ..columns(&full, &keep) }
}

/// What attempts came back with: statuses, and kinds of errors where nothing came back.
fn write_answers(out: &mut String, paint: &Paint, width: usize, report: &Report) {
    const MOST: usize = 8;
    let attempts = &report.totals.attempts;
    let mut written = false;
    for (what, counts) in [("answered ", &attempts.by_status), ("no answer", &attempts.by_error)] {
        let shown = counts.iter().take(MOST);
        let mut parts: Vec<String> =
            shown.map(|(which, n)| format!("{which}: {} ({})", count(*n), share(*n, attempts.count))).collect();
        if counts.len() > MOST {
            parts.push(format!("and {} more kinds", counts.len() - MOST));
        }
        for (index, line) in wrap(&parts.join(", "), width - 11).iter().enumerate().filter(|_| !parts.is_empty()) {
            let label = if index == 0 { paint.dim(what) } else { " ".repeat(9) };
            let _ = writeln!(out, "{label}  {line}");
            written = true;
        }
    }
    if written {
        out.push('\n');
    }
}

fn latencies(report: &Report) -> Table {
    columns(&table::clocks(&report.totals), &[0, 1, 3, 4, 6, 7, 9])
}

fn columns(table: &Table, keep: &[usize]) -> Table {
    let pick = |row: &Vec<String>| keep.iter().filter_map(|index| row.get(*index).cloned()).collect();
    Table { head: pick(&table.head), rows: table.rows.iter().map(pick).collect(), note: table.note.clone() }
}

/// A table with a blank line behind it. The first column takes at most a part of the width, one in `first_part`; columns that do not fit are
/// left out, from the right.
pub(super) fn write_table(out: &mut String, paint: &Paint, width: usize, first_part: usize, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    let length = |text: &str| text.chars().count();
    // The first column gives way first: a name may be 300 characters long.
    let first_limit = (width / first_part).max(12);
    let cell =
        |index: usize, text: &str| if index == 0 { super::text::line(text, first_limit) } else { text.to_owned() };
    let widest = |index: usize| {
        let rows = table.rows.iter().filter_map(|r| r.get(index));
        std::iter::once(&table.head[index]).chain(rows).map(|t| length(&cell(index, t))).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..table.head.len()).map(widest).collect();
    while widths.len() > 2 && widths.iter().map(|w| w + 2).sum::<usize>() > width + 2 {
        widths.pop();
    }
    let line = |row: &[String]| {
        let cells = widths.iter().zip(row).enumerate().map(|(index, (width, text))| {
            let text = cell(index, text);
            if index == 0 { format!("{text:<width$}") } else { format!("{text:>width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let _ = writeln!(out, "{}", paint.dim(&line(&table.head)));
    for row in &table.rows {
        let _ = writeln!(out, "{}", line(row));
    }
    if !table.note.is_empty() {
        let _ = writeln!(out, "{}", paint.dim(&table.note));
    }
    let _ = writeln!(out);
}

/// Words in lines of at most `width` characters; a longer word stands alone.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let fits = lines.last().is_some_and(|l| l.is_empty() || l.chars().count() + 1 + word.chars().count() <= width);
        if !fits {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Colours, or none.
pub(super) struct Paint {
    colour: bool,
}

impl Paint {
    /// A text in a style.
    pub(super) fn with(&self, style: Style, text: &str) -> String {
        if self.colour { format!("{}{text}{}", style.render(), style.render_reset()) } else { text.to_owned() }
    }

    /// A text that stands back.
    pub(super) fn dim(&self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }
}
