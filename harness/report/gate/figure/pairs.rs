//! Every run: for each metric the pairs in the order in which they were made, each a line from its baseline to its candidate.

use super::super::super::chart::{Anchor, Frame, MUTED, Margins, Paint, Scale};
use super::super::super::figure::{Drawing, Figure, Key, Table};
use super::super::super::model::gate::{Gate, GateKind, GateMetric, GateRun, GateSideWord};
use super::super::super::table::in_unit;
use super::{BASELINE, CANDIDATE, dot_key};

/// The most metrics that are drawn, and the most pairs of one; report.json has all.
const METRICS: usize = 8;
const PAIRS: usize = 40;

/// What stands in a column: the runs of one try of a pair, or a stored run.
struct Column<'a> {
    /// The runs, and where each stands beside the middle, in columns.
    runs: Vec<(&'a GateRun, f64)>,
    /// What is written below it.
    label: String,
}

/// Draws it; nothing where there are no runs.
pub(in super::super) fn draw(gate: &Gate) -> Option<Figure> {
    if gate.runs.is_empty() || gate.metrics.is_empty() {
        return None;
    }
    let stored = gate.kind == GateKind::Stored;
    let columns = if stored { alone(gate) } else { in_pairs(gate) };
    let cut = columns.len().saturating_sub(PAIRS);
    let shown = &columns[..columns.len().min(PAIRS)];
    let left_out = gate.runs.iter().filter(|run| !run.counts).count();
    let mut note = if stored {
        "The runs of the baseline, then those of the candidate, in the order in which they are stored.".to_owned()
    } else {
        "In the order in which they were made; each line goes from the baseline's run of a pair to its candidate's."
            .to_owned()
    };
    if left_out > 0 {
        note.push_str(&format!(
            " Hollow: {left_out} runs that do not count (the warm-up pair 0, and what was spoiled)."
        ));
    }
    if cut > 0 {
        note.push_str(&format!(" {cut} more are in report.json."));
    }
    let drawings =
        gate.metrics.iter().enumerate().take(METRICS).map(|(index, metric)| Drawing {
            caption: metric.expression.to_string(),
            svg: drawing(metric, index, shown),
        });
    Some(Figure {
        id: "pairs",
        title: if stored { "What did every run measure?" } else { "What did every pair measure?" },
        summary: format!(
            "{} runs of {} metrics; the table below has their values.",
            gate.runs.len(),
            gate.metrics.len()
        ),
        note,
        legend: key(left_out > 0),
        drawings: drawings.collect(),
        table: Table::default(),
    })
}

fn key(left_out: bool) -> Vec<Key> {
    let mut keys = vec![dot_key("baseline", BASELINE.colour, true), dot_key("candidate", CANDIDATE.colour, true)];
    if left_out {
        keys.push(dot_key("does not count", MUTED, false));
    }
    keys
}

/// One column for each try of each pair.
fn in_pairs(gate: &Gate) -> Vec<Column<'_>> {
    gate.runs
        .chunk_by(|a, b| (a.pair, a.again) == (b.pair, b.again))
        .flat_map(|tries| tries.chunks(2))
        .map(|runs| Column {
            runs: runs.iter().map(|run| (run, if run.side == GateSideWord::Baseline { -0.2 } else { 0.2 })).collect(),
            label: runs.first().map(|run| run.pair.to_string()).unwrap_or_default(),
        })
        .collect()
}

/// One column for each stored run.
fn alone(gate: &Gate) -> Vec<Column<'_>> {
    gate.runs.iter().map(|run| Column { runs: vec![(run, 0.0)], label: run.pair.to_string() }).collect()
}

fn drawing(metric: &GateMetric, index: usize, columns: &[Column<'_>]) -> String {
    let value = |run: &GateRun| run.readings.get(index).and_then(|reading| reading.value);
    let values: Vec<f64> = columns
        .iter()
        .flat_map(|column| &column.runs)
        .filter_map(|(run, _)| value(run))
        .filter(|v| v.is_finite())
        .collect();
    let (lo, hi) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(*v), hi.max(*v)));
    let air = ((hi - lo) * 0.12).max(hi.abs() * 0.01).max(1e-6);
    let title = format!("{} in every run", metric.expression);
    let desc = format!("{} runs from {} to {}", values.len(), in_unit(lo, metric.unit), in_unit(hi, metric.unit));
    let mut frame = Frame::new(
        (Frame::WIDE, 150.0),
        Margins { left: 58.0, right: 12.0, top: 10.0, bottom: 22.0 },
        (&title, &desc),
        |from, to| Scale::between(-0.5, columns.len() as f64 - 0.5, from, to),
        // A share or a latency below zero is none.
        |from, to| Scale::between((lo - air).max(0.0), hi + air, from, to),
    );
    if values.is_empty() {
        return frame.empty("no run has a value");
    }
    frame.y_axis(|tick| in_unit(tick, metric.unit));
    for (at, column) in columns.iter().enumerate() {
        let place =
            |(run, beside): &(&GateRun, f64)| value(run).map(|v| (frame.x.at(at as f64 + beside), frame.y.at(v)));
        let placed: Vec<_> = column.runs.iter().filter_map(|run| place(run).map(|point| (run.0, point))).collect();
        if let [(a, from), (_, to)] = placed[..] {
            let dash = if a.counts { "" } else { "2 3" };
            frame.svg.line(&[from, to], Paint { colour: MUTED, dash, width: 1.2 });
        }
        for (run, point) in placed {
            let paint = if run.side == GateSideWord::Baseline { BASELINE } else { CANDIDATE };
            if run.counts { frame.svg.disc(point, 3.6, paint.colour) } else { frame.svg.ring(point, MUTED) }
        }
    }
    let ticks: Vec<_> = columns.iter().enumerate().map(|(at, column)| (at as f64, column.label.clone())).collect();
    if ticks.len() > 1 && columns.iter().all(|column| column.runs.len() == 1) {
        boundary(&mut frame, columns);
    }
    frame.x_axis(&ticks);
    frame.svg.finish()
}

/// A line between the stored runs of the two sides.
fn boundary(frame: &mut Frame, columns: &[Column<'_>]) {
    let side = |column: &Column<'_>| column.runs.first().map(|(run, _)| run.side);
    if let Some(at) = columns.windows(2).position(|two| side(&two[0]) != side(&two[1])) {
        let x = frame.x.at(at as f64 + 0.5);
        frame.svg.segment((x, frame.top()), (x, frame.bottom()), "var(--axis,#9aa7b2)", "3 2");
        frame.svg.text((x - 6.0, frame.top() + 6.0), Anchor::End, MUTED, "", "baseline");
        frame.svg.text((x + 6.0, frame.top() + 6.0), Anchor::Start, MUTED, "", "candidate");
    }
}
