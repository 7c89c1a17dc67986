//! What a disturbance leaves behind.
//!
//! The run is looked at through windows of five seconds that begin every quarter of a second. It has recovered `r`
//! seconds after the disturbance if from then on all windows that begin within the next five seconds are well. What
//! lies so late that arrivals end before those windows do cannot be judged, and is no recovery.

use super::Recovery;
use super::context::{Context, Disturbance};
use super::quantile::nearest_rank;
use super::spans::Spans;
use crate::record::{CallTrace, Trace};
use crate::units::Nanos;

/// The distance of windows.
const STEP: Nanos = Nanos::from_millis(250);
/// Five seconds, in such steps: the length of a window, and for how long windows have to be well.
const WINDOW: usize = 20;
/// How much of before the disturbance is compared with.
const BASELINE: Nanos = Nanos::from_secs(10);
/// How much of the end tells of a relapse.
const TAIL: Nanos = Nanos::from_secs(15);
/// The share of calls of a window that may break the objective.
const MAY_BREAK: f64 = 0.01;
/// The share of the former goodput that a window needs.
const GOODPUT: f64 = 0.85;
/// How far above what is offered the load of a metastable run lies.
const OVERLOAD: f64 = 1.2;

/// How long a run must go on after a disturbance for its recovery to be judged: a minute, or five times as long as the
/// disturbance.
pub(in crate::tune) fn patience(lasted: Nanos) -> Nanos {
    (lasted * 5).max(Nanos::from_secs(60))
}

/// Measures the recovery. A disturbance that lies outside of the arrivals has left nothing to see.
pub(super) fn recovery(trace: &Trace, context: &Context, disturbance: &Disturbance, until: Nanos) -> Recovery {
    let Disturbance { begin, end, objective } = *disturbance;
    let calls = || trace.calls.iter().filter(|call| !call.warm_up);
    let before = || calls().filter(|call| call.due < begin);
    let objective = objective.unwrap_or_else(|| own_objective(before()));
    let breaks = |call: &CallTrace| !call.is_ok() || call.response() > objective;

    let broken_before = share(before(), breaks);
    // Where the objective was missed before, being as well as then is to have recovered.
    let may_break = MAY_BREAK.max(1.25 * broken_before);
    let (mut due, mut broken, mut good) = (Spans::new(end, STEP), Spans::new(end, STEP), Spans::new(end, STEP));
    for call in calls() {
        due.add(call.due);
        if breaks(call) {
            broken.add(call.due);
        }
        if call.is_ok() {
            good.add(call.done);
        }
    }
    let slo = first_of_good_windows(end, until, |first| {
        broken.sum(first, WINDOW) as f64 <= may_break * due.sum(first, WINDOW) as f64
    });
    let from = context.from.max(begin.saturating_sub(BASELINE));
    let seconds_before = (begin - from).as_secs_f64();
    let goodput_before =
        calls().filter(|call| call.is_ok() && (from..begin).contains(&call.done)).count() as f64 / seconds_before;
    let window_s = (STEP * WINDOW as u64).as_secs_f64();
    let goodput = first_of_good_windows(end, until, |first| {
        good.sum(first, WINDOW) as f64 / window_s >= GOODPUT * goodput_before
    });

    let attempts = |from: Nanos, to: Nanos| {
        let sent =
            trace.attempts.iter().filter(|attempt| !attempt.warm_up && (from..to).contains(&attempt.sent)).count();
        sent as f64 / (to - from).as_secs_f64()
    };
    let offered_after =
        calls().filter(|call| (end..until).contains(&call.due)).count() as f64 / (until - end).as_secs_f64();
    let tail = until.saturating_sub(TAIL).max(end);
    let success = |from: Nanos, to: Nanos| {
        1.0 - share(calls().filter(|call| (from..to).contains(&call.due)), |call| !call.is_ok())
    };
    let patience = patience(end - begin);
    let recovered = slo.is_some_and(|seconds| seconds <= patience.as_secs_f64());
    Recovery {
        trigger_s: (end - begin).as_secs_f64(),
        slo_s: slo,
        goodput_s: goodput,
        relapse: slo.is_some() && success(tail, until) < 0.95 * success(context.from, begin),
        outage_load: attempts(begin, end) / attempts(from, begin),
        metastable: !recovered && until >= end + patience && attempts(end, until) > OVERLOAD * offered_after,
    }
}

/// Twice the 99th percentile of before, and at least a second.
fn own_objective<'a>(before: impl Iterator<Item = &'a CallTrace>) -> Nanos {
    let mut responses: Vec<f64> =
        before.filter(|call| call.is_ok()).map(|call| call.response().as_secs_f64()).collect();
    let p99 = nearest_rank(&mut responses, 0.99).unwrap_or_default();
    Nanos::from_secs_f64(2.0 * p99).max(Nanos::from_secs(1))
}

/// The share of calls of which something holds; zero of none.
fn share<'a>(calls: impl Iterator<Item = &'a CallTrace>, holds: impl Fn(&CallTrace) -> bool) -> f64 {
    let (all, some) = calls.fold((0_u64, 0_u64), |(all, some), call| (all + 1, some + u64::from(holds(call))));
    some as f64 / all.max(1) as f64
}

/// The least time after `end`, in seconds, from which on the windows of five seconds are well.
fn first_of_good_windows(end: Nanos, until: Nanos, is_well: impl Fn(usize) -> bool) -> Option<f64> {
    let steps = ((until - end).as_nanos() / STEP.as_nanos()) as usize;
    let windows = (steps + 1).checked_sub(WINDOW)?;
    let mut well = 0;
    for window in 0..windows {
        well = if is_well(window) { well + 1 } else { 0 };
        if well > WINDOW {
            return Some((window - WINDOW) as f64 * STEP.as_secs_f64());
        }
    }
    None
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
