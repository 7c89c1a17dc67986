//! The folder of a run: a journal while it goes on, everything else in the end.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::ci::{badge, gitlab};
use super::{Report, View, build, hlog, html, junit, markdown, view};
use crate::record::{Interval, JournalError, Line, RunLog, RunStart, read_lines};
use crate::time::WallClock;

/// The journal's name in a folder.
pub const JOURNAL: &str = "journal.jsonl";

/// A run's folder.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

/// Why a folder cannot be made, written or read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file or a folder of the system.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Nothing that could be rebuilt.
    #[error("`{}` holds no run: there is no {JOURNAL} in it", .0.display())]
    NotARun(PathBuf),
    /// A report that is complete by itself, such as those of `tune`, `gate`, `capacity` and `discover`.
    #[error(
        "`{}` holds a finished report and no {JOURNAL}: there is nothing to rebuild or to compare; open report.html in it, or read report.json",
        .0.display()
    )]
    Finished(PathBuf),
    /// The journal.
    #[error("the journal in `{}` cannot be read", path.display())]
    Journal {
        /// The run's folder.
        path: PathBuf,
        /// Why.
        source: JournalError,
    },
}

impl RunFolder {
    /// Makes a folder `<out>/<name>-<UTC>`, with a number behind it where two runs begin in the same second.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn create(out: &Path, name: &str, now: WallClock) -> Result<Self, FolderError> {
        let failed = |path: &Path, source| FolderError::Io { doing: "make the folder", path: path.to_owned(), source };
        fs::create_dir_all(out).map_err(|source| failed(out, source))?;
        let base = format!("{}-{}", file_name(name), now.compact());
        let names = std::iter::once(base.clone()).chain((2..1_000).map(|n| format!("{base}-{n}")));
        for name in names {
            let path = out.join(name);
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(failed(&path, source)),
            }
        }
        Err(failed(out, io::Error::from(io::ErrorKind::AlreadyExists)))
    }

    /// Makes a folder of exactly that name, for one of several runs that belong together.
    ///
    /// # Errors
    /// [`FolderError::Io`], also where it is there already.
    pub fn create_at(out: &Path, name: &str) -> Result<Self, FolderError> {
        let failed = |path: &Path, source| FolderError::Io { doing: "make the folder", path: path.to_owned(), source };
        fs::create_dir_all(out).map_err(|source| failed(out, source))?;
        let path = out.join(file_name(name));
        fs::create_dir(&path).map_err(|source| failed(&path, source))?;
        Ok(Self { path })
    }

    /// The runs at a path: the run that it is, or those in the folders directly below it, in the order of their names.
    ///
    /// # Errors
    /// [`FolderError::NotARun`] where there is none; [`FolderError::Finished`] where there is a report all the same.
    pub fn all_in(path: &Path) -> Result<Vec<Self>, FolderError> {
        if let Ok(run) = Self::open(path) {
            return Ok(vec![run]);
        }
        let failed = |source| FolderError::Io { doing: "read", path: path.to_owned(), source };
        let mut below = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            below.push(entry.map_err(failed)?.path());
        }
        below.sort();
        let runs: Vec<Self> = below.iter().filter_map(|path| Self::open(path).ok()).collect();
        if runs.is_empty() { Err(not_a_run(path)) } else { Ok(runs) }
    }

    /// A folder that is there, named by itself or by its journal.
    ///
    /// # Errors
    /// [`FolderError::NotARun`], [`FolderError::Finished`].
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let path =
            if path.file_name().is_some_and(|name| name == JOURNAL) { path.parent().unwrap_or(path) } else { path };
        if path.join(JOURNAL).is_file() { Ok(Self { path: path.to_owned() }) } else { Err(not_a_run(path)) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its own name, which is also the run's.
    pub fn run_id(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// A new journal.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn new_journal(&self) -> Result<BufWriter<File>, FolderError> {
        let path = self.path.join(JOURNAL);
        match File::create(&path) {
            Ok(file) => Ok(BufWriter::new(file)),
            Err(source) => Err(FolderError::Io { doing: "write", path, source }),
        }
    }

    /// Reads the journal.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn read(&self) -> Result<RunLog, FolderError> {
        let mut log = RunLog::new();
        self.read_each(|line| log.apply(line))?;
        Ok(log)
    }

    /// What the journal says first, without reading on.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn read_start(&self) -> Result<RunStart, FolderError> {
        let path = self.path.join(JOURNAL);
        let mut first = Vec::new();
        let read = File::open(&path).and_then(|file| BufReader::new(file).read_until(b'\n', &mut first));
        read.map_err(|source| FolderError::Io { doing: "read", path, source })?;
        let mut start = RunStart::default();
        let read = read_lines(first.as_slice(), |line| {
            if let Line::Start(line) = line {
                start = *line;
            }
        });
        read.map_err(|source| FolderError::Journal { path: self.path.clone(), source })?;
        Ok(start)
    }

    /// Reads the journal, and shows every second on the way.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn read_seconds(&self, mut each: impl FnMut(&Interval)) -> Result<RunLog, FolderError> {
        let mut log = RunLog::new();
        self.read_each(|line| {
            if let Line::Interval(interval) = &line {
                each(interval);
            }
            log.apply(line);
        })?;
        Ok(log)
    }

    fn read_each(&self, each: impl FnMut(Line)) -> Result<(), FolderError> {
        let path = self.path.join(JOURNAL);
        let file = File::open(&path).map_err(|source| FolderError::Io { doing: "read", path, source })?;
        let path = self.path.clone();
        read_lines(BufReader::new(file), each).map_err(|source| FolderError::Journal { path, source })
    }

    /// Writes every report of a run beside its journal.
    ///
    /// # Errors
    /// [`FolderError`]: the first file that cannot be written; those before it are there.
    pub fn write_reports(&self, log: &RunLog) -> Result<Report, FolderError> {
        let report = build(log);
        self.write_report(&report, &view(log), &log.start.resolved)?;
        self.write_hlog(&log.start)?;
        Ok(report)
    }

    /// Writes `report.json` alone beside a run's journal: of many runs nobody opens every page, and `loadline report` makes the one
    /// that somebody wants.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub fn write_summary(&self, log: &RunLog) -> Result<Report, FolderError> {
        let report = build(log);
        self.write_json(&report)?;
        Ok(report)
    }

    fn write_json(&self, report: &Report) -> Result<(), FolderError> {
        self.write("report.json", |out| {
            serde_json::to_writer_pretty(&mut *out, report)?;
            out.write_all(b"\n")
        })
    }

    /// Writes a report in every form, and the scenario beside it.
    ///
    /// # Errors
    /// [`FolderError::Io`]: the first file that cannot be written; those before it are there.
    pub(super) fn write_report(&self, report: &Report, view: &View, scenario: &str) -> Result<(), FolderError> {
        let other = |error: &dyn std::fmt::Display| io::Error::other(error.to_string());
        self.write_json(report)?;
        self.write("report.html", |out| {
            let page = html::render(report, view).map_err(|error| other(&error))?;
            out.write_all(page.as_bytes())
        })?;
        self.write("summary.md", |out| out.write_all(markdown::render(report).as_bytes()))?;
        self.write("junit.xml", |out| out.write_all(junit::render(report).map_err(|error| other(&error))?.as_bytes()))?;
        self.write("metrics.txt", |out| out.write_all(gitlab::render(report).as_bytes()))?;
        self.write("badge.json", |out| {
            serde_json::to_writer_pretty(&mut *out, &badge::badge(report))?;
            out.write_all(b"\n")
        })?;
        self.write("scenario.yaml", |out| out.write_all(scenario.as_bytes()))
    }

    /// The interval log is written second by second from the journal, so that a long run needs no memory for it.
    fn write_hlog(&self, start: &RunStart) -> Result<(), FolderError> {
        let path = self.path.join("latency.hlog");
        let failed = |source| FolderError::Io { doing: "write", path: path.clone(), source };
        let mut out = BufWriter::new(File::create(&path).map_err(failed)?);
        hlog::write(&mut out, start, |each| {
            let read = self.read_each(|line| {
                if let Line::Interval(interval) = line {
                    each(&interval);
                }
            });
            // What cannot be read any more is not in the log either; the report says that the journal broke.
            if let Err(FolderError::Journal { source: JournalError::Io(error), .. }) = read {
                Err(error)
            } else {
                Ok(())
            }
        })
        .map_err(failed)?;
        out.flush().map_err(failed)
    }

    /// Writes one file of the folder.
    ///
    /// # Errors
    /// [`FolderError::Io`].
    pub(super) fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), FolderError> {
        let path = self.path.join(name);
        let write = || {
            let mut out = BufWriter::new(File::create(&path)?);
            fill(&mut out)?;
            out.flush()
        };
        write().map_err(|source| FolderError::Io { doing: "write", path: path.clone(), source })
    }
}

/// What a folder without a journal is.
fn not_a_run(path: &Path) -> FolderError {
    if path.join("report.json").is_file() {
        FolderError::Finished(path.to_owned())
    } else {
        FolderError::NotARun(path.to_owned())
    }
}

/// A name that every file system takes: letters, digits, `-`, `_` and `.`, at most 80 of them.
fn file_name(name: &str) -> String {
    let tidy: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' })
        .take(80)
        .collect();
    if tidy.is_empty() { "run".to_owned() } else { tidy }
}
