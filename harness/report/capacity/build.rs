//! From a search to its report: the one place where seconds become milliseconds and findings what programs read.

use super::super::build::{environment, info, round, target, tool};
use super::super::model::capacity as out;
use super::super::model::{Engine, Mode, Report, SCHEMA_VERSION, Unit, Validity, Verdict, Word};
use super::super::verdict::exit;
use crate::capacity::{
    Bounds, Constraint, ConstraintKind, CurvePoint, Goal, Made, Objective, ObjectiveKind, Outcome, Purpose, Rules,
    Searched, Usl, Vary, Verified,
};
use crate::plan::expression;
use crate::record::RunStart;

/// The report of a search. `start` says what was loaded and where; its cells, thresholds and lanes say nothing here.
pub fn build(start: &RunStart, searched: &Searched) -> Report {
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: tool(start),
        run_id: start.run_id.as_str().into(),
        mode: if start.simulated { Mode::Simulated } else { Mode::Live },
        started_at: start.started_at.as_str().into(),
        duration_s: round(searched.trials.iter().map(|made| made.reading.measured_s).sum()),
        seed: searched.rules.seed,
        interrupted: searched.outcome == Outcome::Interrupted,
        verdict: verdict(searched),
        scenario: info(start),
        target: target(start),
        environment: environment(&start.machine),
        validity: Validity {
            notes: start.notes.iter().map(|note| note.as_str().into()).collect(),
            ..Validity::default()
        },
        engine: Engine {
            transport: start.transport.as_str().into(),
            timer: start.timer.as_str().into(),
            lanes: u32::try_from(start.lanes).unwrap_or(u32::MAX),
            clients: u32::try_from(start.clients).unwrap_or(u32::MAX),
            ..Engine::default()
        },
        capacity: Some(Box::new(block(searched))),
        ..Report::default()
    }
}

/// A search that found bounds has done what it was asked for, wherever they are. Where it was not even the first load, the objectives
/// hold nowhere; what contradicts itself is inconclusive.
fn verdict(searched: &Searched) -> Verdict {
    let dead = searched.trials.iter().any(|made| made.reading.fatal.is_some());
    let (word, exit_code) = match searched.outcome {
        Outcome::Found | Outcome::AboveMax | Outcome::Holds => (Word::Pass, exit::PASS),
        Outcome::BelowStart | Outcome::Breaks => (Word::ThresholdFailed, exit::THRESHOLD),
        Outcome::Irregular | Outcome::Inconclusive => (Word::Inconclusive, exit::INCONCLUSIVE),
        Outcome::Invalid if dead => (Word::Error, exit::FAILED_TO_RUN),
        Outcome::GeneratorLimited | Outcome::Invalid => (Word::Invalid, exit::INVALID),
        Outcome::Interrupted => (Word::Interrupted, exit::INTERRUPTED),
    };
    Verdict { word, exit_code, reasons: searched.reasons.iter().map(|reason| reason.as_str().into()).collect() }
}

fn block(searched: &Searched) -> out::Capacity {
    let rules = &searched.rules;
    let expected = rules.assert.map(|assert| assert.load);
    let from_headroom = || Some(searched.all.bounds.lower? / (1.0 + searched.headroom?));
    out::Capacity {
        outcome: outcome(searched.outcome),
        reasons: searched.reasons.iter().map(|reason| reason.as_str().into()).collect(),
        vary: match rules.vary {
            Vary::Rate => out::CapacityVary::Rate,
            Vary::Users => out::CapacityVary::Users,
        },
        bounds: bounds(searched.all.bounds),
        irregular: searched.all.irregular,
        binding: searched.binding.as_ref().map(binding),
        goodput_per_s: searched.goodput_per_s.and_then(finite),
        expected_load: expected.or_else(from_headroom).and_then(finite),
        headroom_ratio: searched.headroom.and_then(finite),
        verification: searched.verified.as_ref().map(|verified| verification(verified, rules)),
        objectives: objectives(searched),
        generator_per_s: searched.generator_per_s.and_then(finite),
        curve: curve(&searched.curve),
        knee: searched.knee.and_then(|knee| {
            Some(out::CapacityKnee { load: finite(knee.load)?, kneedle_load: knee.kneedle.and_then(finite) })
        }),
        usl: searched.usl.as_ref().map(usl),
        hidden: searched.hidden.iter().map(|why| why.as_str().into()).collect(),
        rules: rules_of(rules),
        search_s: round(searched.seconds),
        trials: searched.trials.iter().map(|made| trial(made, rules)).collect(),
    }
}

/// Six decimals; `None` for what JSON cannot say.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then(|| (value * 1e6).round() / 1e6)
}

/// What is never infinite; a broken number reads as zero, as everywhere in a report.
fn number(value: f64) -> f64 {
    finite(value).unwrap_or(0.0)
}

fn millis(seconds: Option<f64>) -> Option<f64> {
    seconds.and_then(|seconds| finite(seconds * 1e3))
}

fn outcome(outcome: Outcome) -> out::CapacityOutcome {
    match outcome {
        Outcome::Found => out::CapacityOutcome::Found,
        Outcome::Irregular => out::CapacityOutcome::Irregular,
        Outcome::AboveMax => out::CapacityOutcome::AboveMax,
        Outcome::BelowStart => out::CapacityOutcome::BelowStart,
        Outcome::GeneratorLimited => out::CapacityOutcome::GeneratorLimited,
        Outcome::Holds => out::CapacityOutcome::Holds,
        Outcome::Breaks => out::CapacityOutcome::Breaks,
        Outcome::Inconclusive => out::CapacityOutcome::Inconclusive,
        Outcome::Invalid => out::CapacityOutcome::Invalid,
        Outcome::Interrupted => out::CapacityOutcome::Interrupted,
    }
}

fn bounds(bounds: Bounds) -> out::CapacityBounds {
    out::CapacityBounds { lower: bounds.lower.and_then(finite), upper: bounds.upper.and_then(finite) }
}

fn kind(kind: ConstraintKind) -> out::CapacityConstraintKind {
    match kind {
        ConstraintKind::Latency => out::CapacityConstraintKind::Latency,
        ConstraintKind::Errors => out::CapacityConstraintKind::Errors,
        ConstraintKind::Throttle => out::CapacityConstraintKind::Throttle,
        ConstraintKind::Backlog => out::CapacityConstraintKind::Backlog,
        ConstraintKind::Objective => out::CapacityConstraintKind::Objective,
        ConstraintKind::Generator => out::CapacityConstraintKind::Generator,
    }
}

fn binding(constraint: &Constraint) -> out::CapacityConstraint {
    out::CapacityConstraint { kind: kind(constraint.kind), why: constraint.why.as_str().into() }
}

fn verification(verified: &Verified, rules: &Rules) -> out::CapacityVerification {
    let limit = |(limit, objective): (&Option<(f64, f64)>, &Objective)| {
        let (surely, allowed) = (*limit)?;
        Some(out::CapacityLimit {
            expression: objective.expression.text.as_str().into(),
            surely_below_ratio: number(surely),
            allowed_ratio: number(allowed),
        })
    };
    out::CapacityVerification {
        load: number(verified.load),
        ok: verified.ok,
        statement: verified.statement.as_str().into(),
        limits: verified.limits.iter().zip(&rules.objectives).filter_map(limit).collect(),
    }
}

/// The unit in which an objective's values are reported, and what turns the measure's own into it.
fn unit(objective: &Objective) -> (Unit, f64) {
    match objective.expression.measure.function.unit() {
        expression::Unit::Duration => (Unit::Ms, 1e3),
        expression::Unit::Rate => (Unit::PerS, 1.0),
        expression::Unit::Ratio => (Unit::Ratio, 1.0),
        expression::Unit::Number => (Unit::Number, 1.0),
    }
}

fn objectives(searched: &Searched) -> Vec<out::CapacityObjective> {
    let nothing = Goal::default();
    let one = |(index, objective): (usize, &Objective)| {
        let goal = searched.each.get(index).unwrap_or(&nothing);
        let (unit, scale) = unit(objective);
        let mut relaxed: Vec<out::CapacityRelaxed> = searched
            .relaxed
            .iter()
            .filter(|(of, ..)| *of == index)
            .map(|(_, factor, found)| out::CapacityRelaxed { factor: number(*factor), bounds: bounds(*found) })
            .collect();
        relaxed.sort_by(|a, b| a.factor.total_cmp(&b.factor));
        out::CapacityObjective {
            expression: objective.expression.text.as_str().into(),
            unit,
            limit: number(objective.expression.value.as_f64() * scale),
            allowed_ratio: match objective.kind {
                ObjectiveKind::Latency { quantile, .. } => finite(1.0 - quantile),
                ObjectiveKind::Share { limit, .. } => finite(limit),
                ObjectiveKind::Value => None,
            },
            bounds: bounds(goal.bounds),
            irregular: goal.irregular,
            relaxed,
        }
    };
    searched.rules.objectives.iter().enumerate().map(one).collect()
}

fn curve(points: &[CurvePoint]) -> Vec<out::CapacityPoint> {
    let mut curve: Vec<out::CapacityPoint> = points
        .iter()
        .map(|point| out::CapacityPoint {
            load: number(point.load),
            offered_per_s: number(point.offered_per_s),
            goodput_per_s: number(point.goodput_per_s),
            throttled_per_s: number(point.throttled_per_s),
            mean_ms: millis(point.mean_s),
            p50_ms: millis(point.p50_s),
            p99_ms: millis(point.p99_s),
            trials: point.trials.0,
            violations: point.violations,
            void: point.trials.1,
        })
        .collect();
    curve.sort_by(|a, b| a.load.total_cmp(&b.load));
    curve
}

fn usl(usl: &Usl) -> out::CapacityUsl {
    let (low, best, high) = usl.peak_per_s;
    out::CapacityUsl {
        gamma_per_s: number(usl.gamma),
        // Coherency is often millionths: it keeps all its digits.
        sigma: if usl.sigma.is_finite() { usl.sigma } else { 0.0 },
        kappa: if usl.kappa.is_finite() { usl.kappa } else { 0.0 },
        r_squared: number(usl.r_squared),
        peak_per_s: out::CapacityPeak { low: number(low), best: number(best), high: number(high) },
    }
}

fn rules_of(rules: &Rules) -> out::CapacityRules {
    out::CapacityRules {
        start: number(rules.start),
        max: number(rules.max),
        width_ratio: number(rules.width),
        exceed_ratio: number(rules.exceed),
        settle_s: round(rules.settle.as_secs_f64()),
        trial_s: round(rules.trial.as_secs_f64()),
        range_trial_s: round(rules.range_trial.as_secs_f64()),
        duration_sum_s: round(rules.duration_sum.as_secs_f64()),
        verify_trials: rules.verify.0,
        verify_s: round(rules.verify.1.as_secs_f64()),
        confidence: number(rules.confidence),
        max_duration_s: round(rules.max_duration.as_secs_f64()),
        assert: rules.assert.map(|assert| out::CapacityAssert {
            load: number(assert.load),
            margin_ratio: number(assert.margin),
            tried: number(assert.tried()),
        }),
        seed: rules.seed,
    }
}

fn purpose(purpose: Purpose) -> out::CapacityPurpose {
    match purpose {
        Purpose::Calibrate => out::CapacityPurpose::Calibrate,
        Purpose::Idle => out::CapacityPurpose::Idle,
        Purpose::Range => out::CapacityPurpose::Range,
        Purpose::Search => out::CapacityPurpose::Search,
        Purpose::Recover => out::CapacityPurpose::Recover,
        Purpose::Verify => out::CapacityPurpose::Verify,
    }
}

fn trial(made: &Made, rules: &Rules) -> out::CapacityTrial {
    let (trial, reading) = (&made.trial, &made.reading);
    let scales = rules.objectives.iter().map(|objective| unit(objective).1);
    out::CapacityTrial {
        number: trial.number,
        purpose: purpose(trial.purpose),
        load: number(trial.load),
        ok: made.violates.is_none() && reading.void.is_none() && reading.fatal.is_none(),
        violates: made.violates.map(kind),
        void: reading.void.as_deref().map(Into::into),
        fatal: reading.fatal.as_deref().map(Into::into),
        settle_s: round(trial.settle.as_secs_f64()),
        measured_s: round(reading.measured_s),
        took_s: round(reading.took_s),
        seed: trial.seed,
        run_id: reading.run_id.as_str().into(),
        offered_per_s: number(reading.offered_per_s),
        sent_per_s: number(reading.sent_per_s),
        goodput_per_s: number(reading.goodput_per_s),
        throttled_ratio: number(reading.throttled),
        failed_ratio: number(reading.failed),
        calls: reading.calls,
        mean_ms: millis(reading.mean_s),
        p50_ms: millis(reading.p50_s),
        p99_ms: millis(reading.p99_s),
        outstanding: reading.outstanding.iter().map(|calls| number(*calls)).collect(),
        attempts_per_call: number(reading.amplification),
        lag_p99_ms: number(reading.lag_p99_s * 1e3),
        busy_ratio: number(reading.busy),
        objectives: reading
            .objectives
            .iter()
            .zip(scales)
            .map(|(reading, scale)| out::CapacityReading {
                value: reading.value.and_then(|value| finite(value * scale)),
                bad: reading.bad,
                of: reading.of,
                dispersion: number(reading.dispersion),
                ok: reading.ok,
            })
            .collect(),
    }
}
