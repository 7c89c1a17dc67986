//! Servers that keep to HTTP in their bytes and misbehave in everything else: slow, hasty, deaf, or gone.

use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Place;
use crate::raw_server::{RawServer, Visit};

const WELL: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// Longer than any pause that a test makes on purpose.
const LONG: Duration = Duration::from_secs(20);

/// Two operations: `Get`, and `Post` with a body of 2 MB.
fn scenario(url: &str, workloads: &str) -> Place {
    let (header, operations) = (
        "name: servers",
        "Get: {method: GET, path: /get}, Slow: {method: GET, path: /slow}, Post: {method: POST, path: /post}",
    );
    Place::with(&format!(
        "{header}
target: {{url: '{url}'}}
api: {{operations: {{{operations}}}}}
policies: {{once: {{max_attempts: 1, attempt_timeout: 10s}}, hasty: {{max_attempts: 1, attempt_timeout: 1500ms}}}}
retry: once
transport: {{connect_timeout: 500ms}}
workloads:
{workloads}
"
    ))
}

/// Calls of one operation, at planned instants.
fn arrivals(operation: &str, rate: &str, duration: &str) -> String {
    format!(
        "  - {{name: {operation}, arrivals: {{rate: {rate}, duration: {duration}}}, flow: [{{call: {operation}}}]}}"
    )
}

/// One user's calls of `Get`, each as soon as the last one has ended.
fn user(count: usize) -> String {
    format!("  - {{name: user, iterations: {{count: {count}, users: 1}}, flow: [{{call: Get}}]}}")
}

fn attempts(report: &Value) -> (&Value, &Value) {
    let attempts = &report["totals"]["attempts"];
    (&attempts["by_error"], &attempts["by_status"])
}

/// How many are counted in all.
fn sum(counts: &Value) -> u64 {
    counts.as_object().expect("counts").values().map(|count| count.as_u64().expect("a number")).sum()
}

/// All calls went well.
fn check_well(report: &Value, calls: u64) {
    assert_eq!(attempts(report), (&json!({}), &json!({"200": calls})));
    assert_eq!(report["totals"]["calls"]["ok"], calls);
}

#[test]
fn a_server_that_announces_its_close_costs_a_connection_for_each_call_and_no_error() {
    let server = RawServer::start(|visit| {
        visit.head();
        visit.send(WELL.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
        // It is the client that closes: the server might as well have stayed.
        if !visit.is_closed() {
            visit.note("left open");
        }
    });
    check_well(&scenario(&server.url(), &user(50)).report(0), 50);
    assert_eq!(server.connections(), 50);
    assert_eq!(server.notes(), [""; 0]);
}

#[test]
fn a_server_that_closes_after_each_reply_costs_a_connection_for_each_call() {
    let server = RawServer::start(|visit| {
        visit.head();
        visit.send(WELL);
    });
    // There is time to hear of the close before the next call.
    check_well(&scenario(&server.url(), &arrivals("Get", "20/s", "1s")).report(0), 20);
    assert_eq!(server.connections(), 20);
    // There may be none: then the request crosses the close, and its call says so. The run goes on.
    let report = scenario(&server.url(), &user(50)).report(0);
    let (errors, statuses) = attempts(&report);
    assert_eq!(sum(errors) + sum(statuses), 50, "{errors} {statuses}");
    assert!(sum(statuses) >= 25, "every second call has a connection of its own: {errors} {statuses}");
    let known = |word: &String| word == "closed" || word == "reset";
    assert!(errors.as_object().expect("counts").keys().all(known), "{errors}");
}

#[test]
fn a_server_that_sends_a_byte_a_second_times_out_and_others_are_served() {
    let server = RawServer::start(|visit| {
        while let Some(head) = visit.head() {
            if !head.starts_with("GET /slow") {
                visit.send(WELL);
                continue;
            }
            for byte in WELL.bytes() {
                if !visit.send([byte]) || !visit.is_quiet_for(Duration::from_secs(1)) {
                    break;
                }
            }
            if !visit.is_closed() {
                visit.note("left open");
            }
            return;
        }
    });
    let slow = arrivals("Slow", "10/s", "500ms").replace("name: Slow", "name: Slow, retry: hasty");
    let report = scenario(&server.url(), &format!("{slow}\n{}", arrivals("Get", "50/s", "2s"))).report(0);
    assert_eq!(attempts(&report), (&json!({"timeout": 5}), &json!({"200": 100})));
    assert_eq!(report["totals"]["calls"]["timed_out"], 5);
    assert_eq!(server.notes(), [""; 0]);
}

#[test]
fn a_server_that_accepts_and_never_answers_times_out() {
    let server = RawServer::start(|visit| {
        if !visit.is_closed() {
            visit.note("left open");
        }
    });
    let silent = arrivals("Get", "20/s", "500ms").replace("name: Get", "name: Get, retry: hasty");
    let report = scenario(&server.url(), &silent).report(0);
    assert_eq!(attempts(&report), (&json!({"timeout": 10}), &json!({})));
    assert_eq!((server.connections(), server.notes()), (10, Vec::new()));
}

/// A body of 2 MB, which no socket takes at once. It is one text five times: a scenario may have a megabyte.
fn posts(count: usize) -> String {
    let text = "x".repeat(400_000);
    let with = format!("{{a: &text '{text}', b: *text, c: *text, d: *text, e: *text}}");
    format!("  - {{name: post, iterations: {{count: {count}, users: 1}}, flow: [{{call: Post, with: {with}}}]}}")
}

#[test]
fn an_answer_before_the_request_is_sent_is_that_requests_answer() {
    let server = RawServer::start(|visit| {
        visit.head();
        visit.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
        visit.half_close();
        if !visit.is_closed() {
            visit.note("left open");
        }
    });
    let report = scenario(&server.url(), &posts(5)).report(0);
    assert_eq!(attempts(&report), (&json!({}), &json!({"413": 5})));
    assert_eq!((server.connections(), server.notes()), (5, Vec::new()), "what was left of a request follows no reply");
}

#[test]
fn an_answer_and_a_close_before_the_request_is_sent_are_counted_by_name() {
    let server = RawServer::start(|visit| {
        visit.head();
        // The body is unread, so the system says goodbye with a reset, which may overtake the reply.
        visit.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    });
    let report = scenario(&server.url(), &posts(5)).report(0);
    let (errors, statuses) = attempts(&report);
    assert_eq!(sum(errors) + sum(statuses), 5, "{errors} {statuses}");
    assert!(errors.as_object().expect("counts").keys().all(|word| word == "reset" || word == "closed"), "{errors}");
    assert!(statuses.as_object().expect("counts").keys().all(|status| status == "413"), "{statuses}");
}

#[test]
fn a_reset_in_the_middle_of_a_reply_is_counted_so() {
    let server = RawServer::start(|visit| {
        visit.head();
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        // Two megabytes of request are unread.
    });
    let report = scenario(&server.url(), &posts(5)).report(0);
    assert_eq!(attempts(&report), (&json!({"reset": 5}), &json!({})));
}

#[test]
fn a_server_that_has_closed_its_half_is_told_so_at_once() {
    // In the middle of a reply: nothing more can come, though the server still reads.
    let server = RawServer::start(|visit| {
        visit.head();
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        visit.half_close();
        if !visit.is_closed_within(LONG) {
            visit.note("left open");
        }
    });
    let report = scenario(&server.url(), &user(5)).report(0);
    assert_eq!(attempts(&report), (&json!({"closed": 5}), &json!({})));
    assert_eq!(server.notes(), [""; 0]);
    // After it: the connection is not used again.
    let server = RawServer::start(|visit| {
        visit.head();
        visit.send(WELL);
        visit.half_close();
        if !visit.is_closed_within(LONG) {
            visit.note("left open");
        }
    });
    check_well(&scenario(&server.url(), &arrivals("Get", "20/s", "500ms")).report(0), 10);
    assert_eq!((server.connections(), server.notes()), (10, Vec::new()));
}

#[test]
fn what_comes_unasked_on_an_idle_connection_is_no_answer_to_the_next_request() {
    let server = RawServer::start(|visit| {
        visit.head();
        visit.send(WELL);
        visit.is_quiet_for(Duration::from_millis(30));
        visit.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        if !visit.is_closed() {
            visit.note("left open");
        }
    });
    check_well(&scenario(&server.url(), &arrivals("Get", "5/s", "1s")).report(0), 5);
    assert_eq!((server.connections(), server.notes()), (5, Vec::new()));
}

/// Serves a connection until it was idle for that long, and says so in each reply.
fn keep_alive(visit: &mut Visit, hint: &str, idle: Duration) {
    while visit.head().is_some() {
        visit.send(WELL.replace("\r\n\r\n", &format!("\r\nKeep-Alive: {hint}\r\n\r\n")));
        if visit.is_quiet_for(idle) {
            return;
        }
    }
}

#[test]
fn an_idle_connection_is_left_before_the_server_closes_it() {
    let server = RawServer::start(|visit| keep_alive(visit, "timeout=1", Duration::from_secs(1)));
    // The second call of each pair comes soon, the next pair nearly when the server closes.
    let calls = "  - {name: pairs, arrivals: {rate: 5/4s, duration: 4s}, flow: [{call: Get}, {call: Get}]}";
    check_well(&scenario(&server.url(), calls).report(0), 10);
    assert_eq!(server.connections(), 5);
}

#[test]
fn no_more_requests_are_sent_than_the_server_takes() {
    let server = RawServer::start(|visit| {
        for left in (0..3).rev() {
            visit.head();
            visit.send(WELL.replace("\r\n\r\n", &format!("\r\nKeep-Alive: max={left}\r\n\r\n")));
        }
    });
    check_well(&scenario(&server.url(), &user(30)).report(0), 30);
    assert_eq!(server.connections(), 10);
}

#[test]
fn a_hundred_fields_of_8_kb_are_refused_by_name_and_thirty_are_read() {
    let fields = |count: usize| {
        let field = format!("X: {}\r\n", "x".repeat(8 << 10));
        WELL.replace("\r\n\r\n", &format!("\r\n{}\r\n", field.repeat(count)))
    };
    let server = RawServer::start(move |visit| {
        let text = fields(if visit.number % 2 == 0 { 100 } else { 30 });
        while visit.head().is_some() {
            visit.send(&text);
        }
    });
    // One user: the connection with the long heads is closed at once, the other one lasts.
    let report = scenario(&server.url(), &user(20)).report(0);
    assert_eq!(attempts(&report), (&json!({"protocol": 1}), &json!({"200": 19})));
    assert_eq!(server.connections(), 2);
}
