//! A search in words: headline, answer and doubts, the same in every output.

use super::super::model::Report;
use super::super::model::capacity::{
    Capacity, CapacityConstraintKind, CapacityObjective, CapacityOutcome, CapacityPurpose,
};
use super::super::number::percent;
use super::super::story::{Tone, sentence};
use super::loads::{interval, load, times};

/// The most objectives that a headline names.
const NAMED: usize = 2;

/// How good the news is.
pub(in super::super) fn tone(capacity: &Capacity) -> Tone {
    match capacity.outcome {
        // Less than what is expected is bad news, however well it was found.
        CapacityOutcome::Found if capacity.headroom_ratio.is_some_and(|ratio| ratio < 0.0) => Tone::Bad,
        CapacityOutcome::Found | CapacityOutcome::AboveMax | CapacityOutcome::Holds => Tone::Good,
        CapacityOutcome::BelowStart | CapacityOutcome::Breaks => Tone::Bad,
        CapacityOutcome::Irregular
        | CapacityOutcome::GeneratorLimited
        | CapacityOutcome::Inconclusive
        | CapacityOutcome::Invalid
        | CapacityOutcome::Interrupted => Tone::Doubt,
    }
}

/// The load that was asserted, margin included.
fn tried(capacity: &Capacity) -> String {
    capacity.rules.assert.map_or_else(|| "the load".into(), |assert| load(capacity, assert.tried))
}

/// What it carries, in one line.
pub(in super::super) fn headline(capacity: &Capacity) -> String {
    let (lower, upper) = (capacity.bounds.lower, capacity.bounds.upper);
    let between = match (lower, upper) {
        (Some(_), Some(_)) => interval(capacity, capacity.bounds),
        (Some(lower), None) => format!("{} or more", load(capacity, lower)),
        _ => String::new(),
    };
    match capacity.outcome {
        CapacityOutcome::Found => match lower {
            Some(lower) => format!("Carries {}{} with {}", load(capacity, lower), range(capacity), goals(capacity)),
            None => "Carries nothing that was tried".into(),
        },
        CapacityOutcome::Irregular if between.is_empty() => "Irregular: no load is sure".into(),
        CapacityOutcome::Irregular => format!("Irregular: perhaps {between} with {}", goals(capacity)),
        CapacityOutcome::AboveMax => {
            let most = lower.unwrap_or(capacity.rules.max);
            format!("Carries {}, the most that was allowed, with {}", load(capacity, most), goals(capacity))
        }
        CapacityOutcome::BelowStart => match upper {
            Some(upper) => format!("Does not even carry {}", load(capacity, upper)),
            None => format!("Does not even carry {}", load(capacity, capacity.rules.start)),
        },
        CapacityOutcome::GeneratorLimited => match lower {
            Some(lower) => {
                format!("The generator is the limit: the target carries {} or more", load(capacity, lower))
            }
            None => "The generator is the limit: nothing is known of the target".into(),
        },
        CapacityOutcome::Holds => format!("Holds: {} with {}", tried(capacity), goals(capacity)),
        CapacityOutcome::Breaks => format!("Breaks at {}", tried(capacity)),
        CapacityOutcome::Inconclusive => format!("Inconclusive: {} may hold or not", tried(capacity)),
        CapacityOutcome::Invalid => "Invalid: nothing could be measured".into(),
        CapacityOutcome::Interrupted if between.is_empty() => "Interrupted before any load was sure".into(),
        CapacityOutcome::Interrupted => format!("Interrupted: {between} so far"),
    }
}

/// The error bar behind the lower bound.
fn range(capacity: &Capacity) -> String {
    match (capacity.bounds.lower, capacity.bounds.upper) {
        (Some(_), Some(_)) => {
            let whole = interval(capacity, capacity.bounds);
            format!(" ({})", whole.trim_end_matches("/s").trim_end_matches(" users"))
        }
        _ => String::new(),
    }
}

/// The objectives, as far as a line holds them.
fn goals(capacity: &Capacity) -> String {
    let named: Vec<&str> = capacity.objectives.iter().take(NAMED).map(|goal| goal.expression.as_str()).collect();
    let rest = capacity.objectives.len().saturating_sub(NAMED);
    match (named.is_empty(), rest) {
        (true, _) => "99 % of calls answered well".into(),
        (_, 0) => named.join(" and "),
        (_, 1) => format!("{} and one more objective", named.join(", ")),
        (_, rest) => format!("{} and {rest} more objectives", named.join(", ")),
    }
}

/// What breaks, as a subject.
pub(super) fn constraint(kind: CapacityConstraintKind) -> &'static str {
    match kind {
        CapacityConstraintKind::Latency => "latency",
        CapacityConstraintKind::Errors => "errors",
        CapacityConstraintKind::Throttle => "429s",
        CapacityConstraintKind::Backlog => "backlog",
        CapacityConstraintKind::Objective => "another objective",
        CapacityConstraintKind::Generator => "the generator",
    }
}

/// What breaks first, as a sentence without its end.
fn breaks(kind: CapacityConstraintKind) -> &'static str {
    match kind {
        CapacityConstraintKind::Latency => "latency breaks first",
        CapacityConstraintKind::Errors => "calls begin to fail first",
        CapacityConstraintKind::Throttle => "the target throttles first (429)",
        CapacityConstraintKind::Backlog => "it falls behind first: what is outstanding grows",
        CapacityConstraintKind::Objective => "another objective breaks first",
        CapacityConstraintKind::Generator => "the generator gives up first",
    }
}

/// What breaks first and how much there is to spare, in one sentence.
pub(in super::super) fn answer(capacity: &Capacity) -> String {
    let mut parts = Vec::new();
    match (capacity.outcome, &capacity.binding) {
        (CapacityOutcome::BelowStart | CapacityOutcome::Breaks, Some(binding)) => {
            parts.push(format!("There, {}", breaks(binding.kind)));
        }
        (_, Some(binding)) => parts.push(format!("Above that, {}", breaks(binding.kind))),
        (CapacityOutcome::AboveMax, None) => parts.push("Nothing broke up to there".into()),
        _ => {}
    }
    parts.extend(headroom(capacity));
    if parts.is_empty() {
        parts.push(match capacity.reasons.first() {
            Some(reason) => return sentence(reason),
            None => match capacity.outcome {
                CapacityOutcome::Holds => "Every objective holds with the margin that was asked for".into(),
                CapacityOutcome::Invalid => "No trial says anything about the target".into(),
                _ => "Nothing is known of what breaks first".into(),
            },
        });
    }
    sentence(&parts.join("; "))
}

/// How much there is to spare.
fn headroom(capacity: &Capacity) -> Option<String> {
    if let Some(assert) = capacity.rules.assert {
        let margin = format!("{} more than the expected {}", percent(assert.margin_ratio), load(capacity, assert.load));
        return Some(match capacity.outcome {
            CapacityOutcome::Holds if assert.margin_ratio > 0.0 => format!("it was tried at {margin}"),
            CapacityOutcome::Holds => format!("it was tried at the expected {}", load(capacity, assert.load)),
            _ if assert.margin_ratio > 0.0 => format!("that is {margin}"),
            _ => "that is the expected load".into(),
        });
    }
    let (expected, ratio) = (capacity.expected_load?, capacity.headroom_ratio?);
    let expected = load(capacity, expected);
    Some(if ratio < 0.0 {
        format!("that is {} too little for the expected {expected}", percent(-ratio))
    } else {
        format!("headroom {} over the expected {expected}", times(1.0 + ratio))
    })
}

/// What binds, and why.
pub(super) fn binding(capacity: &Capacity) -> Option<String> {
    let binding = capacity.binding.as_ref()?;
    Some(format!("{}: {}", first_upper(constraint(binding.kind)), sentence(&binding.why)))
}

fn first_upper(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What has to be known before the answer is used.
pub(in super::super) fn caveats(report: &Report, capacity: &Capacity) -> Vec<String> {
    let said = answer(capacity);
    let mut caveats: Vec<String> =
        capacity.reasons.iter().map(|reason| sentence(reason)).filter(|reason| *reason != said).collect();
    if let Some(verification) = capacity.verification.as_ref().filter(|verification| !verification.ok) {
        let statement = sentence(&verification.statement);
        if !caveats.contains(&statement) && statement != said {
            caveats.push(statement);
        }
    }
    // A search without a calibration has one that says so.
    let asked = capacity.trials.iter().filter(|trial| trial.purpose != CapacityPurpose::Calibrate);
    let void = asked.filter(|trial| trial.void.is_some()).count();
    if void > 0 {
        let (trials, them, say) = if void == 1 {
            ("1 trial is".into(), "it", "it says")
        } else {
            (format!("{void} trials are"), "them", "they say")
        };
        caveats.push(format!(
            "{trials} void: the generator or its machine was not up to {them}, so {say} nothing about the target."
        ));
    }
    caveats.extend(report.validity.notes.iter().map(|note| sentence(note)));
    caveats
}

/// The verification in words, where there was one.
pub(super) fn verified(capacity: &Capacity) -> String {
    match (&capacity.verification, capacity.outcome) {
        (Some(verification), _) => sentence(&verification.statement),
        (None, CapacityOutcome::Interrupted) => "It was stopped before the answer was verified.".into(),
        (None, _) => "The answer was not verified.".into(),
    }
}

/// What the bounds of an objective say beside those of all: whether it is the one that binds.
pub(super) fn is_tightest(capacity: &Capacity, objective: &CapacityObjective) -> bool {
    let tightest = capacity.objectives.iter().filter_map(|objective| objective.bounds.upper).fold(f64::MAX, f64::min);
    objective.bounds.upper.is_some_and(|upper| upper <= tightest)
}

/// What a purpose is called in a table.
pub(super) fn purpose(purpose: CapacityPurpose) -> &'static str {
    match purpose {
        CapacityPurpose::Calibrate => "calibrate",
        CapacityPurpose::Idle => "idle",
        CapacityPurpose::Range => "range",
        CapacityPurpose::Search => "search",
        CapacityPurpose::Recover => "recover",
        CapacityPurpose::Verify => "verify",
    }
}

/// The few words of a badge.
pub(in super::super) fn badge(capacity: &Capacity) -> String {
    let at = |bound: Option<f64>| bound.map_or_else(|| "?".into(), |bound| load(capacity, bound));
    match capacity.outcome {
        CapacityOutcome::Found => format!("carries {}", at(capacity.bounds.lower)),
        CapacityOutcome::AboveMax | CapacityOutcome::GeneratorLimited => {
            format!("carries at least {}", at(capacity.bounds.lower))
        }
        CapacityOutcome::Irregular => "irregular".into(),
        CapacityOutcome::BelowStart => format!("below {}", at(capacity.bounds.upper)),
        CapacityOutcome::Holds => format!("holds {}", tried(capacity)),
        CapacityOutcome::Breaks => format!("breaks at {}", tried(capacity)),
        CapacityOutcome::Inconclusive => "inconclusive".into(),
        CapacityOutcome::Invalid => "invalid".into(),
        CapacityOutcome::Interrupted => "interrupted".into(),
    }
}
