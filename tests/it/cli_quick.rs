//! `loadline quick`: what a line asks for arrives, exactly; and the file that it prints is the same run.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{FILES, Place, Said, loadline};
use crate::server::{Act, Server, answer, ok};

/// A place without a scenario.
fn nowhere() -> Place {
    let place = Place::with("");
    fs::remove_file(place.path().join("scenario.yaml")).expect("removed");
    place
}

fn quick(place: &Place, arguments: &[&str]) -> Said {
    loadline().current_dir(place.path()).arg("quick").args(arguments).output().expect("it starts").into()
}

/// A server that answers everything, loaded by a line that has to work: its report, and the requests as they came.
fn load(path: &str, arguments: &[&str]) -> (Value, Vec<String>) {
    let server = Server::start(|_, _| ok("{}"));
    let place = nowhere();
    let url = format!("{}{path}", server.url());
    let said = quick(&place, &[&[url.as_str()], arguments].concat());
    said.check_code(0);
    assert_eq!(said.out, "", "prose goes to standard error");
    (place.read_report(), server.requests.try_iter().collect())
}

#[test]
fn so_many_requests_are_so_many() {
    let server = Server::start(|_, _| ok("{}"));
    let place = nowhere();
    quick(&place, &[&server.url(), "-n", "500", "-c", "7"]).check_code(0);
    let report = place.read_report();
    assert_eq!(server.requests.try_iter().count(), 500);
    assert!((1..=7).contains(&server.connections()), "{}", server.connections());
    assert_eq!((&report["totals"]["calls"]["ok"], &report["capped"]), (&json!(500), &json!(false)));
}

#[test]
fn a_rate_comes_to_its_number_of_requests() {
    assert_eq!(load("/", &["-r", "100/s", "-d", "500ms"]).1.len(), 50);
    assert_eq!(load("/", &["-r", "300/s", "-n", "31", "-c", "2"]).1.len(), 31);
    let (report, requests) = load("/", &["-r", "200/s", "-d", "500ms", "--max-requests", "12"]);
    assert_eq!((requests.len(), &report["capped"]), (12, &json!(true)));
}

#[test]
fn without_a_rate_users_go_round_for_a_while() {
    let (report, requests) = load("/", &["-c", "3", "-d", "400ms", "--warm-up", "100ms"]);
    assert!(requests.len() > 3, "{}", requests.len());
    assert!(report["duration_s"].as_f64().expect("a number") >= 0.2, "{}", report["duration_s"]);
    assert_eq!(report["warm_up_s"], 0.1);
}

/// The first line of a request, with its headers and its body.
fn parts(request: &str) -> (&str, Vec<(String, &str)>, &str) {
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.lines();
    let first = lines.next().expect("a line");
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value));
    (first, headers.collect(), body)
}

/// What a line sends: the first line of its request, these headers among others, and this body.
#[track_caller]
fn check_sent(path: &str, arguments: &[&str], first: &str, headers: &[(&str, &str)], body: &str) {
    let (_, requests) = load(path, &[arguments, &["-n", "1"]].concat());
    let [request] = requests.as_slice() else { panic!("one request: {requests:?}") };
    let (line, sent, content) = parts(request);
    assert_eq!((line, content), (first, body));
    for (name, value) in headers {
        let same = sent.iter().filter(|(known, _)| known == name).map(|(_, value)| *value).collect::<Vec<_>>();
        assert_eq!(same, [*value], "{name} in {request}");
    }
}

#[test]
fn what_was_typed_is_sent() {
    check_sent("/a%2Fb?x=1&x=2#part", &[], "GET /a%2Fb?x=1&x=2 HTTP/1.1", &[], "");
    check_sent("?q=a+b", &["-X", "delete"], "DELETE /?q=a+b HTTP/1.1", &[], "");
    check_sent("/", &["-X", "POST"], "POST / HTTP/1.1", &[("content-length", "0")], "");
    let headers = ["-H", "X-One: 1", "-H", "Accept:text/html", "-H", "accept: a/b", "-H", "Host: other.example"];
    let sent = [("x-one", "1"), ("accept", "text/html, a/b"), ("host", "other.example")];
    check_sent("/", &headers, "GET / HTTP/1.1", &sent, "");
    let json = [("content-type", "application/json")];
    check_sent("/", &["-b", r#"{"a":1}"#], "POST / HTTP/1.1", &json, r#"{"a":1}"#);
    check_sent("/", &["-b", r#"{ "a": 1 }"#, "-X", "PUT"], "PUT / HTTP/1.1", &json, r#"{ "a": 1 }"#);
    let form = [("content-type", "application/x-www-form-urlencoded"), ("content-length", "7")];
    check_sent("/", &["-b", "a=1&b=2"], "POST / HTTP/1.1", &form, "a=1&b=2");
    check_sent("/", &["-b", "-5 °"], "POST / HTTP/1.1", &[("content-type", "text/plain; charset=utf-8")], "-5 °");
    let own = ["-b", "a=1", "-H", "Content-Type: text/csv"];
    check_sent("/", &own, "POST / HTTP/1.1", &[("content-type", "text/csv")], "a=1");
    let template = ["-b", "{{ seq }} {{ \"{{\" }}", "-H", "X-Seq: n-{{ seq }}"];
    check_sent("/{{ seq }}", &template, "POST /0 HTTP/1.1", &[("x-seq", "n-0")], "0 {{");
}

#[test]
fn a_login_in_the_url_is_sent_as_a_header() {
    let server = Server::start(|_, _| ok("{}"));
    let url = server.url().replace("http://", "http://me:hunter2@");
    quick(&nowhere(), &[&url, "-n", "1"]).check_code(0);
    let request = server.requests.try_iter().next().expect("a request");
    assert!(parts(&request).1.contains(&("authorization".to_owned(), "Basic bWU6aHVudGVyMg==")), "{request}");
}

#[test]
fn a_body_comes_from_a_file_or_a_pipe() {
    let server = Server::start(|_, _| ok("{}"));
    let place = nowhere();
    let content = "first line\r\n\tsecond \"line\"\n\n";
    fs::write(place.path().join("body.txt"), content).expect("written");
    quick(&place, &[&server.url(), "-n", "1", "-b", "@body.txt"]).check_code(0);
    let mut child = loadline()
        .current_dir(place.path())
        .args(["quick", &server.url(), "-n", "1", "-b", "@-", "-o", "other"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("piped").write_all(content.as_bytes()).expect("written");
    Said::from(child.wait_with_output().expect("ends")).check_code(0);
    let requests: Vec<String> = server.requests.try_iter().collect();
    assert_eq!(requests.iter().map(|request| parts(request).2).collect::<Vec<_>>(), [content, content]);
}

/// A line with something wrong in it: exit 2, these words, nothing sent, nothing left behind.
#[track_caller]
fn check_refused(arguments: &[&str], words: &[&str]) {
    let server = Server::start(|_, _| ok("{}"));
    let place = nowhere();
    fs::write(place.path().join("latin.txt"), b"caf\xe9").expect("written");
    fs::write(place.path().join("long.txt"), vec![b'x'; 2_000_000]).expect("written");
    fs::write(place.path().join("first.yaml"), "name: a\n").expect("written");
    let url = server.url();
    let arguments: Vec<&str> = arguments.iter().map(|&word| if word == "URL" { &*url } else { word }).collect();
    let said = quick(&place, &arguments);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
    for word in words {
        assert!(said.err.contains(word), "no `{word}` in {}", said.err);
    }
    assert!(!said.err.contains("hunter2"), "{}", said.err);
    assert_eq!(server.connections(), 0, "nothing was sent");
    assert!(!place.path().join("reports").exists(), "nothing was left behind");
}

#[test]
fn mistakes_are_named_before_anything_is_sent() {
    check_refused(&["http://"], &["this is no URL", "http://127.0.0.1:8080/things"]);
    check_refused(&["ftp://localhost/"], &["`ftp` is neither http nor https"]);
    check_refused(&["first.yaml"], &["this is a file", "loadline run first.yaml"]);
    check_refused(&["URL", "-H", "hunter2"], &["header number 1 has no colon", "-H 'Name: value'"]);
    check_refused(&["URL", "-H", "A b: hunter2"], &["no name of a header"]);
    check_refused(&["URL", "-H", "Content-Length: 5"], &["`Content-Length` follows from the body"]);
    check_refused(&["URL", "-H", "Authorization: ${env:LOADLINE_NOT_SET}"], &["LOADLINE_NOT_SET", "is not set"]);
    check_refused(&["URL", "-b", "@nowhere.txt"], &["`nowhere.txt` cannot be read"]);
    check_refused(&["URL", "-b", "@latin.txt"], &["`latin.txt` is not UTF-8 (byte 3)"]);
    check_refused(&["URL", "-b", "@long.txt"], &["`long.txt` has more than 1048576 bytes"]);
    check_refused(&["URL", "-b", "{{ nobody }}"], &["nothing here is called `nobody`", "--body:1:4"]);
    check_refused(&["URL", "-n", "0"], &["no request at all"]);
    check_refused(&["URL", "-c", "0"], &["from 1 to 65535"]);
    check_refused(&["URL", "-n", "5", "-d", "1s"], &["not by both"]);
    check_refused(&["URL", "--poisson"], &["add a rate"]);
    check_refused(&["URL", "-r", "5/s", "-d", "1s", "--warm-up", "2s"], &["leaves nothing"]);
    check_refused(&["URL", "-r", "500"], &["write `500/s`"]);
    check_refused(&["URL", "-d", "30"], &["write `30s`"]);
    check_refused(&["URL", "-X", "FETCH"], &["FETCH", "--method"]);
    check_refused(&["URL", "--retry", "polite"], &["polite", "aws-standard-2.1"]);
    check_refused(&["URL", "--threshold", "p99(respnse) < 1s"], &["respnse", "did you mean `response`?"]);
    check_refused(&["URL", "--threshold", "p99(response, Gte) < 1s"], &["Gte", "this line as a scenario"]);
    check_refused(&["URL", "-n", "0", "-c", "0", "-H", "hunter2"], &["3 faults"]);
    check_refused(&[], &["<URL>"]);
}

#[test]
fn hosts_that_nobody_allowed_are_refused() {
    let place = nowhere();
    for url in ["http://192.0.2.1/", "192.0.2.1:8080", "http://localhost.example.com/", "http://127.0.0.1@192.0.2.1/"] {
        let said = quick(&place, &[url, "-n", "1"]);
        said.check_code(113);
        assert!(said.err.contains("--allow-host"), "{}", said.err);
    }
    assert!(!place.path().join("reports").exists(), "nothing was left behind");
    let said = quick(&place, &["http://192.0.2.1/", "--yaml"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("`run` will refuse this file"), "{}", said.err);
    let said = quick(&place, &["http://192.0.2.1/", "--yaml", "--allow-host", "192.0.2.*"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.contains("allow_hosts: [\"192.0.2.*\"]"), "{}", said.out);
}

#[test]
fn the_printed_file_is_the_same_run() {
    let server = Server::start(|_, _| ok("{}"));
    let url = format!("{}/a/{{{{ random(1, 9) }}}}?x=1&y={{{{ uuid }}}}", server.url());
    let line = [
        &*url,
        "-r",
        "100/s",
        "-n",
        "20",
        "-c",
        "5",
        "-b",
        r#"{"id":{{ seq }}}"#,
        "-H",
        "X-Id: {{ uuid }}",
        "-H",
        "Authorization: Bearer hunter2",
        "--retry",
        "aws-standard-2.1",
        "--timeout",
        "5s",
        "--seed",
        "7",
        "--threshold",
        "ratio(calls.ok) >= 99%",
    ];
    let place = nowhere();
    let said = quick(&place, &[line.as_slice(), &["--yaml"]].concat());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(server.connections(), 0, "nothing was sent");
    assert!(!said.out.contains("hunter2"), "{}", said.out);
    let file = Place::with(&said.out);
    let with_token = |mut command: std::process::Command| -> Said {
        command.env("LOADLINE_AUTHORIZATION", "hunter2").output().expect("starts").into()
    };
    let checked = with_token(file.command("check", &[]));
    assert_eq!(checked.code, Some(0), "{checked:?}");

    let ran = quick(&place, &line);
    ran.check_code(0);
    let shown = said.out.lines().filter(|line| !line.starts_with('#')).all(|line| ran.err.contains(line));
    assert!(shown, "a run shows its file: {}", ran.err);
    let mut by_line: Vec<String> = server.requests.try_iter().collect();
    with_token(file.command("run", &[])).check_code(0);
    let mut by_file: Vec<String> = server.requests.try_iter().collect();
    by_line.sort();
    by_file.sort();
    assert_eq!(by_line.len(), 20);
    assert_eq!(by_line, by_file, "the same requests");
    assert_eq!(place.read_report()["scenario"]["digest"], file.read_report()["scenario"]["digest"]);
}

#[test]
fn secrets_of_the_line_are_nowhere() {
    const SECRET: &str = "s3cr3t-hunter2-t0ken";
    // A server that gives back what it was sent.
    let server = Server::start(|number, head| {
        let (_, headers, _) = parts(head);
        let token = headers.iter().find(|(name, _)| name == "authorization").map_or("none", |(_, value)| value);
        let token = token.trim_start_matches("Bearer ").to_owned();
        if number % 2 == 0 {
            ok(&token)
        } else {
            answer("400 Bad", &format!("x-amzn-errortype: {token}\r\n"), &format!("{{\"message\": \"{token}\"}}"))
        }
    });
    let place = nowhere();
    let headers = ["-H", &format!("Authorization: Bearer {SECRET}"), "-H", &format!("Cookie: session={SECRET}")];
    let url = format!("{}?key=${{env:TOKEN}}", server.url());
    let line = [&[url.as_str(), "-n", "6", "-c", "1", "--json"], headers.as_slice()].concat();
    let said: Said = loadline()
        .current_dir(place.path())
        .arg("quick")
        .args(line)
        .env("TOKEN", SECRET)
        .output()
        .expect("starts")
        .into();
    assert_eq!(said.code, Some(0), "{said:?}");
    let requests: Vec<String> = server.requests.try_iter().collect();
    assert!(requests.len() == 6 && requests.iter().all(|request| request.matches(SECRET).count() == 3), "it is sent");
    for name in FILES {
        assert!(!place.read(name).contains(SECRET), "{name} holds the secret");
    }
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{said:?}");
}

#[test]
fn retries_timeouts_and_thresholds_are_those_of_a_scenario() {
    let server = Server::start(|number, _| if number % 2 == 0 { answer("503 Busy", "", "") } else { ok("{}") });
    let place = nowhere();
    quick(&place, &[&server.url(), "-n", "4", "-c", "1", "--retry", "aws-standard-2.1"]).check_code(0);
    let totals = &place.read_report()["totals"];
    assert_eq!((&totals["calls"]["ok"], &totals["attempts"]["count"]), (&json!(4), &json!(8)));

    let silent = Server::start(|_, _| Act::Silence);
    let place = nowhere();
    let line = [&*silent.url(), "-n", "3", "--timeout", "200ms", "--threshold", "ratio(calls.ok) > 50%"];
    let said = quick(&place, &line);
    said.check_code(99);
    assert_eq!(place.read_report()["totals"]["attempts"]["by_error"], json!({"timeout": 3}));
}

#[test]
fn results_go_where_those_of_a_run_go() {
    let server = Server::start(|_, _| ok("{}"));
    let place = nowhere();
    let said = quick(&place, &[&server.url(), "-n", "3", "--json", "--quiet", "-o", "here"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(said.json()["totals"]["calls"]["ok"], 3);
    assert!(place.path().join("here").is_dir());
    let said = quick(&nowhere(), &[&server.url(), "-n", "3", "--quiet"]);
    said.check_code(0);
    assert!(said.err.contains("report.html") && !said.err.contains("workloads"), "{}", said.err);
    let said = quick(&nowhere(), &[&server.url(), "-n", "3", "--no-progress"]);
    assert!(!said.err.contains('\u{1b}'), "no colours in a pipe");
    assert!(said.err.contains("--yaml > quick.yaml"), "{}", said.err);
    let schemeless = server.url().replace("http://", "");
    quick(&nowhere(), &[&schemeless, "-n", "3"]).check_code(0);
}
