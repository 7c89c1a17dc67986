//! A run as its journal tells it. Live runs and rebuilt reports go through here alike, so they cannot differ.

use super::interval::Interval;
use super::journal::{Line, RunEnd, RunEvent, RunStart};
use super::summary::Summary;
use super::timeline::Timeline;
use super::trace::Trace;

/// Everything that the lines so far have said.
#[derive(Clone, Debug, Default)]
pub struct RunLog {
    /// What was known before the measurement.
    pub start: RunStart,
    /// All seconds, added up.
    pub summary: Summary,
    /// All seconds, one by one.
    pub timeline: Timeline,
    /// What happened.
    pub events: Vec<RunEvent>,
    /// How it ended; `None` while it goes on and after a crash.
    pub end: Option<RunEnd>,
}

/// What a run leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Everything that its journal says.
    pub log: RunLog,
    /// Every call and attempt of the measurement, where they were asked for.
    pub trace: Option<Trace>,
}

impl RunLog {
    /// A log that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a line.
    pub fn apply(&mut self, line: Line) {
        match line {
            Line::Start(start) => {
                self.summary = Summary::new(start.cells.len(), start.clients as usize);
                self.start = *start;
            }
            Line::Interval(interval) => self.add(&interval),
            Line::Event(event) => self.events.push(event),
            Line::End(end) => self.end = Some(*end),
        }
    }

    /// Takes in a second.
    pub fn add(&mut self, interval: &Interval) {
        self.summary.add(interval);
        self.timeline.add(interval);
    }

    /// How long was measured, in seconds: by the end of the run, or by its last full second.
    pub fn duration_s(&self) -> f64 {
        let seconds = self.timeline.points.last().map_or(0.0, |point| point.index as f64 + 1.0);
        self.end.as_ref().map_or(seconds, |end| end.duration_s)
    }

    /// The measured part alone, without warm-up, in seconds; never zero.
    pub fn measured_s(&self) -> f64 {
        (self.duration_s() - self.start.warm_up_s).max(1e-3)
    }
}
