//! A made-up but coherent comparison for tests, with every part filled: a winner in a close field, a candidate that is
//! dominated, one that does not recover, one that fails a requirement, real runs of which one measure is off.

use crate::plan::expression::Expression;
use crate::record::RunStart;
use crate::retry::{Policy, Reason, preset};
use crate::tune::{
    Advice, Arrivals, Candidate, Comparison, Confirmation, Cost, Credibility, Estimate, Failing, FigurePoint, Knob,
    Loss, Metric, Metrics, Place, Portrait, Recovered, Row, Shift, Stability, Standing, Tuned, Unmet, Verdict, Weights,
};

use super::super::Report;
use super::build::assemble;

const WINNER: &str = "polite backoff.base=200ms";
const SECOND: &str = "polite backoff.base=500ms";
const YAML: &str = "polite:\n  max_attempts: 4\n  backoff: {shape: full_jitter, base: 200ms, cap: 5s}\n  budget: {kind: token_bucket, size: 10, per_success: 0.1}\n";

/// A comparison that has a winner.
pub(super) fn won() -> Report {
    report(&tuned(), "p99(response) < 3s")
}

/// One whose offered rate is above the limit: the advice comes first.
pub(super) fn overloaded() -> Report {
    let mut tuned = tuned();
    tuned.credibility.offered_per_s = 60.0;
    tuned.advice = vec![Advice {
        headline: "60/s are offered and 50/s are let through".into(),
        text: "At most 83 % of the calls can ever succeed in time, whatever the policy. Retries only decide who loses. Lower the \
               rate, or have the limit raised to 60/s and more."
            .into(),
    }];
    report(&tuned, "p99(response) < 3s")
}

/// One in which nothing meets the requirements.
pub(super) fn unmet() -> Report {
    let mut tuned = tuned();
    tuned.verdict = Verdict {
        sentence:
            "No policy keeps p99(response) < 300ms and amplification() <= 1.1; polite backoff.base=200ms comes closest."
                .into(),
        throttled: true,
        ..Verdict::default()
    };
    tuned.unmet = vec![Unmet {
        requirement: "p99(response) < 300ms".into(),
        closest: WINNER.into(),
        seen: 1.4,
        why: "A throttled call waits for a token at 50/s; the first retry alone takes 200 ms on average.".into(),
    }];
    report(&tuned, "p99(response) < 300ms")
}

/// One in which nothing was throttled.
pub(super) fn calm() -> Report {
    let mut tuned = tuned();
    tuned.verdict = Verdict {
        sentence: "Not one of 1,200 calls was throttled or failed, so all policies do the same.".into(),
        ..Verdict::default()
    };
    tuned.rows.clear();
    tuned.portraits.clear();
    tuned.stability.clear();
    tuned.knobs.clear();
    tuned.confirmations.clear();
    tuned.advice.clear();
    report(&tuned, "p99(response) < 3s")
}

fn report(tuned: &Tuned, latency: &str) -> Report {
    let start = RunStart {
        tool_version: "0.1.0".into(),
        run_id: "tune-20260102T030405Z".into(),
        started_at: "2026-01-02T03:04:05Z".into(),
        scenario: "storm".into(),
        digest: "9f2c4a7e11d0b8a3".into(),
        resolved: "name: storm\ntarget: {mock: attendees}\n".into(),
        seed: 42,
        mock: true,
        clients: 20,
        ..RunStart::default()
    };
    let require: Vec<Expression> =
        [latency, "amplification() <= 1.5"].into_iter().map(|text| text.parse().expect("an expression")).collect();
    let policy: Policy = preset("aws-standard-2.1").expect("a preset");
    let candidate =
        Candidate { name: WINNER.into(), base: "polite".into(), swept: Vec::new(), policy, yaml: YAML.into() };
    assemble(&start, &[candidate], &require, tuned)
}

fn tuned() -> Tuned {
    Tuned {
        verdict: Verdict {
            sentence: "full_jitter base 200ms cap 5s, 4 attempts, token_bucket budget of 10 %: 98.9 ± 0.1 % success, amplification \
                       1.21 ×, p99 1.4 s; the second best costs 2.1 × load for 0.2 % more success."
                .into(),
            winner: Some(WINNER.into()),
            runner_up: Some(SECOND.into()),
            confidence: Some(0.972),
            throttled: true,
            yaml: YAML.into(),
        },
        advice: vec![
            Advice {
                headline: "Spread the batch over 12 s".into(),
                text: "All 200 clients begin within 100 ms. Begun over 12 s, no call would meet the limit of 50/s.".into(),
            },
            Advice {
                headline: "Ask for a burst of 100".into(),
                text: "With twice the burst, 99.6 % of the calls succeed at the first attempt.".into(),
            },
        ],
        rows: rows(),
        weights: Weights::default(),
        portraits: portraits(),
        stability: stability(),
        knobs: vec![
            Knob {
                path: "polite.backoff.base".into(),
                scores: vec![("50ms".into(), 0.71), ("200ms".into(), 0.93), ("500ms".into(), 0.9), ("2s".into(), 0.62)],
                swing: 0.31,
            },
            Knob {
                path: "polite.max_attempts".into(),
                scores: vec![("2".into(), 0.74), ("4".into(), 0.86), ("8".into(), 0.85)],
                swing: 0.12,
            },
        ],
        unmet: Vec::new(),
        credibility: Credibility {
            limit: "token bucket of 50/s, burst 50, for each account".into(),
            limit_per_s: Some(50.0),
            offered_per_s: 45.0,
            round_trip_s: 0.012,
            seed: 42,
            seeds: (3, 24),
        },
        confirmations: vec![Confirmation {
            name: WINNER.into(),
            role: "the winner".into(),
            runs: (5, 24),
            comparisons: vec![
                comparison("success_ratio", 0.989, 0.9885, "±1 point", true),
                comparison("goodput", 44.5, 44.4, "±2 %", true),
                comparison("amplification", 1.21, 1.34, "±3 %", false),
                comparison("p99", 1.4, 1.46, "±10 %", true),
            ],
        }],
        cost: Cost { simulations: 312, attempts: 1_870_000, wall_s: 4.2 },
    }
}

fn comparison(what: &str, predicted: f64, measured: f64, tolerance: &str, within: bool) -> Comparison {
    Comparison { what: what.into(), predicted, measured, tolerance: tolerance.into(), within }
}

fn rows() -> Vec<Row> {
    let dominated = Place::Dominated { by: WINNER.into() };
    let mut rows = vec![
        row(1, WINNER, Place::Pareto, [0.93, 0.989, 1.4, 1.21, 2.5, 0.998, 61.0]),
        row(2, SECOND, Place::Pareto, [0.929, 0.991, 2.6, 2.1, 4.0, 0.997, 72.0]),
        row(3, "none", Place::Pareto, [0.71, 0.83, 0.012, 1.0, f64::NAN, 0.991, 50.0]),
        row(4, "aws-standard-2.1", dominated.clone(), [0.69, 0.971, 3.1, 1.4, 3.5, 0.99, 80.0]),
        row(5, "fixed-1s", dominated, [0.52, 0.95, 4.0, 1.9, 9.0, 0.97, 230.0]),
        row(6, "eager", Place::Metastable, [0.44, 0.93, 6.1, 4.8, f64::INFINITY, 0.94, 732.0]),
        row(7, "polite max_attempts=8", Place::FailsRequirement, [0.41, 0.992, 3.2, 1.8, 5.0, 0.99, 90.0]),
    ];
    rows[1].standing.tied = true;
    rows[6].fails = vec![Failing { requirement: "amplification() <= 1.5".into(), seen: 1.8 }];
    let mut closed = row(1, WINNER, Place::Pareto, [0.91, 0.999, 0.9, 1.08, 1.5, 0.999, 54.0]);
    closed.arrivals = Arrivals::Closed;
    rows.push(closed);
    rows
}

fn row(place: u32, name: &str, kind: Place, numbers: [f64; 7]) -> Row {
    let [score, success, p99, amplification, recovery, jain, peak] = numbers;
    let estimate = |mean: f64| Estimate { mean, error: if mean.is_finite() { mean * 0.002 } else { 0.0 }, runs: 24 };
    let metastable = kind == Place::Metastable;
    let recovered = |trigger_s: f64| Recovered {
        trigger_s,
        slo_s: if metastable && trigger_s > 5.0 { f64::INFINITY } else { recovery.min(30.0) * trigger_s / 20.0 },
        goodput_s: if metastable && trigger_s > 5.0 { f64::INFINITY } else { recovery.min(30.0) / 4.0 },
        outage_load: amplification * 1.5,
        relapsed: if metastable { 0.25 } else { 0.0 },
        metastable: if metastable && trigger_s > 5.0 { 0.9 } else { 0.0 },
    };
    Row {
        name: name.into(),
        base: name.split(' ').next().unwrap_or_default().into(),
        swept: name
            .split_once(' ')
            .and_then(|(_, swept)| swept.split_once('='))
            .map(|(field, value)| (field.into(), value.into()))
            .into_iter()
            .collect(),
        arrivals: Arrivals::Open,
        standing: Standing { place, kind, tied: false },
        score: estimate(score),
        metrics: vec![
            (Metric::SuccessRatio, estimate(success)),
            (Metric::Goodput, estimate(success * 45.0)),
            (Metric::Amplification, estimate(amplification)),
            (Metric::P99, estimate(p99)),
            (Metric::PeakLoad, estimate(peak)),
            (Metric::Fairness, estimate(jain)),
            (Metric::Recovery, estimate(recovery)),
        ],
        recoveries: [5.0, 20.0].map(recovered).to_vec(),
        vulnerable_s: Some(if metastable { 6.5 } else { f64::INFINITY }),
        fails: Vec::new(),
        yaml: YAML.into(),
    }
}

fn portraits() -> Vec<Portrait> {
    vec![
        portrait(
            WINNER,
            "the winner",
            1.21,
            [0.3, 0.65, 0.05],
            &[
                "Waits are spread over 200 ms to 5 s: the busiest second holds 61 attempts.",
                "The budget ends 11 calls of 1,350 instead of sending them again.",
            ],
        ),
        portrait(
            "no jitter",
            "without jitter",
            3.4,
            [0.82, 0.14, 0.04],
            &["No jitter: 732 attempts in one second, 50 accepted.", "88 % of the retries meet an empty bucket."],
        ),
        portrait("none", "without retries", 1.0, [0.0, 1.0, 0.0], &["Every throttled call is lost: 230 of 1,350."]),
    ]
}

fn portrait(name: &str, role: &str, amplification: f64, time: [f64; 3], causes: &[&str]) -> Portrait {
    let mut attempts_per_call = [0; 16];
    let calls = 1_350;
    for (index, count) in attempts_per_call.iter_mut().enumerate().take((amplification * 4.0) as usize - 2) {
        *count = 1_000 >> index;
    }
    let wave = |second: u32| 45.0 * amplification * if second.is_multiple_of(8) { 3.0 } else { 0.7 };
    Portrait {
        name: name.into(),
        role: role.into(),
        arrivals: Arrivals::Open,
        causes: causes.iter().map(ToString::to_string).collect(),
        losses: vec![
            Loss { reason: Reason::Quota, calls: 11 },
            Loss { reason: Reason::MaxAttempts, calls: (amplification * 60.0) as u64 },
        ],
        time,
        metrics: Metrics {
            calls,
            successes: 1_300,
            attempts: (amplification * 1_350.0) as u64,
            wasted_attempts: (amplification * 1_350.0) as u64 - 1_300,
            amplification,
            attempts_per_call,
            peak_load_1s: 45.0 * amplification * 3.0,
            fano: amplification * amplification * 2.0,
            response_ok_s: [0.02, 0.4, 1.4, 3.0],
            starvation_s: 4.2,
            ..Metrics::default()
        },
        figure: (0..30)
            .map(|second| FigurePoint {
                at_s: f64::from(second),
                load: wave(second),
                goodput: wave(second).min(44.0),
                offered: 45.0,
                limit: Some(50.0),
            })
            .collect(),
        step_s: 1.0,
    }
}

fn stability() -> Vec<Stability> {
    let shifts = [Shift::Load, Shift::Limit, Shift::Burst, Shift::Clients, Shift::RoundTrip];
    let other = |shift| shift == Shift::Limit;
    let mut all: Vec<Stability> = shifts
        .into_iter()
        .flat_map(|shift| [0.8, 1.2].map(|factor| (shift, factor)))
        .map(|(shift, factor)| Stability {
            shift,
            factor: Some(factor),
            winner: if other(shift) && factor < 1.0 { SECOND } else { WINNER }.into(),
            place_of_winner: if other(shift) && factor < 1.0 { 2 } else { 1 },
            success_ratio: 0.99 - (factor - 1.0).abs() / 10.0,
        })
        .collect();
    all.push(Stability {
        shift: Shift::Arrivals,
        factor: None,
        winner: WINNER.into(),
        place_of_winner: 1,
        success_ratio: 0.999,
    });
    all
}
