//! What CI systems get: annotations and the summary of a step on GitHub, a history that grows by a row.

use std::fs;
use std::path::PathBuf;

use crate::program::{Place, Said};
use crate::server::{Server, ok};

/// A scenario of a third of a second, under a name that GitHub's runner would obey.
fn place(server: &Server, rest: &str) -> Place {
    Place::with(&format!(
        "name: '::error::##[error]forged'
target: {{url: '{}'}}
api: {{operations: {{Get: {{method: GET, path: '/things/{{id}}'}}}}}}
workloads: [{{name: w, arrivals: {{rate: 20/s, duration: 300ms}}, flow: [{{call: Get, with: {{id: a}}}}]}}]
{rest}",
        server.url()
    ))
}

fn server() -> Server {
    Server::start(|_, _| ok("{}"))
}

/// Runs as a step of GitHub's would, and gives what the step's summary holds then.
fn on_github(place: &Place, verb: &str, arguments: &[&str]) -> (Said, String) {
    let summary = summary_file(place);
    fs::write(&summary, "of another program\n").expect("written");
    let mut command = place.command(verb, arguments);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let said = command.output().expect("starts").into();
    (said, fs::read_to_string(&summary).expect("text"))
}

fn summary_file(place: &Place) -> PathBuf {
    place.path().join("step-summary.md")
}

/// The lines that GitHub's runner would take for commands: those that begin with `::` behind white space, and those with `##[` in
/// them (`ActionCommand.cs` of its source).
fn commands(said: &Said) -> Vec<&str> {
    let lines = said.out.split(['\n', '\r']).chain(said.err.split(['\n', '\r']));
    lines.filter(|line| line.trim_start().starts_with("::") || line.contains("##[")).collect()
}

#[test]
fn a_step_on_github_is_annotated_and_summarized() {
    let server = server();
    let place = place(&server, "thresholds: ['p99(response) < 1us', 'ratio(calls.ok) >= 99%']");
    let (said, summary) = on_github(&place, "run", &["--json"]);
    said.check_code(99);
    assert_eq!(said.json(), place.read_report(), "standard output is JSON and means the same");
    let commands = commands(&said);
    let errors: Vec<&&str> = commands.iter().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(errors.len(), 1, "{commands:?}");
    let start = "::error title=%3A%3Aerror%3A%3A##[error]forged%3A threshold failed::p99(response) < 1us: observed ";
    assert!(errors[0].starts_with(start), "{errors:?}");
    // The machine may be busy, which is worth a warning; nothing else is a command.
    assert!(commands.iter().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")), "{commands:?}");
    assert_eq!(summary, format!("of another program\n\n{}\n", place.read("summary.md").trim_end()));
    assert!(summary.len() <= 64 * 1024);
}

#[test]
fn a_gate_is_annotated_and_summarized_and_leaves_a_row() {
    let place = Place::with(
        "name: pairs
target: {mock: attendees}
mock: {throttling: off, quotas: {meetings: unlimited}, latency: {type: constant, value: 20ms}}
workloads:
  - name: load
    arrivals: {rate: 480/s, duration: 500ms}
    flow:
      - call: CreateMeeting
        with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: 'm-{{ seq }}'}
gate:
  metrics: [{of: p50(response), tolerance: 15%}]
  candidate: {set: {mock.latency.value: 20ms}}
  pairs: 5
  max_pairs: 5
",
    );
    let (said, summary) = on_github(&place, "gate", &["--history=history.csv"]);
    let report = place.read_report();
    let code = report["verdict"]["exit_code"].as_i64().and_then(|code| i32::try_from(code).ok()).expect("a code");
    said.check_code(code);
    let commands = commands(&said);
    assert!(commands.len() == 1 && commands[0].contains(" title=pairs%3A "), "{commands:?}");
    assert_eq!(summary, format!("of another program\n\n{}\n", place.read("summary.md").trim_end()));
    assert!(place.read("metrics.txt").contains("loadline_gate_passed{metric=\"p50(response)\"} "));
    assert_eq!(report["verdict"]["word"] == "pass", place.read("metrics.txt").contains("\nloadline_passed 1\n"));
    // Whatever the machine had time for, a row is there where there are numbers for it.
    let history = fs::read_to_string(place.path().join("history.csv"));
    assert_eq!(history.is_ok(), report.pointer("/gate/metrics/0/change/estimate").is_some(), "{history:?}");
    if let Ok(history) = history {
        assert!(history.starts_with("time,commit,branch,scenario,verdict,pairs,p50_response_ms,"), "{history}");
        assert_eq!(history.lines().count(), 2, "{history}");
    }
}

#[test]
fn anywhere_else_nothing_is_said_to_github() {
    let server = server();
    let place = place(&server, "thresholds: ['p99(response) < 1us']");
    let summary = summary_file(&place);
    for value in [None, Some(""), Some("false")] {
        let out = place.path().join(format!("out-{}", value.unwrap_or("none")));
        let mut command = place.command("run", &["--out", &out.display().to_string()]);
        command.env("GITHUB_STEP_SUMMARY", &summary);
        if let Some(value) = value {
            command.env("GITHUB_ACTIONS", value);
        }
        let said: Said = command.output().expect("starts").into();
        said.check_code(99);
        assert!(!said.err.contains("::error title"), "{}", said.err);
        assert!(!summary.exists(), "{value:?}");
    }
}

#[test]
fn a_verb_that_cannot_begin_is_annotated_too() {
    let place = Place::with("name: broken\ntarget: {url: nonsense}\n");
    let (said, summary) = on_github(&place, "run", &[]);
    said.check_code(2);
    let commands = commands(&said);
    assert!(commands.len() == 1 && commands[0].starts_with("::error title=loadline::"), "{commands:?}");
    assert_eq!(summary, "of another program\n", "there is nothing to sum up");
}

#[test]
fn a_summary_that_cannot_be_written_fails_no_run() {
    let server = server();
    let place = place(&server, "");
    let mut command = place.command("run", &[]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", place.path());
    let said: Said = command.output().expect("starts").into();
    said.check_code(0);
    assert!(said.err.contains("the summary of the step cannot be written"), "{}", said.err);
}

#[test]
fn a_full_summary_stays_as_it_is() {
    let server = server();
    let place = place(&server, "");
    let summary = summary_file(&place);
    let full = "x".repeat(64 * 1024);
    fs::write(&summary, &full).expect("written");
    let mut command = place.command("run", &[]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let said: Said = command.output().expect("starts").into();
    said.check_code(0);
    assert!(fs::read_to_string(&summary).expect("text") == full);
}

#[test]
fn a_history_grows_by_a_row_with_each_run() {
    let server = server();
    let place = place(&server, "");
    for (sha, flag) in [("aaa", "--history"), ("bbb", "--history"), ("ccc", "--history=reports/history.csv")] {
        let mut command = place.command("run", &[flag, "--quiet"]);
        command.env("GITHUB_SHA", sha).env("GITHUB_REF_NAME", "main");
        let said: Said = command.output().expect("starts").into();
        said.check_code(0);
    }
    let path = place.path().join("reports/history.csv");
    let text = fs::read_to_string(&path).expect("there");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 4, "{text}");
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{text}");
    assert_eq!(rows.iter().map(|row| row[1]).collect::<Vec<_>>(), ["commit", "aaa", "bbb", "ccc"]);
    assert!(rows[1..].iter().all(|row| row[2] == "main" && row[4] == "pass"), "{text}");

    // A file of something else is told of, and left alone.
    fs::write(&path, "a,b\n1,2\n").expect("written");
    let said = place.run(&["--history"]);
    said.check_code(1);
    assert!(said.err.contains("other columns"), "{}", said.err);
    assert_eq!(fs::read_to_string(&path).expect("there"), "a,b\n1,2\n");
}
