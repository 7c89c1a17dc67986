//! The lanes of one phase, each on a thread and a runtime of its own.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use url::Url;

use super::collector::Seconds;
use super::driver::drive;
use super::halt::HaltAt;
use super::live::RunError;
use crate::lane::{Lane, LaneEnd, LanePlan};
use crate::record::Interval;
use crate::time::{MonotonicClock, SystemTimer};
use crate::transport::{KeyRing, Wire};
use crate::units::Nanos;

/// What all lanes of a phase have in common.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) url: Url,
    /// What requests are signed with, where they are.
    pub(super) keys: Option<KeyRing>,
    pub(super) clock: MonotonicClock,
    /// When the phase begins; a moment ahead, so that every thread is there in time.
    pub(super) begin: Nanos,
    /// What ends the phase early.
    pub(super) halt: HaltAt,
}

/// Runs lanes until all are done. Calls `each` for every second, all lanes added up; the calling thread collects.
pub(super) fn run_lanes(
    setting: &Setting,
    plans: Vec<LanePlan>,
    each: impl FnMut(&mut Interval),
) -> Result<Vec<LaneEnd>, RunError> {
    let Some(first) = plans.first() else { return Ok(Vec::new()) };
    let (cells, clients) = (first.run.exchanges.len(), first.run.clients as usize);
    let (sides, collector) = Seconds::connect(plans.len(), cells, clients, setting.clock);
    let mut threads = Vec::new();
    for (index, (plan, seconds)) in plans.into_iter().zip(sides).enumerate() {
        let setting = setting.clone();
        let thread = thread::Builder::new()
            .name(format!("lane-{index}"))
            .spawn(move || run_lane(setting, plan, seconds))
            .map_err(RunError::Thread)?;
        threads.push(thread);
    }
    collector.run(each);
    threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
}

fn run_lane(mut setting: Setting, plan: LanePlan, mut seconds: Seconds) -> Result<LaneEnd, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(RunError::Runtime)?;
    let clock = setting.clock;
    let transport = Wire::new(Arc::clone(&plan.run), &setting.url, setting.keys.as_ref(), clock)?;
    let mut lane = Lane::new(plan, setting.begin);
    seconds.begin();
    runtime.block_on(async {
        let timer = SystemTimer::new(clock);
        drive(&mut lane, &transport, &timer, clock, setting.begin, &mut setting.halt, &mut seconds).await;
    });
    let mut end = lane.finish(clock.now());
    seconds.send(std::mem::take(&mut end.interval), &transport);
    seconds.end();
    Ok(end)
}
