//! `summary.md` of a discovery: for a pull request, a ticket or a chat.

use std::fmt::Write as _;

use super::super::markdown::{escape, fence, section};
use super::super::model::Report;
use super::super::model::discover::Discover;
use super::super::story::{self, Tone, sentence};
use super::{tables, words};

/// The summary; see [`super::super::markdown::render`].
pub(in super::super) fn render(report: &Report, discover: &Discover) -> String {
    let mut out = String::with_capacity(8_192);
    let mark = match words::tone(discover) {
        Tone::Good => "✅",
        Tone::Doubt => "⚠️",
        Tone::Bad => "❌",
    };
    let _ = writeln!(out, "## {mark} {}: {}\n", escape(&report.scenario.name), escape(&words::headline(discover)));
    let _ = writeln!(out, "{}\n", escape(&words::answer(discover)));
    for caveat in words::caveats(report, discover) {
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
    section(&mut out, "", &tables::parameters(discover));
    for limiter in &discover.limiters {
        if let Some(alike) = words::alike(limiter) {
            let _ = writeln!(out, "{}\n", escape(&alike));
        }
    }
    if !discover.yaml.is_empty() {
        let _ = writeln!(out, "{}\n", fence("yaml", &discover.yaml));
    }
    let _ = writeln!(out, "### What to do next\n");
    for step in words::next(discover) {
        let _ = writeln!(out, "- {}", escape(&step));
    }
    out.push('\n');
    if !discover.evidence.is_empty() {
        let _ = writeln!(out, "### What speaks for it\n");
        for line in discover.evidence.iter().take(20) {
            let _ = writeln!(out, "- {}", escape(&sentence(line)));
        }
        out.push('\n');
    }
    if let Some(second) = words::second_best(discover) {
        let why = discover.runner_up.as_ref().map(|second| sentence(&second.why)).unwrap_or_default();
        let _ = writeln!(out, "{} {}\n", escape(&second), escape(&why));
    }
    section(&mut out, "Predicted and seen", &tables::confusion(discover));
    section(&mut out, "Who shares it", &tables::scope(discover));
    section(&mut out, "Is what it says true?", &tables::hints(discover));
    section(&mut out, "How it answers", &tables::replies(discover));
    let _ = writeln!(out, "<details><summary>What it cost</summary>\n");
    section(&mut out, "", &tables::stages(discover));
    section(&mut out, "Recovery", &tables::recovery(discover));
    let _ = writeln!(out, "</details>\n");
    let _ = writeln!(out, "<sub>{}</sub>", escape(&format!("{} {}", report.tool.name, report.tool.version)));
    out
}
