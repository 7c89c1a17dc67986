//! What the program says to GitHub Actions where it runs there: annotations in the log, and the summary of the step.
//!
//! Other systems read files of the report's folder; there is nothing to say to them.

use std::borrow::Cow;
use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::output::say;
use crate::report::ci::github::{self, Annotation, Level};
use crate::report::{Report, markdown};

/// What came of a verb that judges: to be said once, where it ends. `report` rebuilds what has been said before, and says nothing.
pub(super) fn conclude(report: &Report) {
    if !on_github() {
        return;
    }
    annotate(&github::annotations(report));
    let summary = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    if let Some(Err(error)) = summary.map(|path| summarize(Path::new(&path), &markdown::render(report))) {
        // The report is there, and its verdict stands: nobody's build fails because a summary cannot be shown.
        say(&format!("the summary of the step cannot be written to $GITHUB_STEP_SUMMARY: {error}"));
    }
}

/// A verb that could not do its work: there is no report to speak for it.
pub(super) fn failed(message: &str) {
    if on_github() {
        annotate(&[Annotation::new(Level::Error, "loadline", message)]);
    }
}

/// Text as it may be printed: on GitHub, nothing foreign in it is a command.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    if on_github() { github::harmless(text) } else { Cow::Borrowed(text) }
}

/// Where the program runs. The variable is `true` on GitHub, and programs that imitate it set it too.
fn on_github() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Commands work on either stream; standard output belongs to results.
fn annotate(annotations: &[Annotation]) {
    let mut lines = github::commands(annotations).join("\n");
    lines.push('\n');
    // In one write, so that no other thread's line gets in between.
    let _ = io::stderr().write_all(lines.as_bytes());
}

/// Appends to the summary what fits behind what is there.
fn summarize(path: &Path, markdown: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    match github::summary(markdown, file.metadata()?.len()) {
        Some(summary) => file.write_all(summary.as_bytes()),
        None => Ok(()),
    }
}
