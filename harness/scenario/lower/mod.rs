//! From what was written to what will be done: the mirrors become a [`Plan`], under the rules that reach across keys.
//!
//! Every rule that is broken is reported, with its place; a plan is made only where there is none.

mod auth;
mod aws;
pub(crate) mod capacity;
mod catalogue;
pub(crate) mod discover;
mod feeders;
pub(crate) mod gate;
mod policies;
mod service;
mod simulation;
mod steps;
mod target;
mod templates;
pub(crate) mod tune;
mod verbs;
mod workloads;

use sha2::{Digest as _, Sha256};

use super::Loaded;
use super::fault::{Fault, Faults};
use super::node::{Kind, Node};
use super::resolved::to_yaml;
use crate::plan::{Caps, Plan, Secrets};
use crate::service::ServiceConfig;
use crate::units::Nanos;

/// The seed of a scenario that names none: the same run every time.
const DEFAULT_SEED: u64 = 1;

impl Loaded {
    /// Makes the plan of a run.
    ///
    /// # Errors
    /// Every rule across keys that the scenario breaks. A target that nobody allowed is no fault but the plan's `refusal`.
    pub fn plan(&self) -> Result<Plan, Faults> {
        let mut faults = Vec::new();
        let plan = plan(self, &mut faults);
        match plan {
            Some(plan) if faults.is_empty() => Ok(plan),
            _ => Err(Faults::new(self.sources.clone(), faults, &self.secrets)),
        }
    }
}

impl Loaded {
    /// The embedded service alone, for whoever serves it without a run: a file for that needs no target and no workloads.
    ///
    /// # Errors
    /// Every rule across keys that `mock` and `limiters` break.
    pub fn service(&self) -> Result<ServiceConfig, Faults> {
        let mut faults = Vec::new();
        let config = service::service(self, self.scenario.seed.unwrap_or(DEFAULT_SEED), &mut faults);
        if faults.is_empty() { Ok(config) } else { Err(Faults::new(self.sources.clone(), faults, &self.secrets)) }
    }
}

fn plan(loaded: &Loaded, faults: &mut Vec<Fault>) -> Option<Plan> {
    plan_with(loaded, faults, |_, _, _| ()).map(|(plan, ())| plan)
}

/// A plan and something more that is made of steps, whose exchanges join those of the plan.
fn plan_with<'a, T>(
    loaded: &'a Loaded,
    faults: &mut Vec<Fault>,
    more: impl FnOnce(&'a Loaded, &mut steps::Steps<'a>, &mut Vec<Fault>) -> T,
) -> Option<(Plan, T)> {
    let (scenario, tree) = (&loaded.scenario, &loaded.tree);
    let seed = scenario.seed.unwrap_or(DEFAULT_SEED);
    let target = target::target(loaded, faults);
    let transport = target::transport(loaded, faults);
    let refusal = target.as_ref().and_then(|target| target::refusal(target, scenario.safety.as_ref()));
    let service = service::service(loaded, seed, faults);
    let rate_limits = target::rate_limits(loaded, faults);
    let mut steps = steps::Steps::new(loaded, seed, &rate_limits, faults);
    for (index, (name, _)) in rate_limits.operations.iter().enumerate() {
        let place =
            tree.at("rate_limit").at("per_operation").entries().get(index).map_or(tree.span, |entry| entry.key_span);
        steps.operation(name, place, faults);
    }
    let caps = caps(loaded);
    let setup = steps.phases("setup", scenario.setup.as_deref(), faults);
    let workloads = workloads::workloads(loaded, &mut steps, caps.max_duration, faults);
    let teardown = steps.phases("teardown", scenario.teardown.as_deref(), faults);
    let audit = steps.audit(faults);
    verbs::check(loaded, &steps, faults);
    let more = more(loaded, &mut steps, faults);
    let resolved = loaded.resolved();
    let secrets = Secrets::new(loaded.secrets.clone());
    let plan = Plan {
        name: secrets.mask(&scenario.name),
        description: secrets.mask(scenario.description.as_deref().unwrap_or_default()),
        digest: hexadecimal(&Sha256::digest(resolved.as_bytes())),
        load_digest: load_digest(loaded),
        resolved,
        seed,
        target: target?,
        transport,
        service,
        clients: scenario.clients.unwrap_or(1).into(),
        exchanges: steps.exchanges.into(),
        cells: steps.cells.into(),
        policies: steps.policies.used.into(),
        rate_limits,
        pools: steps.pools,
        feeders: steps.feeders.into(),
        setup,
        workloads,
        teardown,
        audit,
        caps,
        grace: scenario.grace.as_ref().map_or(Nanos::from_secs(5), |grace| grace.0),
        secrets,
        refusal,
        abort_when: conditions(scenario.safety.as_ref().and_then(|safety| safety.abort_when.as_deref())),
        thresholds: conditions(scenario.thresholds.as_deref()),
    };
    Some((plan, more))
}

/// What says where to send, for which service, how to judge, or by which seed: everything else is the load.
const NOT_THE_LOAD: [&str; 13] = [
    "name",
    "description",
    "target",
    "mock",
    "limiters",
    "safety",
    "thresholds",
    "seed",
    "tune",
    "gate",
    "capacity",
    "discover",
    "audit",
];

/// The digest of what is sent. Blocks count in the order of their names, because it means nothing which comes first.
fn load_digest(loaded: &Loaded) -> String {
    let mut entries = loaded.tree.entries().to_vec();
    entries.retain(|entry| !NOT_THE_LOAD.contains(&entry.key.as_str()));
    entries.sort_by(|one, other| one.key.cmp(&other.key));
    let load = Node::new(Kind::Map(entries), loaded.tree.span);
    let mut hash = Sha256::new();
    hash.update(to_yaml(&load));
    // An API of the user's is part of what is sent, wherever it is written.
    if let Some((catalogue, _)) = &loaded.catalogue {
        hash.update(to_yaml(catalogue));
    }
    hexadecimal(&hash.finalize())
}

fn caps(loaded: &Loaded) -> Caps {
    let default = Caps::default();
    let safety = loaded.scenario.safety.as_ref();
    Caps {
        max_requests: safety.and_then(|safety| safety.max_requests).unwrap_or(default.max_requests),
        max_duration: safety.and_then(|safety| safety.max_duration.as_ref()).map_or(default.max_duration, |max| max.0),
    }
}

fn conditions(written: Option<&[super::mirror::value::Condition]>) -> Vec<crate::plan::expression::Expression> {
    written.into_iter().flatten().map(|condition| condition.0.clone()).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
