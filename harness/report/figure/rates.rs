//! Offered, accepted, throttled and failed over time.

use std::fmt::Write as _;

use super::super::chart::{EndLabel, Frame, Num, Paint, Scale, segments};
use super::super::model::Report;
use super::super::number::{count, per_s, plain, share, span_s};
use super::slices::{IN_CHART, IN_TABLE, note};
use super::{Drawing, Figure, Slice, Table, area_key, extent, line_key, slices};

pub(crate) const OK: &str = "var(--ok,#4a8fb5)";
pub(crate) const THROTTLED: &str = "var(--throttled,#eeb544)";
pub(crate) const FAILED: &str = "var(--failed,#a8324a)";
const OFFERED: Paint = Paint::dashed("var(--ink,#14212b)", "5 3");

/// A colour and the height up to which it reaches.
type Layer = (&'static str, fn(&Slice) -> f64);

/// Draws it.
pub(super) fn draw(report: &Report) -> Figure {
    let a = &report.totals.attempts;
    let (throttled, ok) = (a.service_ms.throttled.count, a.service_ms.success.count);
    let summary = format!(
        "Over {}, {} calls fell due and {} attempts were sent: {} accepted ({}), {} throttled ({}), {} failed.",
        span_s(report.duration_s),
        count(report.totals.calls.count),
        count(a.count),
        count(ok),
        share(ok, a.count),
        count(throttled),
        share(throttled, a.count),
        count(a.count.saturating_sub(ok + throttled)),
    );
    let merged = slices(report, IN_CHART);
    Figure {
        id: "rates",
        title: "Offered, accepted, throttled, failed",
        note: "Areas are attempts by outcome, stacked; the dashed line is the calls that fell due. Where the stack rises above \
               the line, retries multiply the load. A throttled attempt (429) is neither a success nor an error."
            .into(),
        legend: vec![
            line_key("offered", "offered", OFFERED),
            area_key("accepted", "ok", OK),
            area_key("throttled", "throttled", THROTTLED),
            area_key("failed", "failed", FAILED),
        ],
        drawings: vec![Drawing { caption: String::new(), svg: drawing(report, &merged, &summary) }],
        table: table(report),
        summary,
    }
}

fn drawing(report: &Report, merged: &[Slice], summary: &str) -> String {
    let heights = merged.iter().flat_map(|s| [s.offered, s.ok + s.throttled + s.failed]);
    let scale = |from, to| Scale::from_zero(heights, from, to);
    let mut frame =
        Frame::over_time(210.0, extent(report), "Offered, accepted, throttled and failed over time", summary, scale);
    if merged.is_empty() {
        return frame.empty("no second of this run was recorded");
    }
    frame.y_axis(per_s);
    frame.event_bands(&report.events);
    // Painted from the whole stack down: each area covers the lower part of the one before it.
    let stack: [Layer; 3] =
        [(FAILED, |s| s.ok + s.throttled + s.failed), (THROTTLED, |s| s.ok + s.throttled), (OK, |s| s.ok)];
    for (colour, height) in stack {
        let path = steps(&frame, merged, height);
        frame.svg.fill(&path, colour, "");
    }
    frame.event_lines(&report.events, true);
    let offered: Vec<_> = merged.iter().map(|s| (s.middle(), s.offered)).collect();
    frame.line(&offered, merged[0].width_s * 1.5, OFFERED);
    let y = offered.last().map_or(0.0, |(_, v)| frame.y.at(*v));
    frame.end_labels(vec![EndLabel { y, text: "offered".into(), colour: OFFERED.colour }]);
    frame.time_axis();
    frame.svg.finish()
}

/// An area in steps, since a count belongs to its whole second; closed where seconds are missing.
fn steps(frame: &Frame, merged: &[Slice], height: fn(&Slice) -> f64) -> String {
    let width = merged[0].width_s;
    let points: Vec<_> = merged.iter().map(|s| (s.t_s, height(s))).collect();
    let mut path = String::new();
    for segment in segments(&points, width * 1.5) {
        let _ = write!(path, "M{} {}", Num(frame.x.at(segment[0].0)), Num(frame.bottom()));
        for (t, value) in segment {
            let _ = write!(path, "V{}H{}", Num(frame.y.at(*value)), Num(frame.x.at(t + width)));
        }
        let _ = write!(path, "V{}z", Num(frame.bottom()));
    }
    path
}

fn table(report: &Report) -> Table {
    let merged = slices(report, IN_TABLE);
    let mut table =
        Table::with(&["second", "offered/s", "sent/s", "accepted/s", "throttled/s", "failed/s", "retries/s"]);
    table.note = note(&merged, false);
    table.rows = merged
        .iter()
        .map(|s| {
            let numbers = [s.offered, s.sent, s.ok, s.throttled, s.failed, s.retries];
            std::iter::once(s.t_s.to_string()).chain(numbers.map(plain)).collect()
        })
        .collect();
    table
}
