//! The heat map: every call by the time it ended and how long it took.

use super::super::chart::{Anchor, CLASSES, Frame, MUTED, Scale, cells, class_of};
use super::super::model::Report;
use super::super::number::{count, ms};
use super::super::view::HeatMap;
use super::{Drawing, Figure, Table, extent};

/// From faint to strong. A single hue that runs through lightness reads the same to every eye.
const COLOURS: [&str; CLASSES] = [
    "var(--h0,#dcebf4)",
    "var(--h1,#bfdaea)",
    "var(--h2,#98c3dd)",
    "var(--h3,#6da8cb)",
    "var(--h4,#478bb6)",
    "var(--h5,#2b6c99)",
    "var(--h6,#174d75)",
    "var(--h7,#0a3150)",
];

/// Rows of the table.
const TABLE_ROWS: usize = 18;

/// Draws it.
pub(super) fn draw(report: &Report, map: Option<&HeatMap>) -> Figure {
    let map = map.filter(|map| map.fullest() > 0);
    let summary = match map.and_then(busiest) {
        Some((lo, hi)) => {
            format!("Heat map of response latencies over time; most calls took between {} and {}.", ms(lo), ms(hi))
        }
        None => "Heat map of response latencies over time; it is empty.".into(),
    };
    Figure {
        id: "heat",
        title: "Every call by its response latency",
        note: "Clock: response. Each column is a slice of time, each row a band of latency; the darker, the more calls. Two bands \
               at once are two populations that a percentile line would hide, such as calls with and without a retry."
            .into(),
        legend: Vec::new(),
        drawings: vec![Drawing { caption: String::new(), svg: drawing(report, map, &summary) }],
        table: map.map_or_else(Table::default, table),
        summary,
    }
}

fn drawing(report: &Report, map: Option<&HeatMap>, summary: &str) -> String {
    let (lo, hi) = map.map_or((1.0, 10.0), HeatMap::bounds_ms);
    let scale = |from, to| Scale::log_between(lo, hi, from, to);
    let mut frame = Frame::over_time(230.0, extent(report), "Response latency heat map", summary, scale);
    let Some(map) = map else { return frame.empty("nothing was recorded") };
    frame.y_axis(ms);
    frame.event_bands(&report.events);
    let (x0, x1) = (frame.x.at(0.0), frame.x.at(map.columns() as f64 * map.column_s()));
    let (width, height) = (x1 - x0, frame.bottom() - frame.top());
    let fullest = map.fullest();
    let paths = cells(map.columns(), HeatMap::ROWS, |column, row| class_of(map.count(column, row), fullest));
    let transform = format!(
        r#"transform="translate({x0:.2} {:.2}) scale({:.5} {:.5})" shape-rendering="crispEdges" fill="none""#,
        frame.top() + height / HeatMap::ROWS as f64 / 2.0,
        width / map.columns() as f64,
        height / HeatMap::ROWS as f64,
    );
    frame.svg.open(&transform);
    for (path, colour) in paths.iter().zip(COLOURS) {
        if !path.is_empty() {
            frame.svg.stroke(path, colour);
        }
    }
    frame.svg.close();
    frame.event_lines(&report.events, false);
    key(&mut frame, fullest);
    frame.time_axis();
    frame.svg.finish()
}

/// The colours and what they mean, at the right of the map.
fn key(frame: &mut Frame, fullest: u64) {
    let (x, top) = (frame.right() + 8.0, frame.top() + 14.0);
    frame.svg.text((x, frame.top() + 6.0), Anchor::Start, MUTED, "end", "calls");
    for (index, colour) in COLOURS.into_iter().enumerate() {
        let y = top + (CLASSES - 1 - index) as f64 * 13.0;
        frame.svg.rect((x, y), (10.0, 12.0), colour, r#" class="end""#);
    }
    frame.svg.text((x + 14.0, top + 9.0), Anchor::Start, MUTED, "end", &count(fullest));
    frame.svg.text((x + 14.0, top + (CLASSES - 1) as f64 * 13.0 + 9.0), Anchor::Start, MUTED, "end", "1");
}

/// The bounds of the narrowest run of rows around the fullest row that holds half of all calls.
fn busiest(map: &HeatMap) -> Option<(f64, f64)> {
    let rows = rows(map);
    let total: u64 = rows.iter().sum();
    let mut lo = rows.iter().enumerate().max_by_key(|(_, n)| **n)?.0;
    let (mut hi, mut held) = (lo, rows[lo]);
    while held * 2 < total {
        let below = lo.checked_sub(1).map(|row| rows[row]);
        let above = rows.get(hi + 1).copied();
        if above.is_some() && (below.is_none() || above >= below) {
            hi += 1;
            held += rows[hi];
        } else {
            lo = lo.checked_sub(1)?;
            held += rows[lo];
        }
    }
    Some((edge(map, lo), edge(map, hi + 1)))
}

fn rows(map: &HeatMap) -> Vec<u64> {
    (0..HeatMap::ROWS).map(|row| (0..map.columns()).map(|column| map.count(column, row)).sum()).collect()
}

/// The latency at the lower edge of a row.
fn edge(map: &HeatMap, row: usize) -> f64 {
    let (lo, hi) = map.bounds_ms();
    lo * (hi / lo).powf(row as f64 / HeatMap::ROWS as f64)
}

fn table(map: &HeatMap) -> Table {
    let each = HeatMap::ROWS / TABLE_ROWS;
    let rows = rows(map);
    let mut table = Table::with(&["response latency", "calls"]);
    table.rows = rows
        .chunks(each)
        .enumerate()
        .filter(|(_, chunk)| chunk.iter().sum::<u64>() > 0)
        .map(|(index, chunk)| {
            let band = format!("{} to {}", ms(edge(map, index * each)), ms(edge(map, (index + 1) * each)));
            vec![band, count(chunk.iter().sum())]
        })
        .collect();
    table
}
