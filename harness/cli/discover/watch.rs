//! What a discovery says of itself while it goes on: a bar on a terminal, a line for each stage elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::{is_watched, say};
use crate::discover::Rules;
use crate::units::Nanos;

/// Someone who watches a discovery.
#[derive(Debug)]
pub(super) struct Watch {
    bar: Option<ProgressBar>,
    is_quiet: bool,
    requests: u64,
    duration: Nanos,
    sent: u64,
    stage: &'static str,
}

impl Watch {
    /// The watch that fits the terminal and the flags.
    pub(super) fn new(quiet: bool, no_progress: bool, rules: &Rules) -> Self {
        let bar = (!quiet && is_watched() && !no_progress).then(|| {
            let bar = ProgressBar::new(rules.requests);
            let style = ProgressStyle::with_template("{prefix:.bold} {bar:24.cyan/dim} {msg}");
            // The template is a constant that parses; indicatif's own style is as good as ours.
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let is_quiet = quiet || no_progress;
        Self { bar, is_quiet, requests: rules.requests, duration: rules.duration, sent: 0, stage: "" }
    }

    /// The next stretch begins.
    pub(super) fn stage(&mut self, stage: &'static str, now: Nanos) {
        let requests = self.requests.saturating_sub(self.sent);
        let left = format!("{requests} requests and {:.0} s left", (self.duration - now).as_secs_f64());
        match &self.bar {
            Some(bar) => {
                bar.set_prefix(stage);
                bar.set_position(self.sent);
                bar.set_message(left);
            }
            None if !self.is_quiet && stage != self.stage => say(&format!("{stage}: {left}")),
            None => {}
        }
        self.stage = stage;
    }

    /// So many probes were sent.
    pub(super) fn sent(&mut self, probes: usize) {
        self.sent += probes as u64;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
