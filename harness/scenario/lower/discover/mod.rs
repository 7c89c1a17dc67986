//! The block `discover`: which request is sent, what it is varied in, and what it may cost.

mod base;
#[cfg(test)]
mod tests;
mod variants;

use crate::discover::Rules;
use crate::plan::{Plan, Step};
use crate::scenario::Loaded;
use crate::scenario::fault::Faults;
use crate::scenario::mirror::verbs as written;
use crate::units::Rate;

/// Everything that `loadline discover` does.
#[derive(Clone, Debug)]
pub struct DiscoverTask {
    /// What it may do.
    pub rules: Rules,
    /// The target and its setup; its exchanges hold those of the variants.
    pub plan: Plan,
    /// The operation that is sent.
    pub operation: String,
    /// One for each variant: the operation as it is written first.
    pub steps: Vec<Step>,
    /// What each variant is, in words.
    pub variants: Vec<String>,
    /// What has to be known before anything is sent; sentences.
    pub notes: Vec<String>,
}

impl Loaded {
    /// Makes the task of `loadline discover`. An absent block is one that says nothing.
    ///
    /// # Errors
    /// As [`Self::plan`]; and where it is not clear which operation may be sent, or not how it could be varied.
    pub fn discover(&self) -> Result<DiscoverTask, Faults> {
        let mut faults = Vec::new();
        let made = super::plan_with(self, &mut faults, variants::variants);
        match made {
            Some((plan, Some(made))) if faults.is_empty() => Ok(task(self, plan, made)),
            _ => Err(Faults::new(self.sources.clone(), faults, &self.secrets)),
        }
    }
}

/// An absent block is one that says nothing.
fn block(loaded: &Loaded) -> written::Discover {
    loaded.scenario.discover.clone().unwrap_or_default()
}

fn task(loaded: &Loaded, plan: Plan, made: variants::Made) -> DiscoverTask {
    let (written, default) = (block(loaded), Rules::default());
    let rules = Rules {
        requests: written.requests.unwrap_or(default.requests).min(plan.caps.max_requests),
        duration: written.duration.map_or(default.duration, |duration| duration.0).min(plan.caps.max_duration),
        max_rate: written
            .max_rate
            .map_or(default.max_rate, |rate: crate::scenario::mirror::value::PerTime| -> Rate { rate.0 }),
        quiet: written.quiet.map_or(default.quiet, |quiet| quiet.0),
        dimensions: made.dimensions,
        cost: made.cost,
        seed: plan.seed,
    };
    let mut notes = made.notes;
    if plan.rate_limits.scenario.is_some() || !plan.rate_limits.operations.is_empty() {
        notes.push("`rate_limit` does not hold for probes: `max_rate` does.".into());
    }
    let operation = made.operation;
    DiscoverTask { rules, plan, operation, steps: made.steps, variants: made.words, notes }
}
