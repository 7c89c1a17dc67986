//! Waits before retries; and the bars that it shares with the attempts.

use std::fmt::Write as _;

use super::super::chart::{Anchor, Frame, MUTED, Scale};
use super::super::model::Report;
use super::super::number::{count, ms, ms_or_dash, plain, share};
use super::super::view::View;
use super::rates::THROTTLED;
use super::{Drawing, Figure, Table};

/// Draws it.
pub(super) fn draw(report: &Report, view: &View) -> Figure {
    let backoff = &report.totals.retry.backoff_ms;
    let hints = &report.totals.retry.hints;
    let mut summary = format!(
        "{} waits before a retry: median {}, p99 {}, longest {}.",
        count(backoff.count),
        ms_or_dash(backoff.at(0.5)),
        ms_or_dash(backoff.at(0.99)),
        ms_or_dash(backoff.max()),
    );
    if hints.seen > 0 {
        let _ = write!(summary, " The server sent {} hints; {} were obeyed.", count(hints.seen), count(hints.obeyed));
    }
    let total: u64 = view.waits.iter().map(|w| w.count).sum();
    let shown: Vec<Bar> =
        view.waits.iter().map(|w| Bar { label: ms(w.from_ms), value: w.count, above: String::new() }).collect();
    let mut table = Table::with(&["wait", "retries", "share"]);
    table.rows = view
        .waits
        .iter()
        .filter(|w| w.count > 0)
        .map(|w| vec![format!("{} to {}", ms(w.from_ms), ms(w.to_ms)), count(w.count), share(w.count, total)])
        .collect();
    Figure {
        id: "waits",
        title: "Waits before a retry",
        note: "Clock: backoff, from a failed attempt until the next one may be sent, hints of the server included."
            .into(),
        legend: Vec::new(),
        drawings: vec![Drawing {
            caption: String::new(),
            svg: bars(&shown, THROTTLED, "wait, from", ("Waits before a retry", &summary)),
        }],
        table,
        summary,
    }
}

/// One bar.
pub(super) struct Bar {
    /// Below it.
    pub(super) label: String,
    /// Its height.
    pub(super) value: u64,
    /// Above it.
    pub(super) above: String,
}

/// A bar chart of half width.
pub(super) fn bars(bars: &[Bar], colour: &str, axis: &str, title: (&str, &str)) -> String {
    let values = bars.iter().map(|b| b.value as f64);
    let mut frame = Frame::new(
        (Frame::HALF, 190.0),
        Frame::HALF_MARGINS,
        title,
        |from, to| Scale::between(0.0, bars.len().max(1) as f64, from, to),
        |from, to| Scale::from_zero(values, from, to),
    );
    if bars.iter().all(|b| b.value == 0) {
        return frame.empty("none");
    }
    frame.y_axis(plain);
    let pitch = (frame.right() - frame.left()) / bars.len() as f64;
    let every = bars.len().div_ceil(7);
    for (index, bar) in bars.iter().enumerate() {
        let x = frame.left() + pitch * index as f64;
        let y = frame.y.at(bar.value as f64);
        let air = (pitch * 0.12).min(8.0);
        // What happened at all stays visible: never lower than a hair.
        let y = if bar.value > 0 { y.min(frame.bottom() - 1.0) } else { y };
        frame.svg.rect((x + air, y), (pitch - 2.0 * air, frame.bottom() - y), colour, "");
        let class = if every > 1 && (index / every) % 2 == 1 { "odd" } else { "" };
        if index % every == 0 {
            frame.svg.text((x + pitch / 2.0, frame.bottom() + 13.0), Anchor::Middle, MUTED, class, &bar.label);
        }
        if !bar.above.is_empty() && pitch > 34.0 {
            frame.svg.text((x + pitch / 2.0, y - 3.0), Anchor::Middle, "var(--ink,#14212b)", "", &bar.above);
        }
    }
    frame.x_axis(&[]);
    let middle = f64::midpoint(frame.left(), frame.right());
    frame.svg.text((middle, frame.bottom() + 27.0), Anchor::Middle, MUTED, "", axis);
    frame.svg.finish()
}
