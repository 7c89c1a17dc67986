//! Targets that misbehave: everything is counted by its kind, and the run goes on.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::program::{FILES, Place};
use crate::server::{Act, Server, answer, ok};

/// Ten calls in half a second, then a threshold that they may or may not hold.
fn scenario(url: &str, rest: &str) -> Place {
    Place::with(&format!(
        "name: hostile
target: {{url: '{url}'}}
api:
  operations:
    Put: {{method: POST, path: /things}}
    List: {{method: GET, path: /list, paging: {{items: '$.items[*]', next: $.next, send: query.token}}}}
policies: {{hasty: {{max_attempts: 1, attempt_timeout: 300ms}}}}
grace: 20s
{rest}"
    ))
}

const LOAD: &str = "workloads: [{name: w, arrivals: {rate: 20/s, duration: 500ms}, flow: [{call: Put, with: {a: 1}, capture: {id: $.id}}]}]";

/// A target that does the same to every request: how attempts and calls are counted.
fn check(act: Act, errors: &Value, failures: &Value, statuses: &Value) {
    let server = Server::start(move |_, _| act.clone());
    let place = scenario(&server.url(), LOAD);
    let report = place.report(0);
    let totals = &report["totals"];
    assert_eq!(&totals["attempts"]["by_error"], errors);
    assert_eq!(&totals["calls"]["by_failure"], failures);
    assert_eq!(&totals["attempts"]["by_status"], statuses);
    assert_eq!((&totals["calls"]["count"], &totals["calls"]["ok"]), (&json!(10), &json!(0)), "the run goes on");
    assert_eq!(report["incomplete"], false);
    for name in FILES {
        assert!(!place.read(name).is_empty(), "{name}");
    }
}

#[test]
fn a_target_that_refuses_connections_is_counted_so() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let report = scenario(&url, LOAD).report(0);
    assert_eq!(report["totals"]["attempts"]["by_error"], json!({"refused": 10}));
}

#[test]
fn a_target_that_resets_is_counted_so() {
    check(Act::Reset, &json!({"reset": 10}), &json!({"max_attempts": 10}), &json!({}));
}

#[test]
fn a_target_that_closes_early_is_counted_so() {
    check(Act::SendAndClose(Vec::new()), &json!({"closed": 10}), &json!({"max_attempts": 10}), &json!({}));
}

#[test]
fn half_a_reply_is_counted_as_closed() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\": 1".to_vec();
    check(Act::SendAndClose(half), &json!({"closed": 10}), &json!({"max_attempts": 10}), &json!({}));
    let head = b"HTTP/1.1 200 OK\r\nContent-Le".to_vec();
    check(Act::SendAndClose(head), &json!({"closed": 10}), &json!({"max_attempts": 10}), &json!({}));
    let chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc".to_vec();
    check(Act::SendAndClose(chunk), &json!({"closed": 10}), &json!({"max_attempts": 10}), &json!({}));
}

#[test]
fn a_silent_target_is_counted_as_timeout() {
    let server = Server::start(|_, _| Act::Silence);
    let report = scenario(&server.url(), &LOAD.replace("name: w,", "name: w, retry: hasty,")).report(0);
    assert_eq!(report["totals"]["attempts"]["by_error"], json!({"timeout": 10}));
    assert_eq!(report["totals"]["calls"]["timed_out"], 10);
}

#[test]
fn garbage_is_counted_as_a_breach_of_the_protocol() {
    let protocol = |bytes: &[u8]| {
        check(Act::SendAndClose(bytes.to_vec()), &json!({"protocol": 10}), &json!({"max_attempts": 10}), &json!({}));
    };
    protocol(b"\x16\x03\x01\x00\xa5 this is no HTTP\r\n\r\n");
    protocol(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n");
    protocol(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
}

#[test]
fn a_body_longer_than_its_content_length_does_no_harm() {
    // The rest is no reply to anything; the call that was answered is fine.
    let server =
        Server::start(|_, _| Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"id\":1} and more".to_vec()));
    let report = scenario(&server.url(), LOAD).report(0);
    assert_eq!(report["totals"]["calls"]["ok"], 10, "{}", report["totals"]["attempts"]);
}

#[test]
fn a_body_without_end_is_cut_off() {
    let endless = Act::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec());
    let server = Server::start(move |_, _| endless.clone());
    let place = scenario(&server.url(), &format!("transport: {{max_body: 1000000}}\n{LOAD}"));
    let report = place.report(0);
    assert_eq!(report["totals"]["attempts"]["by_error"], json!({"too_large": 10}));
}

#[test]
fn a_body_that_is_no_json_fails_where_a_value_is_needed() {
    check(ok("<html>busy</html>"), &json!({"bad_body": 10}), &json!({"permanent": 10}), &json!({}));
    check(ok(""), &json!({"bad_body": 10}), &json!({"permanent": 10}), &json!({}));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    check(ok(&deep), &json!({"bad_body": 10}), &json!({"permanent": 10}), &json!({}));
    // Where nothing is read from it, nobody cares.
    let server = Server::start(|_, _| ok("<html>busy</html>"));
    let load = LOAD.replace(", capture: {id: $.id}", "");
    assert_eq!(scenario(&server.url(), &load).report(0)["totals"]["calls"]["ok"], 10);
}

#[test]
fn a_value_that_is_missing_fails_the_call_by_name() {
    check(ok("{\"other\": 1}"), &json!({}), &json!({"capture": 10}), &json!({"200": 10}));
}

#[test]
fn statuses_are_counted_each_on_its_own() {
    check(
        answer("429 Too Many Requests", "Retry-After: 1\r\n", ""),
        &json!({}),
        &json!({"max_attempts": 10}),
        &json!({"429": 10}),
    );
    check(answer("503 Service Unavailable", "", "x"), &json!({}), &json!({"max_attempts": 10}), &json!({"503": 10}));
    check(answer("404 Not Found", "", "x"), &json!({}), &json!({"permanent": 10}), &json!({"404": 10}));
    check(
        answer("302 Found", "Location: /elsewhere\r\n", ""),
        &json!({}),
        &json!({"expectation": 10}),
        &json!({"302": 10}),
    );
}

#[test]
fn thresholds_decide_whether_failures_fail_the_run() {
    let server =
        Server::start(|number, _| if number % 2 == 0 { ok("{\"id\": 1}") } else { answer("500 Oops", "", "") });
    let place = scenario(
        &server.url(),
        &format!("thresholds: ['ratio(calls.ok) >= 40%', 'ratio(calls.failed) < 10%']\n{LOAD}"),
    );
    let said = place.run(&[]);
    said.check_code(99);
    let report = place.read_report();
    let ok: Vec<_> = report["thresholds"].as_array().expect("a list").iter().map(|it| it["ok"].clone()).collect();
    assert_eq!(ok, [true, false]);
    assert_eq!(report["verdict"]["exit_code"], 99);
    assert!(said.err.contains("ratio(calls.failed) < 10%"), "{}", said.err);
    assert!(place.read("junit.xml").contains("<failure"), "a test panel shows it");
}

#[test]
fn a_walk_that_never_ends_is_stopped_with_a_named_failure() {
    let walk = "workloads: [{name: w, iterations: {count: 2}, flow: [{call: List, paginate: {max_pages: 20}}]}]";
    let server = Server::start(|_, _| ok("{\"items\": [1], \"next\": \"again\"}"));
    let report = scenario(&server.url(), walk).report(0);
    assert_eq!(report["totals"]["calls"]["by_failure"], json!({"page_loop": 2}));
    let server = Server::start(|number, _| ok(&format!("{{\"items\": [1], \"next\": \"{number}\"}}")));
    let report = scenario(&server.url(), walk).report(0);
    assert_eq!(report["totals"]["calls"]["by_failure"], json!({"page_limit": 2}));
    assert_eq!(report["totals"]["pages"]["depth_max"], 19, "pages that ended well");
}

#[test]
fn a_setup_that_fails_ends_the_run_before_it_is_measured() {
    let server = Server::start(|_, _| answer("500 Oops", "", ""));
    let place = scenario(&server.url(), &format!("setup: [{{call: Put, repeat: 3}}]\n{LOAD}"));
    let said = place.run(&[]);
    said.check_code(1);
    assert!(said.err.contains("setup"), "{}", said.err);
    assert_eq!(server.requests.try_iter().count(), 3, "nothing else was sent");
}

#[test]
fn what_a_server_says_appears_raw_nowhere() {
    let evil = "<script>alert(1)</script>\u{1b}[31m\u{1b}]0;owned\u{7}&\"'\u{202e}";
    let huge = "E".repeat(1_000_000);
    let body = json!({"code": format!("{evil}{huge}"), "id": evil, "message": evil}).to_string();
    let header = "x-amzn-errortype: <script>alert(1)</script>\r\n".to_owned();
    let server = Server::start(move |number, _| match number % 3 {
        0 => answer("400 <script>alert(1)</script>", &header, &body),
        1 => answer("429 Slow", "", &body),
        _ => ok(&body),
    });
    // The captured value goes round: into the next request, and into the audit's parent.
    let load = "workloads: [{name: w, arrivals: {rate: 20/s, duration: 500ms}, flow: [{call: Put, capture: {id: $.id}}, {call: Put, with: {id: '{{ id }}'}}]}]";
    let place = scenario(&server.url(), load);
    let said = place.run(&["--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let outputs = FILES.iter().map(|name| (*name, place.read(name)));
    for (name, text) in outputs.chain([("stdout", said.out.clone()), ("stderr", said.err.clone())]) {
        for raw in ["<script>alert(1)", "\u{1b}", "\u{7}", "\u{202e}", "EEEEEEEEEE"] {
            assert!(!text.contains(raw), "{name} holds {raw:?}");
        }
        assert!(text.len() < 500_000, "{name}: {} bytes", text.len());
    }
}
