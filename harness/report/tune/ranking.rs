//! The ranking as a table: one column a measure, its better direction said, the best of each column marked.

use super::super::model::tune::{Arrivals, CandidateRow, Estimated, Measures, Standing, Tune};
use super::super::number::{DASH, ms, per_s, percent, plain};
use super::super::table;

/// A cell: a number, and how far it may be off.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    /// The number with its unit.
    pub(super) text: String,
    /// Its standard error, `± 0.1 %`; empty where there is none.
    pub(super) error: String,
    /// Whether nothing of those that may be deployed is better.
    pub(super) best: bool,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    /// `1`, or `≈ 2` where it cannot be told from the one before.
    pub(super) place: String,
    /// The candidate.
    pub(super) name: String,
    /// What must be known of it: why it may not be deployed, or what is better; empty for the rest.
    pub(super) remark: String,
    /// In the order of [`COLUMNS`].
    pub(super) cells: Vec<Cell>,
}

/// A ranking under one model of arrivals.
#[derive(Clone, Debug)]
pub(super) struct Ranking {
    /// Which model that is.
    pub(super) about: &'static str,
    /// Headings of the columns behind the name, each with an arrow to its better side.
    pub(super) head: Vec<&'static str>,
    /// Nothing is better in every respect.
    pub(super) front: Vec<Ranked>,
    /// Something is.
    pub(super) dominated: Vec<Ranked>,
    /// They do not recover, or fail a requirement.
    pub(super) out: Vec<Ranked>,
}

/// A column: its heading, its measure, how it reads, and whether more is better.
struct Column {
    head: &'static str,
    of: fn(&CandidateRow) -> Option<Estimated>,
    say: fn(f64) -> String,
    more: bool,
}

const COLUMNS: [Column; 7] = [
    Column { head: "success ↑", of: |row| row.measures.success_ratio, say: percent, more: true },
    Column { head: "p99 ↓", of: |row| row.measures.p99_ms, say: ms, more: false },
    Column { head: "amplification ↓", of: |row| row.measures.amplification, say: times, more: false },
    Column { head: "recovery ↓", of: |row| row.measures.recovery_s, say: seconds, more: false },
    Column { head: "fairness ↑", of: |row| row.measures.jain, say: index, more: true },
    Column { head: "peak load ↓", of: |row| row.measures.peak_load_per_s, say: per_s, more: false },
    Column { head: "score ↑", of: |row| Some(row.score), say: index, more: true },
];

/// A span in seconds, with three digits that count.
fn seconds(value: f64) -> String {
    ms(value * 1e3)
}

/// What lies between 0 and 1 and differs late: `0.998`.
fn index(value: f64) -> String {
    if value.is_finite() { format!("{}", (value * 1e3).round() / 1e3) } else { DASH.into() }
}

/// `1.21 ×`.
pub(super) fn times(value: f64) -> String {
    format!("{} ×", plain(value))
}

/// What an estimate says: `never` where its mean is infinite, a dash where there is none.
pub(super) fn say(estimated: Option<Estimated>, say: fn(f64) -> String) -> String {
    match estimated {
        None => DASH.into(),
        Some(Estimated { mean: None, .. }) => "never".into(),
        Some(Estimated { mean: Some(mean), .. }) => say(mean),
    }
}

/// Its standard error; empty where there is none.
pub(super) fn error(estimated: Option<Estimated>, say: fn(f64) -> String) -> String {
    match estimated {
        Some(Estimated { mean: Some(_), error, .. }) if error > 0.0 => format!("± {}", say(error)),
        _ => String::new(),
    }
}

/// The ranking under a model of arrivals. Columns that no candidate has are left out.
pub(super) fn ranking(tune: &Tune, arrivals: Arrivals) -> Ranking {
    let rows: Vec<&CandidateRow> = tune.candidates.iter().filter(|row| row.arrivals == arrivals).collect();
    let columns: Vec<&Column> =
        COLUMNS.iter().filter(|column| rows.iter().any(|row| (column.of)(row).is_some())).collect();
    let best: Vec<Option<f64>> = columns.iter().map(|column| best(&rows, column)).collect();
    let rank = |row: &&CandidateRow| Ranked {
        place: format!("{}{}", if row.tied { "≈ " } else { "" }, row.place),
        name: row.name.to_string(),
        remark: remark(row),
        cells: columns
            .iter()
            .zip(&best)
            .map(|(column, best)| {
                let estimated = (column.of)(row);
                Cell {
                    text: say(estimated, column.say),
                    error: error(estimated, column.say),
                    best: rows.len() > 1
                        && may_be_deployed(row)
                        && best.is_some()
                        && estimated.and_then(|e| e.mean) == *best,
                }
            })
            .collect(),
    };
    let of = |wanted: &[Standing]| rows.iter().filter(|row| wanted.contains(&row.standing)).map(rank).collect();
    Ranking {
        about: super::words::about_arrivals(arrivals),
        head: columns.iter().map(|column| column.head).collect(),
        front: of(&[Standing::Pareto]),
        dominated: of(&[Standing::Dominated]),
        out: of(&[Standing::Metastable, Standing::FailsRequirement]),
    }
}

fn may_be_deployed(row: &CandidateRow) -> bool {
    matches!(row.standing, Standing::Pareto | Standing::Dominated)
}

fn best(rows: &[&CandidateRow], column: &Column) -> Option<f64> {
    let means = rows.iter().filter(|row| may_be_deployed(row)).filter_map(|row| (column.of)(row)?.mean);
    means.reduce(if column.more { f64::max } else { f64::min })
}

/// What must be known of a candidate beside its numbers.
fn remark(row: &CandidateRow) -> String {
    match row.standing {
        Standing::Pareto => String::new(),
        Standing::Dominated => {
            row.dominated_by.as_ref().map(|by| format!("{by} is better throughout")).unwrap_or_default()
        }
        Standing::Metastable => "does not recover".into(),
        Standing::FailsRequirement => {
            let failing = |failing: &super::super::model::tune::Failing| {
                let seen = failing.observed.map_or_else(|| DASH.into(), |seen| table::in_unit(seen, failing.unit));
                format!("{} (seen: {seen})", failing.requirement)
            };
            format!("fails {}", row.fails.iter().map(failing).collect::<Vec<_>>().join("; "))
        }
    }
}

/// A number that stays on the line of its unit.
fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// The six numbers of a candidate that stand out: what it is, the number, and what it means.
pub(super) fn key_numbers(measures: &Measures, other: Option<&Measures>) -> Vec<(&'static str, String, String)> {
    let number = |label, of: fn(&Measures) -> Option<Estimated>, read: fn(f64) -> String, words: &str| {
        let estimated = of(measures);
        let second =
            other.map(|other| format!("; second best {}", unbroken(&say(of(other), read)))).unwrap_or_default();
        (label, say(estimated, read), format!("{words}{second}"))
    };
    vec![
        number("Success", |m| m.success_ratio, percent, "of calls end well"),
        number("Response p99", |m| m.p99_ms, ms, "calls that succeed"),
        number("Amplification", |m| m.amplification, times, "attempts for each call"),
        number("Peak load", |m| m.peak_load_per_s, per_s, "busiest second"),
        // Without a trigger there is no recovery, and six numbers fill a row.
        if measures.recovery_s.is_some() {
            number("Recovery", |m| m.recovery_s, seconds, "after the longest trigger")
        } else {
            number("Goodput", |m| m.goodput_per_s, per_s, "calls that end well")
        },
        number("Fairness", |m| m.jain, index, "1 is equal for all clients"),
    ]
}
