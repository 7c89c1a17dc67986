//! From the seconds of a trial to its reading.

use super::{Objective, ObjectiveKind, ObjectiveReading, Purpose, Reading, Trial};
use crate::record::{AttemptOutcome, CellRecord, Interval, Outcome, RunLog, Taken, covers};
use crate::stats::{LatencyHistogram, dispersion};
use crate::units::Nanos;

/// A trial in which more than this share of the tightest latency limit is the generator's own lag says nothing of the target.
const LAG_SHARE: f64 = 0.05;
/// Lag below this is nobody's trouble, however tight the limit, in seconds.
const LAG_FLOOR_S: f64 = 0.002;
/// What the lag may be where no objective limits a latency, in seconds.
const LAG_WITHOUT_LIMIT_S: f64 = 0.050;
/// A lane that works for more than this share of its time makes calls late.
const BUSY: f64 = 0.85;
/// A machine that is robbed of more than this share of its time is another machine.
const STOLEN: f64 = 0.20;

/// Takes the seconds of one trial as they come.
#[derive(Debug)]
pub struct Sampler {
    trial: Trial,
    objectives: Vec<Counting>,
    /// Of all cells together.
    ok: u64,
    calls: u64,
    throttled_calls: u64,
    attempts: u64,
    throttled_attempts: u64,
    first_attempts: u64,
    /// Calls that ended well behind the load, while the target worked off what was left.
    late_ok: u64,
    /// Whether any attempt was answered at all.
    answered: bool,
    response: LatencyHistogram,
    lag: LatencyHistogram,
    /// The ends of seconds since the first arrival, and the calls that were outstanding then.
    outstanding: Vec<(f64, f64)>,
    /// Of the seconds of the load: the busiest lane and what was stolen, summed up, and how many seconds these are.
    busy: f64,
    steal: f64,
    loaded: u64,
}

/// An objective, and what is counted for it.
#[derive(Debug)]
struct Counting {
    objective: Objective,
    /// The cells that it looks at.
    cells: Vec<usize>,
    taken: Taken,
    /// Bad ones and all of them, by second of the load.
    seconds: Vec<(u64, u64)>,
}

/// What a trial came to.
#[derive(Clone, Debug, Default)]
pub struct Sampled {
    /// Its reading, without what only the caller knows: how long it took, and its folder.
    pub reading: Reading,
    /// Whether anything answered at all.
    pub answered: bool,
}

impl Sampler {
    /// A sampler of a trial that has not begun; `cells` names the workload and the operation of each cell.
    pub fn new(objectives: &[Objective], cells: &[(String, String)], trial: Trial) -> Self {
        let counting = |objective: &Objective| {
            let measure = &objective.expression.measure;
            let wanted = cells.iter().enumerate().filter(|(_, cell)| covers(measure, cell));
            let cells = wanted.map(|(index, _)| index).collect();
            Counting { objective: objective.clone(), cells, taken: Taken::default(), seconds: Vec::new() }
        };
        Self {
            trial,
            objectives: objectives.iter().map(counting).collect(),
            ok: 0,
            calls: 0,
            throttled_calls: 0,
            attempts: 0,
            throttled_attempts: 0,
            first_attempts: 0,
            late_ok: 0,
            answered: false,
            response: LatencyHistogram::new(),
            lag: LatencyHistogram::new(),
            outstanding: Vec::new(),
            busy: 0.0,
            steal: 0.0,
            loaded: 0,
        }
    }

    /// When the load ends, in seconds from the first arrival.
    fn end_s(&self) -> f64 {
        (self.trial.settle + self.trial.measure).as_secs_f64()
    }

    /// Takes in a second.
    pub fn second(&mut self, interval: &Interval) {
        let end_s = self.end_s();
        let begins = interval.index as f64;
        // What ends behind the load was begun within it, and belongs to its last second: by itself such a second would hold hardly
        // anything but the slowest calls.
        let last = (end_s.ceil() as u64).saturating_sub(1);
        let second = interval.index.min(last) as usize;
        for counting in &mut self.objectives {
            counting.second(second, interval);
        }
        interval.cells.iter().for_each(|cell| self.cell(cell));
        if begins + 1.0 > end_s {
            // In the second in which the load ends, as many may end well as fell due in it.
            let ok: u64 = interval.cells.iter().map(|cell| cell.calls_of(Outcome::Ok)).sum();
            self.late_ok += if begins < end_s { ok.saturating_sub(interval.gauges.offered) } else { ok };
        }
        if begins < end_s {
            let gauges = &interval.gauges;
            self.busy += gauges.busiest;
            self.steal += gauges.steal;
            self.loaded += 1;
            if begins + 1.0 <= end_s {
                self.outstanding.push((begins + 1.0, (gauges.in_flight + gauges.queued) as f64));
            }
        }
    }

    fn cell(&mut self, cell: &CellRecord) {
        self.ok += cell.calls_of(Outcome::Ok);
        self.calls += cell.call_count();
        self.throttled_calls += cell.calls_of(Outcome::Throttled);
        self.attempts += cell.attempt_count();
        self.throttled_attempts += cell.attempts_of(AttemptOutcome::Throttled);
        self.first_attempts += cell.first_attempts;
        self.answered |= !cell.by_status.is_empty();
        self.response.merge(&cell.response_ok);
        self.lag.merge(&cell.lag);
    }

    /// The reading of a trial that has ended; `log` is what its journal says.
    pub fn finish(self, log: &RunLog) -> Sampled {
        let measured_s = self.trial.measure.as_secs_f64();
        let settle_s = self.trial.settle.as_secs_f64();
        let calls = self.calls as f64;
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let failed = self.calls - self.ok - self.throttled_calls;
        let quantile = |of: &LatencyHistogram, q: f64| of.quantile(q).map(Nanos::as_secs_f64);
        let loaded = self.loaded.max(1) as f64;
        let outstanding: Vec<f64> =
            self.outstanding.iter().filter(|(at, _)| *at >= settle_s).map(|(_, count)| *count).collect();
        let mut reading = Reading {
            objectives: self.objectives.iter().map(|counting| counting.reading(measured_s)).collect(),
            offered_per_s: calls / measured_s,
            sent_per_s: self.first_attempts as f64 / measured_s,
            goodput_per_s: self.goodput_per_s(&outstanding, log.duration_s()),
            throttled: share(self.throttled_attempts, self.attempts),
            failed: share(failed, self.calls),
            calls: self.calls,
            measured_s,
            mean_s: (!self.response.is_empty()).then(|| self.response.mean().as_secs_f64()),
            p50_s: quantile(&self.response, 0.5),
            p99_s: quantile(&self.response, 0.99),
            outstanding,
            amplification: if self.first_attempts == 0 {
                1.0
            } else {
                self.attempts as f64 / self.first_attempts as f64
            },
            lag_p99_s: quantile(&self.lag, 0.99).unwrap_or(0.0),
            busy: self.busy / loaded,
            ..Reading::default()
        };
        if !log.start.simulated {
            reading.void = self.void(&reading, self.steal / loaded);
        }
        reading.fatal = fatal(log);
        Sampled { reading, answered: self.answered }
    }

    /// Calls that ended well at the pace of the load. What is worked off behind it counts as far as it stands for what was under way when
    /// the measurement began, and for chance: three standard deviations of the difference of two such counts, which are about Poisson's.
    /// So a steady target has all of its calls, and one that falls behind has what it did within the time.
    fn goodput_per_s(&self, outstanding: &[f64], run_s: f64) -> f64 {
        let (ok, measured_s) = (self.ok as f64, self.trial.measure.as_secs_f64());
        if self.trial.purpose == Purpose::Calibrate {
            // What is asked here is how fast the generator is, and it was at work until the last call ended.
            return ok / measured_s.max(run_s - self.trial.settle.as_secs_f64());
        }
        let Some(first) = outstanding.first() else { return ok / measured_s };
        let late = self.late_ok as f64;
        (ok - late + late.min(first + 3.0 * (2.0 * first).sqrt() + 1.0)) / measured_s
    }

    /// Why the trial says nothing of the target.
    fn void(&self, reading: &Reading, steal: f64) -> Option<String> {
        let limits = self.objectives.iter().filter_map(|counting| match counting.objective.kind {
            ObjectiveKind::Latency { limit_s, .. } => Some(limit_s),
            _ => None,
        });
        let tightest = limits.min_by(f64::total_cmp);
        let lag_s = tightest.map_or(LAG_WITHOUT_LIMIT_S, |limit_s| (limit_s * LAG_SHARE).max(LAG_FLOOR_S));
        // Time that the host took away makes latencies longer. Whether a call ended well, or was throttled, it does not change: there it is
        // the lag alone that says whether the load was what it should have been.
        if tightest.is_some() && steal > STOLEN {
            let stolen = steal * 100.0;
            return Some(format!("the machine's host took {stolen:.0} % of its time away"));
        }
        if reading.lag_p99_s > lag_s {
            let (lag_ms, most_ms) = (reading.lag_p99_s * 1e3, lag_s * 1e3);
            return Some(format!("the generator was late: lag p99 {lag_ms:.1} ms, and {most_ms:.1} ms are allowed"));
        }
        (reading.busy > BUSY)
            .then(|| format!("the generator's busiest lane was busy {:.0} % of the time", reading.busy * 100.0))
    }
}

/// What ends a search for good.
fn fatal(log: &RunLog) -> Option<String> {
    match &log.end {
        None => Some("the trial's journal ends before the trial does".into()),
        Some(end) if end.interrupted => Some("someone stopped it".into()),
        Some(end) => end.failure.as_ref().map(|failure| format!("a trial could not be finished: {failure}")),
    }
}

impl Counting {
    fn second(&mut self, second: usize, interval: &Interval) {
        let measure = &self.objective.expression.measure;
        let mut taken = Taken::default();
        for cell in self.cells.iter().filter_map(|index| interval.cells.get(*index)) {
            taken.add(cell, measure);
        }
        let (bad, of) = self.count(&taken);
        if self.seconds.len() <= second {
            self.seconds.resize(second + 1, (0, 0));
        }
        self.seconds[second].0 += bad;
        self.seconds[second].1 += of;
        self.taken.merge(&taken);
    }

    /// Samples that violate the objective, and all of them.
    fn count(&self, taken: &Taken) -> (u64, u64) {
        match self.objective.kind {
            ObjectiveKind::Latency { limit_s, .. } => {
                (taken.latencies.count_above(Nanos::from_secs_f64(limit_s)), taken.latencies.count())
            }
            ObjectiveKind::Share { .. } | ObjectiveKind::Value => (taken.part, taken.whole),
        }
    }

    fn reading(&self, measured_s: f64) -> ObjectiveReading {
        let expression = &self.objective.expression;
        let seen = self.taken.observe(measured_s, &expression.measure);
        let value = (seen.samples > 0).then_some(seen.value);
        let (bad, of) = self.count(&self.taken);
        let ok = match self.objective.kind {
            // As many as a percentile leaves beyond it may be slower.
            ObjectiveKind::Latency { quantile, .. } => of > 0 && bad as f64 <= (1.0 - quantile) * of as f64 + 1e-9,
            ObjectiveKind::Share { .. } | ObjectiveKind::Value => {
                value.is_some_and(|value| expression.comparison.holds(value, expression.value.as_f64()))
            }
        };
        let dispersion = dispersion(self.seconds.iter().copied(), bad, of);
        ObjectiveReading { value, bad, of, dispersion, ok }
    }
}

#[cfg(test)]
#[path = "sampler_tests.rs"]
mod tests;
