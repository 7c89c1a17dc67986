//! The sentences of a search.

use super::judge::unwell;
use super::verify::{Held, Pooled, pooled};
use super::{ConstraintKind, Made, Rules, Vary};

/// A load as people say it.
pub(super) fn load(rules: &Rules, load: f64) -> String {
    match rules.vary {
        Vary::Rate => format!("{}/s", number(load)),
        Vary::Users if load.round() as u64 == 1 => "1 user".into(),
        Vary::Users => format!("{load:.0} users"),
    }
}

/// A number with about four digits.
pub(super) fn number(value: f64) -> String {
    let digits = if value >= 100.0 {
        1
    } else if value >= 1.0 {
        2
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A share in per cent.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// A latency.
pub(super) fn latency(seconds: f64) -> String {
    if seconds < 1.0 { format!("{} ms", number(seconds * 1e3)) } else { format!("{} s", number(seconds)) }
}

/// What a verification says.
pub(super) fn verified(rules: &Rules, at: f64, made: &[&Made], held: Held) -> String {
    let seconds: f64 = made.iter().map(|made| made.trial.measure.as_secs_f64()).sum();
    let ran = format!("{} held for {} s in {} trials", load(rules, at), number(seconds), made.len());
    let unwell = made.iter().filter(|made| unwell(&made.reading).is_some()).count();
    if unwell > 0 {
        return format!("{ran}: in {unwell} of them calls were left unanswered or piled up");
    }
    let alpha = 1.0 - rules.confidence;
    let confidence = percent(rules.confidence);
    let mut parts = Vec::new();
    for (index, objective) in rules.objectives.iter().enumerate() {
        let text = &objective.expression.text;
        parts.push(match pooled(rules, made, index) {
            Some(pooled) => counted(text, pooled, alpha),
            None => {
                let ok = made.iter().filter(|made| made.reading.objectives.get(index).is_some_and(|seen| seen.ok));
                format!("{text} held in {} of {} trials", ok.count(), made.len())
            }
        });
    }
    let verdict = match held {
        Held::Surely => format!("every objective holds with {confidence} confidence"),
        Held::Broken => format!("an objective is broken with {confidence} confidence"),
        Held::Unsure => format!("neither that all objectives hold nor that one breaks is sure at {confidence}"),
    };
    if parts.is_empty() { format!("{ran}: {verdict}") } else { format!("{ran}: {verdict}; {}", parts.join("; ")) }
}

fn counted(text: &str, pooled: Pooled, alpha: f64) -> String {
    let Pooled { bad, of, dispersion, limit } = pooled;
    let (upper, allowed) = (percent(pooled.upper(alpha)), percent(limit));
    let needed = pooled.needed(alpha) * dispersion;
    if limit > 0.0 && of < needed {
        return format!(
            "for {text} {of:.0} calls are too few to be sure, {needed:.0} are needed: make the verification longer"
        );
    }
    let varied = if dispersion > 1.05 {
        format!(", which come in bursts ({} as one)", number(dispersion))
    } else {
        String::new()
    };
    format!("against {text} went {bad:.0} of {of:.0}{varied}: at most {upper}, and {allowed} are allowed")
}

/// How many of a load's trials violated something.
pub(super) fn of_trials(bad: usize, all: usize) -> String {
    match (bad, all) {
        (1, 1) => "in its only trial".into(),
        (bad, all) => format!("in {bad} of {all} trials"),
    }
}

/// What someone who reads a constraint can do about it.
pub(super) fn advice(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::Latency => "calls wait: look for what is busy at this load",
        ConstraintKind::Errors => "look at the failures by status in the trial's report",
        ConstraintKind::Throttle => "the target's limit binds, not its speed: ask for a higher quota, or send less",
        ConstraintKind::Backlog => {
            "the target answers less than is sent: what waits grows for as long as the load lasts"
        }
        ConstraintKind::Objective => "look at this measure in the trial's report",
        ConstraintKind::Generator => "use more lanes or a second machine to find out more",
    }
}
