//! Whether an answer holds: longer trials at it, counted together, and a bound for the share of bad ones.

use super::goal::counts;
use super::judge::unwell;
use super::{Made, Objective, ObjectiveKind, Purpose, Rules, Verified, words};
use crate::stats::clopper_pearson_upper;

/// From this exceed ratio on a search compares builds: its answer is as often too high as too low, and verifying it would make it low.
const COMPARES_FROM: f64 = 0.5;
/// How often the load is lowered where the answer does not hold.
const LOWERED: usize = 2;

/// How far a verification is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stage {
    /// Another trial at this load.
    Trial(f64),
    /// Over: every load that was tried has been judged.
    Over,
}

/// What the trials at one load say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// Every objective surely holds.
    Surely,
    /// One surely does not.
    Broken,
    /// Neither is sure.
    Unsure,
}

/// Whether a search compares builds rather than promises a load.
pub(super) fn compares(rules: &Rules) -> bool {
    rules.exceed >= COMPARES_FROM
}

/// How far the verification is that begins at a load.
pub(super) fn stage(rules: &Rules, trials: &[Made], begin: f64) -> Stage {
    let tried = tried(trials);
    let Some(last) = tried.last().copied() else { return Stage::Trial(begin) };
    let made = at(trials, last);
    if (made.len() as u32) < rules.verify.0 && !hopeless(rules, &made) {
        return Stage::Trial(last);
    }
    let lowered = rules.assert.is_none() && !compares(rules) && tried.len() <= LOWERED;
    if lowered && held(rules, &made) != Held::Surely {
        return Stage::Trial(super::narrow::rounded(rules, stepped(rules, last)));
    }
    Stage::Over
}

fn stepped(rules: &Rules, load: f64) -> f64 {
    match rules.vary {
        super::Vary::Users => (load / (1.0 + rules.width)).min(load - 1.0),
        super::Vary::Rate => load / (1.0 + rules.width),
    }
}

/// The loads that were verified, in their order.
pub(super) fn tried(trials: &[Made]) -> Vec<f64> {
    let mut loads: Vec<f64> = verifying(trials).map(|made| made.trial.load).collect();
    loads.dedup();
    loads
}

fn verifying(trials: &[Made]) -> impl Iterator<Item = &Made> {
    trials.iter().filter(|made| made.trial.purpose == Purpose::Verify && counts(&made.reading))
}

/// The trials at a load that count.
pub(super) fn at(trials: &[Made], load: f64) -> Vec<&Made> {
    verifying(trials).filter(|made| made.trial.load.total_cmp(&load).is_eq()).collect()
}

/// Events of an objective in all trials together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pooled {
    pub(super) bad: f64,
    pub(super) of: f64,
    /// How much more they vary than independent ones would.
    pub(super) dispersion: f64,
    /// What is allowed.
    pub(super) limit: f64,
}

impl Pooled {
    /// Events that stand for as much as these would if they were independent.
    fn effective(self) -> (f64, f64) {
        (self.bad / self.dispersion, self.of / self.dispersion)
    }

    /// The share of bad ones is no higher than this, but for a chance of `alpha`.
    pub(super) fn upper(self, alpha: f64) -> f64 {
        let (bad, of) = self.effective();
        clopper_pearson_upper(bad, of, alpha)
    }

    /// The share of bad ones is no lower than this, but for a chance of `alpha`.
    fn lower(self, alpha: f64) -> f64 {
        let (bad, of) = self.effective();
        if bad <= 0.0 { 0.0 } else { 1.0 - clopper_pearson_upper(of - bad, of, alpha) }
    }

    /// How many events a limit needs before any count can keep it surely: with none bad, ln α / ln(1 − limit).
    pub(super) fn needed(self, alpha: f64) -> f64 {
        if self.limit > 0.0 { (alpha.ln() / (-self.limit).ln_1p()).ceil() } else { f64::INFINITY }
    }
}

/// What may be bad of an objective that counts events.
fn limit(objective: &Objective) -> Option<f64> {
    match objective.kind {
        ObjectiveKind::Latency { quantile, .. } => Some(1.0 - quantile),
        ObjectiveKind::Share { limit, .. } => Some(limit),
        ObjectiveKind::Value => None,
    }
}

/// The events of an objective; `None` where it counts none, or none happened.
///
/// Seconds vary more than events that know nothing of each other, and so may trials: the larger of both excesses is what the bound is
/// widened by (a design effect: φ events stand for one).
pub(super) fn pooled(rules: &Rules, made: &[&Made], index: usize) -> Option<Pooled> {
    let limit = limit(rules.objectives.get(index)?)?;
    let seen: Vec<_> = made.iter().filter_map(|made| made.reading.objectives.get(index)).collect();
    let of: f64 = seen.iter().map(|seen| seen.of as f64).sum();
    let bad: f64 = seen.iter().map(|seen| seen.bad as f64).sum();
    if of <= 0.0 {
        return None;
    }
    let within = seen.iter().map(|seen| seen.dispersion.max(1.0) * seen.of as f64).sum::<f64>() / of;
    let share = bad / of;
    let free = share * (1.0 - share);
    let between = if free > 0.0 && seen.len() > 1 {
        let off = seen.iter().filter(|seen| seen.of > 0).map(|seen| {
            let of = seen.of as f64;
            (seen.bad as f64 - of * share).powi(2) / (of * free)
        });
        off.sum::<f64>() / (seen.len() - 1) as f64
    } else {
        1.0
    };
    Some(Pooled { bad, of, dispersion: within.max(between).max(1.0), limit })
}

/// Whether the trials so far make it impossible that the load still holds: even if nothing went wrong from here on.
fn hopeless(rules: &Rules, made: &[&Made]) -> bool {
    let planned = f64::from(rules.verify.0);
    let count = made.len() as f64;
    let bad = made.iter().filter(|made| unwell(&made.reading).is_some()).count();
    count > 0.0
        && (2 * bad > rules.verify.0 as usize
            || (0..rules.objectives.len()).any(|index| {
                pooled(rules, made, index).is_some_and(|pooled| pooled.bad > pooled.limit * pooled.of / count * planned)
            }))
}

/// What the trials at one load say of it.
pub(super) fn held(rules: &Rules, made: &[&Made]) -> Held {
    let alpha = 1.0 - rules.confidence;
    let count = made.len();
    let majority = |bad: usize| match bad {
        0 => Held::Surely,
        bad if 2 * bad > count => Held::Broken,
        _ => Held::Unsure,
    };
    if count == 0 {
        return Held::Unsure;
    }
    let mut all = vec![majority(made.iter().filter(|made| unwell(&made.reading).is_some()).count())];
    for (index, objective) in rules.objectives.iter().enumerate() {
        let bad = made.iter().filter(|made| !made.reading.objectives.get(index).is_some_and(|seen| seen.ok)).count();
        all.push(match (limit(objective), pooled(rules, made, index)) {
            (None, _) => majority(bad),
            // Nothing that could be counted: nothing was slow, and nothing was fast.
            (Some(_), None) => {
                if 2 * bad > count {
                    Held::Broken
                } else {
                    Held::Unsure
                }
            }
            (Some(_), Some(pooled)) if pooled.limit <= 0.0 => majority(bad),
            (Some(_), Some(pooled)) if pooled.upper(alpha) <= pooled.limit => Held::Surely,
            (Some(_), Some(pooled)) if pooled.lower(alpha) > pooled.limit => Held::Broken,
            _ => Held::Unsure,
        });
    }
    if all.contains(&Held::Broken) {
        Held::Broken
    } else if all.contains(&Held::Unsure) {
        Held::Unsure
    } else {
        Held::Surely
    }
}

/// What the verification says; of the last load that was tried. `None` before its first trial.
pub(super) fn verified(rules: &Rules, trials: &[Made]) -> Option<Verified> {
    let load = tried(trials).last().copied()?;
    let made = at(trials, load);
    let alpha = 1.0 - rules.confidence;
    let complete = made.len() as u32 >= rules.verify.0;
    let held = held(rules, &made);
    let limits = (0..rules.objectives.len())
        .map(|index| pooled(rules, &made, index).map(|pooled| (pooled.upper(alpha), pooled.limit)))
        .collect();
    Some(Verified {
        load,
        ok: complete && held == Held::Surely,
        limits,
        statement: words::verified(rules, load, &made, held),
    })
}
