//! Made-up inputs that several benches share.

use loadline::retry::AttemptKind;
use std::path::Path;

use loadline::plan::Plan;
use loadline::record::{
    AttemptOutcome, AttemptRecord, CallRecord, Interval, JOURNAL_VERSION, Line, Outcome, Recorder, RunEnd, RunLog,
    RunStart,
};
use loadline::scenario::{Flags, Input, Source, load};
use loadline::units::Nanos;

/// The plan of a scenario's text.
pub(crate) fn plan(text: &str) -> Plan {
    let source = Source { name: "bench.yaml".into(), text: text.into() };
    let (flags, environment) = (Flags::default(), |_: &str| None);
    let input =
        Input { source: &source, folder: Path::new("."), overrides: &[], flags: &flags, environment: &environment };
    let loaded = load(input).unwrap_or_else(|faults| panic!("{faults:?}"));
    loaded.plan().unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Cells and clients of the made-up run.
pub(crate) const CELLS: usize = 4;
pub(crate) const CLIENTS: usize = 20;

/// A cheap, uneven sequence: microseconds between 1,000 and 65,000.
pub(crate) fn latency(n: u64) -> Nanos {
    Nanos::from_micros(1_000 + n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 64_000)
}

/// The `n`th attempt that ended.
pub(crate) fn attempt(n: u64) -> AttemptRecord {
    let throttled = n.is_multiple_of(10);
    AttemptRecord {
        cell: n as usize % CELLS,
        client: n % CLIENTS as u64,
        warm_up: false,
        outcome: if throttled { AttemptOutcome::Throttled } else { AttemptOutcome::Success },
        status: Ok(if throttled { 429 } else { 200 }),
        service: latency(n),
        first_byte: Some(latency(n)),
        kind: AttemptKind::First,
        sent: Nanos::ZERO,
        hint_seen: false,
        after_hint: false,
    }
}

/// The `n`th call that ended.
pub(crate) fn call(n: u64) -> CallRecord {
    CallRecord {
        due: Nanos::ZERO,
        waited: Nanos::ZERO,
        cell: n as usize % CELLS,
        client: n % CLIENTS as u64,
        warm_up: false,
        outcome: Outcome::Ok,
        reason: None,
        response: latency(n),
        lag: Some(Nanos::from_micros(50 + n % 100)),
        attempts: 1,
        items: (1, 0),
        page: Some(1 + (n % 40) as u32),
    }
}

/// A second with so many calls.
pub(crate) fn interval(index: u64, calls: u64) -> Interval {
    let mut recorder = Recorder::new(CELLS, CLIENTS);
    for n in index * calls..(index + 1) * calls {
        recorder.offered();
        recorder.sent(n as usize % CELLS, false, true, Nanos::ZERO);
        recorder.attempt(&attempt(n));
        recorder.call(&call(n));
    }
    let mut interval = recorder.swap(Interval::new(CELLS, CLIENTS));
    interval.index = index;
    interval
}

/// A run of so many seconds.
pub(crate) fn log(seconds: u64) -> RunLog {
    let mut log = RunLog::new();
    let cells = [
        ("fill", "BatchCreateAttendee"),
        ("browse", "ListAttendees"),
        ("browse", "GetAttendee"),
        ("end", "DeleteAttendee"),
    ];
    log.apply(Line::Start(Box::new(RunStart {
        version: JOURNAL_VERSION,
        run_id: "bench-20260102T030405Z".into(),
        started_at: "2026-01-02T03:04:05Z".into(),
        scenario: "bench".into(),
        cells: cells.map(|(workload, operation)| (workload.into(), operation.into())).to_vec(),
        clients: CLIENTS as u64,
        lanes: 1,
        ..RunStart::default()
    })));
    for index in 0..seconds {
        log.add(&interval(index, 100));
    }
    log.apply(Line::End(Box::new(RunEnd { duration_s: seconds as f64, ..RunEnd::default() })));
    log
}
