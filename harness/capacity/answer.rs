//! What a search leaves behind, at any time.

use super::goal::{Of, counts};
use super::narrow::{self, Next};
use super::session::VOID_IN_A_ROW;
use super::verify::{self, Held};
use super::{
    Bounds, Class, Constraint, ConstraintKind, Goal, Made, ObjectiveKind, Outcome, Purpose, Rules, Searched, Verified,
    binding, curve, recover, usl, words,
};

/// Latency objectives are asked with so many times their limit, too: what a wider promise would allow.
const WIDER: [f64; 2] = [2.0, 5.0];

/// How long the trials took, in seconds.
pub(super) fn seconds(trials: &[Made]) -> f64 {
    // What says nothing of how long it took was as long as it was planned.
    let took = |made: &Made| match made.reading.took_s {
        took if took > 0.0 => took,
        _ if made.reading.calls == 0 => 0.0,
        _ => (made.trial.settle + made.trial.measure).as_secs_f64(),
    };
    trials.iter().map(took).sum()
}

/// The lowest load at which trials were void so often in a row that the generator is surely too slow for it.
pub(super) fn void_from(trials: &[Made]) -> Option<f64> {
    let trials: Vec<&Made> = trials.iter().filter(|made| made.trial.purpose != Purpose::Calibrate).collect();
    let void = |row: &&[&Made]| row.iter().all(|made| made.reading.void.is_some());
    let loads = trials.windows(VOID_IN_A_ROW).filter(void).flat_map(|row| row.iter().map(|made| made.trial.load));
    loads.min_by(f64::total_cmp)
}

/// What is known by now; `most` is the highest load that may be tried, `over` whether the search is.
pub(super) fn searched(rules: &Rules, trials: &[Made], most: f64, over: bool) -> Searched {
    let verified = verify::verified(rules, trials);
    let all = all(rules, trials, verified.as_ref());
    let void = void_from(trials);
    let mut reasons = Vec::new();
    let outcome =
        outcome(&Known { rules, trials, most, over, void, all: &all, verified: verified.as_ref() }, &mut reasons);
    let binding = match outcome {
        Outcome::GeneratorLimited => Some(generator(trials)),
        _ => all.bounds.upper.and_then(|upper| binding::binding(rules, trials, upper)),
    };
    let mut hidden = Vec::new();
    let curve = curve::curve(trials);
    let said = |missing: String| hidden.push(missing);
    let knee = curve::knee(&curve).map_err(said).ok();
    let said = |missing: String| hidden.push(missing);
    let usl = usl(&curve, rules.seed).map_err(said).ok();
    let calibrated = trials.iter().find(|made| made.trial.purpose == Purpose::Calibrate);
    if let Some(why) = calibrated.and_then(|made| made.reading.void.as_ref().filter(|_| made.reading.calls == 0)) {
        hidden.push(format!("what the generator can send: {why}"));
    }
    let goodput = all.bounds.lower.and_then(|lower| curve.iter().find(|point| point.load.total_cmp(&lower).is_eq()));
    Searched {
        outcome,
        reasons,
        each: (0..rules.objectives.len()).map(|index| each(rules, trials, index)).collect(),
        relaxed: relaxed(rules, trials),
        binding,
        goodput_per_s: goodput.map(|point| point.goodput_per_s),
        generator_per_s: calibrated.filter(|made| made.reading.calls > 0).map(|made| made.reading.goodput_per_s),
        headroom: rules.assert.and_then(|assert| all.bounds.lower.map(|lower| lower / assert.load - 1.0)),
        all,
        verified,
        trials: trials.to_vec(),
        curve,
        knee,
        usl,
        hidden,
        seconds: seconds(trials),
        rules: rules.clone(),
    }
}

/// The bounds of all objectives together; a verification that lowered the answer has the last word.
fn all(rules: &Rules, trials: &[Made], verified: Option<&Verified>) -> Goal {
    let mut bounds = narrow::bounds(rules, trials, Of::All);
    if let Some(verified) = verified {
        if rules.assert.is_some() {
            bounds = match verify::held(rules, &verify::at(trials, verified.load)) {
                Held::Surely if verified.ok => Bounds { lower: Some(verified.load), upper: None },
                Held::Broken => Bounds { lower: None, upper: Some(verified.load) },
                _ => Bounds::default(),
            };
        } else if !verify::compares(rules) && bounds.lower.is_some_and(|lower| verified.load < lower) {
            bounds.upper = bounds.upper.or(bounds.lower);
            bounds.lower = Some(verified.load);
        }
    }
    Goal { what: String::new(), bounds, irregular: narrow::contradicted(rules, trials, Of::All) }
}

fn each(rules: &Rules, trials: &[Made], index: usize) -> Goal {
    let of = Of::One(index);
    Goal {
        what: rules.objectives[index].expression.text.clone(),
        bounds: narrow::bounds(rules, trials, of),
        irregular: narrow::contradicted(rules, trials, of),
    }
}

fn relaxed(rules: &Rules, trials: &[Made]) -> Vec<(usize, f64, Bounds)> {
    let latency = |index: &usize| matches!(rules.objectives[*index].kind, ObjectiveKind::Latency { .. });
    (0..rules.objectives.len())
        .filter(latency)
        .flat_map(|index| {
            WIDER.map(|factor| (index, factor, narrow::bounds(rules, trials, Of::Relaxed(index, factor))))
        })
        .collect()
}

fn generator(trials: &[Made]) -> Constraint {
    let void = trials
        .iter()
        .rev()
        .find_map(|made| made.reading.void.as_ref().filter(|_| made.trial.purpose != Purpose::Calibrate));
    let seen = void.map_or_else(|| "it sends no more in its calibration".to_owned(), Clone::clone);
    let advice = words::advice(ConstraintKind::Generator);
    Constraint { kind: ConstraintKind::Generator, why: format!("the generator was the bottleneck: {seen}; {advice}") }
}

struct Known<'a> {
    rules: &'a Rules,
    trials: &'a [Made],
    most: f64,
    over: bool,
    void: Option<f64>,
    all: &'a Goal,
    verified: Option<&'a Verified>,
}

fn outcome(known: &Known<'_>, reasons: &mut Vec<String>) -> Outcome {
    let Known { rules, trials, all, .. } = *known;
    let fatal = trials.iter().find_map(|made| made.reading.fatal.as_ref());
    if let Some(why) = fatal {
        reasons.push(why.clone());
    }
    if let Some(load) = known.void {
        reasons.push(format!(
            "{VOID_IN_A_ROW} trials in a row were void at {}: the generator is not up to more, so nothing above is known",
            words::load(rules, load)
        ));
    }
    if rules.assert.is_some() {
        return asserted(known, fatal.is_some(), reasons);
    }
    for load in recover::sick_after(trials) {
        let at = words::load(rules, load);
        reasons.push(format!("the target stays sick after overload: 30 s after {at} it was not as fast as at rest"));
    }
    let sick = reasons.len() > usize::from(fatal.is_some()) + usize::from(known.void.is_some());
    if !trials.iter().any(|made| counts(&made.reading) && made.trial.purpose != Purpose::Calibrate) {
        if known.void.is_some() {
            return Outcome::GeneratorLimited;
        }
        reasons.push("no trial says anything of the target".into());
        return Outcome::Invalid;
    }
    let next = narrow::next(rules, trials, Of::All, known.most);
    let open = matches!(next, Next::Range(_) | Next::Search(_));
    if all.bounds.lower.is_none() {
        if next == Next::BelowStart {
            reasons.push(
                "no load was sustained, down to the smallest that is tried: look at the target, or at the objectives"
                    .into(),
            );
            return Outcome::BelowStart;
        }
        reasons.push("time was over before any load was sustained".into());
        return if fatal.is_some() { Outcome::Invalid } else { Outcome::Irregular };
    }
    if open && fatal.is_none() && known.void.is_none() {
        reasons.push(unfinished(known));
    }
    if all.irregular {
        reasons.push("trials contradict each other: a load was sustained above one that was not".into());
    }
    let failed = verification(known, reasons);
    if fatal.is_some() {
        return Outcome::Irregular;
    }
    if all.bounds.upper.is_none() && known.most < rules.max {
        return Outcome::GeneratorLimited;
    }
    if known.void.is_some() && open {
        return Outcome::GeneratorLimited;
    }
    if sick || open || all.irregular || failed {
        return Outcome::Irregular;
    }
    if next == Next::AboveMax && all.bounds.upper.is_none() { Outcome::AboveMax } else { Outcome::Found }
}

fn unfinished(known: &Known<'_>) -> String {
    let Known { rules, trials, all, over, .. } = *known;
    let lower = all.bounds.lower.unwrap_or(0.0);
    let sure = narrow::class(rules, trials, Of::All, lower) == Class::Lower;
    let begin = if over { "time was over" } else { "the search was left" };
    let how = if sure { "" } else { ", and the lower one rests on less measured time than decides" };
    format!("{begin} before the bounds were within {} of each other{how}", words::percent(rules.width))
}

/// Whether the verification speaks against the answer.
fn verification(known: &Known<'_>, reasons: &mut Vec<String>) -> bool {
    let rules = known.rules;
    if rules.verify.0 == 0 || verify::compares(rules) {
        return false;
    }
    match known.verified {
        Some(verified) if verified.ok => false,
        Some(verified) => {
            let tried = verify::tried(known.trials).len();
            let at = words::load(rules, verified.load);
            reasons.push(if known.over && tried > 2 {
                format!("the answer could not be verified, though it was lowered twice, to {at}")
            } else {
                format!("time was over before the answer was verified, at {at}")
            });
            true
        }
        None => {
            reasons.push("there was no time to verify the answer".into());
            true
        }
    }
}

fn asserted(known: &Known<'_>, fatal: bool, reasons: &mut Vec<String>) -> Outcome {
    let Some(verified) = known.verified else {
        if known.void.is_none() && !fatal {
            reasons.push("no trial says anything of the target".into());
        }
        return if known.void.is_some() { Outcome::GeneratorLimited } else { Outcome::Invalid };
    };
    match verify::held(known.rules, &verify::at(known.trials, verified.load)) {
        Held::Broken => Outcome::Breaks,
        _ if fatal => Outcome::Invalid,
        Held::Surely if verified.ok => Outcome::Holds,
        _ if known.void.is_some() => Outcome::GeneratorLimited,
        _ => {
            reasons.push(verified.statement.clone());
            Outcome::Inconclusive
        }
    }
}
