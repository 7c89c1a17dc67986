//! Every change with its interval beside its tolerance: one row a metric, relative changes and points in panels of their own.

use super::super::super::chart::{Anchor, FONT, Frame, GRID, MUTED, Margins, Paint, Scale};
use super::super::super::figure::{Drawing, Figure, Table, area_key, line_key};
use super::super::super::model::gate::{
    Gate, GateBound, GateChangeScale, GateJudgedFor, GateKind, GateMetric, GateVerdict, GateWorse,
};
use super::super::super::text::line;
use super::super::changes::{directed, interval, signed, tolerance};
use super::super::words::marked;
use super::{ALLOWED, INK, dot_key};

/// The most rows of a panel; the table has all metrics.
const MOST: usize = 12;
/// The height of a row, in units of the view box.
const ROW: f64 = 54.0;
/// How far the axis reaches at most, in the largest of all tolerances and estimates.
const REACH: f64 = 4.0;

/// Draws it; nothing where no metric has an estimate.
pub(in super::super) fn draw(gate: &Gate) -> Option<Figure> {
    let of = |scale| -> Vec<&GateMetric> {
        let shown = |metric: &&GateMetric| metric.scale == scale && metric.change.estimate.is_some();
        gate.metrics.iter().filter(shown).take(MOST).collect()
    };
    let panels = [
        ("Relative changes, in per cent of the baseline", of(GateChangeScale::Factor)),
        ("Changes of shares, in percentage points", of(GateChangeScale::Points)),
    ];
    let drawings: Vec<Drawing> = panels
        .into_iter()
        .filter(|(_, metrics)| !metrics.is_empty())
        .map(|(caption, metrics)| Drawing { caption: caption.into(), svg: panel(caption, &metrics) })
        .collect();
    if drawings.is_empty() {
        return None;
    }
    let pairs = if gate.kind == GateKind::Stored { "" } else { " Small dots are the changes of the single pairs." };
    Some(Figure {
        id: "forest",
        title: "How large are the changes, and how sure?",
        summary: gate.metrics.iter().map(said).collect::<Vec<_>>().join("; "),
        note: format!(
            "The dot is the estimate, the bar is where the change surely lies, and the band reaches from no change to the tolerance. \
             A bar that ends in an arrow goes on beyond the drawing: the runs were too few for a bound, or it is far away.{pairs}"
        ),
        legend: vec![
            dot_key("estimate", INK, true),
            line_key("where it surely lies", "", BAR),
            area_key("no change to tolerance", "", "var(--ok,#4a8fb5)"),
        ],
        drawings,
        table: Table::default(),
    })
}

/// The bar of an interval.
const BAR: Paint = Paint { colour: INK, dash: "", width: 2.6 };

fn said(metric: &GateMetric) -> String {
    let change = metric.change.estimate.map_or_else(|| "not judged".into(), |change| directed(metric, change));
    let interval = interval(metric).map(|interval| format!(" ({interval})")).unwrap_or_default();
    format!("{}: {change}{interval}, tolerance {}", metric.expression, tolerance(metric))
}

/// The changes that a rule allows: from none to the tolerance, on the side of what is worse or on both.
fn allowed(metric: &GateMetric) -> (f64, f64) {
    match (metric.judged_for, metric.worse) {
        (GateJudgedFor::Any, _) => (-metric.tolerance, metric.tolerance),
        (GateJudgedFor::Worse, GateWorse::Higher) => (0.0, metric.tolerance),
        (GateJudgedFor::Worse, GateWorse::Lower) => (-metric.tolerance, 0.0),
    }
}

/// The ends of the axis: all that is drawn, as far as that is not out of all proportion.
fn extent(metrics: &[&GateMetric]) -> (f64, f64) {
    let sizes = metrics.iter().map(|m| m.tolerance.max(m.change.estimate.unwrap_or(0.0).abs()));
    let most = REACH * sizes.fold(0.0, f64::max);
    let bounds =
        |m: &&GateMetric| [m.change.lower, m.change.upper].into_iter().flatten().map(|b| b.at).collect::<Vec<_>>();
    let values = metrics.iter().flat_map(|m| {
        let (from, to) = allowed(m);
        bounds(m).into_iter().chain(m.changes.iter().copied()).chain([from, to, m.change.estimate.unwrap_or(0.0)])
    });
    let (lo, hi) = values.fold((0.0_f64, 0.0_f64), |(lo, hi), value| (lo.min(value), hi.max(value)));
    let (lo, hi) = (lo.max(-most), hi.min(most));
    let air = ((hi - lo) * 0.08).max(1e-6);
    (lo - air, hi + air)
}

fn panel(caption: &str, metrics: &[&GateMetric]) -> String {
    let (lo, hi) = extent(metrics);
    let desc = metrics.iter().map(|metric| said(metric)).collect::<Vec<_>>().join("; ");
    let mut frame = Frame::new(
        (Frame::WIDE, ROW * metrics.len() as f64 + 30.0),
        Margins { left: 12.0, right: 12.0, top: 4.0, bottom: 22.0 },
        (caption, &desc),
        |from, to| Scale::between(lo, hi, from, to),
        |from, to| Scale::between(0.0, metrics.len() as f64, from, to),
    );
    let Some(first) = metrics.first() else { return frame.empty("no change to show") };
    let ticks: Vec<_> = frame.x.ticks().into_iter().map(|tick| (tick, signed(first, tick))).collect();
    for (tick, _) in &ticks {
        let x = frame.x.at(*tick);
        let colour = if tick.abs() < 1e-9 { "var(--axis,#9aa7b2)" } else { GRID };
        frame.svg.segment((x, frame.top()), (x, frame.bottom()), colour, "");
    }
    for (index, metric) in metrics.iter().enumerate() {
        row(&mut frame, metric, 4.0 + ROW * index as f64);
    }
    frame.x_axis(&ticks);
    frame.svg.finish()
}

/// A metric: its name and verdict above, the band of its tolerance, its interval and estimate, and the single pairs below.
fn row(frame: &mut Frame, metric: &GateMetric, top: f64) {
    let colour = match metric.verdict {
        GateVerdict::Pass => "var(--good,#1c7148)",
        GateVerdict::Fail => "var(--bad,#a8243c)",
        GateVerdict::Inconclusive | GateVerdict::Invalid => "var(--doubt,#8f5600)",
    };
    let worse = match (metric.judged_for, metric.worse) {
        (GateJudgedFor::Any, _) => "must not change",
        (_, GateWorse::Higher) => "worse →",
        (_, GateWorse::Lower) => "← worse",
    };
    let title = format!("{}: {}", line(&metric.expression, 44), marked(metric.verdict));
    let base = top + FONT + 1.0;
    frame.svg.text((frame.left(), base), Anchor::Start, INK, "", &title);
    frame.svg.text((frame.right(), base), Anchor::End, MUTED, "end", worse);
    let (from, to) = allowed(metric);
    let (from, to) = (frame.x.at(from), frame.x.at(to));
    let (band, height) = (top + FONT + 6.0, 28.0);
    frame.svg.rect((from, band), (to - from, height), ALLOWED, r#" fill-opacity=".22""#);
    let y = band + 10.0;
    let paint = Paint { colour, ..BAR };
    let left = end(frame, metric.change.lower, y, paint, -1.0);
    let right = end(frame, metric.change.upper, y, paint, 1.0);
    frame.svg.line(&[(left, y), (right, y)], paint);
    if let Some(change) = metric.change.estimate {
        frame.svg.disc((frame.x.at(change), y), 4.2, colour);
    }
    for change in &metric.changes {
        frame.svg.disc((frame.x.at(*change), band + 22.0), 2.0, MUTED);
    }
}

/// One end of an interval: a short stroke where the bound is, an arrow at the edge where it is open or far away.
fn end(frame: &mut Frame, bound: Option<GateBound>, y: f64, paint: Paint, way: f64) -> f64 {
    let (lo, hi) = frame.x.ends();
    match bound.filter(|bound| bound.at > lo && bound.at < hi) {
        Some(bound) => {
            let x = frame.x.at(bound.at);
            frame.svg.line(&[(x, y - 5.0), (x, y + 5.0)], paint);
            x
        }
        None => {
            let x = if way < 0.0 { frame.left() } else { frame.right() };
            frame.svg.line(&[(x - 6.0 * way, y - 4.5), (x, y), (x - 6.0 * way, y + 4.5)], paint);
            x
        }
    }
}
