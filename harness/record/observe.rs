//! What a measure of the expression language comes to.

use super::cell::CellRecord;
use super::depth::depth_range;
use super::outcome::{AttemptOutcome, Outcome};
use super::summary::Summary;
use crate::plan::expression::{self, Counted, Function, Latency, Measure, Subject};
use crate::stats::LatencyHistogram;

/// A measured value and the evidence behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Seconds, events in a second, a share or a plain number, as the function gives; NaN where there were no samples.
    pub value: f64,
    /// How many calls, attempts, items or pages it is made of.
    pub samples: u64,
}

impl Observation {
    const NOTHING: Self = Self { value: f64::NAN, samples: 0 };
}

/// What a measure takes from cells: enough to say what it comes to, and far less than the cells themselves. Adding is associative
/// and commutative, so that seconds may be added up in any order before the number is read.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// The durations, where the measure is one of a latency.
    pub latencies: LatencyHistogram,
    /// How often it happened, where it is one of counts; for `amplification` the attempts.
    pub part: u64,
    /// Of how many; for `amplification` the calls.
    pub whole: u64,
}

/// Measures a summary that covers `seconds`; `cells` names the workload and the operation of each cell.
///
/// `recovery` is a measure of a run over time and not of a sum; here it has no samples.
pub fn observe(summary: &Summary, cells: &[(String, String)], seconds: f64, measure: &Measure) -> Observation {
    let mut taken = Taken::default();
    for (cell, _) in summary.cells.iter().zip(cells).filter(|(_, name)| covers(measure, name)) {
        taken.add(cell, measure);
    }
    taken.observe(seconds, measure)
}

/// Whether a measure looks at the cell of this workload and operation.
pub fn covers(measure: &Measure, (workload, operation): &(String, String)) -> bool {
    measure.workload.as_ref().is_none_or(|name| name == workload)
        && (measure.operations.is_empty() || measure.operations.contains(operation))
}

impl Taken {
    /// Takes from a cell what the measure looks at.
    pub fn add(&mut self, cell: &CellRecord, measure: &Measure) {
        match (measure.function, measure.subject) {
            (Function::Amplification, _) => {
                self.part += cell.attempt_count();
                self.whole += sent_calls(cell);
            }
            (_, Some(Subject::Latency(latency))) => merge_latencies(&mut self.latencies, cell, latency, measure),
            (_, Some(Subject::Counted(counted, outcome))) => {
                self.part += count(cell, counted, outcome);
                self.whole += count(cell, counted, None);
            }
            (_, None) => {}
        }
    }

    /// Adds what was taken elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.latencies.merge(&other.latencies);
        self.part += other.part;
        self.whole += other.whole;
    }

    /// What the measure comes to over `seconds`.
    pub fn observe(&self, seconds: f64, measure: &Measure) -> Observation {
        let (part, whole) = (self.part as f64, self.whole);
        match (measure.function, measure.subject) {
            (Function::Amplification, _) => share(part, whole),
            (function, Some(Subject::Latency(_))) => of_latency(&self.latencies, function),
            (Function::Count, Some(_)) => Observation { value: part, samples: whole },
            (Function::Rate, Some(_)) => Observation { value: part / seconds.max(1e-9), samples: whole },
            (Function::Ratio, Some(_)) => share(part, whole),
            _ => Observation::NOTHING,
        }
    }
}

/// Ended calls of which at least one attempt was sent.
fn sent_calls(cell: &CellRecord) -> u64 {
    cell.attempts_per_call.iter().sum()
}

fn share(part: f64, whole: u64) -> Observation {
    if whole == 0 { Observation::NOTHING } else { Observation { value: part / whole as f64, samples: whole } }
}

fn of_latency(histogram: &LatencyHistogram, function: Function) -> Observation {
    let samples = histogram.count();
    let nanos = match function {
        _ if samples == 0 => return Observation::NOTHING,
        Function::Percentile(percent) => histogram.quantile(percent / 100.0).unwrap_or_default(),
        Function::Min => histogram.min(),
        Function::Mean => histogram.mean(),
        Function::Max => histogram.max(),
        _ => return Observation::NOTHING,
    };
    Observation { value: nanos.as_secs_f64(), samples }
}

fn merge_latencies(sum: &mut LatencyHistogram, cell: &CellRecord, latency: Latency, measure: &Measure) {
    if let Some((from, to)) = measure.depth {
        for (bucket, histogram) in cell.depth.iter().enumerate() {
            let (first, last) = depth_range(bucket);
            // Depths are kept in powers of two; a bucket counts where any of its pages was asked for.
            if first <= to && last >= from {
                sum.merge(histogram);
            }
        }
        return;
    }
    let service = |outcome: AttemptOutcome| &cell.service[outcome as usize];
    sum.merge(match (latency, measure.outcome) {
        (Latency::Lag, _) => &cell.lag,
        (Latency::Admission, _) => &cell.admission,
        (Latency::Backoff, _) => &cell.backoff,
        (Latency::Response, None) => &cell.response_all,
        (Latency::Response, Some(expression::Outcome::Ok)) => &cell.response_ok,
        (Latency::Service, None | Some(expression::Outcome::Success)) => service(AttemptOutcome::Success),
        (Latency::Service, Some(expression::Outcome::Throttled)) => service(AttemptOutcome::Throttled),
        (Latency::Service, Some(expression::Outcome::Failed)) => service(AttemptOutcome::Failed),
        (Latency::Response | Latency::Service, Some(_)) => return,
    });
}

fn count(cell: &CellRecord, counted: Counted, outcome: Option<expression::Outcome>) -> u64 {
    use expression::Outcome as Word;
    match (counted, outcome) {
        (Counted::Calls, None) => cell.call_count(),
        (Counted::Calls, Some(word)) => match word {
            Word::Ok | Word::Success => cell.calls_of(Outcome::Ok),
            Word::Throttled => cell.calls_of(Outcome::Throttled),
            Word::Failed => cell.calls_of(Outcome::Failed),
            Word::TimedOut => cell.calls_of(Outcome::TimedOut),
            Word::Dropped => cell.calls_of(Outcome::Dropped),
            Word::Abandoned => cell.calls_of(Outcome::Abandoned),
            Word::Refused => cell.calls_of(Outcome::Refused),
            Word::Status(_) => 0,
        },
        (Counted::Attempts, None) => cell.attempt_count(),
        (Counted::Attempts, Some(word)) => match word {
            Word::Ok | Word::Success => cell.attempts_of(AttemptOutcome::Success),
            Word::Throttled => cell.attempts_of(AttemptOutcome::Throttled),
            Word::Failed => cell.attempts_of(AttemptOutcome::Failed),
            Word::Status(status) => cell.by_status.get(status),
            _ => 0,
        },
        (Counted::Items, Some(Word::Ok | Word::Success)) => cell.items_ok,
        (Counted::Items, Some(Word::Failed)) => cell.items_failed,
        (Counted::Items, _) => cell.items_ok + cell.items_failed,
        (Counted::Pages, _) => cell.pages,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::expression::Expression;
    use crate::units::Nanos;

    fn summary() -> (Summary, Vec<(String, String)>) {
        let mut summary = Summary::new(2, 1);
        let cell = &mut summary.cells[0];
        cell.calls[Outcome::Ok as usize] = 90;
        cell.calls[Outcome::Throttled as usize] = 10;
        cell.attempts_per_call[0] = 80;
        cell.attempts_per_call[2] = 20;
        cell.attempts = [90, 50, 0, 0];
        cell.by_status.add(200, 90);
        cell.by_status.add(429, 50);
        (1..=100).for_each(|millis| cell.response_all.record(Nanos::from_millis(millis)));
        summary.cells[1].calls[Outcome::Failed as usize] = 100;
        (summary, vec![("fill".into(), "Create".into()), ("browse".into(), "List".into())])
    }

    fn check(text: &str, value: f64, samples: u64) {
        let (summary, cells) = summary();
        let expression: Expression = text.parse().expect(text);
        let seen = observe(&summary, &cells, 10.0, &expression.measure);
        assert!((seen.value - value).abs() <= value.abs() * 2e-3, "{text}: {seen:?}");
        assert_eq!(seen.samples, samples, "{text}");
    }

    #[test]
    fn measures_come_to_what_they_say() {
        check("ratio(calls.ok) > 1%", 0.45, 200);
        check("ratio(calls.ok, Create) > 1%", 0.9, 100);
        check("count(calls.failed, workload=browse) > 1", 100.0, 100);
        check("rate(calls.ok) > 1/s", 9.0, 200);
        check("ratio(attempts.throttled) < 1%", 50.0 / 140.0, 140);
        check("amplification(Create) < 2", 1.4, 100);
        check("p99(response) < 1s", 0.099, 100);
        check("max(response, Create) < 1s", 0.1, 100);
    }

    #[test]
    fn what_has_no_samples_is_no_number() {
        let (summary, cells) = summary();
        let expression: Expression = "p99(response, Nobody) < 1s".parse().expect("valid");
        let seen = observe(&summary, &cells, 10.0, &expression.measure);
        assert!(seen.value.is_nan() && seen.samples == 0);
        assert!(!expression.comparison.holds(seen.value, expression.value.as_f64()));
    }
}
