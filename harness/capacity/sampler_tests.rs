//! What the sampler makes of seconds that are known.

use super::*;
use crate::capacity::Purpose;
use crate::plan::expression::Expression;
use crate::record::{Line, RunEnd, RunStart};

const TRIAL: Trial = Trial {
    number: 1,
    purpose: Purpose::Search,
    load: 100.0,
    settle: Nanos::from_secs(2),
    measure: Nanos::from_secs(4),
    seed: 1,
};

fn objectives() -> Vec<Objective> {
    let parse = |text: &str| text.parse::<Expression>().expect(text);
    let throttled = parse("ratio(attempts.throttled) < 1%");
    let measure = throttled.measure.clone();
    vec![
        Objective {
            expression: parse("p90(response, Get) < 100ms"),
            kind: ObjectiveKind::Latency { quantile: 0.9, limit_s: 0.1 },
        },
        Objective { expression: throttled, kind: ObjectiveKind::Share { measure, limit: 0.01, throttle: true } },
    ]
}

fn cells() -> Vec<(String, String)> {
    vec![("w".into(), "Get".into()), ("w".into(), "List".into())]
}

/// A second with so many calls of `Get`: some well and fast, some well and slow, some throttled.
fn second(index: u64, [fast, slow, throttled]: [u64; 3], change: impl FnOnce(&mut Interval)) -> Interval {
    let mut interval = Interval::new(2, 1);
    interval.index = index;
    let cell = &mut interval.cells[0];
    cell.calls[Outcome::Ok as usize] = fast + slow;
    cell.calls[Outcome::Throttled as usize] = throttled;
    cell.attempts[AttemptOutcome::Success as usize] = fast + slow;
    cell.attempts[AttemptOutcome::Throttled as usize] = throttled;
    cell.first_attempts = fast + slow + throttled;
    cell.by_status.add(200, fast + slow);
    for (millis, count) in [(20, fast), (300, slow)] {
        cell.response_all.record_n(Nanos::from_millis(millis), count);
        cell.response_ok.record_n(Nanos::from_millis(millis), count);
    }
    interval.gauges.in_flight = 10;
    change(&mut interval);
    interval
}

fn log(change: impl FnOnce(&mut RunStart, &mut RunEnd)) -> RunLog {
    let (mut start, mut end) = (RunStart { cells: cells(), clients: 1, ..RunStart::default() }, RunEnd::default());
    change(&mut start, &mut end);
    let mut log = RunLog::new();
    log.apply(Line::Start(Box::new(start)));
    log.apply(Line::End(Box::new(end)));
    log
}

fn sampled(seconds: &[Interval], log: &RunLog) -> Sampled {
    let mut sampler = Sampler::new(&objectives(), &cells(), TRIAL);
    for interval in seconds {
        sampler.second(interval);
    }
    sampler.finish(log)
}

/// The trial of a steady target: nothing of the warm-up is in the cells.
fn steady() -> Vec<Interval> {
    let mut seconds: Vec<Interval> = (0..2).map(|index| second(index, [0, 0, 0], |_| {})).collect();
    seconds.extend((2..6).map(|index| second(index, [95, 5, 0], |_| {})));
    seconds
}

#[test]
fn slow_calls_are_counted_and_not_percentiles_averaged() {
    let Sampled { reading, answered } = sampled(&steady(), &log(|_, _| {}));
    assert!(answered);
    let [latency, throttled] = reading.objectives[..] else { panic!("two objectives: {reading:?}") };
    assert_eq!((latency.bad, latency.of, latency.ok), (20, 400, true));
    assert!((latency.value.expect("samples") - 0.02).abs() < 1e-3);
    assert_eq!((throttled.bad, throttled.of, throttled.ok), (0, 400, true));
    assert!((reading.offered_per_s - 100.0).abs() < 1e-9 && (reading.goodput_per_s - 100.0).abs() < 1e-9);
    // The ends of the seconds 2 to 6; that of second 2 ends the settling.
    assert_eq!(reading.outstanding, [10.0; 5]);
    assert_eq!((reading.void, reading.fatal), (None, None));
}

#[test]
fn one_in_ten_that_is_slower_is_the_most_that_a_p90_allows() {
    let with = |slow: u64| {
        let seconds: Vec<Interval> = (2..6).map(|index| second(index, [100 - slow, slow, 0], |_| {})).collect();
        sampled(&seconds, &log(|_, _| {})).reading.objectives[0].ok
    };
    assert!(with(10));
    assert!(!with(11));
}

#[test]
fn throttled_attempts_are_no_failures() {
    let seconds: Vec<Interval> = (2..6).map(|index| second(index, [80, 0, 20], |_| {})).collect();
    let reading = sampled(&seconds, &log(|_, _| {})).reading;
    assert!((reading.throttled - 0.2).abs() < 1e-12 && reading.failed.abs() < 1e-12);
    assert!(!reading.objectives[1].ok);
    assert!((reading.goodput_per_s - 80.0).abs() < 1e-9);
}

#[test]
fn what_is_worked_off_behind_the_load_is_no_goodput_beyond_what_was_under_way_before() {
    let mut seconds = steady();
    // Steady: ten were under way when it began, and ten are when it ends.
    seconds.push(second(6, [10, 0, 0], |_| {}));
    let reading = sampled(&seconds, &log(|_, _| {})).reading;
    assert!((reading.goodput_per_s - 102.5).abs() < 1e-9, "{}", reading.goodput_per_s);
    // Overload: another 500 calls, 125 for each second of the load, are worked off.
    seconds.push(second(7, [0, 500, 0], |_| {}));
    let reading = sampled(&seconds, &log(|_, _| {})).reading;
    assert!((reading.offered_per_s - 227.5).abs() < 1e-9);
    let most = (400.0 + 10.0 + 3.0 * 20_f64.sqrt() + 1.0) / 4.0;
    assert!((reading.goodput_per_s - most).abs() < 1e-9, "{}", reading.goodput_per_s);
    // All of them are judged, and none makes a second of its own.
    assert_eq!((reading.objectives[0].bad, reading.objectives[0].of), (520, 910));
}

#[test]
fn a_load_that_ends_within_a_second_loses_none_of_its_calls() {
    let trial = Trial { measure: Nanos::from_millis(2_500), ..TRIAL };
    let goodput = |offered: u64| {
        let mut sampler = Sampler::new(&objectives(), &cells(), trial);
        for (index, calls, due) in [(2, 100, 100), (3, 100, 100), (4, 50, offered)] {
            sampler.second(&second(index, [calls, 0, 0], |interval| {
                (interval.gauges.in_flight, interval.gauges.offered) = (1, due);
            }));
        }
        sampler.finish(&log(|_, _| {})).reading.goodput_per_s
    };
    assert!((goodput(50) - 100.0).abs() < 1e-9);
    // Only 25 fell due in the last second: of the others, which were left over, as many count as chance explains.
    let most = (225.0 + 1.0 + 3.0 * 2_f64.sqrt() + 1.0) / 2.5;
    assert!((goodput(25) - most).abs() < 1e-9, "{}", goodput(25));
}

#[test]
fn a_calibration_tells_how_fast_the_generator_was_until_it_had_sent_all() {
    let trial = Trial { purpose: Purpose::Calibrate, ..TRIAL };
    let mut sampler = Sampler::new(&objectives(), &cells(), trial);
    for index in 2..10 {
        sampler.second(&second(index, [50, 0, 0], |_| {}));
    }
    // 400 calls, asked for in four seconds and sent in eight.
    let reading = sampler.finish(&log(|_, end| end.duration_s = 10.0)).reading;
    assert!((reading.goodput_per_s - 50.0).abs() < 1e-9 && (reading.offered_per_s - 100.0).abs() < 1e-9);
}

#[test]
fn a_trial_is_void_where_the_generator_or_the_machine_was_not_up_to_it() {
    let with = |change: fn(&mut Interval)| {
        let seconds = (0..6).map(|index| second(index, [100, 0, 0], change)).collect::<Vec<_>>();
        let void = sampled(&seconds, &log(|_, _| {})).reading.void;
        // In virtual time nobody is late.
        assert_eq!(sampled(&seconds, &log(|start, _| start.simulated = true)).reading.void, None);
        void
    };
    assert_eq!(with(|interval| interval.cells[0].lag.record_n(Nanos::from_millis(4), 100)), None);
    let late = with(|interval| interval.cells[0].lag.record_n(Nanos::from_millis(6), 100)).expect("void");
    assert!(late.contains("lag p99 6.0 ms, and 5.0 ms are allowed"), "{late}");
    let busy = with(|interval| interval.gauges.busiest = 0.9).expect("void");
    assert!(busy.contains("busy 90 %"), "{busy}");
    let stolen = with(|interval| interval.gauges.steal = 0.3).expect("void");
    assert!(stolen.contains("30 %"), "{stolen}");
    assert_eq!(with(|interval| (interval.gauges.busiest, interval.gauges.steal) = (0.84, 0.19)), None);
}

#[test]
fn a_stopped_trial_ends_the_search() {
    let fatal = |change: fn(&mut RunStart, &mut RunEnd)| sampled(&steady(), &log(change)).reading.fatal;
    assert!(fatal(|_, end| end.interrupted = true).is_some_and(|text| text.contains("stopped")));
    assert!(fatal(|_, end| end.failure = Some("gone".into())).is_some_and(|text| text.contains("gone")));
}

#[test]
fn a_target_that_never_answers_is_told() {
    let mut seconds = steady();
    for interval in &mut seconds {
        interval.cells[0].by_status.reset();
    }
    assert!(!sampled(&seconds, &log(|_, _| {})).answered);
}
