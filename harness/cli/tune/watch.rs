//! What a comparison says of itself while it goes on: a bar on a terminal, a line for each phase elsewhere.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::{is_watched, say};
use crate::tune::Progress;

/// Someone who watches a comparison, from any of its threads.
pub(super) enum Watch {
    /// Nobody.
    Nobody,
    /// A bar, which knows its phase.
    Bar(ProgressBar, Mutex<&'static str>),
    /// Lines for a log: the phase that was said last.
    Lines(Mutex<&'static str>),
}

/// The watch that fits the terminal and the flags.
pub(super) fn watch(quiet: bool, no_progress: bool) -> Watch {
    if quiet {
        Watch::Nobody
    } else if is_watched() && !no_progress {
        let style = ProgressStyle::with_template("{prefix:.bold} {bar:24.cyan/dim} {pos}/{len}  {msg}");
        // The template is a constant that parses; indicatif's own style is as good as ours.
        let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Watch::Bar(bar, Mutex::new(""))
    } else {
        Watch::Lines(Mutex::new(""))
    }
}

impl Watch {
    /// Sees how far it has come.
    pub(super) fn see(&self, progress: &Progress) {
        match self {
            Self::Nobody => {}
            Self::Bar(bar, phase) => {
                if is_new(phase, progress.phase) {
                    bar.set_prefix(progress.phase);
                }
                bar.set_length(progress.of);
                bar.set_position(progress.done);
                if let Some(leader) = &progress.leader {
                    bar.set_message(format!("leading: {leader}"));
                }
            }
            Self::Lines(phase) => {
                if is_new(phase, progress.phase) {
                    let leader =
                        progress.leader.as_ref().map_or(String::new(), |leader| format!(", leading: {leader}"));
                    say(&format!("{} ({} to do{leader})", progress.phase, progress.of));
                }
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Self::Bar(bar, _) = self {
            bar.finish_and_clear();
        }
    }
}

/// Whether a phase is not the one that was seen last.
fn is_new(known: &Mutex<&'static str>, phase: &'static str) -> bool {
    // A thread that panicked while it held the name has left a name all the same.
    let mut known = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    std::mem::replace(&mut *known, phase) != phase
}
