//! From the seconds of a run to one number for each metric, and what speaks against the run.

use super::drift::{drift, halves};
use super::series::{Series, Span};
use super::{Events, Fault, FaultKind, Metric, Reading, Scale, Trim};
use crate::plan::expression::Function;
use crate::record::{CellRecord, Interval, Outcome, RunLog, covers};
use crate::stats::{LatencyHistogram, dispersion, mser5};

/// Takes the seconds of one run as they come. Distributions are added up and then read: an average of percentiles is no percentile.
#[derive(Debug)]
pub struct Sampler {
    metrics: Vec<(Metric, Series)>,
    trim: Trim,
    /// The last second in which a call fell due. What comes behind it is the drain, in which nothing is as it was before.
    last_due: Option<u64>,
    /// The last second in which an attempt was answered.
    last_answer: Option<u64>,
    /// Attempts that ended later than that, and were not answered.
    unanswered: u64,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Sampled {
    /// One for each metric, in their order.
    pub readings: Vec<Reading>,
    /// What speaks against the run; what the generator says of itself is not among it.
    pub faults: Vec<Fault>,
    /// Calls that ended, warm-up left out.
    pub calls: u64,
    /// Of those, calls that ended well.
    pub ok: u64,
    /// How long was measured, in seconds.
    pub measured_s: f64,
    /// The distribution behind each metric that is a latency, in their order.
    pub curves: Vec<Option<LatencyHistogram>>,
}

impl Sampler {
    /// A sampler of a run that has not begun; `cells` names the workload and the operation of each cell.
    pub fn new(metrics: &[Metric], cells: &[(String, String)], trim: Trim) -> Self {
        let series = |metric: &Metric| {
            let wanted = cells.iter().enumerate().filter(|(_, cell)| covers(&metric.measure, cell));
            let series = Series::new(metric.measure.clone(), wanted.map(|(index, _)| index).collect());
            (metric.clone(), series)
        };
        let metrics = metrics.iter().map(series).collect();
        Self { metrics, trim, last_due: None, last_answer: None, unanswered: 0 }
    }

    /// Takes in a second.
    pub fn second(&mut self, interval: &Interval) {
        if interval.gauges.offered > 0 {
            self.last_due = Some(interval.index);
        }
        if interval.cells.iter().any(|cell| !cell.by_status.is_empty()) {
            (self.last_answer, self.unanswered) = (Some(interval.index), 0);
        } else {
            self.unanswered += interval.cells.iter().map(CellRecord::attempt_count).sum::<u64>();
        }
        self.metrics.iter_mut().for_each(|(_, series)| series.second(interval));
    }

    /// The numbers of a run that has ended; `log` is what its journal says.
    pub fn finish(self, log: &RunLog) -> Sampled {
        let faults = self.faults(log);
        let (calls, ok) = calls(log);
        let span = Span { from_s: log.start.warm_up_s, to_s: log.duration_s() };
        let loaded_s = self.last_due.map_or(span.to_s, |second| span.to_s.min(second as f64 + 1.0));
        let mut sampled = Sampled { faults, calls, ok, measured_s: log.measured_s(), ..Sampled::default() };
        for (metric, series) in &self.metrics {
            let span = span.later(trimmed_s(series, span, self.trim));
            let loaded = Span { to_s: loaded_s, ..span };
            let taken = series.sum(span);
            sampled.readings.push(reading(metric, series, [span, loaded], log.start.changing));
            sampled.curves.push(series.is_latency().then_some(taken.latencies));
        }
        sampled
    }

    /// What speaks against the whole run.
    fn faults(&self, log: &RunLog) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |kind, text: String| faults.push(Fault { kind, text });
        match &log.end {
            None => fault(FaultKind::CutShort, "the journal ends before the run does: run it again".into()),
            Some(end) if end.interrupted => fault(FaultKind::CutShort, "someone stopped the run: run it again".into()),
            Some(end) => {
                if let Some(expression) = &end.aborted_by {
                    fault(FaultKind::CutShort, format!("`abort_when` ended the run: {expression}"));
                }
                if let Some(failure) = &end.failure {
                    fault(FaultKind::CutShort, format!("the run could not be finished: {failure}"));
                }
            }
        }
        if let Some(text) = self.dead(log) {
            fault(FaultKind::Dead, text);
        } else if let (calls @ 1.., 0) = calls(log) {
            fault(
                FaultKind::AllFailed,
                format!("{calls} calls ended, and none of them well: look at what the target answers"),
            );
        }
        faults
    }

    /// Whether the target was not there, or went away: that it is slow shows in attempts that have not ended yet.
    fn dead(&self, log: &RunLog) -> Option<String> {
        if self.unanswered == 0 {
            return None;
        }
        let Some(last) = self.last_answer else {
            return Some("nothing answered: start the target, or correct its address".into());
        };
        let end = self.last_due? as f64 + 1.0;
        let silent = end - (last as f64 + 1.0);
        // One second in which everything is reset is bad luck; the last third of a run is not.
        (silent >= 2.0 && silent * 3.0 >= end - log.start.warm_up_s)
            .then(|| format!("nothing answered any more in the last {silent:.0} s: find out why the target went away"))
    }
}

/// Ended calls, and those that ended well.
fn calls(log: &RunLog) -> (u64, u64) {
    let cells = &log.summary.cells;
    (cells.iter().map(CellRecord::call_count).sum(), cells.iter().map(|cell| cell.calls_of(Outcome::Ok)).sum())
}

/// Where the trimmed run begins, in seconds from the first arrival.
fn trimmed_s(series: &Series, span: Span, trim: Trim) -> f64 {
    if trim == Trim::Nothing {
        return span.from_s;
    }
    let values: Vec<f64> = series.values(span).into_iter().flatten().collect();
    match mser5(&values) {
        0 => span.from_s,
        seconds => series.next_cut(span.from_s.floor() + seconds as f64),
    }
}

fn reading(metric: &Metric, series: &Series, [span, loaded]: [Span; 2], changing: bool) -> Reading {
    let taken = series.sum(span);
    let seen = taken.observe(span.to_s - span.from_s, &metric.measure);
    let events = (metric.scale() == Scale::Points).then(|| Events {
        count: taken.part,
        of: taken.whole,
        dispersion: dispersion(series.counts(span), taken.part, taken.whole),
    });
    let parts = series.parts(loaded);
    let halves = halves(metric, &parts);
    let fault = too_few(metric, seen.samples).or_else(|| {
        // Where the load itself changes, its halves are meant to differ.
        halves.filter(|_| !changing).and_then(|halves| drift(metric, halves, &parts))
    });
    Reading {
        value: (seen.samples > 0).then_some(seen.value),
        samples: seen.samples,
        events,
        halves,
        seconds: series.values(span),
        fault,
    }
}

/// Why there are too few samples, where there are.
fn too_few(metric: &Metric, samples: u64) -> Option<Fault> {
    let (needed, text) = (metric.samples_needed(), &metric.text);
    let fault = |kind, text| Some(Fault { kind, text });
    match (samples, metric.measure.function) {
        (0, Function::Recovery) => {
            fault(FaultKind::NoSamples, format!("{text} cannot be compared: it is no number of one run"))
        }
        (0, _) => fault(
            FaultKind::NoSamples,
            format!("{text} has no samples: name an operation that the scenario calls, and an outcome that occurs"),
        ),
        (samples, _) if samples < needed => fault(
            FaultKind::TooFewSamples,
            format!(
                "{text} has {samples} samples and needs {needed}: let the run last longer, or compare a lower percentile"
            ),
        ),
        _ => None,
    }
}

#[cfg(test)]
#[path = "sampler_tests.rs"]
mod tests;
