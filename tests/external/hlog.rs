//! Latencies as an independent HdrHistogram port reads them.

use std::process::Command;

use serde_json::Value;

use crate::program::{package, printed};
use crate::run;

/// Where a clock's statistics stand in an operation of report.json.
const CLOCKS: &[(&str, &str)] = &[
    ("response_ok", "/calls/response_ms/ok"),
    ("response_all", "/calls/response_ms/all"),
    ("service_success", "/attempts/service_ms/success"),
    ("service_throttled", "/attempts/service_ms/throttled"),
    ("service_failed", "/attempts/service_ms/failed"),
    ("backoff", "/retry/backoff_ms"),
    ("admission", "/admission_ms"),
    ("lag", "/lag_ms"),
];

/// Whether two latencies fall into one bucket of a histogram of three digits: 0.1 %, and never finer than its lowest value.
fn same(one_ms: f64, other_ms: f64) -> bool {
    (one_ms - other_ms).abs() <= (other_ms * 1e-3).max(0.0015)
}

fn read() -> Value {
    let script = package("tests/external/read_hlog.py");
    let mut command = Command::new("python3");
    let text = printed(command.arg(script).arg(run::smoke()), "Python 3, with hdrhistogram from PyPI");
    serde_json::from_str(&text).expect("the script prints JSON")
}

#[test]
fn the_intervals_of_the_log_add_up_to_the_histograms_of_the_report() {
    let read = read();
    let logged = read["logged"].as_object().expect("an object");
    assert!(logged.len() >= 6, "{logged:?}");
    let lines = read["lines"].as_u64().expect("a number");
    assert!(lines > logged.len() as u64, "more than one interval for each tag: {lines}");
    assert_eq!(read["logged"], read["reported"]);
}

#[test]
fn the_percentiles_of_the_report_are_those_of_the_port() {
    let (read, report) = (read(), run::report());
    let operations = report["operations"].as_array().expect("a list");
    let mut compared = 0;
    for operation in operations {
        let name = operation["name"].as_str().expect("a name");
        for (clock, place) in CLOCKS {
            let ours = operation.pointer(place).unwrap_or_else(|| panic!("{name} has no {place}"));
            let theirs = &read["logged"][format!("{name}/{clock}")];
            assert_eq!(ours["count"].as_u64().unwrap_or(0), theirs["count"].as_u64().unwrap_or(0), "{name}/{clock}");
            for percentile in ours["percentiles"].as_array().into_iter().flatten() {
                let pairs = theirs["quantiles"].as_array().expect("pairs");
                let pair = pairs.iter().find(|pair| pair[0] == percentile["q"]).expect("the same quantiles");
                let value = percentile["value"].as_f64().expect("a number");
                let truth = pair[1].as_f64().expect("a number") / 1e6;
                assert!(
                    same(value, truth),
                    "{name}/{clock} {}: {value} ms here, {truth} ms there",
                    percentile["label"]
                );
                compared += 1;
            }
            if let (Some(max), Some(truth)) = (ours["max"].as_f64(), theirs["max"].as_f64()) {
                assert!(same(max, truth / 1e6), "{name}/{clock}: max {max} ms here, {truth} ns there");
            }
        }
    }
    assert!(compared >= 42, "only {compared} percentiles were compared");
}
