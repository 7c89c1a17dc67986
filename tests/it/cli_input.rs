//! What people type: every mistake is named, with its code, before anything is sent.

use std::fs;

use crate::program::{Place, loadline, say};
use crate::server::{Server, ok};

const GOOD: &str = "name: good
target: {url: 'URL'}
api: {operations: {Get: {method: GET, path: '/things/{id}'}}}
workloads: [{name: w, arrivals: {rate: 20/s, duration: 200ms}, flow: [{call: Get, with: {id: a}}]}]
";

/// A scenario with something wrong in it: exit 2, these words, nothing sent, nothing left behind.
fn check_refused(change: impl Fn(&str) -> String, arguments: &[&str], code: i32, words: &[&str]) {
    let server = Server::start(|_, _| ok("{}"));
    let place = Place::with(&change(&GOOD.replace("URL", &server.url())));
    for verb in ["run", "check"] {
        let said = if verb == "run" { place.run(arguments) } else { place.check(arguments) };
        said.check_code(code);
        for word in words {
            assert!(said.err.contains(word), "no `{word}` in {}", said.err);
        }
        assert!(!said.err.contains('\u{1b}'), "no colours in a pipe");
    }
    assert_eq!(server.connections(), 0, "nothing was sent");
    assert!(!place.path().join("reports").exists(), "nothing was left behind");
}

#[test]
fn a_good_scenario_runs() {
    let server = Server::start(|_, _| ok("{}"));
    let place = Place::with(&GOOD.replace("URL", &server.url()));
    place.check(&[]);
    assert_eq!(server.connections(), 0, "a check sends nothing");
    place.run(&[]).check_code(0);
    assert_eq!(server.requests.try_iter().count(), 4);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let replace = |from: &'static str, to: &'static str| move |good: &str| good.replace(from, to);
    check_refused(replace("workloads:", "wrokloads:"), &[], 2, &["wrokloads", "workloads", "scenario.yaml:4"]);
    check_refused(replace("rate: 20/s", "rate: 20"), &[], 2, &["scenario.yaml:4", "20/s"]);
    check_refused(replace("200ms", "200 parsecs"), &[], 2, &["200 parsecs"]);
    check_refused(replace("call: Get", "call: Gte"), &[], 2, &["Gte", "Get"]);
    check_refused(replace("name: good", "name: [good]"), &[], 2, &["scenario.yaml:1"]);
    check_refused(replace("name: good", "name: good\nname: twice"), &[], 2, &["name"]);
    check_refused(replace("{id: a}", "{id: '{{ nobody }}'}"), &[], 2, &["nobody"]);
    check_refused(replace("arrivals: {", "users: {count: 1, duration: 1s}, arrivals: {"), &[], 2, &["either"]);
    check_refused(replace("name: good", "name: '${env:LOADLINE_NOT_SET}'"), &[], 2, &["LOADLINE_NOT_SET"]);
    check_refused(|_| String::new(), &[], 2, &["empty"]);
    check_refused(|_| "{".repeat(100_000), &[], 2, &["scenario.yaml"]);
    check_refused(|_| format!("name: {}", "x".repeat(10_000_000)), &[], 2, &["10000006 bytes"]);
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\n";
    check_refused(|_| bomb.to_owned(), &[], 2, &["scenario.yaml"]);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let all = |good: &str| {
        good.replace("rate: 20/s", "rate: fast").replace("call: Get", "call: Gte").replace("name: w,", "nmae: w,")
    };
    check_refused(all, &[], 2, &["fast", "nmae"]);
}

#[test]
fn mistakes_in_flags_are_named() {
    let same = |good: &str| good.to_owned();
    check_refused(same, &["--set", "workloads.w.arrivals.rate=fast"], 2, &["fast"]);
    check_refused(same, &["--set", "nonsense"], 2, &["nonsense"]);
    check_refused(same, &["--threshold", "p99(respnse) < 1s"], 2, &["respnse"]);
    check_refused(same, &["--target", "ftp://127.0.0.1"], 2, &["ftp"]);
    check_refused(same, &["--target", "http://user:hunter2@127.0.0.1"], 2, &["auth"]);
}

#[test]
fn hosts_that_nobody_allowed_are_refused() {
    check_refused(str::to_owned, &["--target", "http://192.0.2.1"], 113, &["192.0.2.1", "--allow-host"]);
    check_refused(str::to_owned, &["--target", "http://localhost.example.com"], 113, &["localhost.example.com"]);
    check_refused(
        |good| good.replace("api:", "safety: {allow_hosts: ['*.example.org']}\napi:"),
        &["--target", "http://example.org.evil.net"],
        113,
        &["example.org.evil.net"],
    );
    let place = Place::with(&GOOD.replace("URL", "http://192.0.2.1"));
    let said = place.check(&["--allow-host", "192.0.2.*"]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn files_that_are_not_there_or_not_text_are_named() {
    let said = say(&["run", "/nowhere/at-all.yaml"]);
    said.check_code(2);
    assert!(said.err.contains("/nowhere/at-all.yaml") && said.err.contains("no such file"), "{}", said.err);
    let place = Place::with("");
    fs::write(place.path().join("scenario.yaml"), b"name: caf\xe9\n").expect("written");
    let said = place.run(&[]);
    said.check_code(2);
    assert!(said.err.contains("UTF-8"), "{}", said.err);
    say(&["check", "/"]).check_code(2);
}

#[test]
fn wrong_usage_is_code_two() {
    for arguments in
        [&["run"][..], &["fly"], &["run", "a", "b"], &["run", "a", "--rate", "fast"], &["schema", "none"], &[]]
    {
        assert_eq!(say(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_code_one() {
    let server = Server::start(|_, _| ok("{}"));
    let place = Place::with(&GOOD.replace("URL", &server.url()));
    let said = place.run(&["--out", "scenario.yaml/sub"]);
    said.check_code(1);
    assert!(said.err.contains("scenario.yaml/sub"), "{}", said.err);
    assert_eq!(server.connections(), 0, "nothing was sent");
}

#[test]
fn a_mock_that_cannot_listen_is_code_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = say(&["mock", "--listen", &address]);
    said.check_code(1);
    let place = Place::with(&format!(
        "name: m\ntarget: {{mock: attendees}}\nmock: {{listen: '{address}'}}\nworkloads: [{{name: w, iterations: {{count: 1}}, flow: [{{call: GetMeeting, with: {{MeetingId: a}}}}]}}]"
    ));
    let said = place.run(&[]);
    said.check_code(1);
    assert!(said.err.contains(&address), "{}", said.err);
}

#[test]
fn flags_change_the_scenario() {
    let server = Server::start(|_, _| ok("{}"));
    let place = Place::with(&GOOD.replace("URL", "http://192.0.2.1"));
    let url = server.url();
    let said = place.run(&[
        "-t",
        &url,
        "-r",
        "50/s",
        "-d",
        "300ms",
        "--seed",
        "9",
        "--set",
        "name=other",
        "--max-requests",
        "12",
        "--json",
        "-q",
    ]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let report = said.json();
    assert_eq!(
        (&report["seed"], &report["scenario"]["name"], &report["capped"]),
        (&9.into(), &"other".into(), &true.into())
    );
    assert_eq!(report["totals"]["attempts"]["count"], 12);
    assert_eq!(server.requests.try_iter().count(), 12);
}

#[test]
fn a_report_of_nothing_is_code_one() {
    let place = Place::with("");
    let said: crate::program::Said =
        loadline().current_dir(place.path()).args(["report", "."]).output().expect("starts").into();
    said.check_code(1);
    assert!(said.err.contains("no journal.jsonl"), "{}", said.err);
}
