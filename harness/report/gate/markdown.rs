//! `summary.md` of a gate: for a pull request, and for the summary of a job.

use std::fmt::Write as _;

use super::super::figure::Table;
use super::super::markdown::{escape, section};
use super::super::model::Report;
use super::super::model::gate::{Gate, GateKind};
use super::super::story::Tone;
use super::{tables, words};

/// The summary; see [`super::super::markdown::render`].
pub(in super::super) fn render(report: &Report, gate: &Gate) -> String {
    let mut out = String::with_capacity(8_192);
    let mark = match words::tone(report, gate) {
        Tone::Good => "✅",
        Tone::Doubt => "⚠️",
        Tone::Bad => "❌",
    };
    let _ = writeln!(out, "## {mark} {}: {}\n", escape(&report.scenario.name), escape(&words::headline(report, gate)));
    let _ = writeln!(out, "{}\n", escape(&words::answer(gate)));
    section(&mut out, "", &if gate.kind == GateKind::Calibration { tables::noise(gate) } else { judged(gate) });
    for caveat in words::caveats(report, gate) {
        let _ = writeln!(out, "- {}", escape(&caveat));
    }
    if let Some(noise) = &gate.calibration {
        for advice in &noise.advice {
            let _ = writeln!(out, "- {}", escape(advice));
        }
    }
    let began =
        if report.started_at.is_empty() { String::new() } else { format!("{} · ", escape(&report.started_at)) };
    let _ = writeln!(
        out,
        "\n{} · {began}seed {} · exit code {}\n",
        escape(&words::sides(gate)),
        report.seed,
        report.verdict.exit_code
    );
    let _ = writeln!(out, "<details><summary>Runs, and what they could see</summary>\n");
    section(&mut out, "", &tables::power(gate));
    section(&mut out, "", &cut(tables::runs(gate)));
    let _ = writeln!(out, "</details>\n");
    let _ = writeln!(
        out,
        "<sub>{}</sub>",
        escape(format!("{} {} {}.", words::claim(gate), report.tool.name, report.tool.version).trim_start())
    );
    out
}

/// The table of metrics with marks that GitHub shows in colour.
fn judged(gate: &Gate) -> Table {
    let mut table = tables::metrics(gate);
    for cell in table.rows.iter_mut().filter_map(|row| row.get_mut(1)) {
        for (plain, coloured) in [("✓", "✅"), ("✗", "❌"), ("?", "⚠️"), ("!", "⚠️")] {
            if let Some(word) = cell.strip_prefix(plain) {
                *cell = format!("{coloured}{word}");
            }
        }
    }
    table
}

/// The table of runs without seeds and folders: report.json has them.
fn cut(mut table: Table) -> Table {
    let dropped: Vec<usize> =
        (0..table.head.len()).filter(|at| matches!(table.head[*at].as_str(), "seed" | "folder")).collect();
    for at in dropped.into_iter().rev() {
        table.head.remove(at);
        table.rows.iter_mut().for_each(|row| drop(row.remove(at)));
    }
    table
}
