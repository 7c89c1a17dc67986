//! Flags that mean the same on every verb.

use std::path::PathBuf;

use clap::Args;

use super::output::Failure;
use crate::scenario::{self, Loaded};
use crate::units::{Nanos, Rate};

/// What changes a scenario from the command line.
#[derive(Debug, Args)]
pub(super) struct ScenarioFlags {
    /// The scenario file (YAML)
    #[arg(value_name = "SCENARIO")]
    pub(super) file: PathBuf,
    /// Send to this URL instead of the scenario's target
    #[arg(short, long, value_name = "URL")]
    target: Option<String>,
    /// Offer this rate in all, such as 50/s or 600/min; workloads keep their ratio
    #[arg(short, long, value_name = "RATE")]
    rate: Option<Rate>,
    /// Let every workload last this long, such as 30s or 2m; stages keep their shape
    #[arg(short, long, value_name = "TIME")]
    duration: Option<Nanos>,
    /// The seed of everything random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Change a value of the scenario, such as workloads.fill.arrivals.rate=50/s (repeatable)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<String>,
    /// Add a threshold, such as "p99(response) < 300ms" (repeatable)
    #[arg(long = "threshold", value_name = "EXPR")]
    thresholds: Vec<String>,
    /// Allow load on a host that is not this machine (repeatable)
    #[arg(long = "allow-host", value_name = "GLOB")]
    allow_hosts: Vec<String>,
    /// Send at most this many requests
    #[arg(long, value_name = "N")]
    max_requests: Option<u64>,
}

impl ScenarioFlags {
    /// Reads the scenario with all that the flags change.
    pub(super) fn load(&self) -> Result<Loaded, Failure> {
        self.load_with(|_| {})
    }

    /// Reads the scenario with all that the flags change, those of one verb among them.
    pub(super) fn load_with(&self, more: impl FnOnce(&mut scenario::Flags)) -> Result<Loaded, Failure> {
        let mut flags = scenario::Flags {
            target: self.target.clone(),
            rate: self.rate,
            duration: self.duration,
            seed: self.seed,
            allow_hosts: self.allow_hosts.clone(),
            max_requests: self.max_requests,
            thresholds: self.thresholds.clone(),
            ..scenario::Flags::default()
        };
        more(&mut flags);
        let environment = |name: &str| std::env::var(name).ok();
        scenario::read(&self.file, &self.overrides, &flags, &environment)
            .map_err(|faults| Failure::Scenario(Box::new(faults)))
    }
}

/// Reads a plan, or says everything that is wrong with it.
pub(super) fn plan(loaded: &Loaded) -> Result<crate::plan::Plan, Failure> {
    loaded.plan().map_err(|faults| Failure::Scenario(Box::new(faults)))
}
