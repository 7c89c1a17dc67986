//! The lanes of one phase, each on a thread of its own.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use url::Url;

use super::collector::Seconds;
use super::driver::drive;
use super::halt::{Halt, HaltSwitch};
use super::live::RunError;
use super::start::CommonStart;
use crate::lane::{Lane, LaneEnd, LanePlan};
use crate::record::Interval;
use crate::time::MonotonicClock;
use crate::transport::{Http1, KeyRing, Transport, TransportKind, Wire};
use crate::units::Nanos;

/// What all lanes of a phase have in common.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) url: Url,
    /// What requests are signed with, where they are.
    pub(super) keys: Option<KeyRing>,
    pub(super) clock: MonotonicClock,
    /// What ends the phase early, from which level on.
    pub(super) halt: HaltSwitch,
    pub(super) level: Halt,
}

/// What the lanes of a phase leave behind.
pub(super) struct Ended {
    pub(super) lanes: Vec<LaneEnd>,
    /// When they began.
    pub(super) begin: Nanos,
}

/// Runs lanes until all are done. Calls `each` for every second, all lanes added up; the calling thread collects.
pub(super) fn run_lanes(
    setting: &Setting,
    plans: Vec<LanePlan>,
    each: impl FnMut(&mut Interval),
) -> Result<Ended, RunError> {
    let now = setting.clock.now();
    let Some(first) = plans.first() else { return Ok(Ended { lanes: Vec::new(), begin: now }) };
    let (cells, clients) = (first.run.exchanges.len(), first.run.clients as usize);
    let (sides, collector) = Seconds::connect(plans.len(), cells, clients, setting.clock);
    let start = Arc::new(CommonStart::new(plans.len()));
    let mut threads = Vec::new();
    for (index, (plan, seconds)) in plans.into_iter().zip(sides).enumerate() {
        let setting = setting.clone();
        let thread = thread::Builder::new().name(format!("lane-{index}")).spawn({
            let start = Arc::clone(&start);
            move || choose(&setting, plan, seconds, &start)
        });
        threads.push(thread.inspect_err(|_| start.fail()).map_err(RunError::Thread)?);
    }
    collector.run(each);
    let lanes = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
    let lanes: Result<Vec<Option<LaneEnd>>, RunError> = lanes.collect();
    Ok(Ended { lanes: lanes?.into_iter().flatten().collect(), begin: start.begin().unwrap_or(now) })
}

/// Runs a lane over the transport that its plan asks for. `None` where another lane could not be set up.
fn choose(
    setting: &Setting,
    plan: LanePlan,
    seconds: Seconds,
    start: &CommonStart,
) -> Result<Option<LaneEnd>, RunError> {
    let (run, url, keys, clock) = (Arc::clone(&plan.run), &setting.url, setting.keys.as_ref(), setting.clock);
    match TransportKind::of(&run.transport) {
        TransportKind::Http1 => run_lane(setting, plan, Http1::new(run, url, keys, clock), seconds, start),
        TransportKind::Reqwest => run_lane(setting, plan, Wire::new(run, url, keys, clock), seconds, start),
    }
}

fn run_lane<T: Transport>(
    setting: &Setting,
    plan: LanePlan,
    transport: Result<T, impl Into<RunError>>,
    mut seconds: Seconds,
    start: &CommonStart,
) -> Result<Option<LaneEnd>, RunError> {
    let clock = setting.clock;
    let mut transport = transport.inspect_err(|_| start.fail()).map_err(Into::into)?;
    let Some(begin) = start.wait(clock) else { return Ok(None) };
    let mut lane = Lane::new(plan, begin);
    seconds.begin();
    drive(&mut lane, &mut transport, clock, begin, &setting.halt, setting.level, &mut seconds);
    let mut end = lane.finish(clock.now());
    seconds.send(std::mem::take(&mut end.interval), &mut transport);
    seconds.end();
    Ok(Some(end))
}
