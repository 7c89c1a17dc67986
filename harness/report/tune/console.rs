//! What `tune` prints at its end: what to deploy, what speaks against it, and the first few rows of the ranking.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::super::console::{Paint, accent, wrap, write_table};
use super::super::figure::Table;
use super::super::model::Report;
use super::super::model::tune::{Standing, Tune};
use super::ranking::{Ranked, Ranking, ranking};
use super::{tables, words};

/// The rows of each ranking that are shown.
const ROWS: usize = 8;
/// The most pieces of advice, and of requirements.
const MOST: usize = 4;

/// The summary, ready to print; see [`super::super::console::render`].
pub(in super::super) fn render(report: &Report, tune: &Tune, report_path: &str, paint: &Paint, width: usize) -> String {
    let mut out = String::from("\n");
    let pressing = words::is_pressing(tune);
    if pressing {
        advice(&mut out, tune, paint, width);
    }
    let headline = paint.with(accent(words::tone(tune)).on_default().bold(), &words::headline(tune));
    let _ = writeln!(out, "{headline}  {}", paint.dim(&report.scenario.name));
    for line in wrap(&words::answer(tune), width) {
        let _ = writeln!(out, "{line}");
    }
    for caveat in words::caveats(report, tune).iter().take(MOST) {
        item(&mut out, caveat, width);
    }
    let _ = writeln!(out);
    let several = words::arrivals(tune).len() > 1;
    for arrivals in words::arrivals(tune) {
        let ranking = ranking(tune, arrivals);
        if several {
            let _ = writeln!(out, "{}", paint.dim(ranking.about));
        }
        write_table(&mut out, paint, width, 2, &shown(&ranking, if several { ROWS / 2 } else { ROWS }));
    }
    requirements(&mut out, tune, paint, width);
    if tune.candidates.iter().any(|row| row.standing == Standing::Metastable) {
        for line in wrap(&words::trigger(tune), width) {
            let _ = writeln!(out, "{}", paint.with(AnsiColor::Red.on_default(), &line));
        }
    }
    if words::steady(tune) && !tune.stability.is_empty() && tune.verdict.winner.is_some() {
        let _ = writeln!(out, "{}", words::stability(tune));
    }
    if words::outside(tune) == 0 && tune.verdict.winner.is_some() {
        let _ = writeln!(out, "{}", words::confirmed(tune));
    }
    out.push('\n');
    if !pressing {
        advice(&mut out, tune, paint, width);
    }
    let _ = writeln!(out, "what to paste, and why: {}", super::super::text::line(report_path, 1_000));
    out
}

/// Advice, its headline bold.
fn advice(out: &mut String, tune: &Tune, paint: &Paint, width: usize) {
    for advice in tune.advice.iter().take(MOST) {
        let headline = paint.with(Style::new().bold(), &advice.headline);
        let _ = writeln!(out, "{headline}");
        for line in wrap(&advice.text, width - 2).iter().take(MOST) {
            let _ = writeln!(out, "  {line}");
        }
    }
    if !tune.advice.is_empty() {
        out.push('\n');
    }
}

fn item(out: &mut String, text: &str, width: usize) {
    for (index, line) in wrap(text, width - 4).iter().enumerate() {
        let _ = writeln!(out, "{}{line}", if index == 0 { "  - " } else { "    " });
    }
}

/// The first rows, without errors: those are on the page.
fn shown(ranking: &Ranking, most: usize) -> Table {
    let mut table = Table::with(&["candidate"]);
    table.head.extend(ranking.head.iter().map(ToString::to_string));
    let row = |ranked: &Ranked, out: bool| -> Vec<String> {
        let place = if out { format!("✗ {}", ranked.place) } else { ranked.place.clone() };
        let cells = ranked.cells.iter().map(|cell| cell.text.clone());
        std::iter::once(format!("{place:>3} {}", ranked.name)).chain(cells).collect()
    };
    let front = ranking.front.iter().map(|ranked| row(ranked, false));
    table.rows = front.chain(ranking.out.iter().map(|ranked| row(ranked, true))).take(most).collect();
    let (front, out) = (ranking.front.len(), ranking.out.len());
    let hidden = [(front + out).saturating_sub(most), ranking.dominated.len()];
    let said = match hidden {
        [0, 0] => String::new(),
        [0, dominated] => format!("{dominated} more, each worse than one of these in every respect"),
        [more, dominated] => format!("{} more in the report", more + dominated),
    };
    let ruled_out = if ranking.out.is_empty() { "" } else { "✗ fails a requirement or does not recover" };
    table.note = [said.as_str(), ruled_out].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    table
}

/// Requirements that nothing meets, and one line for the rest.
fn requirements(out: &mut String, tune: &Tune, paint: &Paint, width: usize) {
    let (met, unmet): (Vec<_>, Vec<_>) = tune.requirements.iter().partition(|requirement| requirement.ok);
    for requirement in unmet.iter().take(MOST) {
        let word = paint.with(AnsiColor::Red.on_default().bold(), "UNMET");
        let closest = requirement.closest.as_deref().unwrap_or_default();
        let seen = format!("closest: {closest}, {}", tables::observed(requirement));
        let _ = writeln!(out, "{word}  {}  {}", requirement.expression, paint.dim(&seen));
        for line in requirement.why.iter().flat_map(|why| wrap(why, width - 7)) {
            let _ = writeln!(out, "       {line}");
        }
    }
    if !met.is_empty() {
        let word = paint.with(AnsiColor::Green.on_default(), "met");
        let list: Vec<&str> = met.iter().map(|requirement| requirement.expression.as_str()).collect();
        for (index, line) in wrap(&list.join(", "), width - 7).iter().enumerate() {
            let _ = writeln!(out, "{}  {line}", if index == 0 { format!("{word}  ") } else { " ".repeat(5) });
        }
    }
}
