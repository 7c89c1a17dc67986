//! A run in virtual time, written down as a live one is.

use std::io::Write;

use super::Runner;
use crate::engine::{Halt, HaltSwitch, Progress};
use crate::record::{
    Interval, Line, Machine, Recorded, RunEnd, RunStart, RunWriter, Stage, planned_duration, planned_events,
};
use crate::sim::{SimError, Simulation, Watch};

/// What stands where a run has its target's address.
const NOWHERE: &str = "none: simulated";

/// A simulation, ready to begin.
#[derive(Debug)]
pub struct SimulatedRun {
    /// What to simulate.
    pub simulation: Simulation,
    /// What the journal's first line says; what a simulation has in common with all others is filled in.
    pub start: RunStart,
    /// Ends the run early; whoever holds a clone may raise it.
    pub halt: HaltSwitch,
}

/// Puts what a simulation tells where a live run puts it.
struct Writing<'a> {
    run: &'a SimulatedRun,
    writer: RunWriter<'a>,
    progress: &'a mut dyn Progress,
}

impl Runner for SimulatedRun {
    type Error = SimError;

    fn run(self, journal: &mut dyn Write, progress: &mut dyn Progress) -> Result<Recorded, SimError> {
        let mut writing = Writing { run: &self, writer: RunWriter::new(journal), progress };
        let simulated = self.simulation.run_watched(&mut writing)?;
        let Writing { mut writer, progress, .. } = writing;
        let secrets = &self.simulation.plan.secrets;
        let end = RunEnd {
            duration_s: simulated.duration.as_secs_f64(),
            interrupted: simulated.interrupted,
            capped: simulated.capped,
            aborted_by: simulated.aborted_by,
            failure: None,
            audit: simulated.audit.map(|audit| audit.line(|text| secrets.mask(text))),
        };
        writer.line(Line::End(Box::new(end)), progress);
        Ok(Recorded { log: writer.into_log(), trace: simulated.trace })
    }
}

impl Writing<'_> {
    /// The lines before the first second. Nothing in them may differ from one machine or hour to another.
    fn begin(&mut self) {
        let start = RunStart {
            simulated: true,
            started_at: String::new(),
            url: NOWHERE.into(),
            mock: true,
            machine: Machine::default(),
            transport: "none".into(),
            timer: "virtual time".into(),
            lanes: 1,
            ..self.run.start.clone()
        };
        self.writer.line(Line::Start(Box::new(start)), self.progress);
        for event in planned_events(&self.run.simulation.plan) {
            self.writer.line(Line::Event(event), self.progress);
        }
    }
}

impl Watch for Writing<'_> {
    fn stage(&mut self, stage: Stage) {
        let planned = planned_duration(&self.run.simulation.plan).filter(|_| stage == Stage::Measure);
        self.progress.stage(stage, planned);
        if stage == Stage::Measure {
            self.begin();
        }
    }

    fn second(&mut self, interval: &Interval) {
        self.writer.second(interval, self.progress);
        self.progress.second(interval, &self.writer.log().timeline);
    }

    fn aborting(&mut self, expression: &str) {
        self.progress.note(&format!("stopping: `{expression}` holds"));
    }

    fn interrupted(&self) -> bool {
        self.run.halt.level() == Halt::Everything
    }
}
