//! The generator about itself: lag, calls in flight and queued, stolen time.

use super::super::chart::{EndLabel, Frame, Paint, Scale};
use super::super::model::Report;
use super::super::number::{ms, ms_or_dash, percent, plain};
use super::slices::{IN_CHART, IN_TABLE};
use super::{Drawing, Figure, Slice, Table, extent, line_key, slices};

const LAG: Paint = Paint::full("var(--p99,#12476b)");
const IN_FLIGHT: Paint = Paint::full("var(--p90,#3d85b0)");
const QUEUED: Paint = Paint::dashed("var(--p999,#a0508c)", "4 2");
const STEAL: Paint = Paint::full("var(--failed,#a8324a)");
const STALL: Paint = Paint::dashed("var(--p999,#a0508c)", "4 2");
const BUSY: Paint = Paint::full("var(--p99,#12476b)");

type Line = (&'static str, Paint, fn(&Slice) -> f64);

/// Draws it.
pub(super) fn draw(report: &Report) -> Figure {
    let v = &report.validity;
    let summary = format!(
        "Generator health: lag p99 {}, largest {}; busiest lane {}, stolen {}; {} stalls; {} calls dropped.",
        ms_or_dash(v.lag_ms.at(0.99)),
        ms_or_dash(v.lag_ms.max()),
        percent(v.cpu_ratio),
        percent(v.steal_ratio),
        v.stalls.count,
        v.dropped,
    );
    let merged = slices(report, IN_CHART);
    let panel = |caption: &str, lines: &[Line], unit: fn(f64) -> String| Drawing {
        svg: drawing(report, &merged, caption, lines, unit),
        caption: caption.into(),
    };
    Figure {
        id: "health",
        title: "Generator health",
        note: "Clock: lag, from the instant a call was due until its first attempt was sent. It is our own debt: while it is small, the \
               other numbers are the target's."
            .into(),
        legend: vec![
            line_key("lag p99", "lag_ms", LAG),
            line_key("longest stall", "stall_ms", STALL),
            line_key("in flight", "in_flight", IN_FLIGHT),
            line_key("queued", "queued", QUEUED),
            line_key("busiest lane", "busy", BUSY),
            line_key("stolen time", "steal", STEAL),
        ],
        drawings: vec![
            panel("Lag, p99 of each second; longest stall of a lane", &[("lag", LAG, |s| s.lag_ms), ("stall", STALL, |s| s.stall_ms)], ms),
            panel("Attempts in flight, calls queued", &[("in flight", IN_FLIGHT, |s| s.in_flight), ("queued", QUEUED, |s| s.queued)], plain),
            panel("Busiest lane at work, time stolen by the hypervisor", &[("busiest", BUSY, |s| s.busy), ("stolen", STEAL, |s| s.steal)], percent),
        ],
        table: table(report),
        summary,
    }
}

fn drawing(report: &Report, merged: &[Slice], title: &str, lines: &[Line], unit: fn(f64) -> String) -> String {
    let values = merged.iter().flat_map(|s| lines.iter().map(|(_, _, of)| of(s)));
    let mut frame = Frame::over_time(96.0, extent(report), title, "", |from, to| Scale::from_zero(values, from, to));
    if merged.is_empty() {
        return frame.empty("no second of this run was recorded");
    }
    frame.y_axis(unit);
    frame.event_bands(&report.events);
    frame.event_lines(&report.events, false);
    let mut labels = Vec::new();
    for (label, paint, of) in lines {
        let points: Vec<_> = merged.iter().map(|s| (s.middle(), of(s))).collect();
        frame.line(&points, merged[0].width_s * 1.5, *paint);
        let y = points.last().map_or(0.0, |(_, v)| frame.y.at(*v));
        labels.push(EndLabel { y, text: (*label).into(), colour: paint.colour });
    }
    frame.end_labels(labels);
    frame.time_axis();
    frame.svg.finish()
}

fn table(report: &Report) -> Table {
    let merged = slices(report, IN_TABLE);
    let mut table =
        Table::with(&["second", "lag p99", "longest stall", "in flight", "queued", "busiest lane", "stolen"]);
    if merged.first().is_some_and(|s| s.width_s > 1.0) {
        table.note = format!("Each row covers {} seconds: means of counts, the worst of all else.", merged[0].width_s);
    }
    table.rows = merged
        .iter()
        .map(|s| {
            let waits = [ms(s.lag_ms), ms(s.stall_ms), plain(s.in_flight), plain(s.queued)];
            [s.t_s.to_string()].into_iter().chain(waits).chain([percent(s.busy), percent(s.steal)]).collect()
        })
        .collect();
    table
}
