//! What a requirement looks at, in one run.

use super::metrics::{Recovery, nearest_rank};
use crate::plan::Cell;
use crate::plan::expression::{Counted, Function, Latency, Measure, Outcome as Word, Subject};
use crate::record::{AttemptOutcome, AttemptTrace, CallTrace, Outcome, Summary, Trace, observe};

/// A run that was measured.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub(super) trace: &'a Trace,
    /// The names of the trace's cells.
    pub(super) cells: &'a [Cell],
    /// How long calls arrived, in seconds.
    pub(super) span_s: f64,
    /// The sums, where a requirement needs them.
    pub(super) summary: Option<&'a Summary>,
    /// The recovery from the longest trigger.
    pub(super) recovery: Option<Recovery>,
}

/// Whether a measure looks at something that is in no trace: waits at the client, items, pages, single statuses.
pub(super) fn needs_sums(measure: &Measure) -> bool {
    let status = matches!(measure.outcome, Some(Word::Status(_)));
    measure.depth.is_some()
        || status
        || match measure.subject {
            None | Some(Subject::Latency(Latency::Response | Latency::Service)) => false,
            Some(Subject::Counted(Counted::Calls | Counted::Attempts, outcome)) => {
                matches!(outcome, Some(Word::Status(_)))
            }
            Some(Subject::Latency(_) | Subject::Counted(..)) => true,
        }
}

impl Run<'_> {
    /// The value of a measure: seconds, events in a second, a share or a plain number; NaN where there is nothing to
    /// see. Means what it means in every other place of a scenario; a sliding window is the whole run here.
    pub(super) fn observe(&self, measure: &Measure) -> f64 {
        if let Some(summary) = self.summary.filter(|_| needs_sums(measure)) {
            let names: Vec<_> = self.cells.iter().map(|cell| (cell.workload.clone(), cell.operation.clone())).collect();
            return observe(summary, &names, self.span_s, measure).value;
        }
        let counts = |cell: u32| self.cells.get(cell as usize).is_some_and(|cell| is_meant(measure, cell));
        let calls = || self.trace.calls.iter().filter(|call| !call.warm_up && counts(call.cell));
        let attempts = || self.trace.attempts.iter().filter(|attempt| !attempt.warm_up && counts(attempt.cell));
        match (measure.function, measure.subject) {
            (Function::Recovery, _) => self.recovery.map_or(f64::NAN, Recovery::seconds),
            (Function::Amplification, _) => {
                let sent = calls().filter(|call| call.attempts > 0).count();
                attempts().count() as f64 / sent as f64
            }
            (function, Some(Subject::Latency(Latency::Service))) => {
                let wanted = measure.outcome.unwrap_or(Word::Success);
                let services = attempts().filter(|attempt| attempt_is(attempt, wanted));
                of_latency(services.map(|attempt| (attempt.done - attempt.sent).as_secs_f64()).collect(), function)
            }
            (function, Some(Subject::Latency(_))) => {
                let responses = calls().filter(|call| measure.outcome.is_none_or(|wanted| call_is(call, wanted)));
                of_latency(responses.map(|call| call.response().as_secs_f64()).collect(), function)
            }
            (function, Some(Subject::Counted(Counted::Attempts, outcome))) => {
                let some =
                    attempts().filter(|attempt| outcome.is_none_or(|wanted| attempt_is(attempt, wanted))).count();
                self.of_count(some, attempts().count(), function)
            }
            (function, Some(Subject::Counted(_, outcome))) => {
                let some = calls().filter(|call| outcome.is_none_or(|wanted| call_is(call, wanted))).count();
                self.of_count(some, calls().count(), function)
            }
            (_, None) => f64::NAN,
        }
    }

    fn of_count(&self, some: usize, all: usize, function: Function) -> f64 {
        match function {
            Function::Count => some as f64,
            Function::Rate => some as f64 / self.span_s.max(1e-9),
            Function::Ratio => some as f64 / all as f64,
            _ => f64::NAN,
        }
    }
}

fn is_meant(measure: &Measure, cell: &Cell) -> bool {
    measure.workload.as_ref().is_none_or(|name| *name == cell.workload)
        && (measure.operations.is_empty() || measure.operations.contains(&cell.operation))
}

fn of_latency(mut seconds: Vec<f64>, function: Function) -> f64 {
    let of = |quantile: f64, seconds: &mut [f64]| nearest_rank(seconds, quantile).unwrap_or(f64::NAN);
    match function {
        Function::Percentile(percent) => of(percent / 100.0, &mut seconds),
        Function::Min => of(f64::MIN_POSITIVE, &mut seconds),
        Function::Max => of(1.0, &mut seconds),
        Function::Mean => seconds.iter().sum::<f64>() / seconds.len() as f64,
        _ => f64::NAN,
    }
}

fn call_is(call: &CallTrace, wanted: Word) -> bool {
    match wanted {
        Word::Ok | Word::Success => call.outcome == Outcome::Ok,
        Word::Throttled => call.outcome == Outcome::Throttled,
        Word::Failed => call.outcome == Outcome::Failed,
        Word::TimedOut => call.outcome == Outcome::TimedOut,
        Word::Dropped => call.outcome == Outcome::Dropped,
        Word::Abandoned => call.outcome == Outcome::Abandoned,
        Word::Refused => call.outcome == Outcome::Refused,
        Word::Status(_) => false,
    }
}

fn attempt_is(attempt: &AttemptTrace, wanted: Word) -> bool {
    match wanted {
        Word::Ok | Word::Success => attempt.outcome == AttemptOutcome::Success,
        Word::Throttled => attempt.outcome == AttemptOutcome::Throttled,
        Word::Failed => attempt.outcome == AttemptOutcome::Failed,
        _ => false,
    }
}

#[cfg(test)]
#[path = "requirement_tests.rs"]
mod tests;
