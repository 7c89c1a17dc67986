//! Why a candidate did as it did: one sentence for each cause, with its numbers.

use super::metrics::{Metrics, Spans};
use super::sample::Measured;
use super::scene::Scene;
use super::traits;
use super::words::{grouped, number, percent, seconds};
use crate::record::AttemptOutcome;
use crate::retry::{Policy, Reason};
use crate::units::Nanos;

/// The causes, the most telling first.
pub(super) fn causes(scene: &Scene, policy: &Policy, lasting: Option<Nanos>, measured: &Measured) -> Vec<String> {
    let metrics = &measured.metrics;
    let causes = [
        trigger(metrics, lasting),
        herd(policy, measured),
        load(scene, metrics),
        Some(losses(metrics)),
        waiting(metrics),
        hints(policy, metrics),
        fairness(metrics),
    ];
    causes.into_iter().flatten().collect()
}

/// What the trigger left behind.
fn trigger(metrics: &Metrics, lasting: Option<Nanos>) -> Option<String> {
    let (recovery, lasting) = (metrics.recovery?, lasting?);
    let load = number(recovery.outage_load);
    Some(match recovery.slo_s {
        _ if recovery.metastable => format!(
            "metastable: the trigger of {lasting} is long gone, and {} attempts a second still meet {} calls a \
             second; nothing but less load ends it",
            number(metrics.server_load_per_s),
            number(metrics.offered_per_s)
        ),
        None => {
            format!(
                "the trigger of {lasting} multiplied the load by {load}, and calls do not meet \
                 the objective again"
            )
        }
        Some(slo_s) if recovery.relapse => {
            format!(
                "the trigger of {lasting} multiplied the load by {load}; calls were well again after {}, and \
                 then fell back",
                seconds(slo_s)
            )
        }
        Some(slo_s) => format!(
            "the trigger of {lasting} multiplied the load by {load}; {} after it calls were well again",
            seconds(slo_s)
        ),
    })
}

/// The busiest second.
fn herd(policy: &Policy, measured: &Measured) -> Option<String> {
    let second = Nanos::from_secs(1);
    let (mut sent, mut accepted) = (Spans::new(Nanos::ZERO, second), Spans::new(Nanos::ZERO, second));
    for attempt in measured.trace.attempts.iter().filter(|attempt| !attempt.warm_up) {
        sent.add(attempt.sent);
        if attempt.outcome == AttemptOutcome::Success {
            accepted.add(attempt.sent);
        }
    }
    let (at, &most) = sent.counts.iter().enumerate().max_by_key(|(at, count)| (**count, std::cmp::Reverse(*at)))?;
    let good = accepted.sum(at, 1);
    // A second that is much like any other, or goes well, is no cause of anything.
    let herd = most as f64 > 1.5 * measured.metrics.server_load_per_s && good * 2 < most;
    let lock_step = traits::retries(policy) && !traits::is_jittered(policy);
    let why = if lock_step { "no jitter" } else { "the busiest second" };
    (herd || lock_step && good < most)
        .then(|| format!("{why}: {} attempts in one second, {} accepted", grouped(most as f64), grouped(good as f64)))
}

/// What retries added.
fn load(scene: &Scene, metrics: &Metrics) -> Option<String> {
    if metrics.attempts <= metrics.calls {
        return None;
    }
    let turned_away = percent(metrics.reject_fraction);
    let limit = scene.limit.per_s.map_or_else(String::new, |limit| {
        format!(", {} a second against a limit of {}", number(metrics.server_load_per_s), number(limit))
    });
    Some(format!(
        "{} attempts for each call{limit}; {turned_away} of all attempts were turned away or failed",
        number(metrics.amplification)
    ))
}

/// Where calls were lost.
fn losses(metrics: &Metrics) -> String {
    let lost = metrics.calls - metrics.successes.min(metrics.calls);
    if lost == 0 {
        return format!("no call of {} was lost", grouped(metrics.calls as f64));
    }
    let mut reasons = metrics.lost.clone();
    reasons.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    let why: Vec<String> = reasons
        .iter()
        .take(3)
        .map(|(reason, calls)| format!("{} {}", grouped(*calls as f64), words(*reason)))
        .collect();
    let why = if why.is_empty() { String::new() } else { format!(": {}", why.join(", ")) };
    format!("{} of {} calls were lost{why}", grouped(lost as f64), grouped(metrics.calls as f64))
}

/// A reason as the end of "12 …".
fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Permanent => "would have got the same answer again",
        Reason::MaxAttempts => "had no attempt left",
        Reason::Deadline => "ran out of time",
        Reason::Quota => "found the retry budget spent",
        Reason::Cancelled => "were under way at the end",
        Reason::Dropped => "were dropped before they were sent",
        Reason::CircuitOpen => "met an open circuit breaker",
        Reason::ClientThrottle => "were held back by the client's own throttle",
        Reason::Pushback => "were told not to come back",
        other => other.word(),
    }
}

fn waiting(metrics: &Metrics) -> Option<String> {
    let p99 = metrics.response_ok_s[2];
    (metrics.backoff_share > 0.05 && p99.is_finite()).then(|| {
        format!(
            "{} of calls' time is spent waiting between attempts; 1 % of those that succeed take longer than {}",
            percent(metrics.backoff_share),
            seconds(p99)
        )
    })
}

fn hints(policy: &Policy, metrics: &Metrics) -> Option<String> {
    let accuracy = metrics.hint_accuracy.filter(|_| traits::heeds_hints(policy))?;
    Some(format!("of the attempts that waited for as long as the server said, {} were accepted", percent(accuracy)))
}

fn fairness(metrics: &Metrics) -> Option<String> {
    (metrics.jain < 0.95).then(|| {
        format!(
            "clients are not served alike: Jain's index is {}, and the worst client's success ratio is {} of \
             the best one's",
            number(metrics.jain),
            percent(metrics.fairness_min_max)
        )
    })
}

#[cfg(test)]
#[path = "causes_tests.rs"]
mod tests;
