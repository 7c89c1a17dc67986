//! What a search says of itself while it goes on: a bar on a terminal, a line for each trial elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

use crate::capacity::{Bounds, Purpose, Reading, Sampler, Trial, Vary};
use crate::cli::output::{is_watched, say};
use crate::record::{Interval, Progress, Stage, Timeline};
use crate::units::Nanos;

/// Someone who watches a search.
#[derive(Debug)]
pub(super) struct Watch {
    bar: Option<ProgressBar>,
    is_quiet: bool,
    vary: Vary,
}

impl Watch {
    /// The watch that fits the terminal and the flags.
    pub(super) fn new(quiet: bool, no_progress: bool, vary: Vary) -> Self {
        let watched = !quiet && is_watched() && !no_progress;
        let bar = watched.then(|| {
            let style = ProgressStyle::with_template("{prefix:.bold} {bar:24.cyan/dim} {eta} left  {msg}");
            // The template is a constant that parses; indicatif's own style is as good as ours.
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, is_quiet: quiet, vary }
    }

    /// A load, with its unit.
    pub(super) fn load(&self, load: f64) -> String {
        match self.vary {
            Vary::Rate => format!("{}/s", number(load)),
            Vary::Users => format!("{load:.0} users"),
        }
    }

    /// A trial begins, and about so much is left behind it.
    pub(super) fn begins(&self, trial: &Trial, left_s: f64) {
        let Some(bar) = &self.bar else { return };
        bar.set_length(bar.position() + left_s.max(0.0).ceil() as u64);
        bar.set_prefix(format!("trial {}, {} at {}", trial.number, doing(trial.purpose), self.load(trial.load)));
        bar.tick();
    }

    /// A trial is made.
    pub(super) fn made(&self, trial: &Trial, reading: &Reading, violates: Option<&str>, known: Bounds) {
        if self.is_quiet {
            return;
        }
        let name = format!("trial {}, {} at {}", trial.number, doing(trial.purpose), self.load(trial.load));
        if let Some(why) = &reading.void {
            self.say(&format!("{name}: void, {why}"));
            return;
        }
        let bounds = self.bounds(known);
        if let Some(bar) = &self.bar {
            bar.set_message(bounds);
            return;
        }
        let p99 = reading.p99_s.map_or(String::new(), |p99_s| format!(", p99 {:.1} ms", p99_s * 1e3));
        let throttled = if reading.throttled > 0.0 {
            format!(", {:.1} % throttled", reading.throttled * 100.0)
        } else {
            String::new()
        };
        let verdict = violates.map_or("holds".to_owned(), |what| format!("violates ({what})"));
        let bounds = if bounds.is_empty() { bounds } else { format!("; {bounds}") };
        self.say(&format!("{name}: {} ok/s{p99}{throttled}: {verdict}{bounds}", number(reading.goodput_per_s)));
    }

    fn bounds(&self, known: Bounds) -> String {
        match (known.lower, known.upper) {
            (Some(lower), Some(upper)) => format!("between {} and {}", self.load(lower), self.load(upper)),
            (Some(lower), None) => format!("at least {}", self.load(lower)),
            (None, Some(upper)) => format!("below {}", self.load(upper)),
            (None, None) => String::new(),
        }
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(line)),
            None => say(line),
        }
    }
}

fn number(value: f64) -> String {
    let text = if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// What a trial is doing, in a word that people read.
fn doing(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Calibrate => "calibrating the generator",
        Purpose::Idle => "idle",
        Purpose::Range => "finding the range",
        Purpose::Search => "searching",
        Purpose::Recover => "recovering",
        Purpose::Verify => "verifying",
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Sees the seconds of one trial.
pub(super) struct Watching<'a> {
    pub(super) sampler: Sampler,
    pub(super) watch: &'a Watch,
    pub(super) trial: Trial,
}

impl Progress for Watching<'_> {
    fn stage(&mut self, _stage: Stage, _planned: Option<Nanos>) {}

    fn second(&mut self, interval: &Interval, _timeline: &Timeline) {
        self.sampler.second(interval);
        if let Some(bar) = &self.watch.bar {
            bar.inc(1);
        }
    }

    fn note(&mut self, text: &str) {
        if !self.watch.is_quiet {
            self.watch.say(&format!("  trial {}: {text}", self.trial.number));
        }
    }
}
