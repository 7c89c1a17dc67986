//! Latency by page depth.

use super::super::chart::{Anchor, EndLabel, Frame, MUTED, Margins, Paint, Scale};
use super::super::model::{Depth, Latency, Pages, Report};
use super::super::number::{count, ms, ms_or_dash};
use super::{Drawing, Figure, Table, line_key};

const LINES: [(&str, Paint, f64); 3] = [
    ("p50", Paint::full("var(--p50,#5598c0)"), 0.5),
    ("p90", Paint::dashed("var(--p90,#3d85b0)", "7 2"), 0.9),
    ("p99", Paint { colour: "var(--p99,#12476b)", dash: "", width: 2.4 }, 0.99),
];

/// Draws it; none where nothing was paged.
pub(super) fn draw(report: &Report) -> Option<Figure> {
    let pages = report.totals.pages.as_ref().filter(|p| p.count > 0)?;
    let median = |depth: Option<&Depth>| ms_or_dash(depth.and_then(|d| d.response_ms.at(0.5)));
    let summary = format!(
        "{} pages, the deepest at {}; the median response was {} on the first and {} at the deepest.",
        count(pages.count),
        count(pages.depth_max),
        median(pages.by_depth.first()),
        median(pages.by_depth.last()),
    );
    let mut table = Table::with(&["page", "pages", "p50", "p90", "p99", "max"]);
    table.rows = pages.by_depth.iter().map(row).collect();
    Some(Figure {
        id: "depth",
        title: "Latency by page depth",
        note: "Clock: response; a page is a call of its own, due when the page before it ended.".into(),
        legend: LINES.iter().map(|(label, paint, _)| line_key(label, "", *paint)).collect(),
        drawings: vec![Drawing { caption: String::new(), svg: drawing(pages, &summary) }],
        table,
        summary,
    })
}

fn row(depth: &Depth) -> Vec<String> {
    let l: &Latency = &depth.response_ms;
    let cells = [l.at(0.5), l.at(0.9), l.at(0.99), l.max()].map(ms_or_dash);
    [name(depth), count(l.count)].into_iter().chain(cells).collect()
}

fn name(depth: &Depth) -> String {
    if depth.from == depth.to { depth.from.to_string() } else { format!("{}–{}", depth.from, depth.to) }
}

fn drawing(pages: &Pages, summary: &str) -> String {
    let depths = &pages.by_depth;
    let values = depths.iter().flat_map(|d| LINES.map(|(_, _, q)| d.response_ms.at(q))).flatten();
    let mut frame = Frame::new(
        (Frame::WIDE, 200.0),
        Margins { bottom: 32.0, ..Frame::WIDE_MARGINS },
        ("Latency by page depth", summary),
        |from, to| Scale::between(0.0, depths.len().max(1) as f64, from, to),
        |from, to| Scale::log(values, from, to),
    );
    if depths.iter().all(|d| d.response_ms.count == 0) {
        return frame.empty("no page was fetched");
    }
    frame.y_axis(ms);
    let mut labels = Vec::new();
    for (label, paint, q) in LINES {
        let points: Vec<_> =
            depths.iter().enumerate().filter_map(|(i, d)| d.response_ms.at(q).map(|v| (i as f64 + 0.5, v))).collect();
        frame.line(&points, 1.5, paint);
        let y = points.last().map_or(0.0, |(_, v)| frame.y.at(*v));
        labels.push(EndLabel { y, text: label.into(), colour: paint.colour });
        for (x, y) in points {
            let place = (frame.x.at(x), frame.y.at(y));
            frame.svg.dot(place, paint.colour);
        }
    }
    frame.end_labels(labels);
    let every = depths.len().div_ceil(14);
    for (index, depth) in depths.iter().enumerate().step_by(every) {
        let x = frame.x.at(index as f64 + 0.5);
        let class = if (index / every) % 2 == 1 { "odd" } else { "" };
        frame.svg.text((x, frame.bottom() + 13.0), Anchor::Middle, MUTED, class, &name(depth));
    }
    frame.x_axis(&[]);
    let middle = f64::midpoint(frame.left(), frame.right());
    frame.svg.text((middle, frame.bottom() + 27.0), Anchor::Middle, MUTED, "", "page");
    frame.svg.finish()
}
