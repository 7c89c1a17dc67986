//! `loadline gate` as a user sees it: what it compares, what it refuses, and that nothing of a server is left behind.

use std::fs;
use std::io::{self, BufRead as _, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::{Place, Said};

/// Two hundred and forty calls in half a second, to a service that always takes the same time.
fn scenario(target: &str, gate: &str) -> String {
    format!(
        "name: pair
target: {target}
mock: {{throttling: off, quotas: {{meetings: unlimited}}, latency: {{type: constant, value: 20ms}}}}
workloads:
  - name: load
    arrivals: {{rate: 480/s, duration: 500ms, spacing: even}}
    flow:
      - call: CreateMeeting
        with: {{ClientRequestToken: \"{{{{ uuid }}}}\", MediaRegion: us-east-1, ExternalMeetingId: \"m-{{{{ seq }}}}\"}}
gate:
  metrics: [{{of: p50(response), tolerance: 15%}}]
{gate}"
    )
}

const MOCK: &str = "{mock: attendees}";

fn gate(place: &Place, arguments: &[&str]) -> Said {
    place.command("gate", arguments).output().expect("it starts").into()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} in {value}"))
}

/// A script that starts our own mock and says where it is, with more around it.
fn server(place: &Place, name: &str, before: &str) -> String {
    let program = env!("CARGO_BIN_EXE_loadline");
    let script = format!("{before}\nexec {program} mock scenario.yaml\n");
    fs::write(place.path().join(name), script).expect("written");
    format!("sh {name}")
}

/// Gates until the machine had time for one: what is asked for here is not that the generator keeps up.
fn judged(place: &Place, arguments: &[&str], wanted: &[i32]) -> Said {
    let mut last = None;
    for _ in 0..5 {
        let said = gate(place, arguments);
        if said.code.is_some_and(|code| wanted.contains(&code)) {
            return said;
        }
        assert_eq!(said.code, Some(112), "{said:?}");
        last = Some(said);
    }
    panic!("five times in a row the machine had no time: {last:?}");
}

#[test]
fn a_slower_candidate_fails_and_the_report_says_so() {
    let place = Place::with(&scenario(
        MOCK,
        "  candidate: {set: {mock.latency.value: 40ms}}\n  pairs: 5\n  max_pairs: 5\n  spare_pairs: 20\n",
    ));
    let said = judged(&place, &["--json"], &[110]);
    said.check_code(110);
    let report = said.json();
    assert_eq!(text(&report, "/gate/verdict"), "fail", "{report}");
    assert_eq!(report["verdict"]["exit_code"], 110);
    assert_eq!(text(&report, "/gate/sides/candidate/what"), "the embedded mock with mock.latency.value = 40ms");
    assert!(said.err.contains("pair 5, "), "{}", said.err);
}

#[test]
fn every_run_of_a_gate_is_a_folder_that_can_be_read_again() {
    let place = Place::with(&scenario(MOCK, "  pairs: 4\n  max_pairs: 4\n  spare_pairs: 0\n"));
    let said = gate(&place, &["--seed", "7"]);
    assert!(matches!(said.code, Some(0 | 112)), "{said:?}");
    let folder = place.run_folder().expect("a folder");
    assert!(folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pair-gate-")), "{folder:?}");
    for name in ["report.json", "report.html", "summary.md", "junit.xml", "scenario.yaml"] {
        assert!(!place.read(name).is_empty(), "{name}");
    }
    let run = |name: &str| -> Value {
        let path = folder.join("pairs").join(name).join("report.json");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).expect("JSON")
    };
    // Both runs of a pair draw the same load, and no two pairs the same.
    assert_eq!(run("00-baseline")["seed"], run("00-candidate")["seed"]);
    assert_ne!(run("00-baseline")["seed"], run("01-baseline")["seed"]);
    assert_eq!(run("01-candidate")["totals"]["calls"]["count"], 240);
    let again = folder.join("pairs/00-candidate");
    crate::program::say(&["report", &again.display().to_string()]).check_code(0);
    assert!(again.join("report.html").exists());
}

#[test]
fn too_few_pairs_decide_nothing_and_the_caller_says_what_that_means() {
    let place = Place::with(&scenario(MOCK, "  pairs: 4\n  max_pairs: 4\n  spare_pairs: 20\n"));
    let said = judged(&place, &["--on-inconclusive", "fail", "--quiet"], &[111]);
    said.check_code(111);
    assert!(said.err.to_lowercase().contains("inconclusive"), "{}", said.err);
}

#[test]
fn a_candidate_that_is_not_there_passes_nothing() {
    // Port 1 of the loopback: nobody listens.
    let place = Place::with(&scenario(MOCK, "  pairs: 4\n  max_pairs: 4\n  spare_pairs: 0\n"));
    let said = gate(&place, &["--candidate", "http://127.0.0.1:1"]);
    said.check_code(112);
    assert_eq!(text(&place.read_report(), "/gate/verdict"), "invalid");
}

#[test]
fn a_host_that_nobody_allowed_is_refused_before_anything_is_sent() {
    let place = Place::with(&scenario(MOCK, ""));
    let said = gate(&place, &["--candidate", "http://elsewhere.example"]);
    said.check_code(113);
    assert!(said.err.contains("candidate: the target `elsewhere.example`"), "{}", said.err);
    assert!(place.run_folder().is_none());
}

#[test]
fn commands_are_servers() {
    let place = Place::with(&scenario(MOCK, "  pairs: 4\n  max_pairs: 4\n  spare_pairs: 0\n"));
    let marker = "echo started >> starts; echo 'warming up at 10:11:12'";
    let (baseline, candidate) = (server(&place, "old.sh", marker), server(&place, "new.sh", marker));
    let said = gate(&place, &["--baseline-command", &baseline, "--candidate-command", &candidate, "--json"]);
    assert!(matches!(said.code, Some(0 | 112)), "{said:?}");
    let report = said.json();
    assert_eq!(text(&report, "/gate/sides/candidate/what"), candidate);
    let starts = fs::read_to_string(place.path().join("starts")).expect("it was started");
    // The warm-up pair and four more, each run with a server of its own.
    assert_eq!(starts.lines().count(), 10, "{starts}");
    let folder = place.run_folder().expect("a folder");
    let run: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("pairs/01-candidate/report.json")).expect("a report"))
            .expect("JSON");
    assert!(text(&run, "/target/url").starts_with("http://127.0.0.1:"), "{run}");
    assert_eq!(run["totals"]["calls"]["ok"], 240);
}

#[test]
fn a_command_that_is_no_server_is_named_with_what_it_said() {
    let place = Place::with(&scenario(MOCK, ""));
    let said = gate(&place, &["--candidate-command", "sh -c 'echo no such database >&2; exit 4'"]);
    said.check_code(1);
    for part in ["the candidate has no server", "ended before it listened (exit status: 4)", "no such database"] {
        assert!(said.err.contains(part), "{part} in {}", said.err);
    }
    let silent = "  candidate: {command: [sh, -c, 'echo hello; exec sleep 600'], ready_within: 100ms}\n";
    let said = gate(&Place::with(&scenario(MOCK, silent)), &[]);
    said.check_code(1);
    assert!(said.err.contains("printed no address within 100ms") && said.err.contains("hello"), "{}", said.err);
    let abroad = "  candidate: {command: [sh, -c, 'echo http://192.0.2.1:80/; exec sleep 600'], ready_within: 100ms}\n";
    let said = gate(&Place::with(&scenario(MOCK, abroad)), &[]);
    assert!(matches!(said.code, Some(1 | 113)), "{said:?}");
}

#[test]
fn what_cannot_be_compared_is_said_before_anything_is_sent() {
    let place = Place::with(&scenario(MOCK, ""));
    let refused = |arguments: &[&str], part: &str| {
        let said = gate(&place, arguments);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.err.contains(part), "{part} in {}", said.err);
    };
    refused(&["--metric", "p99(response)=5%"], "a run has 240 samples of `p99(response)`");
    refused(&["--metric", "p50(response)=many"], "many");
    refused(&["--candidate-command", "sh 'x"], "the quote ' is not closed");
    refused(&["--pairs", "3"], "3 is not in 4..=100");
    assert!(place.run_folder().is_none());
    let said = place.check(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("pairs        8, and 16 where these do not decide"), "{}", said.out);
    assert!(said.out.contains("load         9s to 17s"), "{}", said.out);
}

#[test]
fn a_duet_runs_both_at_the_same_time() {
    let place = Place::with(&scenario(MOCK, "  pairs: 4\n  max_pairs: 4\n  spare_pairs: 0\n"));
    let said = gate(&place, &["--duet", "--json"]);
    assert!(matches!(said.code, Some(0 | 112)), "{said:?}");
    let report = said.json();
    assert_eq!(text(&report, "/gate/kind"), "duet");
}

#[test]
fn a_calibration_tells_the_noise() {
    let place = Place::with(&scenario(MOCK, "  candidate: {set: {mock.latency.value: 90ms}}\n  spare_pairs: 0\n"));
    let said = gate(&place, &["--calibrate", "--pairs", "4", "--json"]);
    assert!(matches!(said.code, Some(0 | 112)), "{said:?}");
    let report = said.json();
    assert_eq!(text(&report, "/gate/kind"), "calibration");
    // The candidate of the scenario has no part in it.
    assert_eq!(text(&report, "/gate/sides/candidate/what"), "the embedded mock");
    let written: Value = serde_json::from_str(&place.read("gate-calibration.json")).expect("JSON");
    assert_eq!(text(&written, "/metrics/0/metric"), "p50(response)");
}

fn interrupt(child: &Child) {
    let status = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().expect("a shell");
    assert!(status.success());
}

#[test]
fn ctrl_c_ends_with_what_is_known_and_leaves_no_server() {
    let place = Place::with(&scenario(MOCK, "  pairs: 100\n"));
    let candidate = server(&place, "new.sh", "echo $$ >> pids");
    let mut child = place
        .command("gate", &["--candidate-command", &candidate])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut err = io::BufReader::new(child.stderr.take().expect("piped"));
    let mut said = String::new();
    while !said.contains("pair 1, ") {
        assert!(err.read_line(&mut said).expect("text") > 0, "{said}");
    }
    interrupt(&child);
    err.read_to_string(&mut said).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{said}");
    assert!(said.lines().last().is_some_and(|line| line.starts_with("exit 130: ")), "{said}");
    let report = place.read_report();
    assert_eq!((&report["interrupted"], &report["verdict"]["exit_code"]), (&Value::Bool(true), &Value::from(130)));
    let pids = fs::read_to_string(place.path().join("pids")).expect("it was started");
    for pid in pids.lines() {
        assert!(!std::path::Path::new("/proc").join(pid).join("exe").exists(), "{pid} is still there");
    }
}
