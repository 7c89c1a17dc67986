//! The published schemas, by an independent validator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::program::{loadline, output, package, printed};
use crate::run;

const INSTALL: &str = "python3 -m pip install check-jsonschema, in a venv whose bin/ is on the PATH";

fn validate(schema: &Path, documents: &[PathBuf]) -> Output {
    output(Command::new("check-jsonschema").arg("--schemafile").arg(schema).args(documents), INSTALL)
}

fn assert_valid(schema: &Path, documents: &[PathBuf]) {
    let ended = validate(schema, documents);
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{documents:?} against {}:\n{out}\n{err}", schema.display());
}

/// What `loadline schema` prints, in a file.
fn printed_schema(format: &str) -> PathBuf {
    let path = run::smoke().with_file_name(format!("{format}.schema.json"));
    fs::write(&path, printed(loadline().args(["schema", format]), "cargo build")).expect("a writable folder");
    path
}

#[test]
fn the_report_satisfies_the_schema_that_is_printed() {
    let schema = printed_schema("report");
    assert_valid(&schema, &[run::smoke().join("report.json")]);

    // The validator has teeth: a report that lacks its verdict, or has a word for a number, is refused.
    for (name, pointer, bad) in [("no-verdict", "/verdict", None), ("worded", "/duration_s", Some("long"))] {
        let mut report = run::report();
        match bad {
            Some(word) => *report.pointer_mut(pointer).expect("there") = word.into(),
            None => drop(report.as_object_mut().expect("an object").remove(&pointer[1..])),
        }
        let path = run::smoke().with_file_name(format!("{name}.json"));
        fs::write(&path, report.to_string()).expect("a writable folder");
        assert!(!validate(&schema, &[path]).status.success(), "{name} passed");
    }
}

#[test]
fn every_shipped_scenario_satisfies_the_committed_schema() {
    let files = fs::read_dir(package("scenarios")).expect("scenarios are shipped");
    let paths = files.map(|entry| entry.expect("a readable folder").path());
    let scenarios: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|is| is == "yaml")).collect();
    assert!(scenarios.len() > 1, "{scenarios:?}");
    assert_valid(&package("schemas/scenario.schema.json"), &scenarios);

    let bad = run::smoke().with_file_name("bad.yaml");
    fs::write(&bad, "name: bad\ntarget: {mock: attendees}\nworkload: []\n").expect("a writable folder");
    assert!(!validate(&package("schemas/scenario.schema.json"), &[bad]).status.success(), "an unknown key passed");
}
