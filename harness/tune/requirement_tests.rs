use super::*;
use crate::tune::fixture::expression;
use crate::tune::metrics::fixture::{call, trace};

fn observe_in(trace: &Trace, recovery: Option<Recovery>, text: &str) -> f64 {
    let cell =
        |workload: &str, operation: &str| Cell { workload: workload.to_owned(), operation: operation.to_owned() };
    let cells = [cell("steady", "GetMeeting"), cell("steady", "ListAttendees")];
    let run = Run { trace, cells: &cells, span_s: 10.0, summary: None, recovery };
    let measure = expression(text).measure;
    assert!(!needs_sums(&measure), "{text}");
    run.observe(&measure)
}

#[test]
fn every_measure_of_a_trace_means_what_it_means_elsewhere() {
    let other = |call: CallTrace| CallTrace { cell: 1, ..call };
    let run = trace(vec![
        call(0, 0, 1_000, 1, true),
        call(0, 0, 2_000, 3, true),
        call(0, 0, 4_000, 2, false),
        other(call(0, 0, 9_000, 1, true)),
    ]);
    let check = |text: &str, expected: f64| {
        let seen = observe_in(&run, None, text);
        assert!((seen - expected).abs() < 1e-9, "{text}: {seen}");
    };
    check("ratio(calls.ok) >= 99%", 0.75);
    check("ratio(calls.ok, GetMeeting) >= 99%", 2.0 / 3.0);
    check("count(calls.throttled) == 0", 1.0);
    check("rate(attempts) < 1/s", 0.7);
    check("ratio(attempts.throttled) < 5%", 4.0 / 7.0);
    check("amplification() <= 1.5", 7.0 / 4.0);
    check("p50(response) < 1s", 2.0);
    check("max(response) < 1s", 9.0);
    check("min(response) < 1s", 1.0);
    check("max(response, outcome=ok, GetMeeting) < 1s", 2.0);
    check("mean(response) < 1s", 4.0);
    check("p99(service) < 1s", 0.01);
}

#[test]
fn recovery_is_that_of_the_longest_trigger_and_for_ever_where_there_is_none() {
    let of = |slo_s| observe_in(&Trace::default(), Some(Recovery { slo_s, ..Recovery::default() }), "recovery() < 10s");
    assert_eq!((of(Some(2.5)), of(None)), (2.5, f64::INFINITY));
    assert!(observe_in(&Trace::default(), None, "recovery() < 10s").is_nan());
}

#[test]
fn what_no_trace_holds_needs_sums() {
    for text in ["count(items) == 0", "p99(lag) < 1s", "p99(backoff) < 1s", "count(attempts.429) == 0"] {
        assert!(needs_sums(&expression(text).measure), "{text}");
    }
}
