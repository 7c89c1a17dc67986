//! Runs that are stopped, killed or run out of disk: nothing that was measured is lost.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use loadline::engine::{HaltSwitch, Live, Progress, Stage};
use loadline::record::{Interval, JOURNAL_VERSION, RunStart, Timeline};
use loadline::report;
use loadline::runner::Runner as _;
use serde_json::{Value, json};

use crate::program::{FILES, Place, Said, loadline};
use crate::server::{Act, Server, answer, ok};
use crate::virtual_time;

/// How long to wait for something that certainly comes.
const LONG: Duration = Duration::from_secs(30);

fn scenario(url: &str, duration: &str) -> String {
    format!(
        "name: long
target: {{url: '{url}'}}
api: {{operations: {{Get: {{method: GET, path: '/things/{{id}}'}}}}}}
policies: {{patient: {{max_attempts: 2, attempt_timeout: 20s, backoff: {{type: constant, base: 10ms}}}}}}
retry: patient
grace: 500ms
thresholds: ['ratio(calls.ok) > 10%']
workloads: [{{name: w, arrivals: {{rate: 50/s, duration: {duration}}}, flow: [{{call: Get, with: {{id: a}}}}]}}]
"
    )
}

/// A server whose answers differ, and one of which never comes.
fn server() -> Server {
    Server::start(|number, _| match number % 10 {
        3 => answer("429 Slow", "", ""),
        5 => answer("500 Oops", "", ""),
        _ if number == 8 => Act::Silence,
        _ => ok("{}"),
    })
}

/// Starts a long run and waits until so many seconds of it are in the journal. Each request is an occasion to look.
fn running(server: &Server, seconds: usize) -> (Place, Child) {
    let place = Place::with(&scenario(&server.url(), "60s"));
    let child = place.start(&[]);
    while place.seconds_in_journal() < seconds {
        server.requests.recv_timeout(LONG).expect("the run goes on");
    }
    (place, child)
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().expect("a shell");
    assert!(status.success());
}

fn wait(child: Child) -> Said {
    child.wait_with_output().expect("it ends").into()
}

fn report(place: &Place) -> Said {
    let folder = place.run_folder().expect("a run");
    loadline().arg("report").arg(folder).output().expect("it starts").into()
}

/// A partial report is a complete one.
fn check_partial(place: &Place, interrupted: bool) -> Value {
    for name in FILES {
        assert!(!place.read(name).is_empty(), "{name}");
    }
    let report = place.read_report();
    assert_eq!((&report["interrupted"], &report["incomplete"]), (&json!(interrupted), &json!(!interrupted)));
    assert_eq!(report["verdict"]["exit_code"], 130);
    let calls = &report["totals"]["calls"];
    let sum: u64 = ["ok", "throttled", "failed", "timed_out", "dropped", "abandoned", "refused"]
        .iter()
        .map(|outcome| calls[outcome].as_u64().expect("a number"))
        .sum();
    assert_eq!(calls["count"].as_u64(), Some(sum));
    assert!(calls["ok"].as_u64() > Some(10), "{calls}");
    report
}

fn check_stopped_by(name: &str) {
    let server = server();
    let (place, child) = running(&server, 1);
    signal(&child, name);
    let said = wait(child);
    said.check_code(130);
    assert!(said.err.contains("stopping"), "{}", said.err);
    let report = check_partial(&place, true);
    // The one that is never answered, and whatever was in backoff.
    assert!(report["totals"]["calls"]["abandoned"].as_u64() >= Some(1), "{}", report["totals"]["calls"]);
    let offered: u64 =
        report["series"].as_array().expect("a list").iter().map(|it| it["offered"].as_u64().expect("there")).sum();
    assert_eq!(report["totals"]["calls"]["count"], offered, "every call that fell due is accounted for");
    assert!(report["duration_s"].as_f64() < Some(30.0));
}

#[test]
fn ctrl_c_ends_in_a_complete_report() {
    check_stopped_by("INT");
}

#[test]
fn sigterm_ends_in_a_complete_report() {
    check_stopped_by("TERM");
}

#[test]
fn a_second_signal_ends_at_once() {
    let server = server();
    let place = Place::with(&scenario(&server.url(), "60s").replace("grace: 500ms", "grace: 10m"));
    let mut child = place.start(&[]);
    while place.seconds_in_journal() < 1 {
        server.requests.recv_timeout(LONG).expect("the run goes on");
    }
    signal(&child, "INT");
    // The program says that it stops; only then is the next signal the second one.
    let mut err = io::BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains("stopping") {
        line.clear();
        assert!(io::BufRead::read_line(&mut err, &mut line).expect("text") > 0, "it says that it stops");
    }
    signal(&child, "INT");
    assert_eq!(
        child.wait().expect("ends").code(),
        Some(130),
        "though an attempt is in flight and the grace time is long"
    );
    // What it had measured is not lost.
    report(&place).check_code(130);
    check_partial(&place, false);
}

#[test]
fn a_killed_run_is_rebuilt_up_to_its_last_full_second() {
    let server = server();
    let (place, mut child) = running(&server, 2);
    child.kill().expect("killed");
    assert_eq!(wait(child).code, None);
    let seconds = place.seconds_in_journal();
    assert!(!place.run_folder().expect("a run").join("report.json").exists());
    let said = report(&place);
    said.check_code(130);
    let report = check_partial(&place, false);
    assert_eq!(report["series"].as_array().map(Vec::len), Some(seconds));
    assert_eq!(report["duration_s"], seconds as f64);
    // Half a line at the end is passed over.
    let journal = place.run_folder().expect("a run").join("journal.jsonl");
    let mut file = OpenOptions::new().append(true).open(&journal).expect("there");
    file.write_all(b"{\"line\":\"interval\",\"index\":2,\"cel").expect("written");
    self::report(&place).check_code(130);
    assert_eq!(place.read_report(), report);
}

/// A run that is over, and its folder.
fn finished() -> Place {
    let server = server();
    let place = Place::with(&scenario(&server.url(), "1200ms"));
    place.run(&[]).check_code(0);
    place
}

#[test]
fn a_rebuilt_report_is_the_first_one_byte_for_byte() {
    let place = finished();
    let read = || FILES.map(|name| place.read(name));
    let first = read();
    for name in &FILES[1..] {
        fs::remove_file(place.run_folder().expect("a run").join(name)).expect("removed");
    }
    report(&place).check_code(0);
    for ((name, first), again) in FILES.iter().zip(first).zip(read()) {
        assert_eq!(first, again, "{name}");
    }
    let json: Said = loadline()
        .args(["report", "--json"])
        .arg(place.run_folder().expect("a run").join("journal.jsonl"))
        .output()
        .expect("starts")
        .into();
    assert_eq!(json.json(), place.read_report(), "a journal names its run as well");
}

#[test]
fn journals_that_are_damaged_or_foreign_are_refused_by_name() {
    let place = finished();
    let journal = place.run_folder().expect("a run").join("journal.jsonl");
    let whole = fs::read_to_string(&journal).expect("there");
    let lines: Vec<&str> = whole.lines().collect();
    let check = |content: &[u8], words: &[&str]| {
        fs::write(&journal, content).expect("written");
        let said = report(&place);
        said.check_code(1);
        for word in words {
            assert!(said.err.contains(word), "no `{word}` in {}", said.err);
        }
    };
    check(b"", &["not a journal"]);
    check(b"hello\n", &["not a journal"]);
    check(b"{\"line\":\"end\"}\n", &["not a journal"]);
    check(&[0xff; 1_000], &["not a journal"]);
    let (mine, other) = (format!("\"version\":{JOURNAL_VERSION}"), "\"version\":99");
    let reads = format!("reads version {JOURNAL_VERSION}");
    check(whole.replace(&mine, other).as_bytes(), &["version 99", &reads, "use the program that wrote it"]);
    let damaged = [lines[0], "{\"line\":\"interval\",#}", lines[1], ""].join("\n");
    check(damaged.as_bytes(), &["line 2", "damaged"]);
    let escape = [lines[0], "{\"line\":\"\u{1b}[31m<script>\"}", ""].join("\n");
    check(escape.as_bytes(), &["line 2"]);
    assert!(!report(&place).err.contains('\u{1b}'));
    // A cell that the plan does not have.
    let foreign = whole.replace("\"used\":[[0,", "\"used\":[[7,");
    check(foreign.as_bytes(), &["damaged"]);
    // Cut anywhere after its first line, it gives what it has.
    for cut in [lines[0].len() + 1, lines[0].len() + 50, whole.len() - 10] {
        fs::write(&journal, &whole[..cut]).expect("written");
        report(&place).check_code(130);
        assert_eq!(place.read_report()["incomplete"], true);
    }
    fs::write(&journal, &whole).expect("written");
    report(&place).check_code(0);
}

#[test]
fn a_disk_that_is_full_loses_nothing_that_it_took() {
    let server = server();
    let place = Place::with(&scenario(&server.url(), "2200ms"));
    // Files end at 12 blocks of 512 bytes: some seconds fit, the rest does not.
    let program = env!("CARGO_BIN_EXE_loadline");
    let said: Said = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 12; exec \"$0\" run scenario.yaml", program])
        .current_dir(place.path())
        .output()
        .expect("a shell")
        .into();
    said.check_code(1);
    assert!(said.err.contains("journal cannot be written") && said.err.contains("the run goes on"), "{}", said.err);
    let requests = server.requests.try_iter().count();
    assert!(requests >= 110, "the run went on to its end: {requests} requests");
    // Once there is room again, everything up to the last second that fitted is there.
    report(&place).check_code(130);
    let report = check_partial(&place, false);
    let seconds = report["series"].as_array().map_or(0, Vec::len);
    assert!((1..3).contains(&seconds), "{seconds}");
}

/// A disk with room for so many bytes.
struct Disk(usize, Vec<u8>);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.0.saturating_sub(self.1.len()).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.1.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Notes(Vec<String>);

impl Progress for Notes {
    fn stage(&mut self, _: Stage, _: Option<loadline::units::Nanos>) {}
    fn second(&mut self, _: &Interval, _: &Timeline) {}
    fn note(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }
}

#[test]
fn a_journal_that_breaks_is_noted_and_the_report_is_whole() {
    let server = server();
    let plan = virtual_time::plan(&scenario(&server.url(), "1200ms"));
    let run = |room: usize| {
        let start = RunStart {
            version: JOURNAL_VERSION,
            cells: plan.cells.iter().map(|cell| (cell.workload.clone(), cell.operation.clone())).collect(),
            clients: plan.clients,
            ..RunStart::default()
        };
        let halt = HaltSwitch::new();
        let (mut disk, mut notes) = (Disk(room, Vec::new()), Notes::default());
        let live = Live { plan: Arc::clone(&plan), lanes: 1, start, halt, trace: false };
        let log = live.run(&mut disk, &mut notes).expect("the run is done").log;
        (report::build(&log), notes.0, disk.1.len())
    };
    for room in [0, 100, 3_000] {
        let (report, notes, written) = run(room);
        assert_eq!(report.totals.calls.count, 60, "{room}");
        assert!(!report.incomplete && !report.interrupted);
        assert_eq!(notes.len(), 1, "it is said once: {notes:?}");
        assert!(notes[0].contains("journal cannot be written"), "{notes:?}");
        assert!(report.events.iter().any(|event| event.what.contains("journal cannot be written")));
        assert!(written <= room);
    }
    let (report, notes, _) = run(usize::MAX);
    assert_eq!((report.totals.calls.count, notes.len(), report.events.len()), (60, 0, 0));
}
