//! A run in real time: setup, measurement, audit and teardown, one after another.

use std::io::{self, Write};
use std::sync::Arc;

use url::Url;

use super::halt::{Halt, HaltSwitch};
use super::lanes::{Ended, Setting, run_lanes};
use super::room::make_room;
use crate::lane::{LaneEnd, LanePlan, Legacy, Limiters, Phase, PhaseFailure};
use crate::mock::MockServer;
use crate::plan::{Connections, Drive, Iterations, Plan, Target, Workload};
use crate::record::{
    AbortRule, Line, Progress, Recorded, RunEnd, RunEvent, RunStart, RunWriter, Stage, Trace, planned_duration,
    planned_events,
};
use crate::schedule::Stripe;
use crate::time::{MonotonicClock, WallClock};
use crate::transport::{KeyRing, KeysError, SetupError, TransportKind};

/// Why a run could not be done.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The embedded service.
    #[error("the embedded service cannot listen on {address}")]
    Mock {
        /// Where.
        address: std::net::SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// No thread.
    #[error("a lane's thread cannot be started")]
    Thread(#[source] io::Error),
    /// No transport.
    #[error(transparent)]
    Wire(#[from] SetupError),
    /// Nothing to sign with.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The setup did not come to its end: what follows would measure something else.
    #[error("nothing was measured: {count} of the setup's calls did not end well, the first of them {first}")]
    Setup {
        /// How many.
        count: usize,
        /// The first of them.
        first: PhaseFailure,
    },
    /// The mock's configuration.
    #[error("the address of the embedded service is not a URL: {0}")]
    Address(String),
}

/// A live run, ready to begin.
#[derive(Debug)]
pub struct Live {
    /// What to do.
    pub plan: Arc<Plan>,
    /// How many lanes generate the load.
    pub lanes: u64,
    /// What the journal's first line says; the engine fills in what it alone knows.
    pub start: RunStart,
    /// Ends the run early; whoever holds a clone may raise it.
    pub halt: HaltSwitch,
    /// Whether every call and attempt is kept one by one.
    pub trace: bool,
}

impl Live {
    /// Runs to the end and returns everything that was recorded. The journal gets a line a second; a journal that cannot be
    /// written is noted, and the run goes on.
    ///
    /// # Errors
    /// [`RunError`] where the measurement could not begin. Whatever happens later is in the log.
    pub(crate) fn run_live(
        mut self,
        journal: &mut dyn Write,
        progress: &mut dyn Progress,
    ) -> Result<Recorded, RunError> {
        let clock = MonotonicClock::start();
        self.fit(progress);
        let (mock, url) = self.target()?;
        let keys = self.plan.transport.signing.as_ref().map(KeyRing::open).transpose()?;
        let mut run = Run {
            clock,
            limiters: Limiters::new(&self.plan.rate_limits),
            legacy: Legacy::new(&self.plan),
            writer: RunWriter::new(journal),
            url,
            keys,
            trace: None,
            live: &self,
        };
        run.setup(progress)?;
        let end = run.measure(mock.as_ref(), progress)?;
        let end = run.audit(end, progress)?;
        run.teardown(progress)?;
        run.writer.line(Line::End(Box::new(end)), progress);
        Ok(Recorded { log: run.writer.into_log(), trace: run.trace })
    }

    /// Everything up to the measurement, for who measures otherwise than by lanes: the target, which is ready and set up.
    pub(super) fn set_up(&mut self, progress: &mut dyn Progress) -> Result<Ready, RunError> {
        let clock = MonotonicClock::start();
        self.fit(progress);
        let (mock, url) = self.target()?;
        let keys = self.plan.transport.signing.as_ref().map(KeyRing::open).transpose()?;
        let (limiters, legacy) = (Limiters::new(&self.plan.rate_limits), Legacy::new(&self.plan));
        let mut nowhere = io::sink();
        let writer = RunWriter::new(&mut nowhere);
        let mut run = Run { clock, limiters, legacy, writer, url, keys, trace: None, live: self };
        run.setup(progress)?;
        let Run { url, keys, legacy, .. } = run;
        if let Some(mock) = &mock {
            mock.start_events();
        }
        Ok(Ready { clock, mock, url, keys, legacy })
    }

    /// What comes after the measurement of who measures otherwise than by lanes.
    pub(super) fn tear_down(&self, ready: Ready, progress: &mut dyn Progress) -> Result<(), RunError> {
        let Ready { clock, mock: _mock, url, keys, legacy } = ready;
        let limiters = Limiters::new(&self.plan.rate_limits);
        let mut nowhere = io::sink();
        let writer = RunWriter::new(&mut nowhere);
        Run { clock, limiters, legacy, writer, url, keys, trace: None, live: self }.teardown(progress)
    }

    /// Does with fewer connections where the machine has no room for all of them, and says so.
    fn fit(&mut self, progress: &mut dyn Progress) {
        let fit = make_room().fit(&self.plan.target, &self.plan.transport);
        if let Some(connections) = fit.connections {
            Arc::make_mut(&mut self.plan).transport.connections = Connections::AtMost(connections);
        }
        fit.notes.iter().for_each(|note| progress.note(note));
        self.start.notes.extend(fit.notes);
    }

    fn target(&self) -> Result<(Option<MockServer>, Url), RunError> {
        match &self.plan.target {
            Target::Url(url) => Ok((None, url.clone())),
            Target::Mock { listen } => {
                let mock = MockServer::start(self.plan.service.clone(), *listen)
                    .map_err(|source| RunError::Mock { address: *listen, source })?;
                let address = format!("http://{}", mock.addr());
                let url = Url::parse(&address).map_err(|_| RunError::Address(address))?;
                Ok((Some(mock), url))
            }
        }
    }
}

/// A target that is set up.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) clock: MonotonicClock,
    pub(super) mock: Option<MockServer>,
    pub(super) url: Url,
    pub(super) keys: Option<KeyRing>,
    pub(super) legacy: Legacy,
}

/// A run under way.
struct Run<'a> {
    live: &'a Live,
    clock: MonotonicClock,
    url: Url,
    keys: Option<KeyRing>,
    limiters: Limiters,
    legacy: Legacy,
    writer: RunWriter<'a>,
    /// What all lanes kept one by one.
    trace: Option<Trace>,
}

impl Run<'_> {
    fn plan(&self) -> &Arc<Plan> {
        &self.live.plan
    }

    /// The text without anything that nobody may see.
    fn mask(&self, text: &str) -> String {
        let text = self.plan().secrets.mask(text);
        self.keys.as_ref().map_or_else(|| text.clone(), |keys| keys.mask(&text))
    }

    fn lane_plan(&self, phase: Phase, workloads: Arc<[Workload]>, stripe: Stripe) -> LanePlan {
        let trace = self.live.trace && phase == Phase::Measure;
        self.legacy.lane_plan(self.plan(), phase, workloads, stripe, self.limiters.clone(), trace)
    }

    fn setting(&self, level: Halt) -> Setting {
        let (url, keys, halt) = (self.url.clone(), self.keys.clone(), self.live.halt.clone());
        Setting { url, keys, clock: self.clock, halt, level }
    }

    fn interrupted(&self) -> bool {
        self.live.halt.level() == Halt::Everything
    }

    /// A phase that is not measured, on one lane.
    fn quietly(&mut self, phase: Phase, workload: Workload) -> Result<LaneEnd, RunError> {
        let plan = self.lane_plan(phase, Arc::from([workload]), Stripe::WHOLE);
        let setting = self.setting(Halt::Everything);
        let end = run_lanes(&setting, vec![plan], |_| {})?.lanes.pop();
        debug_assert!(end.is_some());
        Ok(end.unwrap_or_else(|| LaneEnd {
            interval: crate::record::Interval::default(),
            ledger: crate::record::Ledger::default(),
            published: Vec::new(),
            audit: None,
            failures: Vec::new(),
            capped: false,
            trace: None,
            next_seq: self.legacy.next_seq(),
        }))
    }

    fn setup(&mut self, progress: &mut dyn Progress) -> Result<(), RunError> {
        let phases = self.plan().setup.clone();
        if !phases.is_empty() {
            progress.stage(Stage::Setup, None);
        }
        for workload in phases {
            let end = self.quietly(Phase::Setup, workload)?;
            if let Some(first) = end.failures.first()
                && !self.interrupted()
            {
                // What was seen is what the service said, and it may repeat what it was sent.
                let first = PhaseFailure { seen: first.seen.as_deref().map(|seen| self.mask(seen)), ..first.clone() };
                return Err(RunError::Setup { count: end.failures.len(), first });
            }
            self.inherit(vec![end]);
        }
        Ok(())
    }

    /// Takes over what a phase leaves behind.
    fn inherit(&mut self, mut ends: Vec<LaneEnd>) {
        for trace in ends.iter_mut().filter_map(|end| end.trace.take()) {
            match &mut self.trace {
                Some(known) => known.merge(trace),
                unknown @ None => *unknown = Some(trace),
            }
        }
        self.legacy.inherit(ends);
    }

    fn measure(&mut self, mock: Option<&MockServer>, progress: &mut dyn Progress) -> Result<RunEnd, RunError> {
        let plan = Arc::clone(self.plan());
        progress.stage(Stage::Measure, planned_duration(&plan));
        let setting = self.setting(Halt::Measurement);
        let kind = TransportKind::of(&plan.transport);
        let start = RunStart {
            transport: kind.name(plan.transport.version).into(),
            started_at: WallClock::now().rfc3339(),
            url: plan.secrets.mask(&public_url(&self.url)),
            lanes: self.live.lanes,
            timer: kind.timer(),
            ..self.live.start.clone()
        };
        self.writer.line(Line::Start(Box::new(start)), progress);
        if let Some(mock) = mock {
            for event in planned_events(&plan) {
                self.writer.line(Line::Event(event), progress);
            }
            mock.start_events();
        }
        let workloads: Arc<[Workload]> = plan.workloads.clone().into();
        let lanes = self.live.lanes;
        let plans = (0..lanes)
            .map(|index| self.lane_plan(Phase::Measure, Arc::clone(&workloads), Stripe { index, of: lanes }))
            .collect();
        let mut abort_rule = AbortRule::new(&plan);
        let halt = self.live.halt.clone();
        let writer = &mut self.writer;
        let mask = |text: &str| {
            let text = plan.secrets.mask(text);
            setting.keys.as_ref().map_or_else(|| text.clone(), |keys| keys.mask(&text))
        };
        let Ended { lanes: ends, begin } = run_lanes(&setting, plans, |interval| {
            // What the wire says may repeat what it was sent.
            interval.troubles.mask(mask);
            writer.second(interval, progress);
            if let Some(what) = setting.keys.as_ref().and_then(KeyRing::take_trouble) {
                progress.note(&what);
                let at_s = writer.log().duration_s();
                writer.line(Line::Event(RunEvent { at_s, for_s: None, what }), progress);
            }
            progress.second(interval, &writer.log().timeline);
            if let Some(text) = abort_rule.look(interval) {
                halt.raise(Halt::Measurement);
                progress.note(&format!("stopping: `{text}` holds"));
            }
        })?;
        let end = RunEnd {
            duration_s: (self.clock.now() - begin).as_secs_f64(),
            interrupted: self.interrupted(),
            capped: ends.iter().any(|end| end.capped),
            aborted_by: abort_rule.into_reason(),
            failure: None,
            audit: None,
        };
        self.inherit(ends);
        Ok(end)
    }

    fn audit(&mut self, end: RunEnd, progress: &mut dyn Progress) -> Result<RunEnd, RunError> {
        let Some(audit) = self.plan().audit.clone().filter(|_| !end.interrupted) else { return Ok(end) };
        progress.stage(Stage::Audit, None);
        let members = self.legacy.keep_each_once(audit.pool);
        let drive = Drive::Count(Iterations { count: members, users: 8 });
        let lane = self.quietly(Phase::Audit, Workload { drive, ..audit.workload })?;
        let audit = lane.audit.map(|found| found.line(|text| self.mask(text)));
        Ok(RunEnd { audit, ..end })
    }

    fn teardown(&mut self, progress: &mut dyn Progress) -> Result<(), RunError> {
        let phases = self.plan().teardown.clone();
        if phases.is_empty() || self.interrupted() {
            return Ok(());
        }
        progress.stage(Stage::Teardown, None);
        for workload in phases {
            let end = self.quietly(Phase::Teardown, workload)?;
            self.inherit(vec![end]);
        }
        Ok(())
    }
}

/// The address without credentials and query: what a report may show.
pub(super) fn public_url(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
