//! Writing a run down while it goes on: the journal and the log, which always get the same lines.

use std::io::{self, Write};

use super::interval::Interval;
use super::journal::{Line, RunEvent, write_interval, write_line};
use super::progress::Progress;
use super::run_log::RunLog;

/// The journal and the log of a run, live or simulated.
pub struct RunWriter<'a> {
    journal: &'a mut dyn Write,
    log: RunLog,
    /// Set once a line could not be written; what follows would be misread.
    broken: bool,
}

impl<'a> RunWriter<'a> {
    /// Writes into a journal that is empty so far.
    pub fn new(journal: &'a mut dyn Write) -> Self {
        Self { journal, log: RunLog::new(), broken: false }
    }

    /// Everything that was written.
    pub fn log(&self) -> &RunLog {
        &self.log
    }

    /// Everything that was written, in the end.
    pub fn into_log(self) -> RunLog {
        self.log
    }

    /// A line. A journal that cannot be written is noted once, and the run goes on.
    pub fn line(&mut self, line: Line, progress: &mut dyn Progress) {
        self.write(progress, |journal| write_line(journal, &line));
        self.log.apply(line);
    }

    /// A second. The buffer stays the lane's, so it is borrowed and not made into a line.
    pub fn second(&mut self, interval: &Interval, progress: &mut dyn Progress) {
        self.write(progress, |journal| write_interval(journal, interval));
        self.log.add(interval);
    }

    fn write(&mut self, progress: &mut dyn Progress, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if self.broken {
            return;
        }
        if let Err(error) = write(self.journal) {
            self.broken = true;
            let what = format!("the journal cannot be written any more ({error}); the run goes on without it");
            progress.note(&what);
            let at_s = self.log.duration_s();
            self.log.apply(Line::Event(RunEvent { at_s, for_s: None, what }));
        }
    }
}

impl std::fmt::Debug for RunWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunWriter").field("broken", &self.broken).finish_non_exhaustive()
    }
}
