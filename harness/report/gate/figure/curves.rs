//! Latency against "1 in N", both sides over each other: where in the distribution the change is.

use super::super::super::figure::curve::{Line, one_in, overlay};
use super::super::super::figure::{Drawing, Figure, Table, line_key};
use super::super::super::model::gate::{Gate, GateCurve, GateCurves};
use super::super::super::number::{DASH, count, ms, percent};
use super::{BASELINE, CANDIDATE};

/// The most metrics whose curves are drawn.
const MOST: usize = 6;

/// Draws it; nothing where no metric is a latency.
pub(in super::super) fn draw(gate: &Gate) -> Option<Figure> {
    let shown = &gate.curves[..gate.curves.len().min(MOST)];
    if shown.is_empty() {
        return None;
    }
    Some(Figure {
        id: "curves",
        title: "Where in the distribution is the change?",
        summary: shown.iter().map(said).collect::<Vec<_>>().join("; "),
        note: "All runs that count together, so this shows where the change is, and not how sure it is. Each curve ends where fewer \
               than ten samples remain."
            .into(),
        legend: vec![line_key("baseline", "", BASELINE), line_key("candidate", "", CANDIDATE)],
        drawings: shown
            .iter()
            .map(|curves| Drawing { caption: caption(curves), svg: overlay(&lines(curves), &said(curves)) })
            .collect(),
        table: table(shown),
    })
}

fn caption(curves: &GateCurves) -> String {
    let (baseline, candidate) = (count(curves.baseline.count), count(curves.candidate.count));
    format!("{}: {baseline} samples of the baseline, {candidate} of the candidate", curves.expression)
}

fn lines(curves: &GateCurves) -> [Line; 2] {
    let line = |curve: &GateCurve, label, paint| Line {
        label,
        paint,
        points: curve.points.iter().map(|point| (point.q, point.value_ms)).collect(),
    };
    [line(&curves.baseline, "baseline", BASELINE), line(&curves.candidate, "candidate", CANDIDATE)]
}

fn at(curve: &GateCurve, q: f64) -> Option<f64> {
    curve.points.iter().find(|point| point.q >= q - 1e-9).map(|point| point.value_ms)
}

fn said(curves: &GateCurves) -> String {
    let say = |curve: &GateCurve, q: f64| at(curve, q).map_or_else(|| DASH.into(), ms);
    let (baseline, candidate) = (&curves.baseline, &curves.candidate);
    format!(
        "{}: half of the baseline's within {} and of the candidate's within {}, 99 % within {} and {}",
        curves.expression,
        say(baseline, 0.5),
        say(candidate, 0.5),
        say(baseline, 0.99),
        say(candidate, 0.99),
    )
}

fn table(shown: &[GateCurves]) -> Table {
    let wanted = [0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999];
    let mut table = Table::with(&["latency", "share", "1 in", "baseline", "candidate"]);
    for curves in shown {
        for q in wanted {
            let (baseline, candidate) = (at(&curves.baseline, q), at(&curves.candidate, q));
            if baseline.is_some() || candidate.is_some() {
                let say = |value: Option<f64>| value.map_or_else(|| DASH.into(), ms);
                let row = vec![curves.expression.to_string(), percent(q), one_in(q), say(baseline), say(candidate)];
                table.rows.push(row);
            }
        }
    }
    table
}
