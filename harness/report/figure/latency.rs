//! Percentiles of the response latency over time.

use super::super::chart::{EndLabel, Frame, Paint, Scale};
use super::super::model::{PointLatency, Report};
use super::super::number::{ms, ms_or_dash};
use super::slices::{IN_CHART, IN_TABLE, note};
use super::{Drawing, Figure, Table, extent, line_key, slices};

type Line = (&'static str, &'static str, Paint, fn(&PointLatency) -> f64);

/// Rising percentiles, darker towards p99, which most objectives name.
const LINES: [Line; 5] = [
    ("p50", "p50", Paint::full("var(--p50,#5598c0)"), |l| l.p50),
    ("p90", "p90", Paint::dashed("var(--p90,#3d85b0)", "7 2"), |l| l.p90),
    ("p99", "p99", Paint { colour: "var(--p99,#12476b)", dash: "", width: 2.4 }, |l| l.p99),
    ("p99.9", "p999", Paint::dashed("var(--p999,#a0508c)", "4 2"), |l| l.p999),
    ("max", "max", Paint::dashed("var(--max,#74808a)", "1.5 2"), |l| l.max),
];

/// Draws it.
pub(super) fn draw(report: &Report) -> Figure {
    let response = &report.totals.calls.response_ms.ok;
    let known = slices(report, usize::MAX).into_iter().filter_map(|s| s.response_ms.map(|l| (s.t_s, l.p99)));
    let worst = known.max_by(|a, b| a.1.total_cmp(&b.1));
    let mut summary = format!(
        "Response latency of calls that ended in success: median {}, p99 {}, largest {}",
        ms_or_dash(response.at(0.5)),
        ms_or_dash(response.at(0.99)),
        ms_or_dash(response.max()),
    );
    summary += &worst
        .map_or(".".into(), |(t, value)| format!("; the worst second began at {t} s with a p99 of {}.", ms(value)));
    Figure {
        id: "latency",
        title: "Response latency over time",
        note: "Clock: response, from the instant a call was due until it was done, waits, backoffs and retries included. Calls \
               that ended in success, by the second they ended in. Logarithmic scale."
            .into(),
        legend: lines(report).into_iter().map(|(label, column, paint, _)| line_key(label, column, paint)).collect(),
        drawings: vec![Drawing { caption: String::new(), svg: drawing(report, &summary) }],
        table: table(report),
        summary,
    }
}

/// The lines that say something of their own: with few calls a second, the 99.9th percentile is the largest value.
fn lines(report: &Report) -> Vec<Line> {
    let told_apart = report.series.iter().filter_map(|p| p.response_ms).any(|l| l.p999 < l.max);
    LINES.into_iter().filter(|(label, ..)| told_apart || *label != "p99.9").collect()
}

fn drawing(report: &Report, summary: &str) -> String {
    let merged = slices(report, IN_CHART);
    let known: Vec<_> = merged.iter().filter_map(|s| s.response_ms.map(|l| (s.middle(), l))).collect();
    let values = known.iter().flat_map(|(_, l)| LINES.map(|(_, _, _, of)| of(l)));
    let scale = |from, to| Scale::log(values, from, to);
    let mut frame = Frame::over_time(220.0, extent(report), "Response latency percentiles over time", summary, scale);
    if known.is_empty() {
        return frame.empty("no call ended in success");
    }
    frame.y_axis(ms);
    frame.event_bands(&report.events);
    frame.event_lines(&report.events, false);
    let gap = merged[0].width_s * 1.5;
    let mut labels = Vec::new();
    for (label, _, paint, of) in lines(report).into_iter().rev() {
        let points: Vec<_> = known.iter().map(|(t, l)| (*t, of(l))).collect();
        frame.line(&points, gap, paint);
        let y = points.last().map_or(0.0, |(_, v)| frame.y.at(*v));
        labels.push(EndLabel { y, text: label.into(), colour: paint.colour });
    }
    frame.end_labels(labels);
    frame.time_axis();
    frame.svg.finish()
}

fn table(report: &Report) -> Table {
    let merged = slices(report, IN_TABLE);
    let mut table = Table::with(&["second", "p50", "p90", "p99", "p99.9", "max"]);
    table.note = note(&merged, true);
    table.rows = merged
        .iter()
        .map(|s| {
            let cells = LINES.map(|(_, _, _, of)| ms_or_dash(s.response_ms.as_ref().map(of)));
            std::iter::once(s.t_s.to_string()).chain(cells).collect()
        })
        .collect();
    table
}
