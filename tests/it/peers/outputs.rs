//! What each tool reports of response times, read out of pieces of its real output.

use serde_json::json;

use super::figures::Percentiles;
use super::heard;

#[track_caller]
fn check(found: Option<Percentiles>, expected: [f64; 5]) {
    let found = found.expect("percentiles").all();
    for (found, expected) in found.into_iter().zip(expected) {
        let found = found.expect("each of the five");
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }
}

#[test]
fn loadline_reports_milliseconds_in_a_list() {
    let each = |label: &str, value: f64| json!({"q": 0.5, "label": label, "value": value, "samples_above": 10});
    let percentiles =
        json!([each("p50", 0.3), each("p90", 501.0), each("p99", 951.0), each("p99.9", 996.5), each("p99.99", 999.0)]);
    let report = json!({"totals": {"calls": {"response_ms": {"all": {"max": 1000.5, "percentiles": percentiles}}}}});
    check(heard::loadline(&report), [0.3, 501.0, 951.0, 996.5, 1000.5]);
    assert_eq!(heard::loadline(&json!({})), None);
}

#[test]
fn oha_reports_seconds() {
    let report = json!({
        "summary": {"slowest": 1.004_910_2, "fastest": 0.000_1},
        "latencyPercentiles": {"p10": 0.000_1, "p50": 0.000_25, "p90": 0.512, "p99": 0.953, "p99.9": 0.998, "p99.99": 1.0},
    });
    check(heard::oha(&report), [0.25, 512.0, 953.0, 998.0, 1004.9102]);
    assert_eq!(heard::oha(&json!({"summary": {}})), None);
}

#[test]
fn wrk2_reports_with_a_unit_on_each_line() {
    let text = "\
Running 20s test @ http://127.0.0.1:1/
  Thread Stats   Avg      Stdev     99%   +/- Stdev
    Latency   112.61ms  248.00ms 954.00ms   85.00%
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%  970.00us
 75.000%    1.66ms
 90.000%  534.02ms
 99.000%  954.37ms
 99.900%    1.00s
 99.990%    1.01s
100.000%    1.02m
  10000 requests in 20.00s
";
    check(heard::wrk2(text), [0.97, 534.02, 954.37, 1_000.0, 61_200.0]);
    assert_eq!(heard::wrk2("unable to connect to 127.0.0.1:1 Connection refused\n"), None);
}

#[test]
fn k6_reports_milliseconds_by_its_own_names() {
    let figures = json!({"med": 0.4, "p(90)": 479.0, "p(99)": 956.0, "p(99.9)": 997.0, "max": 1001.0, "avg": 90.0});
    check(heard::k6(&json!({"metrics": {"http_req_duration": figures}})), [0.4, 479.0, 956.0, 997.0, 1001.0]);
    assert_eq!(heard::k6(&json!({"metrics": {}})), None);
}

#[test]
fn locust_reports_a_line_of_all() {
    let table = "\
Type,Name,Request Count,Failure Count,Median Response Time,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%
GET,/,20,0,5,1,1,1,1,1,1,1,1,1,1,1
,Aggregated,20,0,5,5,6,7,8,13,23,400,905,990,1000,1000
";
    check(heard::locust(table), [5.0, 13.0, 905.0, 990.0, 1000.0]);
    assert_eq!(heard::locust("Type,Name\n"), None);
}

#[test]
fn hey_and_h2load_tell_of_each_request() {
    let table = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n\
                 0.0040,0.0002,0.0000,0.0000,0.0010,0.0000,200,0.0021\n\
                 0.0010,0.0002,0.0000,0.0000,0.0010,0.0000,200,0.0022\n\
                 0.0020,0.0002,0.0000,0.0000,0.0010,0.0000,200,0.0023\n";
    check(heard::hey(table), [2.0, 4.0, 4.0, 4.0, 4.0]);
    let log = "1795342849644023\t200\t4000\n1795342849644007\t200\t1000\n1795342849644014\t200\t2000\n";
    check(heard::h2load(log), [2.0, 4.0, 4.0, 4.0, 4.0]);
    assert_eq!(heard::hey("response-time\n"), None);
    assert_eq!(heard::h2load(""), None);
}
