//! Whether a gate is as sure as it says: thousands of gates over runs whose truth is known, through the very session that real gates
//! go through. Noise that is normal, heavy-tailed, skewed, and correlated with a drift of the machine.

use loadline::gate::{Events, Judged, Metric, Position, Reading, Rules, Run, Session, Side, Step, Verdict};
use loadline::rng::{Key, Purpose};

/// Draws of one gate: number `draw` of run `run`.
#[derive(Clone, Copy)]
struct Dice {
    gate: u64,
}

impl Dice {
    fn key(self, run: u64, draw: u64) -> Key {
        Key { seed: self.gate, purpose: Purpose::Latency, client: 77, call: run, attempt: draw }
    }

    fn normal(self, run: u64, draw: u64) -> f64 {
        self.key(run, draw).normal()
    }
}

/// What a run adds to the logarithm of a latency by chance, with a standard deviation of one.
#[derive(Clone, Copy, Debug)]
enum Noise {
    Normal,
    /// Student's t with three degrees of freedom: a wild run now and then.
    Heavy,
    /// Log-normal: runs are slow by much and fast by little.
    Skewed,
    /// Each run resembles the one before it, and the machine drifts between pairs by as much as runs differ.
    Drifting,
}

impl Noise {
    const ALL: [Self; 4] = [Self::Normal, Self::Heavy, Self::Skewed, Self::Drifting];

    fn draw(self, dice: Dice, run: u64) -> f64 {
        match self {
            Self::Normal => dice.normal(run, 0),
            Self::Heavy => {
                let chi: f64 = (1..=3).map(|draw| dice.normal(run, draw).powi(2)).sum();
                // The variance of t with three degrees of freedom is three.
                dice.normal(run, 0) / (chi / 3.0).sqrt() / 3.0_f64.sqrt()
            }
            Self::Skewed => {
                let sigma: f64 = 0.8;
                let mean = (sigma * sigma / 2.0).exp();
                let deviation = mean * ((sigma * sigma).exp() - 1.0).sqrt();
                ((sigma * dice.normal(run, 0)).exp() - mean) / deviation
            }
            Self::Drifting => {
                let (mut chained, mut drift) = (0.0, 0.0);
                for step in 0..=run {
                    chained = 0.6 * chained + 0.8 * dice.normal(step, 0);
                    if step % 2 == 0 {
                        drift += dice.normal(step, 1);
                    }
                }
                chained + drift
            }
        }
    }
}

/// Three metrics, as gates usually have them.
fn rules(seed: u64) -> Rules {
    let metric = |text: &str, tolerance: f64| Metric::new(text, text.parse().expect(text), tolerance);
    let metrics =
        vec![metric("p99(response)", 0.05), metric("p50(response)", 0.05), metric("ratio(calls.failed)", 0.001)];
    Rules { metrics, seed, ..Rules::default() }
}

/// A gate over runs whose differences have a standard deviation of `spread`, and whose candidate is slower by `effect`.
fn gate(rules: Rules, noise: Noise, spread: f64, effect: f64) -> Judged {
    let dice = Dice { gate: rules.seed };
    let mut session = Session::new(rules);
    let mut made = 0;
    while let Step::Pair(pair) = session.next() {
        let mut run = |side: Side, position: Position| {
            let slower = if side == Side::Candidate { effect } else { 0.0 };
            // Two runs make a difference, so each has a √½ of its spread.
            let reading = |which: u64| {
                let chance = noise.draw(Dice { gate: dice.gate * 2 + which }, made) * spread * 0.5_f64.sqrt();
                Reading { value: Some(0.05 * (chance + slower).exp()), samples: 20_000, ..Reading::default() }
            };
            let readings = vec![reading(0), reading(1), failures(3)];
            made += 1;
            Run {
                pair: pair.number,
                side,
                position,
                again: pair.again,
                seed: pair.seed,
                run_id: String::new(),
                calls: 20_000,
                ok: 19_997,
                measured_s: 10.0,
                readings,
                faults: Vec::new(),
                remarks: Vec::new(),
            }
        };
        let first = run(pair.first, Position::First);
        let second = run(pair.first.other(), Position::Second);
        session.take(if pair.first == Side::Baseline { [first, second] } else { [second, first] });
    }
    session.judged()
}

fn failures(count: u64) -> Reading {
    let of = 20_000;
    let events = Some(Events { count, of, dispersion: 1.0 });
    Reading { value: Some(count as f64 / of as f64), samples: of, events, ..Reading::default() }
}

/// How many of `gates` end so.
fn share(gates: u64, noise: Noise, spread: f64, effect: f64, verdict: Verdict) -> f64 {
    let ended = (1..=gates).filter(|seed| gate(rules(*seed), noise, spread, effect).verdict == verdict).count();
    ended as f64 / gates as f64
}

const GATES: u64 = 400;

/// What chance may add to a share that is `expected`: three standard deviations of so many gates.
fn chance(expected: f64) -> f64 {
    3.0 * (expected * (1.0 - expected) / GATES as f64).sqrt()
}

#[test]
fn equal_sides_fail_no_more_often_than_was_agreed() {
    for noise in Noise::ALL {
        for spread in [0.02, 0.05, 0.12] {
            let failed = share(GATES, noise, spread, 0.0, Verdict::Fail);
            assert!(failed <= 0.05 + chance(0.05), "{noise:?} at {spread}: {failed}");
        }
    }
}

#[test]
fn sixty_gates_of_equal_sides_fail_three_times_at_most() {
    for spread in [0.03, 0.08] {
        assert!(share(60, Noise::Normal, spread, 0.0, Verdict::Fail) <= 0.05, "{spread}");
    }
}

#[test]
fn ten_per_cent_more_are_caught_nine_times_out_of_ten_at_a_noise_of_five() {
    let effect = 1.1_f64.ln();
    for noise in Noise::ALL {
        let caught = share(GATES, noise, 0.05, effect, Verdict::Fail);
        assert!(caught >= 0.9, "{noise:?}: {caught}");
        assert!(share(GATES, noise, 0.05, effect, Verdict::Pass) <= 0.01, "{noise:?}");
    }
}

/// Whoever is exactly as much worse as is tolerated passes by mistake in 5 % of gates at most.
#[test]
fn what_is_as_bad_as_tolerated_hardly_ever_passes() {
    for noise in Noise::ALL {
        let passed = share(GATES, noise, 0.05, 1.05_f64.ln(), Verdict::Pass);
        // Both latencies have to pass, so this is the smaller of two chances.
        assert!(passed <= 0.05 + chance(0.05), "{noise:?}: {passed}");
    }
}

#[test]
fn equal_sides_pass_where_the_noise_is_small() {
    let passed = share(GATES, Noise::Normal, 0.03, 0.0, Verdict::Pass);
    assert!(passed >= 0.99, "{passed}");
}
