//! What `loadline capacity` would do, counted before anything is sent: what `loadline check` prints of the block `capacity`.

use std::fmt;

use super::lower::capacity::CapacityTask;
use super::lower::tune::count;
use crate::capacity::{Rules, Vary};

/// What a search will do.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityForecast {
    rules: Rules,
    varied: Vec<String>,
    expected: Option<f64>,
    max_requests: u64,
    notes: Vec<String>,
}

impl CapacityForecast {
    /// Of a search that may be made.
    pub fn of(task: &CapacityTask) -> Self {
        let varied = task.varied.iter().map(|index| task.plan.workloads[*index].name.clone());
        Self {
            rules: task.rules.clone(),
            varied: varied.collect(),
            expected: task.expected,
            max_requests: task.plan.caps.max_requests,
            notes: task.notes.clone(),
        }
    }

    fn load(&self, load: f64) -> String {
        match self.rules.vary {
            Vary::Rate => format!("{}/s", number(load)),
            Vary::Users => format!("{} users", number(load)),
        }
    }
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

impl fmt::Display for CapacityForecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = &self.rules;
        writeln!(f, "capacity")?;
        let what = if rules.vary == Vary::Rate { "the rate" } else { "the users" };
        writeln!(f, "  varied       {what} of {}", self.varied.join(", "))?;
        for (index, objective) in rules.objectives.iter().enumerate() {
            writeln!(f, "  {:<12} {}", if index == 0 { "objectives" } else { "" }, objective.expression)?;
        }
        let (verify, each) = rules.verify;
        if let Some(assert) = rules.assert {
            writeln!(
                f,
                "  asserted     {}, tried with {} ({:.0} % more)",
                self.load(assert.load),
                self.load(assert.tried()),
                assert.margin * 100.0
            )?;
        } else {
            writeln!(f, "  range        {} to {}", self.load(rules.start), self.load(rules.max))?;
            if let Some(expected) = self.expected {
                writeln!(f, "  expected     {}", self.load(expected))?;
            }
            writeln!(
                f,
                "  answer       within {} %; a load is sustained where at most {:.0} % of its measured time violates an objective",
                number(rules.width * 100.0),
                rules.exceed * 100.0
            )?;
            writeln!(
                f,
                "  trials       {} each behind {} of settling; {} decide over a load",
                rules.trial, rules.settle, rules.duration_sum
            )?;
        }
        writeln!(f, "  verification {verify} trials of {each}")?;
        writeln!(f, "  longest      {}", rules.max_duration)?;
        writeln!(f, "  cap          {} attempts in all", count(self.max_requests))?;
        for note in &self.notes {
            writeln!(f, "  note         {note}")?;
        }
        Ok(())
    }
}
