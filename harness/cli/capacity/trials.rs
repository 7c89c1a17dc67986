//! The trials of a search: each a run of its own, against the target, the server that does nothing, or the model in virtual time.

use std::sync::Arc;

use url::Url;

use super::null;
use super::watch::{Watch, Watching};
use crate::capacity::{Purpose, Reading, Sampler, Trial};
use crate::cli::run::start;
use crate::engine::{HaltSwitch, Live, RunError, cores, lane_count, machine, make_room};
use crate::mock::MockServer;
use crate::plan::{Connections, Plan, Target};
use crate::record::{RunLog, RunStart};
use crate::report::{FolderError, RunFolder};
use crate::runner::{Runner as _, SimulatedRun};
use crate::scenario::CapacityTask;
use crate::sim::{Network, SimError, Simulation};
use crate::time::MonotonicClock;

/// Why a trial could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrialError {
    /// The embedded service.
    #[error("the embedded service cannot be started")]
    Mock(#[source] std::io::Error),
    /// The measurement could not begin.
    #[error("trial {number}, at {load}, could not be made")]
    Live {
        /// Which.
        number: u32,
        /// At which load.
        load: String,
        /// Why not.
        source: RunError,
    },
    /// The simulation could not begin.
    #[error("trial {number}, at {load}, could not be simulated")]
    Simulated {
        /// Which.
        number: u32,
        /// At which load.
        load: String,
        /// Why not.
        source: SimError,
    },
    /// The journal or the report.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Nothing was measured, for a reason that a trial told.
    #[error("nothing could be measured: {0}")]
    Nothing(String),
}

/// What trials are made on.
enum Ground {
    /// Over the network. The embedded service, where it is the target, lives as long as the search: what a trial leaves behind in
    /// it, such as a queue or an empty bucket, the next one finds, as it would with a real service.
    Live { _mock: Option<MockServer>, url: Url },
    /// In virtual time. Every trial has a new service.
    Simulated,
}

/// Makes trials, one after the other.
pub(super) struct Trials<'a> {
    task: &'a CapacityTask,
    folder: &'a RunFolder,
    halt: &'a HaltSwitch,
    watch: &'a Watch,
    ground: Ground,
    /// Attempts that were sent to the target so far.
    sent: u64,
    /// Whether the target has ever answered, and in how many trials in a row it has not since.
    has_answered: bool,
    silent: u32,
}

impl<'a> Trials<'a> {
    /// Starts what they need.
    pub(super) fn new(
        task: &'a CapacityTask,
        folder: &'a RunFolder,
        halt: &'a HaltSwitch,
        watch: &'a Watch,
        simulate: bool,
    ) -> Result<Self, TrialError> {
        let ground = match &task.plan.target {
            _ if simulate => Ground::Simulated,
            Target::Url(url) => Ground::Live { _mock: None, url: url.clone() },
            Target::Mock { listen } => {
                let mock = MockServer::start(task.plan.service.clone(), *listen).map_err(TrialError::Mock)?;
                mock.start_events();
                let url = address(&mock)?;
                Ground::Live { _mock: Some(mock), url }
            }
        };
        Ok(Self { task, folder, halt, watch, ground, sent: 0, has_answered: false, silent: 0 })
    }

    /// Makes one.
    ///
    /// # Errors
    /// Why it could not be made. What it says of the target is no error but the reading.
    pub(super) fn carry_out(&mut self, trial: &Trial) -> Result<Reading, TrialError> {
        let most = self.task.plan.caps.max_requests;
        let left = most.saturating_sub(self.sent);
        let seconds = (trial.settle + trial.measure).as_secs_f64();
        let planned = self.task.calls_per_s(trial.load).map_or(1.0, |calls| calls * seconds);
        let calibrates = trial.purpose == Purpose::Calibrate;
        if !calibrates && planned > left as f64 {
            return Ok(Reading {
                fatal: Some(format!(
                    "the next trial needs about {planned:.0} attempts, and of the {most} that the whole search may send {left} are left: raise `safety.max_requests` (`--max-requests`)"
                )),
                ..Reading::default()
            });
        }
        let mut plan = self.task.trial_plan(trial);
        if !calibrates {
            plan.caps.max_requests = left;
        }
        let name = format!("{:02}-{}", trial.number, trial.purpose.word());
        let folder = RunFolder::create_at(&self.folder.path().join("trials"), &name)?;
        let clock = MonotonicClock::start();
        let (log, sampler, null) = match &self.ground {
            Ground::Simulated if calibrates => {
                return Ok(void("virtual time: the generator cannot be the bottleneck"));
            }
            Ground::Simulated => {
                // A real service draws anew for each request, and so must one that begins afresh with each trial.
                plan.service.seed ^= trial.seed.rotate_left(17);
                let (log, sampler) = self.simulated(trial, plan, &folder)?;
                (log, sampler, None)
            }
            Ground::Live { .. } if calibrates => {
                let Some(server) = null::start(&plan) else { return Ok(void(null::NO_STAND_IN)) };
                let at = address(&server)?;
                let (log, sampler) = self.live(trial, plan, at, &folder)?;
                (log, sampler, Some(server))
            }
            Ground::Live { url, .. } => {
                let (log, sampler) = self.live(trial, plan, url.clone(), &folder)?;
                (log, sampler, None)
            }
        };
        folder.write_summary(&log)?;
        let sampled = sampler.finish(&log);
        let mut reading = sampled.reading;
        reading.took_s = if log.start.simulated { log.duration_s() } else { clock.now().as_secs_f64() };
        reading.run_id = name;
        drop(null);
        if !calibrates {
            self.sent += attempts(&log);
            self.listen(sampled.answered, &mut reading);
        }
        Ok(reading)
    }

    fn live(
        &self,
        trial: &Trial,
        mut plan: Plan,
        url: Url,
        folder: &RunFolder,
    ) -> Result<(RunLog, Sampler), TrialError> {
        let mut journal = folder.new_journal()?;
        let begin = start(&plan, folder.run_id(), false);
        // Both ends of a connection to a server of ours are in this process.
        let ours = Target::Mock { listen: ([127, 0, 0, 1], 0).into() };
        if (begin.mock || trial.purpose == Purpose::Calibrate)
            && let Some(connections) = make_room().fit(&ours, &plan.transport).connections
        {
            plan.transport.connections = Connections::AtMost(connections);
        }
        plan.target = Target::Url(url);
        let lanes = lane_count(&plan, cores());
        let begin = RunStart { machine: machine(), lanes, ..begin };
        let mut watching = self.watching(trial, &begin);
        let (halt, _link) = self.halt.follower();
        let live = Live { lanes, plan: Arc::new(plan), start: begin, halt, trace: false };
        let recorded = live.run(&mut journal, &mut watching).map_err(|source| TrialError::Live {
            number: trial.number,
            load: self.watch.load(trial.load),
            source,
        })?;
        Ok((recorded.log, watching.sampler))
    }

    fn simulated(&self, trial: &Trial, plan: Plan, folder: &RunFolder) -> Result<(RunLog, Sampler), TrialError> {
        let mut journal = folder.new_journal()?;
        let begin = start(&plan, folder.run_id(), false);
        let mut watching = self.watching(trial, &begin);
        let simulation = Simulation { plan: Arc::new(plan), network: Network::default(), trace: false };
        let run = SimulatedRun { simulation, start: begin, halt: self.halt.clone() };
        let recorded = run.run(&mut journal, &mut watching).map_err(|source| TrialError::Simulated {
            number: trial.number,
            load: self.watch.load(trial.load),
            source,
        })?;
        Ok((recorded.log, watching.sampler))
    }

    fn watching(&self, trial: &Trial, start: &RunStart) -> Watching<'a> {
        let sampler = Sampler::new(&self.task.rules.objectives, &start.cells, *trial);
        Watching { sampler, watch: self.watch, trial: *trial }
    }

    /// Tells a target that is not there from one that breaks under its load: the second answers again when there is less.
    fn listen(&mut self, answered: bool, reading: &mut Reading) {
        // A generator that was not up to it may have heard nothing by its own fault.
        if answered || reading.calls == 0 || reading.void.is_some() {
            self.has_answered |= answered;
            self.silent = 0;
            return;
        }
        self.silent += 1;
        if !self.has_answered {
            reading.fatal = Some("nothing answered: start the target, or correct its address".into());
        } else if self.silent >= 2 {
            reading.fatal =
                Some("nothing answered any more in two trials in a row: find out why the target went away".into());
        }
    }
}

/// A reading that says nothing, and why.
fn void(why: &str) -> Reading {
    Reading { void: Some(why.to_owned()), ..Reading::default() }
}

/// Attempts that a run sent, its warm-up included.
fn attempts(log: &RunLog) -> u64 {
    log.timeline.points.iter().map(|point| point.gauges.sent + point.gauges.retries).sum()
}

fn address(server: &MockServer) -> Result<Url, TrialError> {
    let text = format!("http://{}", server.addr());
    Url::parse(&text).map_err(|_| TrialError::Nothing(format!("the address of the embedded service is no URL: {text}")))
}
