//! The bounds of each objective on one axis of loads: what held, what is not known, what did not hold.

use super::super::super::chart::{Anchor, FONT, Frame, GRID, MUTED, Margins, Paint, Scale};
use super::super::super::figure::{Drawing, Figure, Table, area_key, line_key};
use super::super::super::model::capacity::{Capacity, CapacityBounds};
use super::super::super::number::plain;
use super::super::super::text::line;
use super::super::loads::{axis, interval, load};
use super::super::tables::{relaxed_name, said};
use super::{BROKE, HELD, INK};

/// The height of a row: its name, and its bar below.
const ROW: f64 = 46.0;
/// The most rows.
const ROWS: usize = 24;

/// What is expected.
const EXPECTED: Paint = Paint::dashed("var(--muted,#5b6975)", "5 3");

/// A row: its name and its bounds.
struct Row {
    name: String,
    bounds: CapacityBounds,
}

fn rows(capacity: &Capacity) -> Vec<Row> {
    let mut rows = Vec::new();
    if capacity.objectives.len() != 1 {
        rows.push(Row { name: "all together".into(), bounds: capacity.bounds });
    }
    for objective in &capacity.objectives {
        rows.push(Row { name: objective.expression.to_string(), bounds: objective.bounds });
        for relaxed in &objective.relaxed {
            rows.push(Row { name: relaxed_name(objective, relaxed.factor), bounds: relaxed.bounds });
        }
    }
    rows.retain(|row| row.bounds.lower.is_some() || row.bounds.upper.is_some());
    rows.truncate(ROWS);
    rows
}

/// Draws it; nothing where no bound is known.
pub(in super::super) fn draw(capacity: &Capacity) -> Option<Figure> {
    let rows = rows(capacity);
    if rows.is_empty() {
        return None;
    }
    let all = format!("All together: {}. ", interval(capacity, capacity.bounds));
    let each: Vec<String> = capacity.objectives.iter().map(|objective| said(capacity, objective)).collect();
    let summary = format!("{all}{}", each.join("; "));
    let mut legend = vec![
        area_key("held", "", HELD),
        area_key("not told: the error bar", "", "var(--event,#c98a1b)"),
        area_key("did not hold", "", BROKE),
    ];
    if capacity.expected_load.is_some() {
        legend.push(line_key("expected", "", EXPECTED));
    }
    Some(Figure {
        id: "ranges",
        title: "What does each objective allow?",
        note: "Each bar ends at the highest load that held; the mark behind it reaches to the lowest that did not. Looser limits are \
               read from the same trials: they show what a milder promise would be worth."
            .into(),
        legend,
        drawings: vec![Drawing { caption: String::new(), svg: drawing(capacity, &rows, &summary) }],
        table: Table::default(),
        summary,
    })
}

fn drawing(capacity: &Capacity, rows: &[Row], summary: &str) -> String {
    let known = rows.iter().flat_map(|row| [row.bounds.lower, row.bounds.upper]).flatten();
    let most = known.chain(capacity.expected_load).fold(0.0, f64::max) * 1.04;
    let mut frame = Frame::new(
        (Frame::WIDE, ROW * rows.len() as f64 + 44.0),
        Margins { left: 12.0, right: 16.0, top: 4.0, bottom: 40.0 },
        ("Bounds of each objective", summary),
        |from, to| Scale::between(0.0, most, from, to),
        |from, to| Scale::between(0.0, 1.0, from, to),
    );
    let ticks: Vec<(f64, String)> = frame.x.ticks().into_iter().map(|at| (at, plain(at))).collect();
    for (index, row) in rows.iter().enumerate() {
        draw_row(&mut frame, capacity, row, 4.0 + ROW * index as f64, &ticks);
    }
    if let Some(expected) = capacity.expected_load {
        let x = frame.x.at(expected);
        frame.svg.line(&[(x, frame.top()), (x, frame.bottom())], EXPECTED);
    }
    frame.x_axis(&ticks);
    let middle = f64::midpoint(frame.left(), frame.right());
    frame.svg.text((middle, frame.bottom() + 34.0), Anchor::Middle, MUTED, "end", axis(capacity));
    frame.svg.finish()
}

fn draw_row(frame: &mut Frame, capacity: &Capacity, row: &Row, top: f64, ticks: &[(f64, String)]) {
    let (bar, height) = (top + 24.0, 12.0);
    for (tick, _) in ticks {
        let x = frame.x.at(*tick);
        frame.svg.segment((x, bar - 4.0), (x, bar + height + 4.0), GRID, "");
    }
    let CapacityBounds { lower, upper } = row.bounds;
    let (left, right) = (frame.left(), frame.right());
    let from = lower.map_or(left, |lower| frame.x.at(lower));
    frame.svg.rect((left, bar), (from - left, height), HELD, "");
    if let Some(upper) = upper {
        let to = frame.x.at(upper).max(from + 2.0);
        let name = "var(--event,#c98a1b)";
        frame.svg.rect((from, bar - 3.0), (to - from, height + 6.0), name, "");
        // Thin, so that it is told from what held without colour.
        frame.svg.rect((to, bar + height / 2.0 - 1.5), (right - to, 3.0), BROKE, "");
    }
    let base = top + FONT + 4.0;
    frame.svg.text((left, base), Anchor::Start, INK, "", &line(&row.name, 44));
    frame.svg.text((right, base), Anchor::End, MUTED, "", &value(capacity, row.bounds));
}

/// The bounds at the end of a row, short enough for a narrow screen.
fn value(capacity: &Capacity, bounds: CapacityBounds) -> String {
    match (bounds.lower, bounds.upper) {
        (Some(lower), Some(upper)) => format!("{} to {}", plain(lower), plain(upper)),
        (Some(lower), None) => format!("≥ {}", plain(lower)),
        (None, Some(upper)) => format!("< {}", load(capacity, upper)),
        (None, None) => String::new(),
    }
}
