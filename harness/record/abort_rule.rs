//! Whether a run has to end early because an expression of `abort_when` holds.

use std::collections::VecDeque;
use std::sync::Arc;

use super::interval::Interval;
use super::observe::observe;
use super::summary::Summary;
use crate::plan::Plan;
use crate::plan::expression::Expression;

/// Looks at every second of a run.
#[derive(Debug)]
pub struct AbortRule {
    plan: Arc<Plan>,
    cells: Vec<(String, String)>,
    /// For each expression the seconds of its window, or all of them added up.
    windows: Vec<Window>,
    seconds: u64,
    reason: Option<String>,
}

#[derive(Debug)]
enum Window {
    /// The whole run so far.
    Whole(Summary),
    /// The last so many seconds.
    Last { length: usize, seconds: VecDeque<Summary> },
}

impl AbortRule {
    /// The rules of a plan that has not begun.
    pub fn new(plan: &Arc<Plan>) -> Self {
        let (cells, clients) = (plan.cells.len(), plan.clients as usize);
        let window = |expression: &Expression| match expression.measure.over {
            None => Window::Whole(Summary::new(cells, clients)),
            Some(over) => {
                Window::Last { length: over.as_secs_f64().ceil().max(1.0) as usize, seconds: VecDeque::new() }
            }
        };
        Self {
            windows: plan.abort_when.iter().map(window).collect(),
            cells: plan.cells.iter().map(|cell| (cell.workload.clone(), cell.operation.clone())).collect(),
            plan: Arc::clone(plan),
            seconds: 0,
            reason: None,
        }
    }

    /// Looks at a second; the text of an expression that holds, the first time one does.
    pub fn look(&mut self, interval: &Interval) -> Option<&str> {
        self.seconds += 1;
        let (plan, cells, seconds) = (&self.plan, &self.cells, self.seconds);
        let mut held = None;
        for (expression, window) in plan.abort_when.iter().zip(&mut self.windows) {
            let Some((sum, length)) = window.add(interval, seconds) else { continue };
            let seen = observe(&sum, cells, length, &expression.measure);
            if seen.samples > 0 && expression.comparison.holds(seen.value, expression.value.as_f64()) {
                held = held.or(Some(&expression.text));
            }
        }
        if self.reason.is_some() {
            return None;
        }
        self.reason = held.cloned();
        self.reason.as_deref()
    }

    /// The expression that ended the run.
    pub fn into_reason(self) -> Option<String> {
        self.reason
    }
}

impl Window {
    /// Adds a second; the sum of the window and its length in seconds, once the window is full.
    fn add(&mut self, interval: &Interval, so_far: u64) -> Option<(Summary, f64)> {
        match self {
            Self::Whole(sum) => {
                sum.add(interval);
                Some((sum.clone(), so_far as f64))
            }
            Self::Last { length, seconds } => {
                let mut second = Summary::new(interval.cells.len(), interval.clients.len());
                second.add(interval);
                seconds.push_back(second);
                if seconds.len() > *length {
                    seconds.pop_front();
                }
                if seconds.len() < *length {
                    return None;
                }
                let mut sum = Summary::new(interval.cells.len(), interval.clients.len());
                for second in seconds.iter() {
                    sum.merge(second);
                }
                Some((sum, *length as f64))
            }
        }
    }
}
