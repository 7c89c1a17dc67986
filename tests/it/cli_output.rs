//! What goes where: results on standard output, prose on standard error, secrets nowhere.

use std::io::Read as _;

use serde_json::Value;

use crate::program::{FILES, Place, Said, loadline, say};
use crate::server::{Act, Server, answer, ok};

fn place(url: &str, rest: &str) -> Place {
    Place::with(&format!(
        "name: words
target: {{url: '{url}'}}
api: {{operations: {{Get: {{method: GET, path: '/things/{{id}}'}}}}}}
workloads: [{{name: w, arrivals: {{rate: 20/s, duration: 300ms}}, flow: [{{call: Get, with: {{id: a}}}}]}}]
{rest}"
    ))
}

fn server() -> Server {
    Server::start(|number, _| if number == 3 { answer("500 Oops", "", "{}") } else { ok("{}") })
}

#[test]
fn json_is_the_report_and_nothing_else() {
    let server = server();
    let place = place(&server.url(), "");
    let said = place.run(&["--json"]);
    said.check_code(0);
    assert_eq!(said.json(), place.read_report());
    assert!(said.err.contains("report.html"), "prose goes to standard error: {}", said.err);
}

#[test]
fn json_and_quiet_leave_the_report_alone() {
    let server = server();
    let place = place(&server.url(), "");
    let said = place.run(&["--json", "--quiet"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(said.json()["schema_version"], place.read_report()["schema_version"]);
}

#[test]
fn quiet_says_nothing_but_the_result() {
    let server = server();
    let said = place(&server.url(), "").run(&["--quiet"]);
    said.check_code(0);
    assert_eq!(said.out, "");
    assert!(!said.err.contains("measuring"), "{}", said.err);
    assert!(said.err.contains("report.html"), "{}", said.err);
}

#[test]
fn pipes_and_no_color_get_no_escape_codes() {
    let server = server();
    let colourless = |said: &Said| assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{said:?}");
    let failing = "thresholds: ['p99(response) < 1us']";
    colourless(&place(&server.url(), failing).run(&[]));
    let forced = place(&server.url(), failing);
    let said: Said =
        forced.command("run", &[]).env("NO_COLOR", "1").env("TERM", "xterm-256color").output().expect("starts").into();
    colourless(&said);
    let nonsense = place("nonsense", "");
    let broken: Said = nonsense.command("check", &[]).env("NO_COLOR", "1").output().expect("starts").into();
    broken.check_code(2);
    colourless(&broken);
    colourless(&say(&["--help"]));
}

#[test]
fn secrets_are_nowhere() {
    const SECRET: &str = "s3cr3t-hunter2-t0ken";
    // A server that gives back what it was sent, in every place.
    let server = Server::start(|number, head| {
        let token =
            head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap_or("none").to_owned();
        match number % 3 {
            0 => ok(&format!("{{\"id\": \"{token}\"}}")),
            1 => answer(
                "400 Bad",
                &format!("x-amzn-errortype: {token}\r\n"),
                &format!("{{\"code\": \"{token}\", \"message\": \"{token}\"}}"),
            ),
            _ => Act::SendAndClose(format!("HTTP/1.1 {token}\r\n\r\n").into_bytes()),
        }
    });
    let place = Place::with(&format!(
        "name: 'secretive-${{env:TOKEN}}'
description: 'uses ${{env:TOKEN}}'
target: {{url: '{}/${{env:TOKEN}}', auth: {{type: bearer, token: '${{env:TOKEN}}'}}, headers: {{X-Key: 'key ${{env:TOKEN}}'}}}}
api: {{operations: {{Get: {{method: GET, path: '/things/{{id}}', query: {{key: '{{{{ key }}}}'}}}}}}}}
workloads: [{{name: w, arrivals: {{rate: 20/s, duration: 300ms}}, flow: [{{call: Get, with: {{id: a, key: '${{env:TOKEN}}'}}, capture: {{id: $.id}}}}]}}]",
        server.url()
    ));
    let said: Said = place.command("run", &["--json"]).env("TOKEN", SECRET).output().expect("starts").into();
    assert_eq!(said.code, Some(0), "{said:?}");
    let heads: Vec<String> = server.requests.try_iter().collect();
    assert!(
        heads.len() == 6
            && heads
                .iter()
                .all(|head| head.contains(&format!("Bearer {SECRET}")) && head.contains(&format!("key {SECRET}"))),
        "it is sent"
    );
    for name in FILES {
        let text = place.read(name);
        let found = text
            .find(SECRET)
            .map(|at| text[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect::<String>());
        assert_eq!(found, None, "{name} holds the secret");
    }
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET));
    let check: Said = place.command("check", &[]).env("TOKEN", SECRET).output().expect("starts").into();
    assert!(check.code == Some(0) && !check.out.contains(SECRET) && !check.err.contains(SECRET), "{check:?}");
    // Nor does a fault show it, wherever it points.
    let mut broken = place.command(
        "check",
        &["--set", "seed=${env:TOKEN}", "--set", "name=[${env:TOKEN}]", "--threshold", "${env:TOKEN}"],
    );
    let said: Said = broken.env("TOKEN", SECRET).output().expect("starts").into();
    said.check_code(2);
    assert!(!said.err.contains(SECRET), "{}", said.err);
}

#[test]
fn a_check_prints_the_plan() {
    let place = Place::with(
        "name: planned
target: {mock: attendees}
api: attendees
retry: aws-standard-2.1
rate_limit: {rate: 100/s, burst: 20}
setup: [{call: CreateMeeting, repeat: 10, with: {MediaRegion: us-east-1}, publish: {meetings: $.Meeting.MeetingId}}]
workloads:
  - name: fill
    arrivals: {stages: [{to: 50/s, over: 10s}, {to: 50/s, over: 20s}]}
    warm_up: 2s
    flow: [{call: BatchCreateAttendee, with: {MeetingId: '{{ meetings.next }}'}, batch: {size: 100, item: {ExternalUserId: 'u-{{ seq }}'}}}]
  - name: browse
    start: 5s
    users: {count: 4, duration: 20s, think_time: 1s}
    flow: [{call: ListAttendees, with: {MeetingId: '{{ meetings.random }}'}, paginate: {page_size: 50, max_pages: 20}}]
audit: {list: ListAttendees, over: meetings}
thresholds: ['p99(response) < 3s']",
    );
    let said = place.check(&[]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said.out);
}

#[test]
fn faults_are_shown_with_their_lines() {
    let place = Place::with(
        "name: wrong
target: {mok: attendees}
workloads:
  - name: fill
    arrivals: {rate: 50, duration: 10 s}
    flow: [{call: BatchCreateAttendees}]
",
    );
    let said = place.check(&[]);
    said.check_code(2);
    insta::assert_snapshot!(said.err);
}

#[test]
fn every_verb_explains_itself() {
    let verbs =
        ["", "run", "quick", "check", "simulate", "tune", "compare", "mock", "report", "schema", "completions", "man"];
    for verb in verbs {
        let said = say(&[verb, "--help"].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{verb}");
        insta::assert_snapshot!(format!("help_{}", if verb.is_empty() { "loadline" } else { verb }), said.out);
    }
    let version = say(&["--version"]);
    assert_eq!(version.out.trim(), concat!("loadline ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn schemas_are_json_schemas_of_what_they_say() {
    let scenario = say(&["schema", "scenario"]).json();
    assert!(scenario["properties"]["workloads"].is_object() && scenario["properties"]["tune"].is_object());
    let report = say(&["schema", "report"]).json();
    assert!(report["properties"]["verdict"].is_object() && report["properties"]["audit"].is_object());
    let committed = include_str!("../../schemas/scenario.schema.json");
    assert_eq!(
        scenario,
        serde_json::from_str::<Value>(committed).expect("JSON"),
        "the committed schema is the printed one"
    );
}

#[test]
fn completions_and_the_manual_know_every_verb() {
    let bash = say(&["completions", "bash"]);
    let man = say(&["man"]);
    assert_eq!((bash.code, man.code), (Some(0), Some(0)));
    for verb in
        ["run", "quick", "check", "simulate", "tune", "compare", "mock", "report", "schema", "completions", "man"]
    {
        assert!(
            bash.out.contains(&format!("loadline__subcmd__{verb}")) || bash.out.contains(&format!("loadline__{verb}")),
            "{verb}"
        );
        assert!(man.out.contains(&format!("LOADLINE {}", verb.to_uppercase())), "{verb}");
    }
    assert!(bash.out.contains("complete -F _loadline"));
    assert!(man.out.starts_with(".ie") || man.out.starts_with(".TH"), "{}", &man.out[..80]);
    for code in ["113", "130", "99"] {
        assert!(man.out.contains(code), "the manual documents exit code {code}");
    }
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        assert!(say(&["completions", shell]).out.contains("loadline"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = loadline()
        .args(["schema", "scenario"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("ends").code(), Some(0));
    let mut err = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut err).expect("text");
    assert_eq!(err, "", "no panic, no complaint");
}
