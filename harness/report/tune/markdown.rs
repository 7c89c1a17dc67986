//! `summary.md` of a comparison.

use std::fmt::Write as _;

use super::super::figure::Table;
use super::super::markdown::{escape, fence, section};
use super::super::model::Report;
use super::super::model::tune::Tune;
use super::super::story;
use super::ranking::{Ranked, ranking};
use super::{tables, words};

/// The summary; see [`super::super::markdown::render`].
pub(in super::super) fn render(report: &Report, tune: &Tune) -> String {
    let mut out = String::with_capacity(8_192);
    let pressing = words::is_pressing(tune);
    if pressing {
        advice(&mut out, tune);
    }
    let mark = match words::tone(tune) {
        story::Tone::Good => "✅",
        story::Tone::Doubt => "⚠️",
        story::Tone::Bad => "❌",
    };
    let _ = writeln!(out, "## {mark} {}: {}\n", escape(&report.scenario.name), escape(&words::headline(tune)));
    let _ = writeln!(out, "{}\n", escape(&words::answer(tune)));
    for caveat in words::caveats(report, tune) {
        let _ = writeln!(out, "- {}", escape(&caveat));
    }
    let _ = writeln!(
        out,
        "\nTarget {} · {} · seed {} · exit code {} · simulated\n",
        escape(&story::target(report)),
        escape(&report.started_at),
        report.seed,
        report.verdict.exit_code
    );
    if !tune.verdict.yaml.is_empty() {
        let _ = writeln!(out, "{}\n", fence("yaml", &tune.verdict.yaml));
    }
    for arrivals in words::arrivals(tune) {
        let ranking = ranking(tune, arrivals);
        let mut table = Table::with(&["candidate"]);
        table.head.extend(ranking.head.iter().map(ToString::to_string));
        table.head.push("remark".into());
        let row = |ranked: &Ranked| -> Vec<String> {
            let cells = ranked.cells.iter().map(|cell| format!("{} {}", cell.text, cell.error).trim().to_owned());
            let name = format!("{} {}", ranked.place, ranked.name);
            std::iter::once(name).chain(cells).chain([ranked.remark.clone()]).collect()
        };
        table.rows = ranking.front.iter().chain(&ranking.dominated).chain(&ranking.out).map(row).collect();
        section(&mut out, ranking.about, &table);
    }
    let _ = writeln!(
        out,
        "<sub>↑ more is better, ↓ less is better. ± is one standard error over the seeds. ≈ cannot be told from the one before it. \
         Weights of the score: {}.</sub>\n",
        tables::weights(&tune.weights)
    );
    let mut requirements = Table::with(&["required", "result", "closest"]);
    requirements.rows = tune
        .requirements
        .iter()
        .map(|requirement| {
            let closest = requirement.closest.as_ref();
            vec![
                requirement.expression.to_string(),
                if requirement.ok { "✅ can be met" } else { "❌ unmet" }.into(),
                closest.map(|closest| format!("{closest}: {}", tables::observed(requirement))).unwrap_or_default(),
            ]
        })
        .collect();
    section(&mut out, "Requirements", &requirements);
    let mut triggers = tables::triggers(tune);
    if !triggers.rows.is_empty() {
        triggers.note = format!("{} {}", words::trigger(tune), triggers.note);
    }
    section(&mut out, "Disturbances", &triggers);
    section(&mut out, "Other circumstances", &tables::stability(tune));
    for confirmation in &tune.confirmations {
        let title = format!("Predicted beside measured: {}", escape(&confirmation.name));
        section(&mut out, &title, &tables::comparisons(&confirmation.comparisons));
    }
    if !pressing {
        advice(&mut out, tune);
    }
    let basis: Vec<_> = words::basis(tune).into_iter().map(|(name, text)| format!("{name}: {text}")).collect();
    let _ = writeln!(out, "<sub>{}. {}</sub>", escape(&basis.join(" · ")), escape(&words::confirmed(tune)));
    out
}

fn advice(out: &mut String, tune: &Tune) {
    for advice in &tune.advice {
        let _ = writeln!(out, "**{}** {}\n", escape(&advice.headline), escape(&advice.text));
    }
}
