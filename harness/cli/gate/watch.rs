//! What a gate says of itself while it goes on: a bar on a terminal, a line for each pair elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::{is_watched, say};
use crate::gate::{Judged, Metric, Pair, Rules, Run, Sampler, Scale, Side};
use crate::record::{Interval, Progress, Stage, Timeline, planned_duration};
use crate::scenario::GateTask;
use crate::units::Nanos;

/// Someone who watches a gate.
#[derive(Debug)]
pub(super) struct Watch {
    bar: Option<ProgressBar>,
    is_quiet: bool,
    /// The pairs of the first look, which are those that are sure to come.
    pairs: u32,
    metrics: Vec<Metric>,
}

impl Watch {
    /// The watch that fits the terminal and the flags.
    pub(super) fn new(quiet: bool, no_progress: bool, task: &GateTask) -> Self {
        let watched = !quiet && is_watched() && !no_progress;
        let bar = watched.then(|| {
            let seconds = planned_duration(&task.sides[0].plan).map_or(0.0, Nanos::as_secs_f64);
            let runs = u64::from(task.rules.pairs + 1) * if task.duet { 1 } else { 2 };
            let bar = ProgressBar::new((seconds * runs as f64).ceil() as u64);
            let style = ProgressStyle::with_template("{prefix:.bold} {bar:24.cyan/dim} {eta} left  {msg}");
            // The template is a constant that parses; indicatif's own style is as good as ours.
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, is_quiet: quiet, pairs: task.rules.pairs, metrics: task.rules.metrics.clone() }
    }

    /// A pair begins.
    pub(super) fn pair(&self, pair: &Pair) {
        let Some(bar) = &self.bar else { return };
        let each = bar.length().unwrap_or(0) / u64::from(self.pairs + 1);
        if pair.number > self.pairs {
            // The first look did not decide.
            bar.set_length(each * u64::from(pair.number + 1).max(u64::from(2 * self.pairs + 1)));
        }
        bar.set_position(each * u64::from(pair.number));
        bar.set_prefix(match pair.number {
            0 => "warming up".to_owned(),
            number => format!("pair {number}"),
        });
        bar.tick();
    }

    /// A pair is made.
    pub(super) fn made(&self, pair: &Pair, runs: &[Run; 2]) {
        if self.is_quiet {
            return;
        }
        for run in runs {
            for fault in &run.faults {
                self.say(&format!("  {} of pair {}: {}", run.side.word(), pair.number, fault.text));
            }
        }
        if self.bar.is_none() {
            let name = if pair.number == 0 { "warm-up".to_owned() } else { format!("pair {}", pair.number) };
            let first = pair.first.word();
            let changes: Vec<String> =
                self.metrics.iter().enumerate().map(|(index, metric)| change(metric, index, runs)).collect();
            self.say(&format!("{name}, {first} first: {}", changes.join(", ")));
        }
    }

    /// More is known.
    pub(super) fn known(&self, rules: &Rules, judged: &Judged) {
        let Some(bar) = &self.bar else { return };
        let known = rules.metrics.iter().zip(&judged.metrics).filter_map(|(metric, found)| {
            Some(format!("{} {}", metric.text, signed(metric, metric.change_of(found.estimate?))))
        });
        bar.set_message(known.collect::<Vec<_>>().join(", "));
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(line)),
            None => say(line),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How a metric differs within a pair.
fn change(metric: &Metric, index: usize, runs: &[Run; 2]) -> String {
    let place =
        |run: &Run| run.readings.get(index).and_then(|reading| reading.value).and_then(|value| metric.place(value));
    let difference = place(&runs[0]).zip(place(&runs[1])).map(|(baseline, candidate)| candidate - baseline);
    let change = difference.map_or("nothing to compare".to_owned(), |it| signed(metric, metric.change_of(it)));
    format!("{} {change}", metric.text)
}

/// `+4.3 %` or `-0.02 points`.
fn signed(metric: &Metric, change: f64) -> String {
    match metric.scale() {
        Scale::Factor => format!("{:+.1} %", change * 100.0),
        Scale::Points => format!("{:+.2} points", change * 100.0),
    }
}

/// Sees the seconds of one run.
pub(super) struct Watching<'a> {
    pub(super) sampler: Sampler,
    pub(super) watch: &'a Watch,
    pub(super) pair: u32,
    pub(super) side: Side,
}

impl Progress for Watching<'_> {
    fn stage(&mut self, _stage: Stage, _planned: Option<Nanos>) {}

    fn second(&mut self, interval: &Interval, _timeline: &Timeline) {
        self.sampler.second(interval);
        // Of a duet, one of both moves the bar.
        if let Some(bar) = &self.watch.bar {
            bar.set_prefix(match self.pair {
                0 => format!("warming up, {}", self.side.word()),
                number => format!("pair {number} of {}, {}", self.watch.pairs.max(number), self.side.word()),
            });
            bar.inc(1);
        }
    }

    fn note(&mut self, text: &str) {
        if !self.watch.is_quiet {
            self.watch.say(&format!("  {} of pair {}: {text}", self.side.word(), self.pair));
        }
    }
}
