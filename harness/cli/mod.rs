//! The command line: one verb a file.

mod baselines;
mod capacity;
mod check;
mod ci;
mod compare;
mod completions;
mod discover;
mod flags;
mod gate;
mod history;
mod man;
mod mock;
mod output;
mod progress;
mod quick;
mod report;
mod run;
mod run_set;
mod schema;
mod signals;
mod simulate;
mod soundness;
mod tune;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::report::verdict::exit;
use output::Failure;

/// Exit codes, for the help and the manual page.
const EXIT_CODES: &str = "\
Exit codes:
  0    pass
  1    the run could not be done (environment, I/O)
  2    wrong usage, or an invalid scenario
  99   a threshold, the audit, a requirement, an asserted load or `abort_when` failed
  110  a regression: the candidate of a comparison is worse than its baseline
  111  inconclusive: a search or discovery that cannot tell, a gate with `on_inconclusive: fail`
  112  invalid: nothing that could be compared, or the generator was the bottleneck (with --require-valid)
  113  refused for safety; nothing was sent
  130  interrupted, after a complete partial report

Where several apply, the first of 130, 113, 2, 1, 112, 110, 99, 111 is given.";

/// A load and throttling test harness: find and prove how much an HTTP service may safely carry.
#[derive(Debug, Parser)]
#[command(name = "loadline", version, about, after_long_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run a scenario against its target and write a report folder
    Run(run::Arguments),
    /// Load a URL in one line without a file; prints the scenario that says the same
    Quick(quick::Arguments),
    /// Parse and check a scenario and print what it would do; nothing is sent
    Check(check::Arguments),
    /// Run a scenario in virtual time against the modelled service; nothing is sent
    Simulate(simulate::Arguments),
    /// Serve the embedded attendees service by itself, for other clients
    Mock(mock::Arguments),
    /// Compare retry policies in many simulations, rank them, and confirm the best with real runs
    Tune(tune::Arguments),
    /// Compare stored runs of a baseline with those of a candidate; nothing is sent
    Compare(compare::Arguments),
    /// Compare two targets by pairs of runs, and fail where the candidate is surely worse
    Gate(gate::Arguments),
    /// Find out from outside which rate limiter a target has, with error bars, and print it as YAML
    Discover(discover::Arguments),
    /// Find the highest load that meets objectives, with its error bar, or whether one load holds
    Capacity(capacity::Arguments),
    /// Rebuild every report of a run from its journal, also after a crash
    Report(report::Arguments),
    /// Print the JSON Schema of scenario files or of report.json
    Schema(schema::Arguments),
    /// Print shell completions
    Completions(completions::Arguments),
    /// Print the manual page
    Man,
}

/// Runs the program and says how it ended.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap knows what belongs on which stream; its own code for wrong usage is ours too.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let outcome = match cli.verb {
        Verb::Run(arguments) => run::run(&arguments),
        Verb::Quick(arguments) => quick::quick(&arguments),
        Verb::Check(arguments) => check::check(&arguments),
        Verb::Simulate(arguments) => simulate::simulate(&arguments),
        Verb::Mock(arguments) => mock::mock(&arguments),
        Verb::Tune(arguments) => tune::tune(&arguments),
        Verb::Compare(arguments) => compare::compare(&arguments),
        Verb::Gate(arguments) => gate::gate(&arguments),
        Verb::Discover(arguments) => discover::discover(&arguments),
        Verb::Capacity(arguments) => capacity::capacity(&arguments),
        Verb::Report(arguments) => report::report(&arguments),
        Verb::Schema(arguments) => {
            schema::schema(&arguments);
            Ok(exit::PASS)
        }
        Verb::Completions(arguments) => {
            completions::completions(&arguments);
            Ok(exit::PASS)
        }
        Verb::Man => man::man(),
    };
    ExitCode::from(outcome.unwrap_or_else(|failure: Failure| failure.say()))
}
