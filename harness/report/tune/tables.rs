//! The tables behind the ranking: other circumstances, triggers, requirements, weights, predictions.

use super::super::figure::Table;
use super::super::model::tune::{Arrivals, CandidateRow, Comparison, Requirement, ScoreWeights, Tune};
use super::super::number::{DASH, percent, plain, span_s};
use super::super::table::in_unit;
use super::ranking::times;
use super::words::{arrivals, circumstance, stays_down};

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
const TRIGGERS: usize = 40;

/// What became of the triggers: those that do not recover first, whatever their place.
pub(super) fn triggers(tune: &Tune) -> Table {
    let mut rows: Vec<&CandidateRow> = tune.candidates.iter().filter(|row| !row.recoveries.is_empty()).collect();
    rows.sort_by_key(|row| !stays_down(row));
    let lengths: Vec<f64> = rows
        .first()
        .map(|row| row.recoveries.iter().map(|recovered| recovered.trigger_s).collect())
        .unwrap_or_default();
    let mut table = Table::with(&["candidate"]);
    table.head.extend(lengths.iter().map(|length| format!("recovery after {}", span_s(*length))));
    table
        .head
        .extend(["goodput back", "load meanwhile", "relapse", "metastable", "vulnerable from"].map(str::to_owned));
    let both = arrivals(tune).len() > 1;
    table.rows = rows.iter().take(TRIGGERS).map(|row| trigger(row, &lengths, both)).collect();
    if rows.len() > TRIGGERS {
        table.note = format!("{} more candidates are in report.json. ", rows.len() - TRIGGERS);
    }
    table.note.push_str(
        "Recovery: from the end of the disturbance until calls met the objective again, the median over the seeds. The columns behind \
         it tell of the longest disturbance; relapse and metastable are shares of the seeds.",
    );
    table
}

fn trigger(row: &CandidateRow, lengths: &[f64], both: bool) -> Vec<String> {
    let or_never = |seconds: Option<f64>| seconds.map_or_else(|| "never".into(), span_s);
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| DASH.into());
    let model = match row.arrivals {
        Arrivals::Open if both => " (open)",
        Arrivals::Closed if both => " (closed)",
        _ => "",
    };
    let after = |index: usize| or_dash(row.recoveries.get(index).map(|recovered| or_never(recovered.objective_s)));
    let longest = row.recoveries.last();
    std::iter::once(format!("{}{}{model}", if stays_down(row) { "✗ " } else { "" }, row.name))
        .chain((0..lengths.len()).map(after))
        .chain([
            or_dash(longest.map(|recovered| or_never(recovered.goodput_s))),
            or_dash(longest.and_then(|recovered| recovered.outage_load).map(times)),
            or_dash(longest.map(|recovered| percent(recovered.relapsed_ratio))),
            or_dash(longest.map(|recovered| percent(recovered.metastable_ratio))),
            or_dash(row.vulnerability.map(|found| found.shortest_s.map_or_else(|| "none found".into(), span_s))),
        ])
        .collect()
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
            let say = |value: Option<f64>| value.map_or_else(|| "none".into(), |value| in_unit(value, comparison.unit));
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
