//! A run, measured.

use super::context::Context;
use super::{Metrics, clients, load, quantile, recovery};
use crate::record::{AttemptOutcome, AttemptTrace, CallTrace, Trace};
use crate::retry::Reason;
use crate::units::Nanos;

impl Metrics {
    /// Measures a run from its calls and attempts, warm-up left out. An attempt counts at the instant of its send; as
    /// every request takes the same time to the server, the server sees the same load, half a round trip later. Calls
    /// must come in the order of their ends, as a simulation's do.
    pub fn of(trace: &Trace, context: &Context) -> Self {
        let calls = || trace.calls.iter().filter(|call| !call.warm_up);
        let attempts = || trace.attempts.iter().filter(|attempt| !attempt.warm_up);
        let first = calls().map(|call| call.due).min().unwrap_or_default();
        let last = calls().map(|call| call.done).max().unwrap_or_default();
        let until = context.until.unwrap_or(last).max(context.from);
        let span_s = (until - context.from).as_secs_f64().max(1e-9);
        let completion_s = (last - first).as_secs_f64();

        let mut metrics = Self { completion_s, drain_s: (last - until).as_secs_f64(), ..Self::default() };
        metrics.count_calls(calls());
        metrics.attempts = attempts().count() as u64;
        let (n, ok, sent) = (metrics.calls as f64, metrics.successes as f64, metrics.attempts as f64);
        metrics.success_ratio = if n > 0.0 { ok / n } else { 0.0 };
        metrics.amplification = if n > 0.0 { sent / n } else { 0.0 };
        metrics.attempts_per_success = sent / ok;
        metrics.wasted_attempts = metrics.attempts.saturating_sub(metrics.successes);
        metrics.offered_per_s = n / span_s;
        metrics.goodput_per_s = if context.open {
            calls().filter(|call| call.is_ok() && call.done <= until).count() as f64 / span_s
        } else {
            ok / completion_s.max(1e-9)
        };
        metrics.goodput_efficiency = context.limit_per_s.map(|limit| {
            let capacity = limit + context.burst / span_s;
            metrics.goodput_per_s / capacity.min(metrics.offered_per_s)
        });
        metrics.server_load_per_s = attempts().filter(|attempt| attempt.sent <= until).count() as f64 / span_s;
        metrics.peak_load_1s = load::peak_1s(attempts());
        metrics.peak_to_mean = metrics.peak_load_1s / metrics.server_load_per_s;
        metrics.fano = load::fano(attempts(), context.from, until);
        metrics.reject_fraction = reject_fraction(attempts());
        metrics.hint_accuracy = hint_accuracy(attempts());
        metrics.measure_times(calls);
        let fairness = clients::fairness(calls());
        (metrics.jain, metrics.fairness_min_max) = (fairness.jain, fairness.min_max);
        metrics.starvation_s = fairness.starvation.as_secs_f64();
        metrics.recovery =
            context.disturbance.map(|disturbance| recovery::recovery(trace, context, &disturbance, until));
        metrics
    }

    /// Counts calls by how they ended and by their attempts.
    fn count_calls<'a>(&mut self, calls: impl Iterator<Item = &'a CallTrace>) {
        let mut lost = [0_u64; Reason::ALL.len()];
        for call in calls {
            self.calls += 1;
            self.successes += u64::from(call.is_ok());
            if let Some(reason) = call.reason.filter(|_| !call.is_ok()) {
                lost[reason as usize] += 1;
            }
            if let Some(more) = call.attempts.checked_sub(1) {
                self.attempts_per_call[(more as usize).min(self.attempts_per_call.len() - 1)] += 1;
            }
        }
        self.lost = Reason::ALL.into_iter().zip(lost).filter(|(_, count)| *count > 0).collect();
    }

    fn measure_times<'a, I: Iterator<Item = &'a CallTrace>>(&mut self, calls: impl Fn() -> I) {
        let mut all: Vec<f64> = Vec::with_capacity(self.calls as usize);
        all.extend(calls().map(|call| call.response().as_secs_f64()));
        let waited: Nanos = calls().map(|call| call.waited).sum();
        let spent: f64 = all.iter().sum();
        self.backoff_share = if spent > 0.0 { waited.as_secs_f64() / spent } else { 0.0 };
        self.response_all_s = quantile::quartet(&mut all);
        all.clear();
        all.extend(calls().filter(|call| call.is_ok()).map(|call| call.response().as_secs_f64()));
        self.response_ok_s = quantile::quartet(&mut all);
    }
}

/// Throttled and failed over answered attempts; zero of none.
fn reject_fraction<'a>(attempts: impl Iterator<Item = &'a AttemptTrace>) -> f64 {
    let (answered, rejected) = attempts.filter(|attempt| attempt.outcome != AttemptOutcome::Cancelled).fold(
        (0_u64, 0_u64),
        |(answered, rejected), attempt| {
            (answered + 1, rejected + u64::from(attempt.outcome != AttemptOutcome::Success))
        },
    );
    rejected as f64 / answered.max(1) as f64
}

/// Accepted over sent, among attempts that waited for a hint.
fn hint_accuracy<'a>(attempts: impl Iterator<Item = &'a AttemptTrace>) -> Option<f64> {
    let (sent, accepted) =
        attempts.filter(|attempt| attempt.after_hint).fold((0_u64, 0_u64), |(sent, accepted), attempt| {
            (sent + 1, accepted + u64::from(attempt.outcome == AttemptOutcome::Success))
        });
    (sent > 0).then(|| accepted as f64 / sent as f64)
}

#[cfg(test)]
#[path = "measure_tests.rs"]
mod tests;
