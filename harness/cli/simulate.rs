//! `loadline simulate`: a scenario in virtual time against the modelled service, and a report folder.

use std::sync::Arc;

use clap::Args;

use super::flags::ScenarioFlags;
use super::output::Failure;
use super::progress::progress;
use super::run::{ResultFlags, conclude, start};
use super::signals;
use crate::engine::HaltSwitch;
use crate::plan::Plan;
use crate::record::RunStart;
use crate::report::RunFolder;
use crate::runner::{Runner as _, SimulatedRun};
use crate::sim::{Network, Simulation};
use crate::time::WallClock;
use crate::units::Nanos;

/// What `simulate` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenario: ScenarioFlags,
    /// How long a request and its reply are under way together
    #[arg(long, value_name = "TIME", default_value = "0s")]
    rtt: Nanos,
    #[command(flatten)]
    results: ResultFlags,
}

/// Simulates a scenario. Nothing is sent, so that a target which nobody has allowed is no reason to refuse.
pub(super) fn simulate(arguments: &Arguments) -> Result<u8, Failure> {
    let (flags, network) = (&arguments.results, Network { round_trip: arguments.rtt });
    let plan = arguments.scenario.load()?.simulation().map_err(|faults| Failure::Scenario(Box::new(faults)))?;
    let folder = RunFolder::create(&flags.out, &format!("{}-simulated", plan.name), WallClock::now())?;
    let mut journal = folder.new_journal()?;
    let halt = HaltSwitch::new();
    signals::listen(halt.clone(), signals::GRACE)?;
    let start = RunStart { notes: notes(network), ..start(&plan, run_id(&plan), flags.require_valid) };
    let simulation = Simulation { plan: Arc::new(plan), network, trace: false };
    let mut progress = progress(flags.quiet, flags.no_progress);
    let log = SimulatedRun { simulation, start, halt }.run(&mut journal, progress.as_mut())?.log;
    drop(progress);
    conclude(&folder, &log, flags, "")
}

/// What the run is called in its report. The folder carries the time at which it was made; the report must not, because the same
/// simulation writes the same report, byte for byte.
fn run_id(plan: &Plan) -> String {
    let digest = plan.digest.get(..12).unwrap_or(&plan.digest);
    format!("{}-simulated-{digest}", plan.name)
}

fn notes(network: Network) -> Vec<String> {
    let mut notes = vec!["virtual time: the generator cannot be the bottleneck".to_owned()];
    if network.round_trip > Nanos::ZERO {
        notes.push(format!("each request and its reply were under way for {} together", network.round_trip));
    }
    notes
}
