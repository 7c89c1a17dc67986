//! The tables of a gate: metrics, runs, noise.

use super::super::figure::Table;
use super::super::model::gate::{Gate, GateKind, GateMetric, GatePosition, GateRun, GateSideWord};
use super::super::number::{DASH, count};
use super::super::table::in_unit;
use super::changes::{confidence, correlation, interval, signed, size, sureness, tolerance};
use super::words::{faults, marked, why};

/// The most rows of the table of runs.
const RUNS: usize = 200;

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| DASH.into())
}

/// A value of a metric in its unit.
pub(super) fn value(metric: &GateMetric, value: Option<f64>) -> String {
    or_dash(value.map(|value| in_unit(value, metric.unit)))
}

/// What was found, a row for each metric. `say` makes the word of a verdict.
pub(super) fn metrics(gate: &Gate) -> Table {
    let mut table =
        Table::with(&["metric", "verdict", "baseline", "candidate", "change", "surely within", "sure", "tolerance"]);
    table.rows = gate
        .metrics
        .iter()
        .map(|metric| {
            vec![
                metric.expression.to_string(),
                marked(metric.verdict).into(),
                value(metric, metric.baseline),
                value(metric, metric.candidate),
                or_dash(metric.change.estimate.map(|change| signed(metric, change))),
                or_dash(interval(metric)),
                or_dash(sureness(metric)),
                tolerance(metric),
            ]
        })
        .collect();
    table.note = "Baseline and candidate: medians over the runs. The change is the median of the pairs' changes and of their means \
                  two by two (Hodges and Lehmann), so it need not be the quotient of the medians."
        .into();
    if gate.kind == GateKind::Stored {
        table.note = "Baseline and candidate: medians over the runs. The change is the median over all pairs of a baseline's and a \
                      candidate's run (Hodges and Lehmann), so it need not be the quotient of the medians."
            .into();
    }
    table
}

/// What the runs could see, a row for each metric.
pub(super) fn power(gate: &Gate) -> Table {
    let mut table = Table::with(&[
        "metric",
        "why",
        "surely no lower than",
        "surely no higher than",
        "spread of changes",
        "found 9 times in 10",
        "pairs for twice the tolerance",
        "correlation of neighbours",
    ]);
    table.rows = gate
        .metrics
        .iter()
        .map(|metric| {
            let bound = |bound: Option<super::super::model::gate::GateBound>| {
                or_dash(bound.map(|bound| format!("{} ({})", signed(metric, bound.at), confidence(bound))))
            };
            vec![
                metric.expression.to_string(),
                why(metric.reason).into(),
                bound(metric.change.lower),
                bound(metric.change.upper),
                or_dash(metric.spread.map(|spread| size(metric, spread))),
                or_dash(metric.detectable.map(|detectable| size(metric, detectable))),
                or_dash(metric.pairs_needed.map(|pairs| pairs.to_string())),
                or_dash(metric.autocorrelation.map(correlation)),
            ]
        })
        .collect();
    table
}

/// Every run, in the order in which they were made.
pub(super) fn runs(gate: &Gate) -> Table {
    let stored = gate.kind == GateKind::Stored;
    let mut table = Table::with(&[if stored { "run" } else { "pair" }, "side"]);
    if !stored {
        table.head.push("order".into());
    }
    table.head.extend(gate.metrics.iter().map(|metric| metric.expression.to_string()));
    table.head.extend(["calls", "seed", "folder", "counts"].map(str::to_owned));
    if remarkable(gate) {
        table.head.push("what was seen".into());
    }
    table.rows = gate.runs.iter().take(RUNS).map(|run| run_row(run, gate, stored)).collect();
    if gate.runs.len() > RUNS {
        table.note = format!("{} more are in report.json.", gate.runs.len() - RUNS);
    }
    table
}

/// Whether there is anything to say of any run.
pub(super) fn remarkable(gate: &Gate) -> bool {
    gate.runs.iter().any(|run| !run.remarks.is_empty() || !faults(run, gate).is_empty())
}

fn run_row(run: &GateRun, gate: &Gate, stored: bool) -> Vec<String> {
    let again = if run.again > 0 { format!(", try {}", run.again + 1) } else { String::new() };
    let side = match run.side {
        GateSideWord::Baseline => "baseline",
        GateSideWord::Candidate => "candidate",
    };
    let order = match run.position {
        GatePosition::First => "first",
        GatePosition::Second => "second",
        GatePosition::Together => "together",
        GatePosition::Alone => DASH,
    };
    let counts = match () {
        () if run.counts => "yes",
        () if run.pair == 0 && !stored => "no, warm-up",
        () => "no, spoiled",
    };
    let against: Vec<String> =
        faults(run, gate).into_iter().chain(run.remarks.iter().map(ToString::to_string)).collect();
    let mut row = vec![format!("{}{again}", run.pair), side.into()];
    if !stored {
        row.push(order.into());
    }
    let reading = |(index, metric): (usize, &GateMetric)| {
        value(metric, run.readings.get(index).and_then(|reading| reading.value))
    };
    row.extend(gate.metrics.iter().enumerate().map(reading));
    row.extend([count(run.calls), run.seed.to_string(), run.run_id.to_string(), counts.into()]);
    if remarkable(gate) {
        row.push(if against.is_empty() { DASH.into() } else { against.join("; ") });
    }
    row
}

/// The noise of each metric, and what numbers of pairs see through it.
pub(super) fn noise(gate: &Gate) -> Table {
    let Some(noise) = &gate.calibration else { return Table::default() };
    let mut pairs: Vec<u32> = noise.metrics.iter().flat_map(|line| &line.detectable).map(|found| found.pairs).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut table =
        Table::with(&["metric", "spread", "these rules hold", "pairs for twice the tolerance", "correlation"]);
    table.head.extend(pairs.iter().map(|pairs| format!("{pairs} pairs find")));
    table.rows = noise
        .metrics
        .iter()
        .zip(&gate.metrics)
        .map(|(line, metric)| {
            let found = |wanted: &u32| {
                let found = line.detectable.iter().find(|found| found.pairs == *wanted);
                or_dash(found.map(|found| size(metric, found.change)))
            };
            [
                line.expression.to_string(),
                or_dash(line.spread.map(|spread| size(metric, spread))),
                or_dash(line.tolerance.map(|tolerance| size(metric, tolerance))),
                or_dash(line.pairs.map(|pairs| pairs.to_string())),
                or_dash(line.autocorrelation.map(correlation)),
            ]
            .into_iter()
            .chain(pairs.iter().map(found))
            .collect()
        })
        .collect();
    table.note = "Spread: the standard deviation of the changes between runs of the same thing. These rules hold: the tolerance that the \
                  rules' pairs can keep. Correlation: of each pair's change with the next one's. What pairs find, they find nine times out \
                  of ten."
        .into();
    table
}
