//! Latency against "1 in N".

use super::super::chart::{EndLabel, Frame, Margins, Paint, Scale};
use super::super::number::{count, ms, percent};
use super::super::view::{Clock, View};
use super::{Drawing, Figure, Table, line_key};

const PAINTS: [(Clock, &str, &str, Paint); 3] = [
    (
        Clock::ResponseOk,
        "response, ok calls",
        "response ok",
        Paint { colour: "var(--p99,#12476b)", dash: "", width: 2.4 },
    ),
    (Clock::ResponseAll, "response, all calls", "response all", Paint::dashed("var(--p999,#a0508c)", "5 3")),
    (Clock::Service, "service, accepted attempts", "service", Paint::dashed("var(--p90,#3d85b0)", "2 2")),
];

/// Draws it.
pub(super) fn draw(view: &View) -> Figure {
    let last = |clock| view.curves.iter().find(|c| c.clock == clock).and_then(|c| c.points.last());
    let summary = match (last(Clock::ResponseOk), last(Clock::Service)) {
        (Some(response), Some(service)) => format!(
            "Latency by rank: one call in {} took longer than {}, one attempt in {} longer than {}.",
            one_in(response.q),
            ms(response.ms),
            one_in(service.q),
            ms(service.ms),
        ),
        _ => "Latency by rank.".into(),
    };
    Figure {
        id: "curve",
        title: "How bad is the worst call in N?",
        note: "Clocks: response (due to done, retries included) and service (one attempt, send to last byte). The distance between \
               them is what waiting and retrying cost. Each curve ends where fewer than ten samples remain."
            .into(),
        legend: PAINTS.iter().map(|(_, label, _, paint)| line_key(label, "", *paint)).collect(),
        drawings: vec![Drawing { caption: String::new(), svg: drawing(view, &summary) }],
        table: table(view),
        summary,
    }
}

/// Where a quantile stands on the axis: the N of "1 in N".
fn n(q: f64) -> f64 {
    1.0 / (1.0 - q.clamp(0.0, 0.999_999_999))
}

/// Where a quantile stands, in words of the axis: the N of "1 in N".
pub(crate) fn one_in(q: f64) -> String {
    count(n(q).round() as u64)
}

/// A curve of an overlay.
pub(crate) struct Line {
    /// Its name at its end.
    pub(crate) label: &'static str,
    /// How it looks.
    pub(crate) paint: Paint,
    /// Quantiles, 0 to below 1, and milliseconds.
    pub(crate) points: Vec<(f64, f64)>,
}

fn drawing(view: &View, summary: &str) -> String {
    let line = |(clock, _, label, paint): (Clock, &str, &'static str, Paint)| Line {
        label,
        paint,
        points: view
            .curves
            .iter()
            .filter(|curve| curve.clock == clock)
            .flat_map(|curve| curve.points.iter().map(|point| (point.q, point.ms)))
            .collect(),
    };
    // What comes first in the key is drawn last, over the others.
    overlay(&PAINTS.map(line).into_iter().rev().collect::<Vec<_>>(), summary)
}

/// Curves over each other, the last one on top.
pub(crate) fn overlay(lines: &[Line], summary: &str) -> String {
    let place = |line: &Line| -> Vec<(f64, f64)> {
        let usable = line.points.iter().filter(|(q, ms)| q.is_finite() && *q >= 0.0 && *ms > 0.0);
        usable.map(|(q, ms)| (n(*q), *ms)).collect()
    };
    let curves: Vec<_> =
        lines.iter().map(|line| (line, place(line))).filter(|(_, points)| !points.is_empty()).collect();
    let furthest = curves.iter().flat_map(|(_, points)| points).map(|(n, _)| *n).fold(100.0, f64::max);
    let values = curves.iter().flat_map(|(_, points)| points).map(|(_, ms)| *ms);
    let margins = Margins { bottom: 32.0, ..Frame::WIDE_MARGINS };
    let mut frame = Frame::new(
        (Frame::WIDE, 240.0),
        margins,
        ("Latency against one in N", summary),
        |from, to| Scale::log_between(1.0, furthest, from, to),
        |from, to| Scale::log(values, from, to),
    );
    if curves.is_empty() {
        return frame.empty("too few samples for a curve");
    }
    frame.y_axis(ms);
    let mut labels = Vec::new();
    for (line, points) in curves {
        frame.line(&points, f64::INFINITY, line.paint);
        let y = points.last().map_or(0.0, |(_, v)| frame.y.at(*v));
        labels.push(EndLabel { y, text: line.label.into(), colour: line.paint.colour });
    }
    frame.end_labels(labels);
    let marks = [
        (2.0, "50 %"),
        (10.0, "90 %"),
        (100.0, "99 %"),
        (1e3, "99.9 %"),
        (1e4, "99.99 %"),
        (1e5, "99.999 %"),
        (1e6, "99.9999 %"),
    ];
    let ticks: Vec<_> =
        marks.iter().filter(|(n, _)| *n <= furthest * 1.001).map(|(n, label)| (*n, (*label).to_owned())).collect();
    frame.x_axis(&ticks);
    second_row(&mut frame, &ticks);
    frame.svg.finish()
}

/// "1 in N" under each percentage.
fn second_row(frame: &mut Frame, ticks: &[(f64, String)]) {
    let y = frame.bottom() + 25.0;
    for (index, (n, _)) in ticks.iter().enumerate() {
        let class = if index % 2 == 1 { "odd" } else { "" };
        let label = format!("1 in {}", count(*n as u64));
        let x = frame.x.at(*n);
        frame.svg.text((x, y), super::super::chart::Anchor::Middle, super::super::chart::MUTED, class, &label);
    }
}

fn table(view: &View) -> Table {
    let wanted = [0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999];
    let mut table = Table::with(&["share of calls", "1 in", "response, ok calls", "response, all calls", "service"]);
    for q in wanted {
        // The first point at or above the wanted rank; a curve that ended before it says nothing.
        let cells = PAINTS.map(|(clock, ..)| {
            let curve = view.curves.iter().find(|c| c.clock == clock);
            curve.and_then(|c| c.points.iter().find(|p| p.q >= q - 1e-9)).map(|p| ms(p.ms))
        });
        if cells.iter().any(Option::is_some) {
            let row = cells.map(|cell| cell.unwrap_or_else(|| super::super::number::DASH.into()));
            table.rows.push([percent(q), one_in(q)].into_iter().chain(row).collect());
        }
    }
    table
}
