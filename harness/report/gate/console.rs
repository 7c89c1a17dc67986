//! What `gate` and `compare` print at their end: the verdict, what speaks against it, and a row for each metric.

use std::fmt::Write as _;

use super::super::console::{Paint, accent, wrap, write_table};
use super::super::model::Report;
use super::super::model::gate::{Gate, GateKind};
use super::{tables, words};

/// The most caveats, and pieces of advice.
const MOST: usize = 6;

/// The summary, ready to print; see [`super::super::console::render`].
pub(in super::super) fn render(report: &Report, gate: &Gate, report_path: &str, paint: &Paint, width: usize) -> String {
    let mut out = String::from("\n");
    let tone = accent(words::tone(report, gate)).on_default().bold();
    let _ = writeln!(out, "{}  {}", paint.with(tone, &words::headline(report, gate)), paint.dim(&report.scenario.name));
    for line in wrap(&words::answer(gate), width) {
        let _ = writeln!(out, "{line}");
    }
    for caveat in words::caveats(report, gate).iter().take(MOST) {
        item(&mut out, caveat, width);
    }
    out.push('\n');
    let mut metrics = if gate.kind == GateKind::Calibration { tables::noise(gate) } else { tables::metrics(gate) };
    metrics.note = String::new();
    write_table(&mut out, paint, width, 3, &metrics);
    if let Some(noise) = &gate.calibration {
        for advice in noise.advice.iter().take(MOST) {
            item(&mut out, advice, width);
        }
    }
    for line in wrap(&words::claim(gate), width).iter().filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "{}", paint.dim(line));
    }
    let _ = writeln!(out, "\nreport: {}", super::super::text::line(report_path, 1_000));
    out
}

fn item(out: &mut String, text: &str, width: usize) {
    for (index, line) in wrap(text, width - 4).iter().enumerate() {
        let _ = writeln!(out, "{}{line}", if index == 0 { "  - " } else { "    " });
    }
}
