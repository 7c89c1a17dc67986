//! How much each swept field matters.

use super::tuned::{Knob, Row};

/// The swept fields of some rows of one model of arrivals, the one that moves the score most first. The score of a
/// value is the mean over all candidates of the same policy that have it, whatever else was swept in them.
pub(super) fn knobs<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Knob> {
    let mut seen: Vec<(String, Vec<(String, Vec<f64>)>)> = Vec::new();
    for row in rows {
        for (field, value) in &row.swept {
            let path = format!("{}.{field}", row.base);
            let at = seen.iter().position(|(known, _)| *known == path).unwrap_or_else(|| {
                seen.push((path, Vec::new()));
                seen.len() - 1
            });
            let values = &mut seen[at].1;
            match values.iter_mut().find(|(known, _)| known == value) {
                Some((_, scores)) => scores.push(row.score.mean),
                None => values.push((value.clone(), vec![row.score.mean])),
            }
        }
    }
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
    let mut knobs: Vec<Knob> = seen
        .into_iter()
        .map(|(path, values)| {
            let scores: Vec<(String, f64)> = values.into_iter().map(|(value, scores)| (value, mean(&scores))).collect();
            let highest = scores.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
            let lowest = scores.iter().map(|(_, score)| *score).fold(f64::INFINITY, f64::min);
            Knob { path, scores, swing: highest - lowest }
        })
        .collect();
    knobs.sort_by(|a, b| b.swing.total_cmp(&a.swing).then_with(|| a.path.cmp(&b.path)));
    knobs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::{Arrivals, Estimate, Place, Standing};

    fn row(base: &str, swept: &[(&str, &str)], score: f64) -> Row {
        Row {
            name: base.to_owned(),
            base: base.to_owned(),
            swept: swept.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect(),
            arrivals: Arrivals::Open,
            standing: Standing { place: 1, kind: Place::Pareto, tied: false },
            score: Estimate { mean: score, error: 0.0, runs: 3 },
            metrics: Vec::new(),
            recoveries: Vec::new(),
            vulnerable_s: None,
            fails: Vec::new(),
            yaml: String::new(),
        }
    }

    #[test]
    fn the_field_that_moves_the_score_most_is_the_first() {
        let rows = [
            row("none", &[], 0.0),
            row("polite", &[("max_attempts", "3"), ("backoff.base", "1s")], 0.2),
            row("polite", &[("max_attempts", "6"), ("backoff.base", "1s")], 0.3),
            row("polite", &[("max_attempts", "3"), ("backoff.base", "50ms")], 0.6),
            row("polite", &[("max_attempts", "6"), ("backoff.base", "50ms")], 0.9),
        ];
        let knobs = knobs(rows.iter());
        let paths: Vec<&str> = knobs.iter().map(|knob| knob.path.as_str()).collect();
        assert_eq!(paths, ["polite.backoff.base", "polite.max_attempts"]);
        assert_eq!(knobs[0].scores[0], ("1s".to_owned(), 0.25));
        assert!((knobs[0].swing - 0.5).abs() < 1e-12 && (knobs[1].swing - 0.2).abs() < 1e-12);
    }
}
