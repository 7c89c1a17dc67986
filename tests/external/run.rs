//! One real run of the shipped `smoke` scenario, shared by the tests.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use crate::program::{loadline, output, package};

/// The folder of the run.
pub(crate) fn smoke() -> PathBuf {
    static RUN: OnceLock<PathBuf> = OnceLock::new();
    RUN.get_or_init(run).clone()
}

fn run() -> PathBuf {
    // Below target/, so that what a failed test looked at is still there.
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("external-{}", std::process::id()));
    let scenario = package("scenarios/smoke.yaml");
    let ended = output(loadline().arg("run").arg(scenario).arg("--out").arg(&out).arg("--no-progress"), "cargo build");
    let said = String::from_utf8_lossy(&ended.stderr);
    // The machine may be busy: thresholds do not count here, and validity never does without `--require-valid`.
    assert!(matches!(ended.status.code(), Some(0 | 99)), "the run ended with {}:\n{said}", ended.status);
    let mut folders = fs::read_dir(&out).expect("the run left a folder");
    folders.next().expect("the run left a folder").expect("a readable folder").path()
}

/// A file of the run.
pub(crate) fn read(name: &str) -> String {
    let path = smoke().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

/// The run's report.
pub(crate) fn report() -> Value {
    serde_json::from_str(&read("report.json")).expect("report.json is JSON")
}

#[test]
fn smoke_measures_something_and_its_audit_passes() {
    let report = report();
    assert!(report["totals"]["calls"]["ok"].as_u64().is_some_and(|ok| ok > 0), "{}", report["totals"]["calls"]);
    assert_eq!(report["audit"]["ok"], true, "{}", report["audit"]);
    assert_eq!(report["interrupted"], false);
    assert_eq!(report["incomplete"], false);
    for name in
        ["journal.jsonl", "latency.hlog", "summary.md", "junit.xml", "scenario.yaml", "report.html", "metrics.txt"]
    {
        assert!(!read(name).is_empty(), "{name} is empty");
    }
}
