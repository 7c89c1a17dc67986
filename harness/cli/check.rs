//! `loadline check`: what a scenario would do.

use clap::Args;

use super::flags::{ScenarioFlags, plan};
use super::output::{Failure, print, say};
use crate::engine::make_room;
use crate::report::verdict::exit;
use crate::scenario::forecast::forecast;

/// What `check` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenario: ScenarioFlags,
}

/// Prints the plan. Sends nothing.
pub(super) fn check(arguments: &Arguments) -> Result<u8, Failure> {
    let loaded = arguments.scenario.load()?;
    let plan = plan(&loaded)?;
    let tune = loaded.tune_forecast().map_err(|faults| Failure::Scenario(Box::new(faults)))?;
    let tune = tune.map_or(String::new(), |tune| format!("\n{tune}"));
    let gate = loaded.gate_forecast().map_err(|faults| Failure::Scenario(Box::new(faults)))?;
    let gate = gate.map_or(String::new(), |gate| format!("\n{gate}"));
    let capacity = loaded.capacity_forecast().map_err(|faults| Failure::Scenario(Box::new(faults)))?;
    let capacity = capacity.map_or(String::new(), |capacity| format!("\n{capacity}"));
    print(&format!("{}{tune}{gate}{capacity}", forecast(&plan)));
    for note in make_room().fit(&plan.target, &plan.transport).notes {
        say(&format!("note: {note}"));
    }
    match &plan.refusal {
        Some(refusal) => Err(Failure::Refused(refusal.to_string())),
        None => Ok(exit::PASS),
    }
}
