//! `--history`: a row for each run in a file that outlives the runs.

use std::env;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::say;
use crate::report::Report;
use crate::report::ci::history::{Origin, Row, row};
use crate::time::WallClock;

/// The flag.
#[derive(Debug, Default, Args)]
pub(super) struct HistoryFlag {
    /// Append a row to this file, for programs that find the run at which things changed [without FILE: history.csv in the folder
    /// of the reports]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    history: Option<OsString>,
}

/// Why there is no new row.
#[derive(Debug, thiserror::Error)]
pub(super) enum HistoryError {
    /// The system.
    #[error("cannot append to the history `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its columns are those of another verb, of other metrics, or of another version.
    #[error(
        "the history `{}` has other columns than this run, so that a row more would make no series: name another file, or move this one away",
        .0.display()
    )]
    OtherColumns(PathBuf),
    /// Something broke off while it was written.
    #[error("the history `{}` ends in the middle of a row: complete its last line or remove it", .0.display())]
    HalfARow(PathBuf),
}

impl HistoryFlag {
    /// Appends the row of a report, where that was asked for. `out` is the folder of all reports.
    ///
    /// # Errors
    /// [`HistoryError`]; the file is then as it was.
    pub(super) fn append(&self, report: &Report, out: &Path) -> Result<(), HistoryError> {
        let Some(file) = &self.history else { return Ok(()) };
        let path = if file.is_empty() { out.join("history.csv") } else { PathBuf::from(file) };
        if let Some(row) = row(report, &origin()) {
            append(&path, &row)
        } else {
            say("the history gets no row: nothing succeeded, so that there is nothing to compare with other runs");
            Ok(())
        }
    }
}

/// Where the run was made. Only the environment is asked: a program that is not told which commit it tests cannot know it.
fn origin() -> Origin {
    let first = |names: &[&str]| {
        names.iter().filter_map(|name| env::var(name).ok()).find(|value| !value.is_empty()).unwrap_or_default()
    };
    Origin {
        time: WallClock::now().rfc3339(),
        commit: first(&["GITHUB_SHA", "CI_COMMIT_SHA"]),
        // Of a pull request, GITHUB_REF_NAME is a number.
        branch: first(&["GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"]),
    }
}

/// Appends a row, and the head before it where the file is new. One write, so that a crash leaves a whole row or none.
fn append(path: &Path, row: &Row) -> Result<(), HistoryError> {
    let failed = |source| HistoryError::Io { path: path.to_owned(), source };
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
    let mut head = String::new();
    // A head is short; whatever else the file may be, it need not be read as a whole.
    BufReader::new(&file).take(64 * 1024).read_line(&mut head).map_err(failed)?;
    let text = if head.is_empty() {
        format!("{}\n{}\n", row.head, row.values)
    } else if head.trim_end_matches(['\n', '\r']) == row.head {
        let mut last = [0];
        file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).map_err(failed)?;
        if last != *b"\n" {
            return Err(HistoryError::HalfARow(path.to_owned()));
        }
        format!("{}\n", row.values)
    } else {
        return Err(HistoryError::OtherColumns(path.to_owned()));
    };
    file.write_all(text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn row(head: &str, values: &str) -> Row {
        Row { head: head.into(), values: values.into() }
    }

    #[test]
    fn the_head_comes_once_and_rows_follow() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history.csv");
        for values in ["1,2", "3,4", "5,6"] {
            append(&path, &row("a,b", values)).expect("appended");
        }
        assert_eq!(fs::read_to_string(&path).expect("there"), "a,b\n1,2\n3,4\n5,6\n");
    }

    #[test]
    fn what_is_no_history_of_the_same_runs_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history.csv");
        let check = |content: &[u8], says: &str| {
            fs::write(&path, content).expect("written");
            let said = append(&path, &row("a,b", "1,2")).expect_err("refused").to_string();
            assert!(said.contains(says), "{said}");
            assert_eq!(fs::read(&path).expect("there"), content);
        };
        check(b"a,b,c\n1,2,3\n", "name another file");
        check(b"a,b\n1,2\n3,", "remove it");
        check(b"a,b", "remove it");
        check(b"\n", "name another file");
        check(&vec![0xff; 200_000], "cannot append");
        let missing = folder.path().join("no/such/folder.csv");
        assert!(matches!(append(&missing, &row("a", "1")), Err(HistoryError::Io { .. })));
    }

    #[test]
    fn line_ends_of_other_systems_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("history.csv");
        fs::write(&path, "a,b\r\n1,2\r\n").expect("written");
        append(&path, &row("a,b", "3,4")).expect("appended");
        assert_eq!(fs::read_to_string(&path).expect("there"), "a,b\r\n1,2\r\n3,4\n");
    }
}
