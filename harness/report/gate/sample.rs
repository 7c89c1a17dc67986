//! Made-up but coherent gates for tests: each verdict, each way of comparing, and runs that were spoiled.

use crate::gate::{
    Bound, Calibration, Curves, Fault, FaultKind, Gated, Judged, Kind, Look, Method, Metric, MetricJudged, NoiseLine,
    OnInconclusive, Position, Reading, Reason, Rules, Run, Scale, Side, SideInfo, Verdict,
};
use crate::plan::expression::Expression;
use crate::record::RunStart;
use crate::stats::LatencyHistogram;
use crate::units::Nanos;

use super::super::Report;
use super::build;

/// How far each pair is from the true difference, in shares of it: what noise does, always the same.
const NOISE: [f64; 8] = [0.3, -0.8, 0.1, 0.9, -0.4, 0.5, -1.1, 0.6];

/// The candidate's p99 is 10 % higher, and a pair was run again.
pub(super) fn failed() -> Report {
    report(&failed_gated())
}

fn failed_gated() -> Gated {
    let mut gated = gated(Kind::Paired, [0.098, 0.000_1, 0.001], 8);
    gated.judged.verdict = Verdict::Fail;
    let p99 = &mut gated.judged.metrics[0];
    (p99.verdict, p99.reason) = (Verdict::Fail, Reason::Worse);
    p99.lower = Some(Bound { at: 0.078, confidence: 0.995_833 });
    p99.upper = Some(Bound { at: 0.117, confidence: 0.9875 });
    spoil(&mut gated, 3);
    gated
}

/// Nothing got worse.
pub(super) fn passed() -> Report {
    let mut gated = gated(Kind::Paired, [0.004, 0.0, 0.001], 8);
    gated.judged.metrics[1].reason = Reason::FewEvents;
    gated.judged.metrics[1].method = Method::ClopperPearson;
    gated.judged.metrics[1].lower = None;
    gated.judged.metrics[1].zeros = 8;
    gated.judged.metrics[2].reason = Reason::RealWithinTolerance;
    report(&gated)
}

/// Sixteen pairs were too few for the noise.
pub(super) fn inconclusive(on_inconclusive: OnInconclusive) -> Report {
    let mut gated = gated(Kind::Paired, [0.03, 0.000_1, 0.001], 16);
    gated.rules.on_inconclusive = on_inconclusive;
    gated.judged.verdict = Verdict::Inconclusive;
    gated.judged.looks = vec![Look { pairs: 8, alpha: 0.0125 }, Look { pairs: 16, alpha: 0.0375 }];
    let p99 = &mut gated.judged.metrics[0];
    (p99.verdict, p99.reason) = (Verdict::Inconclusive, Reason::WideInterval);
    p99.lower = Some(Bound { at: -0.03, confidence: 0.9875 });
    p99.upper = Some(Bound { at: 0.086, confidence: 0.9625 });
    p99.spread = Some(0.11);
    p99.detectable = Some(0.104);
    p99.pairs_needed = Some(30);
    p99.autocorrelation = Some(0.62);
    report(&gated)
}

/// The machine's host took so much time away that nothing could be judged.
pub(super) fn invalid() -> Report {
    let mut gated = gated(Kind::Paired, [0.0, 0.0, 0.0], 2);
    gated.judged = Judged {
        verdict: Verdict::Invalid,
        reasons: vec![
            "3 of the 4 pairs that were tried were spoiled, and none may be run again: the host took up to 14 % of the time away; \
             use a machine that is yours alone"
                .into(),
        ],
        pairs: 1,
        repeated: 2,
        ..Judged::default()
    };
    for pair in [1, 2] {
        spoil(&mut gated, pair);
    }
    report(&gated)
}

/// Stored runs from two hosts: what would have failed may not.
pub(super) fn stored() -> Report {
    let mut gated = gated(Kind::Stored, [0.07, 0.000_1, 0.001], 5);
    gated.sides[0] =
        SideInfo { what: "baselines/main".into(), fingerprint: "a1b2c3d4".into(), tool_version: "0.1.0".into() };
    gated.sides[1] =
        SideInfo { what: "reports/pr-17".into(), fingerprint: "99ffee00".into(), tool_version: "0.1.0".into() };
    gated.notes = vec![
        "the sides were made on different hosts (a1b2c3d4 and 99ffee00): a difference may be that of the hosts".into(),
    ];
    gated.judged.verdict = Verdict::Inconclusive;
    for judged in &mut gated.judged.metrics {
        judged.method = Method::RankSum;
        judged.differences.clear();
    }
    let p99 = &mut gated.judged.metrics[0];
    (p99.verdict, p99.reason) = (Verdict::Inconclusive, Reason::NotComparable);
    p99.lower = Some(Bound { at: 0.05, confidence: 0.983_3 });
    p99.upper = Some(Bound { at: 0.09, confidence: 0.95 });
    report(&gated)
}

/// One stored run a side.
pub(super) fn indicative() -> Report {
    let mut gated = gated(Kind::Stored, [0.07, 0.000_1, 0.001], 1);
    gated.judged.verdict = Verdict::Inconclusive;
    for judged in &mut gated.judged.metrics {
        judged.method = Method::BlockBootstrap;
        judged.differences.clear();
        (judged.verdict, judged.reason) = (Verdict::Inconclusive, Reason::IndicativeOnly);
        (judged.spread, judged.detectable, judged.pairs_needed) = (None, None, None);
    }
    report(&gated)
}

/// The noise of one side against itself.
pub(super) fn calibration() -> Report {
    let mut gated = gated(Kind::Calibration, [0.002, 0.0, 0.0], 8);
    gated.sides[1] = gated.sides[0].clone();
    let line = |spread: f64, tolerance: f64| NoiseLine {
        spread: Some(spread),
        autocorrelation: Some(0.08),
        detectable: [(6, 1.9), (8, 1.5), (12, 1.14), (16, 0.95)].map(|(pairs, times)| (pairs, times * spread)).to_vec(),
        pairs: Some(8),
        tolerance: Some(tolerance),
    };
    gated.calibration = Some(Calibration {
        metrics: vec![
            line(0.05, 0.038),
            NoiseLine { spread: None, pairs: None, ..line(0.0, 0.0) },
            line(0.002, 0.001_5),
        ],
        advice: vec!["8 pairs hold a tolerance of 5 % for p99(response): keep `pairs: 8`".into()],
    });
    report(&gated)
}

/// Both sides at the same time, one pair only: no bound at all.
pub(super) fn boundless() -> Report {
    let mut gated = gated(Kind::Duet, [0.07, 0.000_1, 0.001], 1);
    gated.judged.verdict = Verdict::Inconclusive;
    for judged in &mut gated.judged.metrics {
        (judged.verdict, judged.reason) = (Verdict::Inconclusive, Reason::TooFewPairs);
        judged.lower = Some(Bound { at: f64::NEG_INFINITY, confidence: 0.995_833 });
        judged.upper = Some(Bound { at: f64::INFINITY, confidence: 0.9875 });
        (judged.spread, judged.detectable, judged.pairs_needed) = (None, None, None);
    }
    report(&gated)
}

fn report(gated: &Gated) -> Report {
    let start = RunStart {
        tool_version: "0.1.0".into(),
        run_id: "checkout-gate-20260102T030405Z".into(),
        started_at: "2026-01-02T03:04:05Z".into(),
        scenario: "checkout".into(),
        digest: "9f2c4a7e11d0b8a3".into(),
        resolved: "name: checkout\ntarget: {mock: attendees}\n".into(),
        seed: 42,
        warm_up_s: 5.0,
        ..RunStart::default()
    };
    build(&start, gated)
}

fn metrics() -> Vec<Metric> {
    let metric = |text: &str, value: &str, tolerance: f64| {
        let expression: Expression = format!("{text} < {value}").parse().expect("an expression");
        Metric::new(text, expression.measure, tolerance)
    };
    vec![
        metric("p99(response)", "1s", 0.05),
        metric("ratio(calls.failed)", "1 %", 0.001),
        metric("rate(calls.ok)", "1/s", 0.02),
    ]
}

/// A gate that passes, with these true differences on the scale of each metric.
fn gated(kind: Kind, differences: [f64; 3], pairs: u32) -> Gated {
    let rules = Rules { metrics: metrics(), seed: 42, ..Rules::default() };
    let runs = runs(&rules, kind, differences, pairs);
    let judged = rules.metrics.iter().zip(differences).map(|(metric, difference)| judged(metric, difference, pairs));
    Gated {
        kind,
        judged: Judged {
            verdict: Verdict::Pass,
            metrics: judged.collect(),
            pairs,
            looks: vec![Look { pairs: 8, alpha: 0.0125 }],
            repeated: 0,
            reasons: Vec::new(),
        },
        sides: [side("./server-main --port 8081"), side("./server-pr --port 8082")],
        curves: vec![Curves { metric: 0, baseline: histogram(1.0), candidate: histogram(libm::exp(differences[0])) }],
        runs,
        rules,
        calibration: None,
        notes: Vec::new(),
    }
}

fn side(what: &str) -> SideInfo {
    SideInfo { what: what.into(), tool_version: "0.1.0".into(), fingerprint: "a1b2c3d4".into() }
}

fn noise(metric: &Metric, pair: u32) -> f64 {
    let size = if metric.scale() == Scale::Points { 0.000_05 } else { 0.012 };
    NOISE[pair as usize % NOISE.len()] * size
}

fn judged(metric: &Metric, difference: f64, pairs: u32) -> MetricJudged {
    let width = metric.margin() * 0.4;
    let value = base(metric);
    let change = metric.change_of(difference);
    MetricJudged {
        verdict: Verdict::Pass,
        reason: Reason::WithinTolerance,
        method: Method::SignedRank,
        baseline: Some(value),
        candidate: Some(if metric.scale() == Scale::Points { value + change } else { value * (1.0 + change) }),
        estimate: Some(difference),
        lower: Some(Bound { at: difference - width, confidence: 0.995_833 }),
        upper: Some(Bound { at: difference + width, confidence: 0.9875 }),
        differences: (1..=pairs).map(|pair| difference + noise(metric, pair)).collect(),
        zeros: 0,
        spread: Some(metric.margin() * 0.25),
        detectable: Some(metric.margin() * 0.4),
        pairs_needed: Some(4),
        autocorrelation: Some(-0.12),
    }
}

/// The baseline's true value.
fn base(metric: &Metric) -> f64 {
    match metric.text.as_str() {
        "p99(response)" => 0.042,
        "rate(calls.ok)" => 199.2,
        _ => 0.000_3,
    }
}

fn runs(rules: &Rules, kind: Kind, differences: [f64; 3], pairs: u32) -> Vec<Run> {
    let first = u32::from(kind == Kind::Stored);
    let mut runs: Vec<Run> = (first..=pairs)
        .flat_map(|pair| {
            // What the coin said.
            let turned = [2, 3, 5, 8].contains(&pair);
            let order = if turned { [Side::Candidate, Side::Baseline] } else { Side::BOTH };
            let positions = match kind {
                Kind::Stored => [Position::Alone; 2],
                Kind::Duet => [Position::Together; 2],
                Kind::Paired | Kind::Calibration => [Position::First, Position::Second],
            };
            order.into_iter().zip(positions).map(move |(side, position)| run(rules, differences, pair, side, position))
        })
        .collect();
    if kind == Kind::Stored {
        runs.sort_by_key(|run| (run.side, run.pair));
    }
    runs
}

fn run(rules: &Rules, differences: [f64; 3], pair: u32, side: Side, position: Position) -> Run {
    let reading = |(metric, difference): (&Metric, f64)| {
        let difference =
            if side == Side::Candidate { difference + noise(metric, pair) } else { noise(metric, pair + 3) };
        let change = metric.change_of(difference);
        let value = if metric.scale() == Scale::Points { base(metric) + change } else { base(metric) * (1.0 + change) };
        Reading { value: Some(value.max(0.0)), samples: 12_000, ..Reading::default() }
    };
    Run {
        pair,
        side,
        position,
        again: 0,
        seed: 42 + u64::from(pair),
        run_id: format!("{pair:02}-{}", side.word()),
        calls: 12_000,
        ok: 11_996,
        measured_s: 30.0,
        readings: rules.metrics.iter().zip(differences).map(reading).collect(),
        faults: Vec::new(),
        remarks: Vec::new(),
    }
}

/// A pair was spoiled and run again: its first try stands before it.
fn spoil(gated: &mut Gated, pair: u32) {
    let at = gated.runs.iter().position(|run| run.pair == pair).expect("a pair of that number");
    let mut tries: Vec<Run> = gated.runs[at..at + 2].to_vec();
    for run in &mut gated.runs[at..at + 2] {
        run.again = 1;
    }
    tries[1].faults = vec![Fault {
        kind: FaultKind::Machine,
        text: "the host took 11 % of the time away: use a machine that is yours alone".into(),
    }];
    gated.runs.splice(at..at, tries);
    gated.judged.repeated = gated.judged.repeated.max(1);
}

/// Latencies of a service with a long tail, all of them `factor` times as long.
fn histogram(factor: f64) -> LatencyHistogram {
    let mut histogram = LatencyHistogram::new();
    for rank in 0..20_000 {
        let share = (f64::from(rank) + 0.5) / 20_000.0;
        let seconds = factor * 0.009 * libm::pow(1.0 - share, -0.33);
        histogram.record(Nanos::from_secs_f64(seconds));
    }
    histogram
}
