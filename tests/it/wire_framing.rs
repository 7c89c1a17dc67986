//! The table of replies over real sockets: every malformed one ends as a named error of its call, with the connection closed and
//! the run going on.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::framing::case::{Case, End, LIMITS};
use crate::framing::cases;
use crate::program::Place;
use crate::raw_server::{RawServer, Visit};

/// What a server says when all is well.
const WELL: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// Calls a second that are answered well.
const WELL_RATE: usize = 50;

/// A scenario without its workloads: each reply of the table is an operation.
fn operations(url: &str) -> String {
    let mut yaml = format!(
        "name: table
target: {{url: '{url}'}}
transport: {{max_body: {}}}
policies: {{once: {{max_attempts: 1, attempt_timeout: 8s}}}}
retry: once
api:
  operations:
    Well: {{method: GET, path: /well}}
",
        LIMITS.max_body
    );
    for (number, case) in cases().enumerate() {
        let method = if case.asked_by_head { "HEAD" } else { "GET" };
        writeln!(yaml, "    C{number}: {{method: {method}, path: /case/{number}}}").expect("a string takes all");
    }
    yaml
}

/// Each operation is called once, 20 ms after the one before. All the while, other calls are answered well.
fn scenario(url: &str) -> Place {
    let mut yaml = operations(url) + "workloads:\n";
    for (number, _) in cases().enumerate() {
        let (start, call) = (20 * number, format!("iterations: {{count: 1}}, flow: [{{call: C{number}}}]"));
        writeln!(yaml, "  - {{name: c{number}, start: {start}ms, {call}}}").expect("a string takes all");
    }
    let (rate, duration) = (WELL_RATE, 20 * cases().count());
    let well =
        format!("  - {{name: w, arrivals: {{rate: {rate}/s, duration: {duration}ms}}, flow: [{{call: Well}}]}}\n");
    Place::with(&(yaml + &well))
}

/// Whether the reply ends only where the server closes.
fn needs_close(case: &Case) -> bool {
    match &case.end {
        // Chunked and counted bodies end by themselves.
        End::Reply { .. } => case.name.contains("until close"),
        End::Error(_) => case.kind() == Some(loadline::api::WireError::Closed),
    }
}

fn is_reusable(case: &Case) -> bool {
    let End::Reply { persistence, left: 0, .. } = &case.end else { return false };
    let soon = persistence.idle_timeout.is_some_and(|timeout| timeout.as_secs_f64() < 1.0);
    persistence.reusable && !soon && persistence.max_requests != Some(0)
}

/// Plays the cases that a client asks for, and notes where the connection is treated otherwise than it should be.
fn play(visit: &mut Visit) {
    while let Some(head) = visit.head() {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let Some(number) = path.strip_prefix("/case/").and_then(|number| number.parse().ok()) else {
            visit.send(WELL);
            continue;
        };
        let case = cases().nth(number).expect("the scenario is made of the table");
        visit.send(case.bytes);
        if needs_close(case) {
            visit.half_close();
        }
        if !is_reusable(case) {
            if !visit.is_closed() {
                visit.note(format!("left open after: {}", case.name));
            }
            return;
        }
    }
}

#[test]
fn every_reply_of_the_table_ends_its_call_by_name_and_the_run_goes_on() {
    let server = RawServer::start(play);
    let report = scenario(&server.url()).report(0);
    let operations = report["operations"].as_array().expect("a list");
    let attempts = |name: &str| -> &Value {
        let operation = operations.iter().find(|operation| operation["name"] == name);
        &operation.unwrap_or_else(|| panic!("{name} was never called"))["attempts"]
    };
    let mut faults = Vec::new();
    for (number, case) in cases().enumerate() {
        let attempts = attempts(&format!("C{number}"));
        let found = (&attempts["by_error"], &attempts["by_status"]);
        let expected = match (case.kind(), &case.end) {
            (Some(kind), _) => (json!({kind.word(): 1}), json!({})),
            (None, End::Reply { status, .. }) => (json!({}), json!({status.to_string(): 1})),
            (None, End::Error(_)) => unreachable!("an error has a kind"),
        };
        if found != (&expected.0, &expected.1) {
            faults.push(format!("{}: {found:?}, not {expected:?}", case.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let well = WELL_RATE * cases().count() / 50;
    assert_eq!(attempts("Well")["by_status"], json!({"200": well}), "{}", attempts("Well"));
    assert_eq!(report["incomplete"], false);
    assert_eq!(server.notes(), [""; 0]);
}

#[test]
fn a_connection_goes_on_after_every_reply_that_leaves_it_in_order() {
    // Success after success, so that the flow goes on too.
    let good = |case: &Case| matches!(case.end, End::Reply { status: 200..300, .. }) && is_reusable(case);
    let numbers: Vec<usize> = cases().enumerate().filter(|(_, case)| good(case)).map(|(number, _)| number).collect();
    assert!(numbers.len() > 40, "{}", numbers.len());
    let flow: Vec<String> = numbers.iter().map(|number| format!("{{call: C{number}}}")).collect();
    let last = format!("workloads: [{{name: w, iterations: {{count: 1}}, flow: [{}]}}]\n", flow.join(", "));
    let server = RawServer::start(play);
    let report = Place::with(&(operations(&server.url()) + &last)).report(0);
    assert_eq!(report["totals"]["calls"]["ok"], numbers.len(), "{}", report["totals"]);
    assert_eq!(server.connections(), 1);
}
