//! Attempts per call.

use super::super::model::Report;
use super::super::number::{count, plain, share};
use super::rates::OK;
use super::waits::{Bar, bars};
use super::{Drawing, Figure, Table};

/// Bars beyond this are merged into the last.
const MOST: usize = 10;

/// Draws it.
pub(super) fn draw(report: &Report) -> Figure {
    let counts = &report.totals.retry.attempts_per_call;
    let total: u64 = counts.iter().map(|c| c.calls).sum();
    let once: u64 = counts.iter().filter(|c| c.attempts == 1).map(|c| c.calls).sum();
    let most = counts.iter().filter(|c| c.calls > 0).map(|c| c.attempts).max().unwrap_or(0);
    let summary = format!(
        "{} of calls needed one attempt; the most was {most}; {} attempts a call on average.",
        share(once, total),
        plain(report.totals.retry.amplification),
    );
    let mut shown: Vec<(String, u64)> = counts.iter().map(|c| (c.attempts.to_string(), c.calls)).collect();
    if shown.len() > MOST {
        let rest = shown.split_off(MOST - 1);
        shown.push((format!("≥ {}", rest[0].0), rest.iter().map(|(_, calls)| calls).sum()));
    }
    let drawn: Vec<Bar> = shown
        .iter()
        .map(|(label, calls)| Bar { label: label.clone(), value: *calls, above: share(*calls, total) })
        .collect();
    let mut table = Table::with(&["attempts", "calls", "share"]);
    table.rows = shown.iter().map(|(label, calls)| vec![label.clone(), count(*calls), share(*calls, total)]).collect();
    Figure {
        id: "attempts",
        title: "Attempts per call",
        note: "How often a call went over the wire before it ended.".into(),
        legend: Vec::new(),
        drawings: vec![Drawing {
            caption: String::new(),
            svg: bars(&drawn, OK, "attempts", ("Attempts per call", &summary)),
        }],
        table,
        summary,
    }
}
