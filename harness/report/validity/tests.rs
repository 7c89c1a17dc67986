//! Each threshold from both sides, on logs that are made for it.

use super::*;
use crate::api::WireError;
use crate::record::{
    AttemptOutcome, AttemptRecord, CallRecord, Gauges, Interval, Outcome, Recorder, RunStart, Trouble, Troubles,
};
use crate::report::model::Check;
use crate::retry::AttemptKind;
use crate::units::Nanos;
use ValidityWord::{Invalid, Suspect, Valid};

const SECOND: Nanos = Nanos::from_secs(1);
const MILLI: Nanos = Nanos::from_millis(1);

/// Calls of which each took so long, and was sent so late.
fn calls(count: usize, response: Nanos, lag: impl Fn(usize) -> Nanos) -> Interval {
    let mut recorder = Recorder::new(1, 1);
    for index in 0..count {
        recorder.offered();
        recorder.sent(0, false, true, Nanos::ZERO);
        let call = CallRecord {
            due: Nanos::ZERO,
            waited: Nanos::ZERO,
            cell: 0,
            client: 0,
            warm_up: false,
            outcome: Outcome::Ok,
            reason: None,
            response,
            lag: Some(lag(index)),
            attempts: 1,
            items: (0, 0),
            page: None,
        };
        recorder.call(&call);
    }
    recorder.swap(Interval::new(1, 1))
}

/// A second in which nothing was wrong, 1,000 calls of 10 ms.
fn quiet() -> Interval {
    let mut interval = calls(1_000, MILLI * 10, |_| Nanos::from_micros(50));
    interval.gauges.elapsed = SECOND;
    interval.gauges.busiest = 0.2;
    interval
}

/// A log of a hundred seconds, of which `wrong` are changed.
fn log(wrong: usize, change: impl Fn(&mut Gauges)) -> RunLog {
    let template = quiet();
    let mut log = RunLog::new();
    log.start = RunStart { cells: vec![("w".into(), "o".into())], clients: 1, ..RunStart::default() };
    log.summary = crate::record::Summary::new(1, 1);
    for index in 0..100 {
        let mut interval = Interval { index, ..template.clone() };
        if (index as usize) < wrong {
            change(&mut interval.gauges);
        }
        log.add(&interval);
    }
    log
}

fn of_one(interval: &Interval) -> RunLog {
    let mut log = log(0, |_| {});
    log.summary = crate::record::Summary::new(1, 1);
    log.timeline.points.clear();
    log.add(interval);
    log
}

/// The verdict and what is said, where it is that of one check alone.
#[track_caller]
fn check(log: &RunLog, expected: ValidityWord, name: &str) -> Check {
    let validity = validity(log);
    let check =
        validity.checks.iter().find(|check| check.name.as_str() == name).expect("there is such a check").clone();
    assert_eq!(check.verdict, expected, "{check:?}");
    assert_eq!(validity.verdict, expected, "{:?}", validity.reasons);
    assert_eq!(validity.reasons.len(), usize::from(expected != Valid), "{:?}", validity.reasons);
    for reason in &validity.reasons {
        assert!(!reason.ends_with('…') && reason.contains(check.advice.as_str()), "{reason}");
    }
    check
}

#[test]
fn a_quiet_run_is_valid_and_every_check_says_where_it_would_not_be() {
    let validity = validity(&log(0, |_| {}));
    assert_eq!((validity.verdict, validity.reasons.len(), validity.notes.len()), (Valid, 0, 0));
    assert_eq!(validity.checks.len(), 11);
    for check in &validity.checks {
        assert!(check.observed <= check.suspect_above && !check.advice.is_empty(), "{check:?}");
        assert!(check.invalid_above.is_none_or(|invalid| invalid >= check.suspect_above), "{check:?}");
    }
    assert_eq!(super::validity(&RunLog::new()).verdict, Valid, "nothing was measured, and nothing was late");
}

#[test]
fn lag_is_judged_by_the_median_response_and_never_below_two_milliseconds() {
    let late =
        |response: Nanos, lag: Nanos| of_one(&Interval { gauges: quiet().gauges, ..calls(1_000, response, |_| lag) });
    let micros = Nanos::from_micros;
    check(&late(MILLI * 10, micros(1_990)), Valid, "lag p99");
    check(&late(MILLI * 10, micros(2_010)), Suspect, "lag p99");
    check(&late(MILLI * 10, micros(7_950)), Suspect, "lag p99");
    check(&late(MILLI * 10, micros(8_050)), Invalid, "lag p99");
    // 5 % of 200 ms are 10 ms, and four times that is 40 ms.
    check(&late(MILLI * 200, micros(9_900)), Valid, "lag p99");
    check(&late(MILLI * 200, micros(10_100)), Suspect, "lag p99");
    check(&late(MILLI * 200, micros(40_400)), Invalid, "lag p99");
    // One call in a hundred may be late.
    let few = |late: usize| {
        let lag = move |index| if index < late { MILLI * 50 } else { Nanos::ZERO };
        of_one(&Interval { gauges: quiet().gauges, ..calls(1_000, MILLI * 10, lag) })
    };
    check(&few(10), Valid, "lag p99");
    check(&few(11), Invalid, "lag p99");
}

#[test]
fn a_busy_second_is_nothing_and_a_busy_tenth_is_suspect() {
    let (busy, saturated) = ("time with a lane over 85 % busy", "time with a lane over 97 % busy");
    check(&log(100, |gauges| gauges.busiest = 0.85), Valid, busy);
    check(&log(1, |gauges| gauges.busiest = 1.0), Valid, busy);
    check(&log(10, |gauges| gauges.busiest = 1.0), Valid, busy);
    check(&log(11, |gauges| gauges.busiest = 1.0), Suspect, busy);
    check(&log(100, |gauges| gauges.busiest = 0.97), Suspect, busy);
    check(&log(50, |gauges| gauges.busiest = 0.98), Suspect, busy);
    check(&log(51, |gauges| gauges.busiest = 0.98), Invalid, saturated);
    check(&log(100, |gauges| gauges.starved = 0.099), Valid, "time a lane was kept from a processor");
    check(&log(100, |gauges| gauges.starved = 0.101), Suspect, "time a lane was kept from a processor");
}

#[test]
fn the_part_of_a_second_at_the_end_weighs_what_it_is() {
    let mut short = log(0, |_| {});
    let mut last = Interval { index: 100, ..quiet() };
    (last.gauges.busiest, last.gauges.starved, last.gauges.elapsed) = (1.0, 1.0, MILLI * 5);
    short.add(&last);
    check(&short, Valid, "time with a lane over 85 % busy");
}

#[test]
fn stolen_time_and_swapping_are_averaged_over_the_run() {
    let steal = "time stolen by the machine's host";
    check(&log(10, |gauges| gauges.steal = 0.49), Valid, steal);
    check(&log(10, |gauges| gauges.steal = 0.51), Suspect, steal);
    check(&log(100, |gauges| gauges.steal = 0.199), Suspect, steal);
    check(&log(100, |gauges| gauges.steal = 0.201), Invalid, steal);
    check(&log(1, |gauges| gauges.swapped = 25_600), Valid, "pages swapped");
    check(&log(1, |gauges| gauges.swapped = 25_601), Suspect, "pages swapped");
}

#[test]
fn stalls_count_by_their_share_of_time_where_they_are_longer_than_a_harmless_lag() {
    let name = "time a lane's loop stood still";
    let stalled = |total: u64, longest: u64| {
        log(1, move |gauges| {
            gauges.stalls = Delays { count: 4, total: MILLI * total, longest: MILLI * longest };
        })
    };
    // A thousandth of a hundred seconds is 100 ms, and two hundredths are 2 s.
    check(&stalled(100, 30), Valid, name);
    check(&stalled(101, 30), Suspect, name);
    check(&stalled(2_000, 900), Suspect, name);
    check(&stalled(2_001, 900), Invalid, name);
    let mut slow = of_one(&Interval { gauges: quiet().gauges, ..calls(100, SECOND, |_| Nanos::ZERO) });
    for point in &mut slow.timeline.points {
        point.gauges.stalls = Delays { count: 5, total: MILLI * 100, longest: MILLI * 50 };
    }
    check(&slow, Valid, name);
}

#[test]
fn load_that_was_not_applied_is_suspect_and_never_invalid() {
    check(&log(1, |gauges| gauges.connection_waits.count = 1_000), Valid, "attempts that waited for a connection");
    check(&log(1, |gauges| gauges.connection_waits.count = 1_001), Suspect, "attempts that waited for a connection");
    check(&log(1, |gauges| gauges.offered += 1_010), Valid, "calls offered and not sent");
    check(&log(1, |gauges| gauges.offered += 1_011), Suspect, "calls offered and not sent");
    // What a policy refused was not meant to be sent, and what was dropped has a check of its own.
    let meant = |gauges: &mut Gauges| (gauges.offered, gauges.refused, gauges.dropped) = (9_000, 4_000, 4_000);
    check(&log(1, meant), Valid, "calls offered and not sent");
    let dropped = |count: u64| {
        let mut log = log(0, |_| {});
        log.summary.cells[0].calls[Outcome::Dropped as usize] = count;
        log
    };
    check(&dropped(0), Valid, "calls dropped");
    check(&dropped(1), Suspect, "calls dropped");
    check(&dropped(90_000), Suspect, "calls dropped");
}

#[test]
fn what_failed_here_is_no_result_of_the_target() {
    let name = "attempts that failed on this machine";
    let failed = |kind: WireError, count: u64| {
        let mut log = log(0, |_| {});
        log.summary.cells[0].by_wire[kind as usize] = count;
        log
    };
    check(&failed(WireError::Refused, 50_000), Valid, name);
    let found = check(&failed(WireError::Ports, 1), Suspect, name);
    assert!(found.advice.contains("ip_local_port_range"), "{found:?}");
    check(&failed(WireError::Descriptors, 1_000), Suspect, name);
    let found = check(&failed(WireError::Descriptors, 1_001), Invalid, name);
    assert!(found.advice.contains("ulimit -n"), "{found:?}");
}

#[test]
fn the_warm_up_is_not_judged() {
    let mut log = log(10, |gauges| {
        gauges.busiest = 1.0;
        gauges.stalls = Delays { count: 1, total: SECOND, longest: SECOND };
    });
    log.start.warm_up_s = 10.0;
    check(&log, Valid, "time a lane's loop stood still");
    log.start.warm_up_s = 5.0;
    assert_eq!(validity(&log).verdict, Invalid);
}

#[test]
fn the_worst_reason_comes_first() {
    let log = log(100, |gauges| {
        gauges.busiest = 0.9;
        gauges.steal = 0.5;
    });
    let validity = validity(&log);
    assert_eq!((validity.verdict, validity.reasons.len()), (Invalid, 2));
    assert!(validity.reasons[0].contains("host"), "{:?}", validity.reasons);
}

#[test]
fn slow_connections_among_quick_ones_point_to_the_listen_backlog() {
    let with = |quick: usize, slow: usize| {
        let mut log = log(0, |_| {});
        for took in std::iter::repeat_n(MILLI, quick).chain(std::iter::repeat_n(MILLI * 1_020, slow)) {
            log.summary.connections.opened(took);
        }
        validity(&log).notes
    };
    assert!(with(100, 0).is_empty());
    let notes = with(97, 3);
    assert!(notes[0].contains("3 of 100 connections") && notes[0].contains("somaxconn"), "{notes:?}");
    assert!(!notes[0].ends_with('…'), "{notes:?}");
    assert!(with(3, 97).is_empty(), "a far target is far for all of them");
}

#[test]
fn drops_at_a_listen_backlog_are_told_where_the_target_is_on_this_machine() {
    let mut log = log(3, |gauges| gauges.backlog_drops = 4);
    for (url, told) in [("http://127.0.0.1:8080/", 1), ("http://[::1]/", 1), ("http://localhost/", 1), ("http://h/", 0)]
    {
        log.start.url = url.into();
        let notes = validity(&log).notes;
        assert_eq!(notes.len(), told, "{url}: {notes:?}");
        assert!(notes.iter().all(|note| note.contains("12 requests to connect")), "{notes:?}");
    }
}

#[test]
fn errors_of_the_wire_come_with_an_example_and_with_what_to_do() {
    let mut recorder = Recorder::new(1, 1);
    for error in [WireError::Tls, WireError::Tls, WireError::Timeout] {
        recorder.attempt(&AttemptRecord {
            cell: 0,
            client: 0,
            warm_up: false,
            outcome: AttemptOutcome::Failed,
            status: Err(error),
            service: MILLI,
            first_byte: None,
            kind: AttemptKind::First,
            sent: Nanos::ZERO,
            hint_seen: false,
            after_hint: false,
        });
    }
    let mut interval = recorder.swap(Interval::new(1, 1));
    let mut troubles = Troubles::default();
    troubles.add(Trouble { kind: WireError::Tls, text: "invalid peer certificate: UnknownIssuer".into() });
    interval.troubles = troubles;
    let told = wire_errors(&of_one(&interval));
    let told: Vec<_> = told.iter().map(|t| (t.kind.as_str(), t.count, t.example.as_deref())).collect();
    assert_eq!(told, [("tls", 2, Some("invalid peer certificate: UnknownIssuer")), ("timeout", 1, None)]);
}
