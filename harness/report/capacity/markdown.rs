//! `summary.md` of a search: for a pull request, a ticket or a chat.

use std::fmt::Write as _;

use super::super::markdown::{escape, section};
use super::super::model::Report;
use super::super::model::capacity::Capacity;
use super::super::story::{self, Tone, sentence};
use super::{next, tables, words};

/// The summary; see [`super::super::markdown::render`].
pub(in super::super) fn render(report: &Report, capacity: &Capacity) -> String {
    let mut out = String::with_capacity(8_192);
    let mark = match words::tone(capacity) {
        Tone::Good => "✅",
        Tone::Doubt => "⚠️",
        Tone::Bad => "❌",
    };
    let _ = writeln!(out, "## {mark} {}: {}\n", escape(&report.scenario.name), escape(&words::headline(capacity)));
    let _ = writeln!(out, "{}\n", escape(&words::answer(capacity)));
    for caveat in words::caveats(report, capacity) {
        let _ = writeln!(out, "- {}", escape(&caveat));
    }
    let began =
        if report.started_at.is_empty() { String::new() } else { format!("{} · ", escape(&report.started_at)) };
    let _ = writeln!(
        out,
        "\nTarget {} · {began}seed {} · exit code {}\n",
        escape(&story::target(report)),
        report.seed,
        report.verdict.exit_code
    );
    section(&mut out, "", &tables::objectives(capacity));
    if let Some(binding) = words::binding(capacity) {
        let _ = writeln!(out, "**Breaks first.** {}\n", escape(&binding));
    }
    let _ = writeln!(out, "**Verification.** {}\n", escape(&words::verified(capacity)));
    section(&mut out, "", &tables::verification(capacity));
    let _ = writeln!(out, "### What to do next\n");
    for step in next::steps(capacity) {
        let _ = writeln!(out, "- {}", escape(&step));
    }
    out.push('\n');
    section(&mut out, "Capacity curve", &tables::curve(capacity));
    section(&mut out, "Indications, not promises", &tables::indications(capacity));
    for why in &capacity.hidden {
        let _ = writeln!(out, "- {}", escape(&sentence(why)));
    }
    let _ = writeln!(out, "\n<details><summary>Trials, and where the time went</summary>\n");
    section(&mut out, "", &tables::trials(capacity));
    section(&mut out, "", &tables::time(capacity));
    let _ = writeln!(out, "</details>\n");
    let _ = writeln!(out, "<sub>{}</sub>", escape(&format!("{} {}", report.tool.name, report.tool.version)));
    out
}
