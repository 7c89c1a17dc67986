//! What makes a run doubtful, and what happens to its wires: provoked for real, and told in words.
//!
//! Each test asks that a reason appears where it was provoked strongly, and never that others are absent: the machine that
//! runs the tests has reasons of its own.

use std::process::{Child, Command};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use loadline::time::MonotonicClock;
use loadline::units::Nanos;
use serde_json::Value;

use crate::program::{Place, Said};
use crate::server::{Act, Server, ok};

/// How long to wait for something that certainly comes.
const LONG: Duration = Duration::from_secs(30);

fn scenario(target: &str, connections: u32, workload: &str, rest: &str) -> String {
    format!(
        "name: doubtful
target: {{url: '{target}'}}
api: {{operations: {{Get: {{method: GET, path: /things}}}}}}
transport: {{connections: {connections}}}
policies: {{once: {{max_attempts: 1, attempt_timeout: 10s}}}}
retry: once
grace: 200ms
{rest}
workloads: [{{name: w, {workload}, flow: [{{call: Get}}]}}]
"
    )
}

/// The verdict's reasons and notes in one text.
fn told(report: &Value) -> String {
    let texts = ["reasons", "notes"].map(|part| report["validity"][part].as_array().cloned().unwrap_or_default());
    let texts: Vec<String> = texts.into_iter().flatten().map(|text| text.to_string()).collect();
    texts.join("\n")
}

#[track_caller]
fn check_told(report: &Value, wanted: &[&str]) {
    let told = told(report);
    for words in wanted {
        assert!(told.contains(words), "`{words}` is missing: {told}");
    }
    assert_ne!(report["validity"]["verdict"], "valid");
}

/// The check of that name.
fn check_of<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["validity"]["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no check `{name}`"))
}

/// What is told of a kind of trouble.
#[track_caller]
fn trouble<'a>(report: &'a Value, kind: &str) -> &'a Value {
    let all = report["wire_errors"].as_array().unwrap_or_else(|| panic!("no trouble: {report}"));
    all.iter().find(|trouble| trouble["kind"] == kind).unwrap_or_else(|| panic!("no `{kind}`: {all:?}"))
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().expect("a shell");
    assert!(status.success());
}

/// Looks again and again until something holds, which it certainly does.
#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let clock = MonotonicClock::start();
    while !holds() {
        assert!(clock.now() < Nanos::from(LONG), "{what} never came");
        std::thread::yield_now();
    }
}

#[test]
fn a_process_that_is_stopped_has_stalled_and_its_calls_are_late() {
    let server = Server::start(|_, _| ok("{}"));
    let arrivals = "arrivals: {rate: 200/s, duration: 2s}";
    let place = Place::with(&scenario(&server.url(), 16, arrivals, ""));
    let child = place.start(&[]);
    for _ in 0..20 {
        server.requests.recv_timeout(LONG).expect("the run goes on");
    }
    signal(&child, "STOP");
    // Whoever is stopped sends nothing: once nothing has come for 300 ms, it has stood still for as long.
    while server.requests.recv_timeout(Duration::from_millis(300)) != Err(RecvTimeoutError::Timeout) {}
    signal(&child, "CONT");
    let said: Said = child.wait_with_output().expect("it ends").into();
    said.check_code(0);
    let report = place.read_report();
    check_told(&report, &["a lane's loop stood still", "calls were sent late", "lower the rate"]);
    assert_eq!(report["validity"]["verdict"], "invalid", "300 ms of about two seconds: {}", told(&report));
    let longest = report["validity"]["stalls"]["longest_ms"].as_f64().expect("a number");
    assert!(longest >= 290.0, "{longest}");
    assert!(said.err.contains("A lane's loop stood still"), "{}", said.err);
    // A gate is told by the exit code; the report that is rebuilt from the journal knows the same.
    let rebuilt = crate::program::loadline().arg("report").arg(place.run_folder().expect("a run")).output();
    let _: Said = rebuilt.expect("it starts").into();
    assert_eq!(place.read_report()["validity"], report["validity"]);
}

#[test]
fn more_than_a_lane_can_carry_leaves_it_no_time() {
    let server = Server::start(|_, _| ok("{}"));
    let arrivals = "arrivals: {rate: 300000/s, duration: 1s}, overload: drop";
    let place = Place::with(&scenario(&server.url(), 1, arrivals, "safety: {max_requests: 20000}"));
    place.run(&[]).check_code(0);
    let report = place.read_report();
    check_told(&report, &["arrivals were dropped before they were sent", "transport.connections"]);
    let busy = check_of(&report, "time with a lane over 85 % busy");
    assert!(busy["observed"].as_f64() > Some(0.1), "{busy}");
    check_told(&report, &["give loadline more cores"]);
    let requires = place.run(&["--require-valid", "--out", "again"]);
    let invalid = requires.code == Some(112);
    assert!(invalid || requires.code == Some(0), "{requires:?}");
}

#[test]
fn calls_that_wait_for_a_connection_and_are_never_sent_are_told() {
    let yaml = "name: narrow
target: {mock: attendees}
mock: {throttling: off, latency: {type: constant, value: 50ms}}
transport: {connections: 1}
grace: 200ms
setup:
  - call: CreateMeeting
    with: {ClientRequestToken: narrow, MediaRegion: us-east-1, ExternalMeetingId: narrow}
    publish: {m: $.Meeting.MeetingId}
workloads:
  - name: w
    arrivals: {rate: 100/s, duration: 1s}
    OVERLOAD
    flow: [{call: GetMeeting, with: {MeetingId: '{{ m.next }}'}}]
";
    let place = Place::with(&yaml.replace("OVERLOAD", "overload: {queue: 1000}"));
    place.run(&[]).check_code(0);
    let report = place.read_report();
    check_told(&report, &["because every connection was in use", "were never sent", "raise `transport.connections`"]);
    let waits = &report["validity"]["connection_waits"];
    assert!(waits["count"].as_u64() > Some(5) && waits["longest_ms"].as_f64() > Some(100.0), "{waits}");
    let place = Place::with(&yaml.replace("OVERLOAD", "overload: drop"));
    place.run(&[]).check_code(0);
    check_told(&place.read_report(), &["arrivals were dropped before they were sent"]);
}

/// The limit of open files of a process that runs.
#[cfg(target_os = "linux")]
fn limit_files(child: &Child, current: Option<u64>) -> Option<u64> {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let pid = Pid::from_raw(child.id().cast_signed());
    let limit = |current| Rlimit { current, maximum: most_files().maximum };
    prlimit(pid, Resource::Nofile, limit(current)).expect("it is our own child").current
}

#[cfg(target_os = "linux")]
fn most_files() -> rustix::process::Rlimit {
    rustix::process::getrlimit(rustix::process::Resource::Nofile)
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_out_of_descriptors_says_so_and_goes_on() {
    // Nothing is ever answered, so that each call needs a connection of its own.
    let server = Server::start(|_, _| Act::Silence);
    let arrivals = "arrivals: {rate: 100/s, duration: 2s}";
    let place = Place::with(&scenario(&server.url(), 1_000, arrivals, ""));
    let child = place.start(&[]);
    for _ in 0..20 {
        server.requests.recv_timeout(LONG).expect("the run goes on");
    }
    let before = limit_files(&child, Some(1));
    let journal = || place.run_folder().and_then(|folder| std::fs::read_to_string(folder.join("journal.jsonl")).ok());
    wait_until("trouble in the journal", || journal().is_some_and(|text| text.contains("\"descriptors\"")));
    limit_files(&child, before);
    let said: Said = child.wait_with_output().expect("it ends").into();
    said.check_code(0);
    let report = place.read_report();
    let trouble = trouble(&report, "descriptors");
    assert!(trouble["count"].as_u64() > Some(1), "{trouble}");
    assert!(trouble["example"].as_str().is_some_and(|text| text.contains("Too many open files")), "{trouble}");
    check_told(&report, &["failed on this machine and never reached the target", "ulimit -n"]);
    assert!(said.err.contains("ended in `descriptors` (") && said.err.contains("ulimit"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn a_limit_of_files_that_is_too_small_is_said_before_anything_is_sent() {
    let server = Server::start(|_, _| ok("{}"));
    let place = Place::with(&scenario(&server.url(), 500, "arrivals: {rate: 50/s, duration: 400ms}", ""));
    let limited = |verb: &str| -> Said {
        let program = env!("CARGO_BIN_EXE_loadline");
        let line = format!("ulimit -n 100 && exec {program} {verb} scenario.yaml");
        let output = Command::new("sh").args(["-c", &line]).current_dir(place.path()).env("COLUMNS", "100").output();
        output.expect("a shell").into()
    };
    let note = "100 files and sockets, too few for 500 connections, so at most 36";
    let said = limited("check");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains(note), "{said:?}");
    let said = limited("run");
    said.check_code(0);
    let report = place.read_report();
    assert!(told(&report).contains(note), "{}", told(&report));
    assert_eq!(report["totals"]["calls"]["ok"], 20, "it runs with what there is");
    let soft = format!("ulimit -S -n 100 && exec {} check scenario.yaml", env!("CARGO_BIN_EXE_loadline"));
    let said = Command::new("sh").args(["-c", &soft]).current_dir(place.path()).output().expect("a shell");
    let said = Said::from(said);
    assert!(!said.err.contains("100 files"), "a soft limit is raised: {said:?}");
}

/// The address of a server that speaks HTTP to whoever comes, without waiting to be spoken to.
fn plain() -> std::net::SocketAddr {
    use std::io::Write as _;

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut met = Vec::new();
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            // Whoever closes with bytes unread sends a reset, which could overtake the answer.
            met.push(stream);
        }
    });
    address
}

/// A name that no resolver knows, and that none is asked for: a label has 63 characters at most.
fn nowhere() -> String {
    format!("http://{}.invalid", "a".repeat(70))
}

#[test]
fn a_target_that_cannot_be_reached_is_named_with_what_to_do() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let cases = [
        (format!("http://{gone}"), "refused", "onnection refused"),
        (format!("https://{}", plain()), "tls", ""),
        (nowhere(), "dns", "failed to lookup address information"),
    ];
    for (url, kind, words) in cases {
        let place = Place::with(&scenario(&url, 4, "arrivals: {rate: 20/s, duration: 250ms}", ""));
        let said = place.run(&["--allow-host", "*.invalid"]);
        said.check_code(0);
        let report = place.read_report();
        let trouble = trouble(&report, kind);
        assert_eq!(trouble["count"], 5, "{trouble}");
        let example = trouble["example"].as_str().unwrap_or_default();
        assert!(!example.is_empty() && example.contains(words), "{kind}: {example}");
        let advice = trouble["advice"].as_str().expect("advice");
        // Quotes are escaped on the page.
        let advice = advice.split('\'').next().expect("a first part");
        assert!(place.read("summary.md").contains("ended in") && place.read("report.html").contains(advice), "{kind}");
        assert!(said.err.contains(&format!("5 attempts ended in `{kind}` (")), "{}", said.err);
    }
}

#[test]
fn an_example_never_shows_a_secret() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let header = "target: {headers: {x-key: '${env:A_SECRET}'}, ";
    let yaml = scenario(&format!("http://{gone}"), 4, "arrivals: {rate: 20/s, duration: 250ms}", "");
    let place = Place::with(&yaml.replace("target: {", header));
    let output = place.command("run", &[]).env("A_SECRET", "onnection refuse").output().expect("it starts");
    Said::from(output).check_code(0);
    for name in crate::program::FILES {
        assert!(!place.read(name).contains("onnection refuse"), "{name}");
    }
    let report = place.read_report();
    assert!(trouble(&report, "refused")["example"].as_str().is_some_and(|text| text.starts_with('C')), "{report}");
}

/// Requests to connect that this machine has dropped at full backlogs since it started.
#[cfg(target_os = "linux")]
fn backlog_drops() -> u64 {
    let text = std::fs::read_to_string("/proc/net/netstat").expect("readable");
    let mut lines = text.lines().filter(|line| line.starts_with("TcpExt:")).map(str::split_ascii_whitespace);
    let (mut names, mut values) = (lines.next().expect("names"), lines.next().expect("values"));
    let place = names.position(|name| name == "ListenDrops").expect("a name");
    values.nth(place).expect("a value").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_listen_backlog_is_found_out() {
    use std::io::{Read as _, Write as _};

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let listener = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        socket.listen(1).expect("it listens").into_std().expect("a listener")
    });
    listener.set_nonblocking(false).expect("it may block");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let place = Place::with(&scenario(&url, 20, "users: {count: 20, duration: 1500ms}", ""));
    let before = backlog_drops();
    let child = place.start(&[]);
    // Nobody is let in until someone was turned away.
    wait_until("a dropped request to connect", || backlog_drops() > before);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.expect("a connection");
                let mut request = [0; 4_096];
                while stream.read(&mut request).is_ok_and(|read| read > 0) {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            });
        }
    });
    let said: Said = child.wait_with_output().expect("it ends").into();
    said.check_code(0);
    let report = place.read_report();
    let notes = told(&report);
    assert!(notes.contains("requests to connect at a full listen backlog") && notes.contains("somaxconn"), "{notes}");
}
