//! Made-up but coherent searches for tests: every outcome, and trials that are void.

use crate::capacity::{
    Assert, Bounds, Constraint, ConstraintKind, CurvePoint, Goal, Knee, Made, Objective, ObjectiveKind,
    ObjectiveReading, Outcome, Purpose, Reading, Rules, Searched, Trial, Usl, Vary, Verified,
};
use crate::plan::expression::Expression;
use crate::record::RunStart;
use crate::units::Nanos;

use super::super::Report;
use super::build;

/// The load at which the target's p99 is 300 ms.
const TRUTH: f64 = 772.0;

/// Bounds, verified, with latency as what breaks first.
pub(super) fn found() -> Report {
    report(&found_searched())
}

/// Calls wait as in a queue whose server is a hundred calls a second faster than what keeps them below 300 ms.
fn p99_s(load: f64) -> f64 {
    (0.04 + 26.0 / (TRUTH + 100.0 - load).max(8.0)).min(4.0)
}

fn objectives() -> Vec<Objective> {
    let of = |text: &str, kind: ObjectiveKind| Objective {
        expression: text.parse::<Expression>().expect("an objective"),
        kind,
    };
    let share: Expression = "ratio(attempts.throttled) < 1 %".parse().expect("an objective");
    vec![
        of("p99(response, ListAttendees) < 300ms", ObjectiveKind::Latency { quantile: 0.99, limit_s: 0.3 }),
        of(
            "ratio(attempts.throttled) < 1 %",
            ObjectiveKind::Share { measure: share.measure, limit: 0.01, throttle: true },
        ),
        of("mean(response) < 1s", ObjectiveKind::Value),
    ]
}

fn reading(load: f64, measured_s: f64) -> Reading {
    let served = load.min(TRUTH + 60.0);
    let (p99, calls) = (p99_s(load), (load * measured_s) as u64);
    let bad = if p99 > 0.3 { calls / 40 } else { calls / 250 };
    Reading {
        objectives: vec![
            ObjectiveReading { value: Some(p99), bad, of: calls, dispersion: 1.8, ok: p99 <= 0.3 },
            ObjectiveReading { value: Some(0.0), bad: 0, of: calls, dispersion: 1.0, ok: true },
            ObjectiveReading { value: Some(p99 / 5.0), bad: 0, of: calls, dispersion: 1.0, ok: true },
        ],
        offered_per_s: load,
        sent_per_s: load,
        goodput_per_s: served * 0.999,
        failed: 0.001,
        calls,
        measured_s,
        took_s: measured_s + 2.4,
        mean_s: Some(p99 / 5.0),
        p50_s: Some(p99 / 7.0),
        p99_s: Some(p99),
        outstanding: vec![load * p99 / 5.0; 3],
        amplification: 1.0,
        lag_p99_s: 0.000_4,
        busy: 0.3,
        run_id: format!("trial-{load:.0}"),
        ..Reading::default()
    }
}

fn made(number: u32, purpose: Purpose, load: f64) -> Made {
    let (settle, measure) = match purpose {
        Purpose::Range => (2, 5),
        Purpose::Verify => (2, 40),
        _ => (2, 10),
    };
    let reading = reading(load, f64::from(measure));
    let violates = (p99_s(load) > 0.3).then_some(ConstraintKind::Latency);
    let (settle, measure) = (Nanos::from_secs(settle), Nanos::from_secs(measure as u64));
    Made { trial: Trial { number, purpose, load, settle, measure, seed: 7 }, reading, violates }
}

fn trials() -> Vec<Made> {
    let plan = [
        (Purpose::Calibrate, 21_400.0),
        (Purpose::Idle, 5.0),
        (Purpose::Range, 100.0),
        (Purpose::Range, 200.0),
        (Purpose::Range, 400.0),
        (Purpose::Range, 800.0),
        (Purpose::Recover, 5.0),
        (Purpose::Search, 566.0),
        (Purpose::Search, 673.0),
        (Purpose::Search, 734.0),
        (Purpose::Search, 766.0),
        (Purpose::Search, 783.0),
        (Purpose::Recover, 5.0),
        (Purpose::Search, 766.0),
        (Purpose::Verify, 766.0),
        (Purpose::Verify, 766.0),
        (Purpose::Verify, 766.0),
    ];
    let mut trials: Vec<Made> =
        plan.iter().zip(1..).map(|((purpose, load), number)| made(number, *purpose, *load)).collect();
    let null = &mut trials[0];
    (null.reading.p50_s, null.reading.p99_s, null.reading.mean_s) = (Some(0.000_2), Some(0.000_9), Some(0.000_3));
    (null.violates, null.reading.goodput_per_s) = (None, 21_380.0);
    trials
}

/// The curve of what the trials show, those that are void left out.
fn curve(trials: &[Made]) -> Vec<CurvePoint> {
    let mut points: Vec<CurvePoint> = Vec::new();
    let counted = |purpose: Purpose| matches!(purpose, Purpose::Range | Purpose::Search | Purpose::Verify);
    for made in trials.iter().filter(|made| counted(made.trial.purpose)) {
        let load = made.trial.load;
        let at = points.iter().position(|point| (point.load - load).abs() < 0.5).unwrap_or_else(|| {
            points.push(CurvePoint { load, ..CurvePoint::default() });
            points.len() - 1
        });
        let point = &mut points[at];
        if made.reading.void.is_some() {
            point.trials.1 += 1;
            continue;
        }
        let reading = &made.reading;
        point.trials.0 += 1;
        point.violations += u32::from(made.violates.is_some());
        (point.offered_per_s, point.goodput_per_s) = (reading.offered_per_s, reading.goodput_per_s);
        point.throttled_per_s = reading.throttled * reading.offered_per_s;
        (point.mean_s, point.p50_s, point.p99_s) = (reading.mean_s, reading.p50_s, reading.p99_s);
    }
    points
}

fn goal(what: &str, lower: Option<f64>, upper: Option<f64>) -> Goal {
    Goal { what: what.into(), bounds: Bounds { lower, upper }, irregular: false }
}

fn found_searched() -> Searched {
    let rules = Rules { objectives: objectives(), start: 100.0, max: 2_000.0, seed: 7, ..Rules::default() };
    let trials = trials();
    Searched {
        outcome: Outcome::Found,
        reasons: Vec::new(),
        all: goal("", Some(766.0), Some(783.0)),
        each: vec![
            goal("p99(response, ListAttendees) < 300ms", Some(766.0), Some(783.0)),
            goal("ratio(attempts.throttled) < 1 %", Some(800.0), None),
            goal("mean(response) < 1s", Some(800.0), None),
        ],
        relaxed: vec![
            (0, 5.0, Bounds { lower: Some(800.0), upper: None }),
            (0, 2.0, Bounds { lower: Some(783.0), upper: Some(800.0) }),
        ],
        binding: Some(Constraint {
            kind: ConstraintKind::Latency,
            why: "at 783/s, 2.5 % of calls took longer than 300 ms, and 1 % may".into(),
        }),
        verified: Some(Verified {
            load: 766.0,
            ok: true,
            limits: vec![Some((0.0064, 0.01)), Some((0.000_1, 0.01)), None],
            statement:
                "at 766/s every objective holds at 95 % confidence: at most 0.64 % of calls are slower than 300 ms"
                    .into(),
        }),
        goodput_per_s: Some(765.2),
        generator_per_s: Some(21_380.0),
        headroom: Some(0.915),
        curve: curve(&trials),
        knee: Some(Knee { load: 673.0, kneedle: Some(734.0) }),
        usl: Some(Usl {
            gamma: 31.5,
            sigma: 0.018,
            kappa: 0.000_012,
            r_squared: 0.982,
            peak_per_s: (801.0, 829.0, 866.0),
        }),
        hidden: Vec::new(),
        seconds: trials.iter().map(|made| made.reading.took_s).sum(),
        rules,
        trials,
    }
}

/// Trials at one load that hold and break, and a verification that failed twice.
pub(super) fn irregular() -> Report {
    let mut searched = found_searched();
    searched.outcome = Outcome::Irregular;
    searched.reasons = vec![
        "734/s broke and 783/s held: what the target carries changed while it was measured".into(),
        "the verification failed twice, at 766/s and at 743/s".into(),
    ];
    searched.all =
        Goal { bounds: Bounds { lower: Some(673.0), upper: Some(734.0) }, irregular: true, what: String::new() };
    searched.each[0] = Goal { irregular: true, bounds: searched.all.bounds, ..searched.each[0].clone() };
    if let Some(verified) = &mut searched.verified {
        verified.ok = false;
        verified.limits[0] = Some((0.019, 0.01));
        verified.statement =
            "at 743/s it is not sure that every objective holds: up to 1.9 % of calls are slower than 300 ms".into();
    }
    (searched.knee, searched.usl, searched.headroom) = (None, None, Some(0.68));
    searched.hidden = vec!["no scalability law: it fits with R² = 0.81, and 0.95 is needed".into()];
    report(&searched)
}

/// Two void trials ended it.
pub(super) fn generator_limited() -> Report {
    let mut searched = found_searched();
    searched.outcome = Outcome::GeneratorLimited;
    searched.reasons = vec!["two trials at 800/s are void: the busiest lane was busy for 97 % of its time".into()];
    searched.all = goal("", Some(566.0), None);
    searched.each = vec![goal("", Some(566.0), None); 3];
    searched.relaxed.clear();
    searched.binding = Some(Constraint {
        kind: ConstraintKind::Generator,
        why: "at 800/s the generator was busy for 97 % of its time and sent late".into(),
    });
    searched.trials.truncate(8);
    for made in searched.trials.iter_mut().filter(|made| made.trial.load > 700.0 && made.trial.number > 1) {
        made.reading.void = Some("the busiest lane was busy for 97 % of its time, and 85 % are allowed".into());
        made.violates = None;
    }
    (searched.verified, searched.knee, searched.usl, searched.headroom) = (None, None, None, None);
    searched.generator_per_s = Some(812.0);
    searched.hidden = vec!["no knee: fewer than three loads were measured above it".into()];
    searched.goodput_per_s = Some(565.4);
    searched.curve = curve(&searched.trials);
    report(&searched)
}

/// The load that is expected was asserted with a margin of 30 %.
pub(super) fn asserted(outcome: Outcome) -> Report {
    let mut searched = found_searched();
    searched.rules.assert = Some(Assert { load: 400.0, margin: 0.3 });
    searched.outcome = outcome;
    let (ok, limit, lower, upper) = match outcome {
        Outcome::Holds => (true, 0.0061, Some(520.0), None),
        Outcome::Breaks => (false, 0.031, None, Some(520.0)),
        _ => (false, 0.0118, None, None),
    };
    searched.all = goal("", lower, upper);
    searched.each = vec![goal("", lower, upper), goal("", Some(520.0), None), goal("", Some(520.0), None)];
    searched.relaxed.clear();
    searched.trials = (1..).zip([520.0; 3]).map(|(number, load)| made(number, Purpose::Verify, load)).collect();
    searched.curve = curve(&searched.trials);
    let said = match outcome {
        Outcome::Holds => "at 520/s every objective holds at 95 % confidence",
        Outcome::Breaks => "at 520/s 3.1 % of calls are slower than 300 ms, and 1 % may be",
        _ => "at 520/s up to 1.18 % of calls are slower than 300 ms, and 1 % may be: three more trials would tell",
    };
    searched.verified =
        Some(Verified { load: 520.0, ok, limits: vec![Some((limit, 0.01)), None, None], statement: said.into() });
    searched.binding = (outcome == Outcome::Breaks)
        .then(|| Constraint { kind: ConstraintKind::Latency, why: "3.1 % of calls took longer than 300 ms".into() });
    (searched.knee, searched.usl, searched.headroom, searched.goodput_per_s) = (None, None, None, lower);
    searched.seconds = 131.0;
    report(&searched)
}

/// Nothing broke up to the highest load.
pub(super) fn above_max() -> Report {
    let mut searched = found_searched();
    (searched.outcome, searched.rules.max) = (Outcome::AboveMax, 734.0);
    searched.all = goal("", Some(734.0), None);
    searched.each = vec![goal("", Some(734.0), None); 3];
    (searched.binding, searched.usl) = (None, None);
    searched.relaxed.clear();
    searched.trials.retain(|made| made.trial.load < 740.0);
    searched.curve = curve(&searched.trials);
    report(&searched)
}

/// Users instead of calls a second, and none of them is served well.
pub(super) fn below_start() -> Report {
    let mut searched = found_searched();
    searched.outcome = Outcome::BelowStart;
    (searched.rules.vary, searched.rules.start) = (Vary::Users, 10.0);
    searched.all = goal("", None, Some(1.0));
    searched.each = vec![goal("", None, Some(1.0)); 3];
    searched.binding =
        Some(Constraint { kind: ConstraintKind::Errors, why: "with 1 user, 62 % of calls failed".into() });
    searched.relaxed.clear();
    searched.trials.truncate(3);
    searched.curve.clear();
    (searched.verified, searched.knee, searched.usl, searched.headroom, searched.goodput_per_s) =
        (None, None, None, None, None);
    report(&searched)
}

/// The limit of the target is a policy, and less than what is expected.
pub(super) fn throttled() -> Report {
    let mut searched = found_searched();
    searched.rules.exceed = 0.5;
    searched.headroom = Some(-0.234);
    searched.binding =
        Some(Constraint { kind: ConstraintKind::Throttle, why: "at 783/s, 2.1 % of first attempts got 429".into() });
    for point in &mut searched.curve {
        point.throttled_per_s = (point.load - 766.0).max(0.0);
        point.goodput_per_s = point.load.min(766.0);
    }
    report(&searched)
}

/// The target does not answer.
pub(super) fn invalid() -> Report {
    let mut searched = below(Outcome::Invalid);
    searched.reasons = vec!["no call was answered: connection refused".into()];
    searched.trials.truncate(2);
    searched.trials[1].reading.fatal = Some("no call was answered: connection refused".into());
    report(&searched)
}

/// Stopped from outside while it searched.
pub(super) fn interrupted() -> Report {
    let mut searched = below(Outcome::Interrupted);
    searched.all = goal("", Some(400.0), Some(800.0));
    searched.trials.truncate(6);
    searched.curve = curve(&searched.trials);
    report(&searched)
}

/// A search that came to nothing.
fn below(outcome: Outcome) -> Searched {
    let mut searched = found_searched();
    searched.outcome = outcome;
    searched.all = Goal::default();
    searched.each = vec![Goal::default(); 3];
    searched.relaxed.clear();
    searched.curve.clear();
    (searched.binding, searched.verified, searched.knee, searched.usl) = (None, None, None, None);
    (searched.headroom, searched.goodput_per_s) = (None, None);
    searched
}

fn report(searched: &Searched) -> Report {
    let start = RunStart {
        tool_version: "0.1.0".into(),
        run_id: "list-attendees-capacity-20260102T030405Z".into(),
        started_at: "2026-01-02T03:04:05Z".into(),
        scenario: "list-attendees".into(),
        digest: "9f2c4a7e11d0b8a3".into(),
        resolved: "name: list-attendees\ntarget: {mock: attendees}\n".into(),
        seed: 7,
        ..RunStart::default()
    };
    build(&start, searched)
}
