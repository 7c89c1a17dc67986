//! What a run says of itself while it goes on: a bar on a terminal, a plain line every few seconds elsewhere.

use std::fmt::Write as _;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::{is_watched, say};
use crate::engine::{Progress, Stage, Unwatched};
use crate::record::{Interval, SeriesPoint, Timeline};
use crate::units::Nanos;

/// How many seconds lie between two plain lines.
const PLAIN_EVERY: u64 = 5;

/// The progress that fits the terminal and the flags.
pub(super) fn progress(quiet: bool, no_progress: bool) -> Box<dyn Progress> {
    if quiet {
        Box::new(Unwatched)
    } else if is_watched() && !no_progress {
        Box::new(Bar { bar: None, planned: None })
    } else {
        Box::new(Plain { seconds: !no_progress })
    }
}

/// The second in a line.
fn line(point: &SeriesPoint) -> String {
    let gauges = &point.gauges;
    let mut text = format!("{} offered/s  {} ok/s", gauges.offered, gauges.ok);
    if gauges.throttled > 0 {
        let _ = write!(text, "  {} throttled/s", gauges.throttled);
    }
    if gauges.failed > 0 {
        let _ = write!(text, "  {} failed/s", gauges.failed);
    }
    if let Some([p50, _, p99, ..]) = point.response {
        let _ = write!(text, "  response p50 {:.0} ms, p99 {:.0} ms", p50.as_millis_f64(), p99.as_millis_f64());
    }
    if gauges.queued > 0 {
        let _ = write!(text, "  {} queued", gauges.queued);
    }
    text
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Setup => "setup",
        Stage::Measure => "measuring",
        Stage::Audit => "audit: listing what was created",
        Stage::Teardown => "teardown",
    }
}

/// A bar on a terminal.
struct Bar {
    bar: Option<ProgressBar>,
    planned: Option<Nanos>,
}

impl Progress for Bar {
    fn stage(&mut self, stage: Stage, planned: Option<Nanos>) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.planned = planned;
        let (bar, template) = match planned {
            Some(planned) => {
                let bar = ProgressBar::new(planned.as_secs_f64().ceil() as u64);
                (bar, "{prefix:.bold} {bar:24.cyan/dim} {pos}/{len} s  {msg}")
            }
            None => (ProgressBar::new_spinner(), "{spinner} {prefix:.bold}  {msg}"),
        };
        // The templates are constants that parse; indicatif's own style is as good as ours.
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(stage_name(stage));
        bar.tick();
        self.bar = Some(bar);
    }

    fn second(&mut self, _interval: &Interval, timeline: &Timeline) {
        let (Some(bar), Some(point)) = (&self.bar, timeline.points.last()) else { return };
        bar.set_position(point.index + 1);
        let drains = self.planned.is_some_and(|planned| point.index >= planned.as_secs_f64() as u64);
        bar.set_message(if drains { format!("draining  {}", line(point)) } else { line(point) });
    }

    fn note(&mut self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Lines for a log.
struct Plain {
    seconds: bool,
}

impl Progress for Plain {
    fn stage(&mut self, stage: Stage, planned: Option<Nanos>) {
        match planned {
            Some(planned) => say(&format!("{} for {planned}", stage_name(stage))),
            None => say(stage_name(stage)),
        }
    }

    fn second(&mut self, _interval: &Interval, timeline: &Timeline) {
        let Some(point) = timeline.points.last().filter(|point| (point.index + 1) % PLAIN_EVERY == 0) else { return };
        if self.seconds {
            say(&format!("{:>4} s  {}", point.index + 1, line(point)));
        }
    }

    fn note(&mut self, text: &str) {
        say(text);
    }
}
