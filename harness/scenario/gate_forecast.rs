//! What `loadline gate` would do, counted before anything is sent: what `loadline check` prints of the block `gate`.

use std::fmt;

use super::lower::gate::GateTask;
use super::lower::tune::count;
use crate::gate::{Change, Metric, Scale, Worse};
use crate::record::planned_duration;
use crate::units::Nanos;

/// What a comparison will do.
#[derive(Clone, Debug, PartialEq)]
pub struct GateForecast {
    sides: [String; 2],
    pairs: u32,
    max_pairs: u32,
    spare_pairs: u32,
    /// How long the load of one run lasts; `None` where that depends on the target.
    run: Option<Nanos>,
    max_requests: u64,
    duet: bool,
    metrics: Vec<String>,
    notes: Vec<String>,
}

impl GateForecast {
    /// Of a comparison that may be made.
    pub fn of(task: &GateTask) -> Self {
        let rules = &task.rules;
        Self {
            sides: [&task.sides[0], &task.sides[1]].map(|side| side.what.clone()),
            pairs: rules.pairs,
            max_pairs: rules.max_pairs,
            spare_pairs: rules.spare_pairs,
            run: planned_duration(&task.sides[0].plan),
            max_requests: task.sides[0].plan.caps.max_requests,
            duet: task.duet,
            metrics: rules.metrics.iter().map(line).collect(),
            notes: task.notes.clone(),
        }
    }

    /// How long the load of so many pairs lasts, and of the one that warms up.
    fn load(&self, pairs: u32) -> Option<Nanos> {
        let runs = u64::from(pairs + 1) * if self.duet { 1 } else { 2 };
        self.run.map(|run| run * runs)
    }
}

/// A metric, and how much worse it may be.
fn line(metric: &Metric) -> String {
    let unit = if metric.scale() == Scale::Points { " points" } else { " %" };
    let tolerance = number(metric.tolerance * 100.0);
    let way = match (metric.change, metric.worse) {
        (Change::Any, _) => "more or less",
        (Change::Worse, Worse::Higher) => "more",
        (Change::Worse, Worse::Lower) => "less",
    };
    format!("{}: at most {tolerance}{unit} {way}", metric.text)
}

fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl fmt::Display for GateForecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "gate")?;
        writeln!(f, "  baseline     {}", self.sides[0])?;
        writeln!(f, "  candidate    {}", self.sides[1])?;
        for (index, metric) in self.metrics.iter().enumerate() {
            writeln!(f, "  {:<12} {metric}", if index == 0 { "metrics" } else { "" })?;
        }
        write!(f, "  pairs        {}", self.pairs)?;
        if self.max_pairs > self.pairs {
            write!(f, ", and {} where these do not decide", self.max_pairs)?;
        }
        writeln!(f, "; one before them to warm up, at most {} run again", self.spare_pairs)?;
        let [least, most] = [self.pairs, self.max_pairs].map(|pairs| 2 * (u64::from(pairs) + 1));
        write!(f, "  runs         {least}")?;
        if most > least {
            write!(f, " to {most}")?;
        }
        writeln!(f, "{}", if self.duet { ", two at a time" } else { "" })?;
        write!(f, "  load         ")?;
        match (self.load(self.pairs), self.load(self.max_pairs)) {
            (Some(least), Some(most)) if least < most => writeln!(f, "{least} to {most}")?,
            (Some(least), _) => writeln!(f, "{least}")?,
            _ => writeln!(f, "as long as the target takes")?,
        }
        writeln!(f, "  cap          {} attempts a run", count(self.max_requests))?;
        for note in &self.notes {
            writeln!(f, "  note         {note}")?;
        }
        Ok(())
    }
}
