//! Real runs of the best, beside what was predicted of them.

use std::sync::Arc;

use crate::cli::output::{Failure, say};
use crate::cli::run::start;
use crate::engine::{Halt, HaltSwitch, Live, cores, lane_count, machine};
use crate::record::{RunStart, Trace, Unwatched};
use crate::report::{self, Report, RunFolder, ValidityWord};
use crate::runner::Runner as _;
use crate::time::WallClock;
use crate::tune::{Comparison, Confirmation, Entrant, Proof, Task, Tuned};

/// The share of its time that the generator may be busy: beyond it, what is measured is the generator as well.
const MOST_BUSY: f64 = 0.70;

/// What real runs need.
pub(super) struct Real<'a> {
    pub(super) task: &'a Task,
    pub(super) folder: &'a RunFolder,
    pub(super) halt: &'a HaltSwitch,
    pub(super) quiet: bool,
}

/// The runs of one entrant.
#[derive(Default)]
struct Runs {
    traces: Vec<Trace>,
    /// Why they are not compared: the generator's own verdict on one of them.
    refused: Option<Comparison>,
}

impl Real<'_> {
    /// Runs the best for real where the task asks for it, and puts what was measured beside what was predicted. Gives notes for the
    /// report.
    ///
    /// # Errors
    /// Why a run or a simulation could not be done.
    pub(super) fn confirm(&self, tuned: &mut Tuned) -> Result<Vec<String>, Failure> {
        if self.task.confirm.is_none() {
            return Ok(Vec::new());
        }
        let Some(proof) = Proof::of(self.task, tuned) else {
            let why = if tuned.verdict.throttled {
                "nothing meets what is required"
            } else {
                "all policies are the same here"
            };
            let note = format!("nothing was run for real: {why}");
            self.say(&note);
            return Ok(vec![note]);
        };
        self.announce(&proof);
        let mut all: Vec<Runs> = proof.entrants.iter().map(|_| Runs::default()).collect();
        // Round after round, so that whatever drifts on this machine drifts for all alike.
        for number in 0..proof.runs {
            for (entrant, runs) in proof.entrants.iter().zip(&mut all) {
                if self.halt.level() == Halt::Everything {
                    return Ok(vec!["the real runs were stopped, so nothing is compared with them".to_owned()]);
                }
                self.say(&format!("  run {} of {}: {}", number + 1, proof.runs, entrant.candidate.name));
                self.run(&proof, entrant, number, runs)?;
            }
        }
        if self.halt.level() == Halt::Everything {
            return Ok(vec!["the real runs were stopped, so nothing is compared with them".to_owned()]);
        }
        let traces: Vec<Vec<Trace>> = all.iter().map(|runs| runs.traces.clone()).collect();
        let inputs = proof.inputs(&traces)?;
        let simulated = proof.simulated(&inputs, proof.predictions())?;
        let sound = all.iter().zip(traces).map(|(runs, traces)| runs.refused.is_none().then_some(traces));
        tuned.confirmations = proof.compare(&self.task.weights, &sound.collect::<Vec<_>>(), &simulated);
        let refused = proof.entrants.iter().zip(all).filter_map(|(entrant, runs)| {
            let (name, role) = (entrant.candidate.name.clone(), entrant.role.clone());
            Some(Confirmation { name, role, runs: (proof.runs, 0), comparisons: vec![runs.refused?] })
        });
        tuned.confirmations.extend(refused);
        let mut notes =
            vec![format!("real runs measured a round trip of {}; their simulations have it", inputs.round_trip)];
        if inputs.latency.is_some() {
            notes.push("their simulations have the service times that were measured, too".to_owned());
        }
        for note in &notes {
            self.say(&format!("  {note}"));
        }
        Ok(notes)
    }

    /// How much is about to be done for real.
    fn announce(&self, proof: &Proof) {
        let names: Vec<&str> = proof.entrants.iter().map(|entrant| entrant.candidate.name.as_str()).collect();
        let count = u64::from(proof.runs) * names.len() as u64;
        let time =
            proof.real_time().map_or("as long as the target takes".to_owned(), |time| format!("{time} of load in all"));
        let most = self.task.plan.caps.max_requests;
        self.say(&format!(
            "confirming with {count} real runs, {time}, at most {most} requests each: {}",
            names.join(", ")
        ));
    }

    /// One run. Where the generator did not keep up, it is done once more, and once more after that: a moment in which the machine was
    /// busy says nothing about a policy.
    fn run(&self, proof: &Proof, entrant: &Entrant, number: u32, runs: &mut Runs) -> Result<(), Failure> {
        for again in 0..=REPEATS {
            let (trace, refused) = self.run_once(proof, entrant, number, again)?;
            let is_last = again == REPEATS || self.halt.level() == Halt::Everything;
            if refused.is_some() && !is_last {
                self.say("    so it is run again");
                continue;
            }
            runs.traces.extend(trace);
            runs.refused = runs.refused.take().or(refused);
            break;
        }
        Ok(())
    }

    /// A run and its trace, and why it is compared with nothing where it is not.
    fn run_once(
        &self,
        proof: &Proof,
        entrant: &Entrant,
        number: u32,
        again: u32,
    ) -> Result<(Option<Trace>, Option<Comparison>), Failure> {
        let plan = proof.plan(entrant, number);
        let role = entrant.role.replace(' ', "-");
        let name = match again {
            0 => format!("{role}-{}", number + 1),
            again => format!("{role}-{}-again-{again}", number + 1),
        };
        let folder = RunFolder::create(&self.folder.path().join("confirm"), &name, WallClock::now())?;
        let mut journal = folder.new_journal()?;
        let lanes = lane_count(&plan, cores());
        let start = RunStart { machine: machine(), lanes, ..start(&plan, folder.run_id(), false) };
        let (halt, _link) = self.halt.follower();
        let live = Live { plan: Arc::new(plan), lanes, start, halt, trace: true };
        let recorded = live.run(&mut journal, &mut Unwatched)?;
        let report = report::build(&recorded.log);
        let refused = refusal(&report);
        if refused.is_some() {
            for reason in &report.validity.reasons {
                self.say(&format!("    {reason}"));
            }
        }
        Ok((recorded.trace, refused))
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            say(line);
        }
    }
}

/// How often a run is done again in which the generator did not keep up.
const REPEATS: u32 = 2;

/// Why a run is compared with nothing; `None` where it may be.
fn refusal(report: &Report) -> Option<Comparison> {
    let line = |what: &str, measured, tolerance: &str| Comparison {
        what: what.to_owned(),
        predicted: 0.0,
        measured,
        tolerance: format!("{tolerance}, or nothing is compared"),
        within: false,
    };
    let validity = &report.validity;
    if validity.cpu_ratio > MOST_BUSY {
        return Some(line("generator_busy", validity.cpu_ratio, "at most 0.7"));
    }
    (validity.verdict == ValidityWord::Invalid).then(|| line("generator_invalid", 1.0, "a valid run"))
}
