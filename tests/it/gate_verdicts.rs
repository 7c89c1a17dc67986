//! The verdicts of gates over made-up runs, each by its name, and what gates find at which noise. How often they are wrong is the matter
//! of `gate_calibration`.

use loadline::gate::{
    Events, Fault, FaultKind, Judged, Metric, Position, Reading, Reason, Rules, Run, Session, Side, Step, Verdict,
};
use loadline::plan::expression::Expression;
use loadline::rng::{Key, Purpose};

/// A made-up gate.
#[derive(Clone, Copy)]
struct Scene {
    /// The standard deviation of the difference of two runs.
    spread: f64,
    /// How much slower the candidate is: 0.1 for 10 %.
    change: f64,
    /// How many of the three metrics become slower.
    changed: usize,
    seed: u64,
}

fn metric(text: &str, tolerance: f64) -> Metric {
    let unit = if text.starts_with("ratio") { "50%" } else { "1s" };
    let expression: Expression = format!("{text} < {unit}").parse().expect("a measure");
    Metric::new(text, expression.measure, tolerance)
}

fn rules(seed: u64) -> Rules {
    let metrics = ["p50(response)", "p90(response)", "p99(response)"].map(|text| metric(text, 0.05));
    Rules { metrics: metrics.to_vec(), seed, ..Rules::default() }
}

fn run(side: Side, pair: u32, values: &[f64]) -> Run {
    let reading = |value: &f64| Reading { value: Some(*value), samples: 100_000, ..Reading::default() };
    Run {
        pair,
        side,
        position: if side == Side::Baseline { Position::First } else { Position::Second },
        again: 0,
        seed: 1,
        run_id: String::new(),
        calls: 100_000,
        ok: 100_000,
        measured_s: 30.0,
        readings: values.iter().map(reading).collect(),
        faults: Vec::new(),
        remarks: Vec::new(),
    }
}

/// The variation of runs one after the other, each in terms of the standard deviation.
struct Draws {
    seed: u64,
    metric: u64,
    count: u64,
}

impl Draws {
    fn normal(&mut self) -> f64 {
        self.count += 1;
        Key { seed: self.seed, purpose: Purpose::Latency, client: self.metric, call: self.count, attempt: 0 }.normal()
    }
}

/// Runs a gate to its end.
fn gate(scene: Scene) -> Judged {
    let mut session = Session::new(rules(scene.seed));
    let mut draws: Vec<Draws> = (0..3).map(|metric| Draws { seed: scene.seed, metric, count: 0 }).collect();
    // The difference of two runs varies by √2 more than a run.
    let scale = scene.spread / 2.0_f64.sqrt();
    while let Step::Pair(pair) = session.next() {
        let mut values = [Vec::new(), Vec::new()];
        for (index, draws) in draws.iter_mut().enumerate() {
            for side in [pair.first, pair.first.other()] {
                let slower = if side == Side::Candidate && index < scene.changed { scene.change } else { 0.0 };
                let x = 0.05_f64.ln() + slower.ln_1p() + scale * draws.normal();
                values[side as usize].push(x.exp());
            }
        }
        session.take([run(Side::Baseline, pair.number, &values[0]), run(Side::Candidate, pair.number, &values[1])]);
    }
    session.judged()
}

/// How many of so many gates have a verdict.
fn count(gates: u64, of: Verdict, scene: Scene) -> u64 {
    (0..gates).filter(|seed| gate(Scene { seed: scene.seed * 100_000 + seed, ..scene }).verdict == of).count() as u64
}

const SCENE: Scene = Scene { spread: 0.05, change: 0.0, changed: 1, seed: 1 };

/// `cargo test --test it what_gates_find -- --nocapture` prints the table.
#[test]
fn what_gates_find_grows_with_the_change_and_shrinks_with_the_noise() {
    const GATES: u64 = 60;
    let mut table = String::from("spread   A/A fail  A/A pass  +5 % fail  +10 % fail  +20 % fail\n");
    let mut before = GATES;
    for spread in [0.03, 0.05, 0.08, 0.12] {
        let of = |verdict, change| count(GATES, verdict, Scene { spread, change, seed: 5, ..SCENE });
        let (fail, pass) = (of(Verdict::Fail, 0.0), of(Verdict::Pass, 0.0));
        let found = [0.05, 0.1, 0.2].map(|change| of(Verdict::Fail, change));
        let row = format!(
            "{:>4.0} % {fail:>9} {pass:>9} {:>10} {:>11} {:>11}\n",
            spread * 100.0,
            found[0],
            found[1],
            found[2]
        );
        table.push_str(&row);
        assert!(found[0] <= found[1] && found[1] <= found[2] && pass <= before, "{table}");
        before = pass;
    }
    #[expect(clippy::print_stdout, reason = "whoever asks for the table wants to see it")]
    {
        println!("of {GATES} gates each, 3 metrics, tolerance 5 %:\n{table}");
    }
}

fn with(values: impl Fn(u32) -> [f64; 2], metric: Metric) -> Judged {
    let mut session = Session::new(Rules { metrics: vec![metric], ..Rules::default() });
    while let Step::Pair(pair) = session.next() {
        let [before, after] = values(pair.number);
        session.take([run(Side::Baseline, pair.number, &[before]), run(Side::Candidate, pair.number, &[after])]);
    }
    session.judged()
}

/// A small variation that is different in each pair.
fn wobble(pair: u32) -> f64 {
    0.002 * (f64::from(pair % 5) - 2.0)
}

#[test]
fn what_never_varies_is_no_measurement() {
    let judged = with(|_| [0.05, 0.05], metric("p99(response)", 0.05));
    assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Invalid, Reason::ZeroVariance));
}

/// Three errors in each of the candidate's runs and none in the baseline's are too few for counts to pass, and ranks are sure of them.
#[test]
fn few_events_fail_where_ranks_are_sure_of_them() {
    let judge = |errors: u64| {
        let metrics = vec![metric("ratio(calls.failed)", 0.001)];
        let mut session = Session::new(Rules { metrics, ..Rules::default() });
        while let Step::Pair(pair) = session.next() {
            session.take(Side::BOTH.map(|side| {
                let count = if side == Side::Candidate { errors } else { 0 };
                let mut run = run(side, pair.number, &[count as f64 / 20.0]);
                run.readings[0].events = Some(Events { count, of: 20, dispersion: 1.0 });
                run
            }));
        }
        session.judged().verdict
    };
    assert_eq!((judge(0), judge(3)), (Verdict::Inconclusive, Verdict::Fail));
}

#[test]
fn a_latency_of_zero_has_no_logarithm() {
    let judged = with(|pair| [0.05 + wobble(pair), 0.0], metric("p99(response)", 0.05));
    assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Invalid, Reason::NoScale));
}

#[test]
fn a_sure_change_within_the_tolerance_passes_and_says_so() {
    let judged = with(|pair| [0.1, 0.102 + 0.1 * wobble(pair)], metric("p99(response)", 0.05));
    assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Pass, Reason::RealWithinTolerance));
    let judged = with(|pair| [0.1, 0.08 + wobble(pair)], metric("p99(response)", 0.05));
    assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Pass, Reason::Better));
}

#[test]
fn a_strict_gate_fails_only_what_is_surely_beyond_the_tolerance() {
    let judge = |strict, after: f64| {
        let metrics = vec![metric("p99(response)", 0.05)];
        let mut session = Session::new(Rules { metrics, strict, ..Rules::default() });
        while let Step::Pair(pair) = session.next() {
            let values = [0.1, after + 2.0 * wobble(pair.number)];
            session.take([0, 1].map(|side| run(Side::BOTH[side], pair.number, &[values[side]])));
        }
        session.judged().verdict
    };
    assert_eq!((judge(false, 0.108), judge(true, 0.108)), (Verdict::Fail, Verdict::Inconclusive));
    assert_eq!(judge(true, 0.13), Verdict::Fail);
}

#[test]
fn a_spoiled_pair_is_run_again_and_a_dead_target_ends_the_gate() {
    let fault = |kind| Fault { kind, text: "it happened".to_owned() };
    let spoil = |kind: FaultKind| {
        let mut session = Session::new(rules(1));
        let pair = |number| [run(Side::Baseline, number, &[0.1; 3]), run(Side::Candidate, number, &[0.1; 3])];
        session.take(pair(0));
        let mut spoiled = pair(1);
        spoiled[1].faults.push(fault(kind));
        session.take(spoiled);
        session
    };
    let Step::Pair(pair) = spoil(FaultKind::Machine).next() else { panic!("the pair is run again") };
    assert_eq!((pair.number, pair.again), (1, 1));
    let dead = spoil(FaultKind::Dead);
    assert_eq!((dead.next(), dead.judged().verdict), (Step::Done, Verdict::Invalid));
    assert!(dead.judged().reasons[0].contains("it happened"), "{:?}", dead.judged().reasons);
}

#[test]
fn an_interrupted_gate_decides_nothing() {
    let mut session = Session::new(rules(1));
    for number in 0..=5 {
        session
            .take([run(Side::Baseline, number, &[0.1; 3]), run(Side::Candidate, number, &[0.2 + wobble(number); 3])]);
    }
    let judged = session.judged();
    assert_eq!((judged.verdict, judged.metrics[0].reason), (Verdict::Inconclusive, Reason::TooFewPairs));
    assert_eq!(judged.pairs, 5);
}

/// The table of detectable differences, which was made with the noncentral t; ours is the central approximation, within 5 % of it.
#[test]
fn what_is_detectable_is_close_to_the_noncentral_t() {
    let table = [(0.02, 6, 3.7), (0.02, 16, 1.9), (0.05, 6, 9.6), (0.05, 8, 7.5), (0.05, 16, 4.7), (0.08, 8, 12.3)];
    for (spread, pairs, percent) in table {
        // Differences of ±s √((k − 1) / k) have a standard deviation of s.
        let step = spread * (f64::from(pairs - 1) / f64::from(pairs)).sqrt();
        let metrics = ["p50(response)", "p90(response)", "p99(response)"].map(|text| metric(text, 0.05)).to_vec();
        let mut session = Session::new(Rules { metrics, pairs, max_pairs: pairs, ..Rules::default() });
        while let Step::Pair(pair) = session.next() {
            let after = 0.1 * (if pair.number % 2 == 0 { step } else { -step }).exp();
            session.take([run(Side::Baseline, pair.number, &[0.1; 3]), run(Side::Candidate, pair.number, &[after; 3])]);
        }
        let found = session.judged().metrics[0].detectable.expect("a spread").exp_m1() * 100.0;
        assert!((found / percent - 1.0).abs() < 0.05, "{spread} {pairs}: {found} and {percent}");
    }
}
