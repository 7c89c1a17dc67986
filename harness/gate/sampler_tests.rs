use super::*;
use crate::record::{AttemptOutcome, CellRecord, Line, RunEnd, RunStart};
use crate::units::Nanos;

fn metric(text: &str, tolerance: f64) -> Metric {
    let unit = match text.split('(').next() {
        Some("ratio") => "50%",
        Some("rate") => "1/s",
        Some("amplification" | "count") => "1",
        _ => "1s",
    };
    let expression: crate::plan::expression::Expression = format!("{text} < {unit}").parse().expect("a measure");
    Metric::new(text, expression.measure, tolerance)
}

/// A run that takes `calls` calls in each second; `fill` puts what happens into it.
struct Story {
    seconds: u64,
    warm_up: u64,
    changing: bool,
    end: Option<RunEnd>,
}

impl Story {
    fn of(seconds: u64) -> Self {
        let end = Some(RunEnd { duration_s: seconds as f64, ..RunEnd::default() });
        Self { seconds, warm_up: 0, changing: false, end }
    }

    fn tell(&self, metrics: &[Metric], trim: Trim, fill: impl Fn(u64, &mut CellRecord)) -> Sampled {
        let cells = vec![("load".to_owned(), "Get".to_owned())];
        let start = RunStart {
            cells: cells.clone(),
            clients: 1,
            warm_up_s: self.warm_up as f64,
            changing: self.changing,
            ..RunStart::default()
        };
        let mut log = RunLog::new();
        log.apply(Line::Start(Box::new(start)));
        let mut sampler = Sampler::new(metrics, &cells, trim);
        for index in 0..self.seconds {
            let mut interval = Interval { index, ..Interval::new(1, 1) };
            interval.gauges.offered = 100;
            // The recorder leaves the warm-up out of cells.
            if index >= self.warm_up {
                fill(index, &mut interval.cells[0]);
            }
            sampler.second(&interval);
            log.add(&interval);
        }
        log.end.clone_from(&self.end);
        sampler.finish(&log)
    }
}

/// Calls that end well after `millis`, give or take a fifth, evenly spread.
fn calls(cell: &mut CellRecord, count: u64, millis: f64) {
    for n in 0..count {
        let spread = 0.8 + 0.4 * (n as f64 + 0.5) / count as f64;
        cell.response_all.record(Nanos::new((millis * spread * 1e6) as u64));
    }
    cell.calls[Outcome::Ok as usize] += count;
    cell.attempts[AttemptOutcome::Success as usize] += count;
    cell.by_status.add(200, count);
}

fn failures(cell: &mut CellRecord, count: u64) {
    cell.calls[Outcome::Failed as usize] += count;
    cell.attempts[AttemptOutcome::Failed as usize] += count;
    cell.by_status.add(500, count);
}

fn close(seen: Option<f64>, wanted: f64) {
    let seen = seen.expect("a value");
    assert!((seen - wanted).abs() <= wanted * 5e-3, "{seen} is not {wanted}");
}

fn kinds(faults: &[Fault]) -> Vec<FaultKind> {
    faults.iter().map(|fault| fault.kind).collect()
}

fn fault(sampled: &Sampled, reading: usize) -> Option<FaultKind> {
    sampled.readings[reading].fault.as_ref().map(|fault| fault.kind)
}

#[test]
fn percentiles_are_read_from_what_was_added_up() {
    // One second in ten is ten times slower: the p50 of all calls sees nothing of it, an average of p50s would.
    let sampled = Story::of(20).tell(&[metric("p50(response)", 0.05)], Trim::Nothing, |second, cell| {
        calls(cell, 100, if second % 10 == 9 { 100.0 } else { 10.0 });
    });
    let reading = &sampled.readings[0];
    assert_eq!((reading.samples, sampled.calls, sampled.ok), (2_000, 2_000, 2_000));
    assert!(reading.value.expect("samples") < 0.012, "{reading:?}");
    assert_eq!(reading.seconds.len(), 20);
    close(reading.seconds[9], 0.1);
    assert_eq!(sampled.curves[0].as_ref().map(LatencyHistogram::count), Some(2_000));
    assert!(reading.fault.is_none() && sampled.faults.is_empty());
}

#[test]
fn the_warm_up_is_in_no_number() {
    let story = Story { warm_up: 5, ..Story::of(15) };
    let metrics = [metric("rate(calls.ok)", 0.02), metric("p50(response)", 0.05)];
    let sampled = story.tell(&metrics, Trim::Nothing, |_, cell| calls(cell, 50, 10.0));
    assert!((sampled.measured_s - 10.0).abs() < 1e-9);
    close(sampled.readings[0].value, 50.0);
    assert_eq!(sampled.readings[0].seconds.len(), 10);
    assert_eq!(sampled.readings[1].samples, 500);
}

#[test]
fn halves_of_a_long_run_are_told_from_few_blocks() {
    // 1,000 seconds become 63 blocks of 16 seconds.
    let sampled = Story::of(1_000).tell(&[metric("p50(response)", 0.05)], Trim::Nothing, |second, cell| {
        calls(cell, 25, if second < 500 { 10.0 } else { 20.0 });
    });
    let [first, second] = sampled.readings[0].halves.expect("both halves");
    close(Some(first), 0.01);
    close(Some(second), 0.02);
    assert_eq!(sampled.readings[0].samples, 25_000);
    assert_eq!(fault(&sampled, 0), Some(FaultKind::Drift));
    assert!(sampled.readings[0].fault.as_ref().expect("drift").text.starts_with("p50(response) changes by +"));
}

#[test]
fn a_drift_is_one_only_where_chance_makes_none() {
    let metrics = [metric("p50(response)", 0.05), metric("ratio(calls.failed)", 0.001)];
    // Seconds differ wildly, and so do halves, by chance: 18 % here.
    let wild = |second: u64| [10.0, 25.0, 12.0, 18.0, 30.0, 9.0, 14.0, 22.0][(second * 5 % 8) as usize];
    let noisy = Story::of(20).tell(&metrics, Trim::Nothing, |second, cell| calls(cell, 100, wild(second)));
    assert_eq!(fault(&noisy, 0), None);
    // Two failures of 2,000 calls, both in the second half: 0.2 points are more than the tolerance twice, and mean nothing.
    let rare = Story::of(20).tell(&metrics, Trim::Nothing, |second, cell| {
        calls(cell, 50, 10.0);
        failures(cell, u64::from(second == 12 || second == 17));
    });
    assert_eq!(fault(&rare, 1), None);
    // Five in a hundred fail from the middle on: that is a drift, unless it was planned.
    let broken = |second: u64, cell: &mut CellRecord| {
        calls(cell, 95, 10.0);
        failures(cell, if second < 10 { 0 } else { 5 });
    };
    assert_eq!(fault(&Story::of(20).tell(&metrics, Trim::Nothing, broken), 1), Some(FaultKind::Drift));
    let planned = Story { changing: true, ..Story::of(20) };
    assert_eq!(fault(&planned.tell(&metrics, Trim::Nothing, broken), 1), None);
    // Of four seconds nothing can be said.
    assert_eq!(fault(&Story::of(4).tell(&metrics, Trim::Nothing, broken), 1), None);
}

#[test]
fn the_drain_is_no_drift() {
    let cells = vec![("load".to_owned(), "Get".to_owned())];
    let metrics = [metric("rate(calls.ok)", 0.02)];
    let (mut sampler, mut log) = (Sampler::new(&metrics, &cells, Trim::Nothing), RunLog::new());
    log.apply(Line::Start(Box::new(RunStart { cells, clients: 1, ..RunStart::default() })));
    for index in 0..20 {
        let mut interval = Interval { index, ..Interval::new(1, 1) };
        if index < 12 {
            interval.gauges.offered = 50;
            calls(&mut interval.cells[0], 50, 10.0);
        }
        sampler.second(&interval);
        log.add(&interval);
    }
    log.end = Some(RunEnd { duration_s: 20.0, ..RunEnd::default() });
    let sampled = sampler.finish(&log);
    assert_eq!(fault(&sampled, 0), None);
    let [first, second] = sampled.readings[0].halves.expect("halves");
    assert!((first - second).abs() < 1e-9, "{first} {second}");
    // The value is that of the report: over all that was measured.
    close(sampled.readings[0].value, 30.0);
}

#[test]
fn clustered_events_count_for_less() {
    let metrics = [metric("ratio(calls.failed)", 0.001)];
    let dispersion = |fill: &dyn Fn(u64) -> u64| {
        let sampled = Story::of(40).tell(&metrics, Trim::Nothing, |second, cell| {
            calls(cell, 100 - fill(second), 10.0);
            failures(cell, fill(second));
        });
        let events = sampled.readings[0].events.expect("a share has events");
        assert_eq!((events.count, events.of), (40, 4_000));
        events.dispersion
    };
    assert!((dispersion(&|_| 1) - 1.0).abs() < 1e-9);
    // All forty at once, of a hundred: (39² · 1 + 39 · 1²) / (100 · 0.01 · 0.99) / 39 = 40.4.
    assert!((dispersion(&|second| if second == 7 { 40 } else { 0 }) - 40.40).abs() < 0.01);
    let none = Story::of(5).tell(&metrics, Trim::Nothing, |_, cell| calls(cell, 100, 10.0));
    assert_eq!(none.readings[0].events, Some(Events { count: 0, of: 500, dispersion: 1.0 }));
    assert_eq!(none.readings[0].value, Some(0.0));
}

#[test]
fn an_unsettled_begin_is_trimmed_where_that_was_asked_for() {
    let metrics = [metric("p50(response)", 0.05), metric("rate(calls.ok)", 0.05)];
    let fill = |second: u64, cell: &mut CellRecord| {
        let unsettled = second < 10;
        calls(cell, if unsettled { 50 } else { 100 }, if unsettled { 40.0 } else { 10.0 + (second % 3) as f64 * 0.1 });
    };
    let whole = Story::of(60).tell(&metrics, Trim::Nothing, fill);
    assert_eq!(whole.readings[0].samples, 5_500);
    let trimmed = Story::of(60).tell(&metrics, Trim::Mser5, fill);
    assert_eq!(trimmed.readings[0].samples, 5_000);
    assert_eq!(trimmed.readings[0].seconds.len(), 50);
    close(trimmed.readings[1].value, 100.0);
    assert_eq!(trimmed.calls, 5_500, "what the run did is not trimmed");
}

#[test]
fn too_few_samples_are_named() {
    let metrics =
        [metric("p99(response)", 0.05), metric("p50(response, Nobody)", 0.05), metric("mean(response)", 0.05)];
    let sampled = Story::of(10).tell(&metrics, Trim::Nothing, |_, cell| calls(cell, 900, 10.0));
    assert_eq!(fault(&sampled, 0), Some(FaultKind::TooFewSamples));
    assert_eq!(
        sampled.readings[0].fault.as_ref().expect("too few").text,
        "p99(response) has 9000 samples and needs 10000: let the run last longer, or compare a lower percentile"
    );
    assert_eq!((fault(&sampled, 1), sampled.readings[1].value), (Some(FaultKind::NoSamples), None));
    assert_eq!(fault(&sampled, 2), None);
}

#[test]
fn what_speaks_against_a_run_is_named() {
    let metrics = [metric("mean(response)", 0.05)];
    let run =
        |story: Story, fill: &dyn Fn(u64, &mut CellRecord)| kinds(&story.tell(&metrics, Trim::Nothing, fill).faults);
    let well = |_: u64, cell: &mut CellRecord| calls(cell, 10, 10.0);
    let lost = |cell: &mut CellRecord| {
        cell.calls[Outcome::Failed as usize] += 10;
        cell.attempts[AttemptOutcome::Failed as usize] += 10;
    };
    let ended = |end: RunEnd| Story { end: Some(RunEnd { duration_s: 10.0, ..end }), ..Story::of(10) };
    assert_eq!(run(Story::of(10), &well), []);
    assert_eq!(run(Story::of(10), &|_, cell| failures(cell, 10)), [FaultKind::AllFailed]);
    assert_eq!(run(Story::of(10), &|_, cell| lost(cell)), [FaultKind::Dead]);
    let away = |from: u64| {
        move |second: u64, cell: &mut CellRecord| if second < from { calls(cell, 10, 1.0) } else { lost(cell) }
    };
    assert_eq!(run(Story::of(10), &away(5)), [FaultKind::Dead]);
    assert_eq!(run(Story::of(10), &away(9)), [], "one bad second is no death");
    assert_eq!(run(Story { end: None, ..Story::of(10) }, &well), [FaultKind::CutShort]);
    assert_eq!(run(ended(RunEnd { interrupted: true, ..RunEnd::default() }), &well), [FaultKind::CutShort]);
    assert_eq!(run(ended(RunEnd { aborted_by: Some("x".into()), ..RunEnd::default() }), &well), [FaultKind::CutShort]);
    assert_eq!(run(ended(RunEnd { failure: Some("x".into()), ..RunEnd::default() }), &well), [FaultKind::CutShort]);
    assert_eq!(run(ended(RunEnd { capped: true, ..RunEnd::default() }), &well), []);
}
