//! The built program: run with a scenario in a folder of its own, and what it left behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program, in an environment that the machine of a developer or of CI does not reach into.
pub(crate) fn loadline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadline"));
    command.env_remove("NO_COLOR").env_remove("CI").env_remove("CLICOLOR_FORCE").env("COLUMNS", "100");
    for name in CI {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// What CI systems set and the program reads.
const CI: [&str; 7] = [
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_SHA",
    "GITHUB_HEAD_REF",
    "GITHUB_REF_NAME",
    "CI_COMMIT_SHA",
    "CI_COMMIT_REF_NAME",
];

/// What a program said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Said {
    /// Ended with that code, and says so in words on its last line.
    pub(crate) fn check_code(&self, code: i32) {
        assert_eq!(self.code, Some(code), "{self:?}");
        let last = self.err.lines().last().unwrap_or_default();
        assert!(last.starts_with(&format!("exit {code}: ")), "{last}");
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Runs the program with these arguments.
pub(crate) fn say(arguments: &[&str]) -> Said {
    loadline().args(arguments).output().expect("it starts").into()
}

/// A place for a scenario and its runs.
#[derive(Debug)]
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn with(yaml: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("scenario.yaml"), yaml).expect("written");
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `loadline VERB scenario.yaml ARGUMENTS` in this place.
    pub(crate) fn command(&self, verb: &str, arguments: &[&str]) -> Command {
        let mut command = loadline();
        command.current_dir(self.path()).args([verb, "scenario.yaml"]).args(arguments);
        command
    }

    pub(crate) fn check(&self, arguments: &[&str]) -> Said {
        self.command("check", arguments).output().expect("it starts").into()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.command("run", arguments).output().expect("it starts").into()
    }

    /// Starts a run and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command("run", arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    }

    /// Runs a scenario that has to work, and gives its report.
    pub(crate) fn report(&self, code: i32) -> Value {
        self.run(&[]).check_code(code);
        self.read_report()
    }

    /// The folder of the only run; `None` where nothing was run.
    pub(crate) fn run_folder(&self) -> Option<PathBuf> {
        let mut folders = fs::read_dir(self.path().join("reports")).ok()?.map(|entry| entry.expect("readable").path());
        let first = folders.next();
        assert!(folders.next().is_none(), "one run, one folder");
        first
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.run_folder().expect("a run").join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn read_report(&self) -> Value {
        serde_json::from_str(&self.read("report.json")).expect("JSON")
    }

    /// How many seconds the journal holds so far.
    pub(crate) fn seconds_in_journal(&self) -> usize {
        let path = self.run_folder().map(|folder| folder.join("journal.jsonl"));
        let journal = path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        journal.matches("{\"line\":\"interval\"").count().min(journal.matches('\n').count().saturating_sub(1))
    }
}

/// Every file that a run leaves behind.
pub(crate) const FILES: [&str; 9] = [
    "journal.jsonl",
    "report.json",
    "report.html",
    "summary.md",
    "junit.xml",
    "metrics.txt",
    "badge.json",
    "latency.hlog",
    "scenario.yaml",
];
