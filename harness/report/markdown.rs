//! `summary.md`: the run for a pull request, a ticket or a chat.

use std::fmt::Write as _;

use super::figure::Table;
use super::model::Report;
use super::{number, story, table};

/// The longest summary, in bytes; beyond it, tables lose rows and say so.
pub const LIMIT: usize = 64 * 1024;

/// The most rows of a table.
const ROWS: usize = 25;

/// The whole summary. Foreign text is escaped for GitHub's dialect.
pub fn render(report: &Report) -> String {
    if let Some(tune) = &report.tune {
        return shorten(super::tune::markdown(report, tune));
    }
    if let Some(gate) = &report.gate {
        return shorten(super::gate::markdown(report, gate));
    }
    if let Some(capacity) = &report.capacity {
        return shorten(super::capacity::markdown(report, capacity));
    }
    if let Some(discover) = &report.discover {
        return shorten(super::discover::markdown(report, discover));
    }
    let mut out = String::with_capacity(8_192);
    let mark = match story::tone(report) {
        story::Tone::Good => "✅",
        story::Tone::Doubt => "⚠️",
        story::Tone::Bad => "❌",
    };
    let _ = writeln!(out, "## {mark} {}: {}\n", escape(&report.scenario.name), story::headline(report));
    let _ = writeln!(out, "{}\n", escape(&story::answer(report)));
    for caveat in story::caveats(report).iter().take(ROWS) {
        let _ = writeln!(out, "- {}", escape(caveat));
    }
    let _ = writeln!(
        out,
        "\nTarget {} · {}seed {} · exit code {}\n",
        escape(&story::target(report)),
        if report.started_at.is_empty() { String::new() } else { format!("{} · ", escape(&report.started_at)) },
        report.seed,
        report.verdict.exit_code
    );
    let mut numbers = Table::with(&[]);
    numbers.rows.push(Vec::new());
    for number in story::key_numbers(report) {
        numbers.head.push(number.label.into());
        numbers.rows[0].push(format!("{} ({})", number.value, number.detail));
    }
    section(&mut out, "", &numbers);
    if !report.thresholds.is_empty() {
        section(&mut out, "Thresholds", &table::thresholds(&report.thresholds));
    }
    if let (Some(sentence), Some(audit)) = (story::audit_sentence(report), report.audit.as_ref()) {
        section(&mut out, "Audit", &table::audit(audit));
        let _ = writeln!(out, "{}\n", escape(&sentence));
    }
    section(&mut out, "Operations", &table::activities("operation", &report.operations, Some(&report.totals)));
    section(&mut out, "Items of batches", &table::items(report));
    section(&mut out, "Latency by clock", &table::clocks(&report.totals));
    section(&mut out, "Retries and hints", &table::retries(report));
    section(&mut out, "Generator", &table::validity(report));
    let _ = writeln!(out, "{}\n", escape(&story::validity_sentence(report)));
    let _ = writeln!(
        out,
        "<sub>response: due to done, waits and retries included · service: one attempt · lag: due to first send. \
         Duration {}. {}.</sub>",
        number::span_s(report.duration_s),
        escape(&format!("{} {}", report.tool.name, report.tool.version)),
    );
    shorten(out)
}

/// A heading and a table; nothing where the table has no rows.
pub(super) fn section(out: &mut String, title: &str, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    if !title.is_empty() {
        let _ = writeln!(out, "### {title}\n");
    }
    let line = |cells: &[String]| cells.iter().map(|c| escape(c)).collect::<Vec<_>>().join(" | ");
    let _ = writeln!(out, "| {} |", line(&table.head));
    let _ = writeln!(out, "| --- |{}", " ---: |".repeat(table.head.len().saturating_sub(1)));
    for row in table.rows.iter().take(ROWS) {
        let _ = writeln!(out, "| {} |", line(row));
    }
    if table.rows.len() > ROWS {
        let _ = writeln!(out, "\n{} more rows are in `report.json`.", table.rows.len() - ROWS);
    }
    out.push('\n');
    if !table.note.is_empty() {
        let _ = writeln!(out, "<sub>{}</sub>\n", escape(&table.note));
    }
}

/// A block of code. Its fence is longer than any row of backticks in it, so that no text can end it.
pub(super) fn fence(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

/// Escapes whatever could mean something: markup, tables, links, emphasis, mentions and references to issues.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // An invisible joiner keeps GitHub from seeing a mention, an issue or an address.
            '@' | '#' => {
                escaped.push('\\');
                escaped.push(c);
                escaped.push('\u{2060}');
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.")
}

/// Keeps the promise of [`LIMIT`] even where every name is as long as names may be.
fn shorten(mut out: String) -> String {
    const NOTE: &str = "\n\n(cut: the rest is in report.json)\n";
    if out.len() > LIMIT {
        let end = (0..=LIMIT - NOTE.len()).rev().find(|at| out.is_char_boundary(*at) && out[..*at].ends_with('\n'));
        out.truncate(end.unwrap_or(0));
        out.push_str(NOTE);
    }
    out
}
