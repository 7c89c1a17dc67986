use super::*;
use crate::gate::{Events, FaultKind, Position, Side};
use crate::rng::{Key, Purpose};

fn metric(text: &str, tolerance: f64) -> Metric {
    Metric::new(text, text.parse().expect("a measure"), tolerance)
}

fn rules(metrics: Vec<Metric>) -> Rules {
    Rules { metrics, ..Rules::default() }
}

fn latency() -> Rules {
    rules(vec![metric("p99(response)", 0.05)])
}

fn run(side: Side, number: u32, readings: Vec<Reading>) -> Run {
    Run {
        pair: number,
        side,
        position: Position::Alone,
        again: 0,
        seed: number.into(),
        run_id: format!("run-{number:02}"),
        calls: 10_000,
        ok: 10_000,
        measured_s: 30.0,
        readings,
        faults: Vec::new(),
        remarks: Vec::new(),
    }
}

/// Runs whose one metric has these values.
fn runs(side: Side, values: &[f64]) -> Vec<Run> {
    let reading = |value: f64| Reading {
        value: Some(value),
        samples: 10_000,
        seconds: (0..30).map(|second| Some(value * (1.0 + 0.01 * f64::from(second % 3)))).collect(),
        ..Reading::default()
    };
    values.iter().zip(1..).map(|(value, number)| run(side, number, vec![reading(*value)])).collect()
}

/// Runs in which so many of 5,000 calls failed.
fn failing(side: Side, counts: &[u64]) -> Vec<Run> {
    let reading = |count: u64| Reading {
        value: Some(count as f64 / 5_000.0),
        samples: 5_000,
        events: Some(Events { count, of: 5_000, dispersion: 1.0 }),
        ..Reading::default()
    };
    counts.iter().zip(1..).map(|(count, number)| run(side, number, vec![reading(*count)])).collect()
}

fn judge(rules: &Rules, base: &[Run], candidate: &[Run]) -> (Verdict, Reason) {
    let judged = judge_stored(rules, base, candidate, true);
    assert_eq!(judged.verdict, judged.metrics[0].verdict);
    assert_eq!(judged.reasons.is_empty(), judged.verdict == Verdict::Pass, "{:?}", judged.reasons);
    (judged.verdict, judged.metrics[0].reason)
}

fn of(rules: &Rules, base: &[f64], candidate: &[f64]) -> (Verdict, Reason) {
    judge(rules, &runs(Side::Baseline, base), &runs(Side::Candidate, candidate))
}

const BASE: [f64; 5] = [0.100, 0.101, 0.099, 0.102, 0.098];

#[test]
fn five_runs_a_side_tell_what_is_worse_and_what_is_not() {
    let scaled = |factor: f64| BASE.map(|value| value * factor + 1e-5);
    assert_eq!(of(&latency(), &BASE, &scaled(1.0)), (Verdict::Pass, Reason::WithinTolerance));
    assert_eq!(of(&latency(), &BASE, &scaled(1.2)), (Verdict::Fail, Reason::Worse));
    assert_eq!(of(&latency(), &BASE, &scaled(0.8)), (Verdict::Pass, Reason::Better));
    assert_eq!(of(&latency(), &BASE, &[0.08, 0.12, 0.1, 0.13, 0.09]), (Verdict::Inconclusive, Reason::WideInterval));
    let wide = rules(vec![metric("p99(response)", 0.5)]);
    assert_eq!(of(&wide, &BASE, &scaled(1.2)), (Verdict::Pass, Reason::RealWithinTolerance));
    let strict = Rules { strict: true, ..latency() };
    assert_eq!(of(&strict, &BASE, &scaled(1.06)), (Verdict::Inconclusive, Reason::WideInterval));
    let any = Rules { metrics: vec![Metric { change: Change::Any, ..metric("p99(response)", 0.05) }], ..latency() };
    assert_eq!(of(&any, &BASE, &scaled(0.8)), (Verdict::Fail, Reason::Different));
    assert_eq!(of(&any, &BASE, &scaled(1.0)), (Verdict::Pass, Reason::WithinTolerance));
}

#[test]
fn a_regression_between_machines_is_a_warning() {
    let judged = judge_stored(
        &latency(),
        &runs(Side::Baseline, &BASE),
        &runs(Side::Candidate, &BASE.map(|value| value * 1.2)),
        false,
    );
    assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Inconclusive, Reason::NotComparable));
    assert!(judged.reasons[0].contains("on one machine"), "{:?}", judged.reasons);
}

#[test]
fn one_run_a_side_decides_nothing() {
    for factor in [1.0, 0.5, 3.0] {
        let judged =
            judge_stored(&latency(), &runs(Side::Baseline, &[0.1]), &runs(Side::Candidate, &[0.1 * factor]), true);
        let metric = &judged.metrics[0];
        assert_eq!((judged.verdict, metric.reason), (Verdict::Inconclusive, Reason::IndicativeOnly));
        assert_eq!(metric.method, Method::BlockBootstrap);
        let (low, high) = (metric.lower.expect("a bound").at, metric.upper.expect("a bound").at);
        let truth = f64::ln(factor);
        assert!(low <= truth && truth <= high && high - low < 0.05, "{factor}: {low} to {high}");
    }
    // Two and two have one chance in six, three and three one in twenty: that is the first that can pass.
    assert_eq!(of(&latency(), &BASE[..2], &BASE[2..4]), (Verdict::Inconclusive, Reason::TooFewPairs));
    assert_eq!(
        of(&latency(), &BASE[..3], &BASE[..3].iter().map(|value| value * 1.01).collect::<Vec<_>>()).0,
        Verdict::Pass
    );
}

#[test]
fn what_is_no_measurement_is_invalid() {
    assert_eq!(of(&latency(), &[0.1; 5], &[0.1; 5]), (Verdict::Invalid, Reason::ZeroVariance));
    assert_eq!(of(&latency(), &BASE, &[0.0; 5]), (Verdict::Invalid, Reason::NoScale));
    for (kind, reason) in [
        (FaultKind::NoSamples, Reason::NoSamples),
        (FaultKind::TooFewSamples, Reason::TooFewSamples),
        (FaultKind::Drift, Reason::Drift),
    ] {
        let mut candidate = runs(Side::Candidate, &BASE);
        candidate[3].readings[0].fault = Some(Fault { kind, text: "look here".into() });
        let judged = judge_stored(&latency(), &runs(Side::Baseline, &BASE), &candidate, true);
        assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Invalid, reason));
        assert_eq!(judged.reasons, ["p99(response): run 4 of the candidate: look here"]);
    }
    let mut base = runs(Side::Baseline, &BASE);
    base[1].faults.push(Fault { kind: FaultKind::CutShort, text: "it was cut".into() });
    let judged = judge_stored(&latency(), &base, &runs(Side::Candidate, &BASE), true);
    assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Invalid, Reason::RunsInvalid));
    assert_eq!(judged.reasons, ["run 2 of the baseline, `run-02`: it was cut"]);
    assert_eq!(judge_stored(&latency(), &[], &[], true).verdict, Verdict::Invalid);
}

#[test]
fn rare_failures_are_bounded_by_their_own_number() {
    let rules = rules(vec![metric("ratio(calls.failed)", 0.001)]);
    let judge = |base: &[u64], candidate: &[u64]| {
        judge(&rules, &failing(Side::Baseline, base), &failing(Side::Candidate, candidate))
    };
    // 25,000 calls without a failure are surely below 0.1 points; 5,000 with one are not.
    assert_eq!(judge(&[0; 5], &[0; 5]), (Verdict::Pass, Reason::FewEvents));
    assert_eq!(judge(&[0; 3], &[0, 1, 4]), (Verdict::Pass, Reason::FewEvents));
    assert_eq!(judge(&[0; 4], &[3, 4, 5, 6]), (Verdict::Inconclusive, Reason::WideInterval));
    assert_eq!(judge(&[0, 1, 0, 2, 0], &[40, 50, 45, 44, 60]), (Verdict::Fail, Reason::Worse));
    // Half a per cent on both sides are no few events.
    assert_eq!(judge(&[25, 26, 24, 27, 23], &[25, 26, 24, 28, 22]), (Verdict::Pass, Reason::WithinTolerance));
}

#[test]
fn the_worst_metric_decides() {
    let rules = rules(vec![metric("p99(response)", 0.05), metric("p50(response)", 0.05)]);
    let both = |side: Side, first: &[f64], second: &[f64]| {
        let mut all = runs(side, first);
        for (run, other) in all.iter_mut().zip(runs(side, second)) {
            run.readings.extend(other.readings);
        }
        all
    };
    let worse = BASE.map(|value| value * 1.2);
    let judged =
        judge_stored(&rules, &both(Side::Baseline, &BASE, &[0.1; 5]), &both(Side::Candidate, &worse, &[0.1; 5]), true);
    assert_eq!(judged.verdict, Verdict::Fail);
    assert_eq!(judged.metrics[1].verdict, Verdict::Invalid);
    assert!(judged.reasons[0].starts_with("p99(response)"), "{:?}", judged.reasons);
}

#[test]
fn without_a_difference_hardly_anything_fails() {
    let noisy = |side: Side, gate: u64| {
        let value = |number: u64| {
            let key = Key { seed: 7, purpose: Purpose::Resample, client: side as u64, call: gate, attempt: number };
            0.1 * libm::exp(0.05 * key.normal())
        };
        runs(side, &(0..6).map(value).collect::<Vec<_>>())
    };
    let gates = 400;
    let count = |factor: f64| {
        let fails = |gate: &u64| {
            let mut candidate = noisy(Side::Candidate, *gate);
            for run in &mut candidate {
                run.readings[0].value = run.readings[0].value.map(|value| value * factor);
            }
            judge_stored(&latency(), &noisy(Side::Baseline, *gate), &candidate, true).verdict == Verdict::Fail
        };
        (0..gates).filter(fails).count()
    };
    // 5 % of 400 are 20, and three standard deviations of their number are 13.
    let by_chance = count(1.0);
    assert!(by_chance <= 33, "{by_chance} of {gates} fail without a difference");
    let found = count(1.2);
    assert!(found >= 380, "{found} of {gates} find twenty per cent");
}
