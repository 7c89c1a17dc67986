//! The suites of `tests/clients/`, with the clients that `.ci/clients` installs, and the table that their results make.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::clients_table::{Ticks, ticks};
use crate::program::{output, package};

const INSTALL: &str = ".ci/clients target/ci-clients";

/// One suite with the clients of one folder.
struct Suite {
    name: &'static str,
    /// Below `tests/clients/`.
    folder: &'static str,
    /// Below `target/ci-clients/`.
    program: &'static str,
    arguments: &'static [&'static str],
    /// What the clients did, once it has run; or how it went wrong.
    results: OnceLock<Result<Ticks, String>>,
}

const PYTEST: &[&str] = &["-m", "pytest", "-q", "-p", "no:cacheprovider"];

static CURRENT: Suite = Suite {
    name: "current",
    folder: "python",
    program: "current/bin/python3",
    arguments: PYTEST,
    results: OnceLock::new(),
};

static LEGACY: Suite = Suite {
    name: "legacy",
    folder: "python",
    program: "legacy/bin/python3",
    arguments: PYTEST,
    results: OnceLock::new(),
};

static JAVASCRIPT: Suite = Suite {
    name: "javascript",
    folder: "javascript",
    program: "current/bin/node",
    arguments: &["--test"],
    results: OnceLock::new(),
};

impl Suite {
    /// Runs it, if no other test has yet.
    fn results(&self) -> &Result<Ticks, String> {
        self.results.get_or_init(|| self.run())
    }

    fn run(&self) -> Result<Ticks, String> {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let results = scratch.join(format!("clients-{}-{}.jsonl", self.name, std::process::id()));
        let program = scratch.with_file_name("ci-clients").join(self.program);
        let mut command = Command::new(program);
        command
            .args(self.arguments)
            .current_dir(package("tests/clients").join(self.folder))
            .env("LOADLINE", env!("CARGO_BIN_EXE_loadline"))
            .env("LOADLINE_RESULTS", &results)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let ended = output(&mut command, INSTALL);
        if ended.status.success() {
            Ok(read(&results))
        } else {
            let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
            Err(format!("{} ended with {}:\n{out}\n{err}", self.name, ended.status))
        }
    }

    #[track_caller]
    fn check(&self) {
        if let Err(said) = self.results() {
            panic!("{said}");
        }
    }
}

/// Results as a suite writes them: a line for each operation that a client performs.
fn read(results: &PathBuf) -> Ticks {
    let text = fs::read_to_string(results).expect("the suite wrote its results");
    let mut ticks = Ticks::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let word = |key: &str| line[key].as_str().expect("a word").to_owned();
        ticks.entry(word("client")).or_default().insert((word("namespace"), word("operation")));
    }
    ticks
}

#[test]
fn boto3_and_the_aws_cli_of_today_pass() {
    CURRENT.check();
}

#[test]
fn boto3_and_the_aws_cli_with_the_legacy_namespace_pass() {
    LEGACY.check();
}

#[test]
fn the_aws_sdk_for_javascript_passes() {
    JAVASCRIPT.check();
}

#[test]
fn the_table_in_the_documents_is_what_the_clients_do() {
    let mut seen = Ticks::new();
    for suite in [&CURRENT, &LEGACY, &JAVASCRIPT] {
        let results = suite.results().as_ref();
        seen.extend(results.unwrap_or_else(|_| panic!("the suite `{}` has failed", suite.name)).clone());
    }
    let mut told = ticks();
    // The column of the SDK for Rust is that of `tests/it/sdk_rust/`, which compares it by itself.
    told.retain(|client, _| !client.starts_with("Rust "));
    assert_eq!(told, seen, "docs/clients.md has to say what the clients did");
}
