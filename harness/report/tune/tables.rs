//! The tables behind the ranking: other circumstances, triggers, requirements, weights, predictions.

use super::super::figure::Table;
use super::super::model::tune::{CandidateRow, Comparison, Requirement, ScoreWeights, Standing, Tune};
use super::super::number::{DASH, percent, plain, span_s};
use super::super::table::in_unit;
use super::ranking::times;
use super::words::circumstance;

/// The verdict under other circumstances.
pub(super) fn stability(tune: &Tune) -> Table {
    let mut table = Table::with(&["what is different", "first place", "place of the winner", "its success"]);
    table.rows = tune
        .stability
        .iter()
        .map(|stability| {
            let first = stability.place_of_winner == 1;
            vec![
                circumstance(stability.shift, stability.factor),
                if first { "✓ the winner".into() } else { format!("✗ {}", stability.winner) },
                stability.place_of_winner.to_string(),
                percent(stability.success_ratio),
            ]
        })
        .collect();
    table
}

/// The most rows of the table of triggers.
const TRIGGERS: usize = 60;

/// What became of the triggers: those that do not recover first, whatever their place.
pub(super) fn triggers(tune: &Tune) -> Table {
    let mut table = Table::with(&[
        "candidate",
        "disturbance",
        "objective met again",
        "goodput back",
        "load meanwhile",
        "relapse",
        "metastable",
        "vulnerable from",
    ]);
    let mut rows: Vec<&CandidateRow> = tune.candidates.iter().filter(|row| !row.recoveries.is_empty()).collect();
    rows.sort_by_key(|row| row.standing != Standing::Metastable);
    let both = super::words::arrivals(tune).len() > 1;
    for row in &rows {
        let name = if both {
            let arrivals = super::super::model::tune::Arrivals::Closed == row.arrivals;
            format!("{} ({})", row.name, if arrivals { "closed" } else { "open" })
        } else {
            row.name.to_string()
        };
        for recovered in &row.recoveries {
            let or_never = |seconds: Option<f64>| seconds.map_or_else(|| "never".into(), span_s);
            table.rows.push(vec![
                if row.standing == Standing::Metastable { format!("✗ {name}") } else { name.clone() },
                span_s(recovered.trigger_s),
                or_never(recovered.objective_s),
                or_never(recovered.goodput_s),
                recovered.outage_load.map_or_else(|| DASH.into(), times),
                percent(recovered.relapsed_ratio),
                percent(recovered.metastable_ratio),
                match row.vulnerability {
                    None => DASH.into(),
                    Some(found) => found.shortest_s.map_or_else(|| "none found".into(), span_s),
                },
            ]);
        }
    }
    if table.rows.len() > TRIGGERS {
        table.note = format!("{} more rows are in report.json. ", table.rows.len() - TRIGGERS);
        table.rows.truncate(TRIGGERS);
    }
    table.note.push_str("Times are medians over the seeds; relapse and metastable are shares of the seeds.");
    table
}

/// What was seen of what comes closest to a requirement.
pub(super) fn observed(requirement: &Requirement) -> String {
    requirement.observed.map_or_else(|| DASH.into(), |observed| in_unit(observed, requirement.unit))
}

/// The weights of the score, the heaviest first; what does not count is left out.
pub(super) fn weights(weights: &ScoreWeights) -> String {
    let mut named = [
        ("success", weights.success_ratio),
        ("p99", weights.p99),
        ("amplification", weights.amplification),
        ("recovery", weights.recovery),
        ("fairness", weights.fairness),
    ];
    named.sort_by(|a, b| b.1.total_cmp(&a.1));
    let shown = named.iter().filter(|(_, weight)| *weight > 0.0);
    shown.map(|(name, weight)| format!("{name} {}", plain(*weight))).collect::<Vec<_>>().join(", ")
}

/// Predicted beside measured, what lies outside its tolerance first.
pub(super) fn comparisons(comparisons: &[Comparison]) -> Table {
    let mut table = Table::with(&["measure", "result", "predicted", "measured", "may differ by"]);
    let mut sorted: Vec<&Comparison> = comparisons.iter().collect();
    sorted.sort_by_key(|comparison| comparison.ok);
    table.rows = sorted
        .into_iter()
        .map(|comparison| {
            let say =
                |value: Option<f64>| value.map_or_else(|| "never".into(), |value| in_unit(value, comparison.unit));
            vec![
                comparison.what.to_string(),
                if comparison.ok { "✓ within".into() } else { "✗ outside".into() },
                say(comparison.predicted),
                say(comparison.measured),
                comparison.tolerance.to_string(),
            ]
        })
        .collect();
    table
}

/// Every value of every swept field, with the mean score of the candidates that have it.
pub(super) fn knobs(tune: &Tune) -> Table {
    let mut table = Table::with(&["field", "swing of the score", "values and their mean scores"]);
    let values = |knob: &super::super::model::tune::Knob| {
        knob.values.iter().map(|v| format!("{}: {}", v.value, plain(v.score))).collect::<Vec<_>>().join(", ")
    };
    table.rows = tune.knobs.iter().map(|knob| vec![knob.field.to_string(), plain(knob.swing), values(knob)]).collect();
    table
}
