//! The tables of a search: objectives, trials, the curve, the verification, the rules.

use super::super::figure::Table;
use super::super::model::Unit;
use super::super::model::capacity::{
    Capacity, CapacityObjective, CapacityPoint, CapacityPurpose, CapacityReading, CapacityTrial,
};
use super::super::number::{DASH, count, ms_or_dash, per_s, percent, plain, span_s};
use super::super::table::in_unit;
use super::loads::{interval, load, or_dash, times};
use super::words::{constraint, is_tightest, purpose};

/// The most rows of the table of trials.
const TRIALS: usize = 200;

/// A number that stands out: what it is, the number, and what it says.
pub(super) type Tile = (&'static str, String, String);

/// The numbers under the headline.
pub(super) fn tiles(capacity: &Capacity) -> Vec<Tile> {
    let bounds = capacity.bounds;
    let mut tiles = vec![
        ("sustained", or_dash(capacity, bounds.lower), "the highest load that held".to_owned()),
        ("not sustained", or_dash(capacity, bounds.upper), "the lowest load that did not".to_owned()),
    ];
    if let Some(goodput) = capacity.goodput_per_s {
        tiles.push(("goodput", per_s(goodput), "calls that end well there".into()));
    }
    if let (Some(expected), Some(ratio)) = (capacity.expected_load, capacity.headroom_ratio) {
        tiles.push(("headroom", times(1.0 + ratio), format!("over the expected {}", load(capacity, expected))));
    }
    if let Some(binding) = &capacity.binding {
        tiles.push(("breaks first", constraint(binding.kind).into(), "above what is sustained".into()));
    }
    let trials = capacity.trials.len();
    tiles.push(("took", span_s(capacity.search_s.round()), format!("{trials} trials")));
    tiles
}

/// What each objective sustains; those that bind are marked.
pub(super) fn objectives(capacity: &Capacity) -> Table {
    let mut table = Table::with(&["objective", "sustained", "not sustained", "what it says"]);
    let several = capacity.objectives.len() > 1;
    for objective in &capacity.objectives {
        let said = match () {
            () if objective.irregular => "? trials contradict it",
            () if several && is_tightest(capacity, objective) => "binds",
            () if objective.bounds.upper.is_none() && objective.bounds.lower.is_some() => "held wherever it was tried",
            () => DASH,
        };
        table.rows.push(vec![
            objective.expression.to_string(),
            or_dash(capacity, objective.bounds.lower),
            or_dash(capacity, objective.bounds.upper),
            said.into(),
        ]);
        for relaxed in &objective.relaxed {
            table.rows.push(vec![
                relaxed_name(objective, relaxed.factor),
                or_dash(capacity, relaxed.bounds.lower),
                or_dash(capacity, relaxed.bounds.upper),
                "from the same trials".into(),
            ]);
        }
    }
    if several || table.rows.len() > 1 {
        let said = if capacity.irregular { "? trials contradict it" } else { DASH };
        let lower = or_dash(capacity, capacity.bounds.lower);
        table.rows.insert(0, vec!["all together".into(), lower, or_dash(capacity, capacity.bounds.upper), said.into()]);
    }
    table
}

/// An objective with another limit: `with 2× the limit (600 ms)`.
pub(super) fn relaxed_name(objective: &CapacityObjective, factor: f64) -> String {
    format!("{} times its limit ({})", plain(factor), in_unit(objective.limit * factor, objective.unit))
}

/// What the verification is sure of.
pub(super) fn verification(capacity: &Capacity) -> Table {
    let mut table = Table::with(&["objective", "bad at most", "allowed", "verdict"]);
    for limit in capacity.verification.iter().flat_map(|verification| &verification.limits) {
        let verdict = if limit.surely_below_ratio <= limit.allowed_ratio { "✓ holds" } else { "? not sure" };
        table.rows.push(vec![
            limit.expression.to_string(),
            percent(limit.surely_below_ratio),
            percent(limit.allowed_ratio),
            verdict.into(),
        ]);
    }
    if !table.rows.is_empty() {
        let sure = percent(capacity.rules.confidence);
        table.note = format!("Bad at most: the share of bad events that is not exceeded, at {sure} confidence.");
    }
    table
}

/// Every trial in its order.
pub(super) fn trials(capacity: &Capacity) -> Table {
    let remarks = capacity.trials.iter().any(|trial| trial.void.is_some() || trial.fatal.is_some());
    let mut table = Table::with(&["trial", "purpose", "load", "verdict", "goodput", "p50", "p99"]);
    table.head.extend(capacity.objectives.iter().map(|objective| format!("bad: {}", objective.expression)));
    table.head.push("measured".into());
    if remarks {
        table.head.push("why it does not count".into());
    }
    table.rows = capacity.trials.iter().take(TRIALS).map(|trial| trial_row(capacity, trial, remarks)).collect();
    if capacity.trials.len() > TRIALS {
        table.note = format!("{} more are in report.json.", count((capacity.trials.len() - TRIALS) as u64));
    }
    table
}

fn trial_row(capacity: &Capacity, trial: &CapacityTrial, remarks: bool) -> Vec<String> {
    let mut row = vec![
        trial.number.to_string(),
        purpose(trial.purpose).into(),
        // The load of a calibration is whatever goes: what it reached is its goodput.
        load(capacity, trial.load),
        verdict(trial),
        per_s(trial.goodput_per_s),
        ms_or_dash(trial.p50_ms),
        ms_or_dash(trial.p99_ms),
    ];
    for (index, objective) in capacity.objectives.iter().enumerate() {
        row.push(trial.objectives.get(index).map_or_else(|| DASH.into(), |reading| bad(reading, objective)));
    }
    row.push(span_s(trial.measured_s));
    if remarks {
        let why = trial.fatal.as_ref().or(trial.void.as_ref());
        row.push(why.map_or_else(|| DASH.into(), ToString::to_string));
    }
    row
}

/// The verdict on a trial, with a mark that needs no colour.
pub(super) fn verdict(trial: &CapacityTrial) -> String {
    match trial.violates {
        _ if trial.fatal.is_some() => "! ended it".into(),
        _ if trial.void.is_some() => "– void".into(),
        Some(kind) => format!("✗ {}", constraint(kind)),
        None if matches!(trial.purpose, CapacityPurpose::Calibrate | CapacityPurpose::Idle) => "measured".into(),
        None if trial.purpose == CapacityPurpose::Recover => "✓ well again".into(),
        None => "✓ held".into(),
    }
}

/// Bad events of all, or the value where an objective counts none.
fn bad(reading: &CapacityReading, objective: &CapacityObjective) -> String {
    if objective.allowed_ratio.is_some() {
        return format!("{} of {}", count(reading.bad), count(reading.of));
    }
    reading.value.map_or_else(|| DASH.into(), |value| in_unit(value, objective.unit))
}

/// The curve, a row for each load.
pub(super) fn curve(capacity: &Capacity) -> Table {
    let mut table =
        Table::with(&["load", "offered", "goodput", "429", "p50", "p99", "mean", "trials", "that break", "void"]);
    let row = |point: &CapacityPoint| {
        vec![
            load(capacity, point.load),
            per_s(point.offered_per_s),
            per_s(point.goodput_per_s),
            per_s(point.throttled_per_s),
            ms_or_dash(point.p50_ms),
            ms_or_dash(point.p99_ms),
            ms_or_dash(point.mean_ms),
            point.trials.to_string(),
            point.violations.to_string(),
            point.void.to_string(),
        ]
    };
    table.rows = capacity.curve.iter().take(TRIALS).map(row).collect();
    table
}

/// The time that went into each purpose.
pub(super) fn time(capacity: &Capacity) -> Table {
    const ALL: [CapacityPurpose; 6] = [
        CapacityPurpose::Calibrate,
        CapacityPurpose::Idle,
        CapacityPurpose::Range,
        CapacityPurpose::Search,
        CapacityPurpose::Recover,
        CapacityPurpose::Verify,
    ];
    let mut table = Table::with(&["purpose", "what for", "trials", "measured", "took"]);
    for one in ALL {
        let made: Vec<&CapacityTrial> = capacity.trials.iter().filter(|trial| trial.purpose == one).collect();
        if made.is_empty() {
            continue;
        }
        table.rows.push(vec![
            purpose(one).into(),
            what_for(one).into(),
            made.len().to_string(),
            span_s(made.iter().map(|trial| trial.measured_s).sum()),
            span_s(made.iter().map(|trial| trial.took_s).sum()),
        ]);
    }
    table
}

fn what_for(purpose: CapacityPurpose) -> &'static str {
    match purpose {
        CapacityPurpose::Calibrate => "how much the generator can send, to a server that does nothing",
        CapacityPurpose::Idle => "how fast the target answers when it has nothing else to do",
        CapacityPurpose::Range => "doubling until something breaks",
        CapacityPurpose::Search => "closing in, several trials a load",
        CapacityPurpose::Recover => "waiting until the target is well again after an overload",
        CapacityPurpose::Verify => "longer trials at the answer",
    }
}

/// How it was done.
pub(super) fn rules(capacity: &Capacity) -> Vec<(&'static str, String)> {
    let rules = &capacity.rules;
    let mut terms = Vec::new();
    if let Some(assert) = rules.assert {
        let tried = load(capacity, assert.tried);
        let margin = percent(assert.margin_ratio);
        terms.push(("asserted", format!("{}, with a margin of {margin}: {tried}", load(capacity, assert.load))));
    } else {
        terms.push(("loads", format!("from {} to {} at most", load(capacity, rules.start), load(capacity, rules.max))));
        terms.push(("width", format!("bounds at most {} apart", percent(rules.width_ratio))));
        let share = percent(rules.exceed_ratio);
        terms.push(("a load is sustained", format!("while at most {share} of its trials' time break an objective")));
        terms.push(("a load is decided", format!("after up to {} of measured time", span_s(rules.duration_sum_s))));
        terms.push((
            "trials",
            format!("{}, in the range finding {}", span_s(rules.trial_s), span_s(rules.range_trial_s)),
        ));
    }
    terms.push(("before each", format!("{} at its load, not measured", span_s(rules.settle_s))));
    let each = span_s(rules.verify_s);
    terms.push(("verification", format!("{} trials of {each}, at {}", rules.verify_trials, percent(rules.confidence))));
    terms.push(("longest time", span_s(rules.max_duration_s)));
    if let Some(most) = capacity.generator_per_s {
        terms.push(("the generator can send", per_s(most)));
    }
    terms.push(("seed", rules.seed.to_string()));
    terms
}

/// What rests on a model: knee and law, each with its conditions, or why it is missing.
pub(super) fn indications(capacity: &Capacity) -> Table {
    let mut table = Table::with(&["indication", "says", "what it rests on"]);
    if let Some(knee) = capacity.knee {
        let kneedle = match knee.kneedle_load {
            Some(at) => format!("Kneedle says {}.", load(capacity, at)),
            None => "Kneedle finds none.".into(),
        };
        table.rows.push(vec![
            "knee".into(),
            load(capacity, knee.load),
            format!("The most goodput for each second of mean response (Kleinrock's power). {kneedle} It moves with the loads that were tried."),
        ]);
    }
    if let Some(usl) = capacity.usl {
        let peak = usl.peak_per_s;
        table.rows.push(vec![
            "scalability law".into(),
            format!("peak {} ({} to {})", per_s(peak.best), plain(peak.low), plain(peak.high)),
            format!(
                "γ = {}, contention σ = {}, coherency κ = {}, R² = {:.3}; foreseen up to twice the largest concurrency that was seen.",
                per_s(usl.gamma_per_s),
                small(usl.sigma),
                small(usl.kappa),
                usl.r_squared
            ),
        ]);
    }
    table
}

/// A coefficient that may be millionths.
fn small(value: f64) -> String {
    if value == 0.0 || value.abs() >= 0.01 { plain(value) } else { format!("{value:.1e}") }
}

/// The bounds of a goal in words, for titles and those who do not see the figure.
pub(super) fn said(capacity: &Capacity, objective: &CapacityObjective) -> String {
    format!("{}: {}", objective.expression, interval(capacity, objective.bounds))
}

/// A value of an objective.
pub(super) fn limit(objective: &CapacityObjective) -> Option<f64> {
    (objective.unit == Unit::Ms && objective.limit > 0.0).then_some(objective.limit)
}
