//! From a gate to its report: the one place where differences on a metric's scale become changes that people and programs read.

use super::super::build::{environment, info, round, target, tool};
use super::super::model::gate as out;
use super::super::model::{Engine, Mode, Report, SCHEMA_VERSION, Unit, Validity, Verdict, Word};
use super::super::picture;
use super::super::verdict::exit;
use super::name::in_words;
use crate::gate::{
    Bound, Calibration, Change, Curves, Fault, Gated, Kind, Method, Metric, MetricJudged, OnInconclusive, Position,
    Reading, Reason, Rules, Run, Scale, Side, SideInfo, Trim, Worse,
};
use crate::plan::expression::{self, Function};
use crate::record::RunStart;
use crate::stats::LatencyHistogram;

/// The report of a gate. `start` says what was compared where; its cells, thresholds and lanes say nothing here.
pub fn build(start: &RunStart, gated: &Gated) -> Report {
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: tool(start),
        run_id: start.run_id.as_str().into(),
        mode: if start.simulated { Mode::Simulated } else { Mode::Live },
        started_at: start.started_at.as_str().into(),
        duration_s: round(measured_s(&gated.runs)),
        warm_up_s: round(start.warm_up_s),
        seed: gated.rules.seed,
        verdict: verdict(gated),
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
        gate: Some(Box::new(gate(gated))),
        ..Report::default()
    }
}

/// The time that was measured, in seconds; runs at the same time share theirs.
fn measured_s(runs: &[Run]) -> f64 {
    let share = |run: &Run| if run.position == Position::Together { 0.5 } else { 1.0 };
    runs.iter().map(|run| run.measured_s * share(run)).sum()
}

/// The verdict of the process. A calibration compares a side with itself: it fails at nothing that it finds, unless nothing could
/// be found at all.
fn verdict(gated: &Gated) -> Verdict {
    let judged = &gated.judged;
    let lenient = gated.rules.on_inconclusive != OnInconclusive::Fail;
    let (word, exit_code) = match judged.verdict {
        crate::gate::Verdict::Invalid => (Word::Invalid, exit::INVALID),
        _ if gated.kind == Kind::Calibration => (Word::Pass, exit::PASS),
        crate::gate::Verdict::Pass => (Word::Pass, exit::PASS),
        crate::gate::Verdict::Fail => (Word::Regression, exit::REGRESSION),
        crate::gate::Verdict::Inconclusive if lenient => (Word::Inconclusive, exit::PASS),
        crate::gate::Verdict::Inconclusive => (Word::Inconclusive, exit::INCONCLUSIVE),
    };
    Verdict { word, exit_code, reasons: judged.reasons.iter().map(|reason| reason.as_str().into()).collect() }
}

fn gate(gated: &Gated) -> out::Gate {
    let (rules, judged) = (&gated.rules, &gated.judged);
    let [baseline, candidate] = &gated.sides;
    let nothing = nothing_judged();
    out::Gate {
        kind: match gated.kind {
            Kind::Paired => out::GateKind::Paired,
            Kind::Duet => out::GateKind::Duet,
            Kind::Stored => out::GateKind::Stored,
            Kind::Calibration => out::GateKind::Calibration,
        },
        verdict: verdict_word(judged.verdict),
        reasons: judged.reasons.iter().map(|reason| reason.as_str().into()).collect(),
        notes: gated.notes.iter().map(|note| note.as_str().into()).collect(),
        rules: rules_of(rules),
        sides: out::GateSides { baseline: side(baseline), candidate: side(candidate) },
        pairs: judged.pairs,
        repeated: judged.repeated,
        looks: judged.looks.iter().map(|look| out::GateLook { pairs: look.pairs, alpha: number(look.alpha) }).collect(),
        metrics: rules
            .metrics
            .iter()
            .enumerate()
            .map(|(index, metric)| metric_of(metric, judged.metrics.get(index).unwrap_or(&nothing)))
            .collect(),
        runs: gated.runs.iter().map(|run| run_of(run, &gated.runs, &rules.metrics)).collect(),
        curves: gated.curves.iter().filter_map(|curves| curves_of(curves, &rules.metrics)).collect(),
        calibration: gated.calibration.as_ref().map(|calibration| noise(calibration, &rules.metrics)),
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

fn verdict_word(verdict: crate::gate::Verdict) -> out::GateVerdict {
    match verdict {
        crate::gate::Verdict::Pass => out::GateVerdict::Pass,
        crate::gate::Verdict::Fail => out::GateVerdict::Fail,
        crate::gate::Verdict::Inconclusive => out::GateVerdict::Inconclusive,
        crate::gate::Verdict::Invalid => out::GateVerdict::Invalid,
    }
}

/// Stands for a metric that nothing was found of, as where the runs were spoiled before a look.
fn nothing_judged() -> MetricJudged {
    MetricJudged::nothing(Reason::RunsInvalid, Method::SignedRank)
}

fn rules_of(rules: &Rules) -> out::GateRules {
    out::GateRules {
        pairs: rules.pairs,
        max_pairs: rules.max_pairs,
        alpha: number(rules.alpha),
        strict: rules.strict,
        on_inconclusive: match rules.on_inconclusive {
            OnInconclusive::Warn => out::GateOnInconclusive::Warn,
            OnInconclusive::Fail => out::GateOnInconclusive::Fail,
            OnInconclusive::Pass => out::GateOnInconclusive::Pass,
        },
        spare_pairs: rules.spare_pairs,
        seed: rules.seed,
        trim: match rules.trim {
            Trim::Nothing => out::GateTrim::Nothing,
            Trim::Mser5 => out::GateTrim::Mser5,
        },
    }
}

fn side(side: &SideInfo) -> out::GateSide {
    out::GateSide {
        what: side.what.as_str().into(),
        tool_version: side.tool_version.as_str().into(),
        fingerprint: side.fingerprint.as_str().into(),
    }
}

/// The unit in which a metric's values are reported, and what turns seconds into it.
fn unit(metric: &Metric) -> (Unit, f64) {
    match (metric.measure.function, metric.measure.function.unit()) {
        (Function::Count, _) => (Unit::Count, 1.0),
        (_, expression::Unit::Duration) => (Unit::Ms, 1e3),
        (_, expression::Unit::Rate) => (Unit::PerS, 1.0),
        (_, expression::Unit::Ratio) => (Unit::Ratio, 1.0),
        (_, expression::Unit::Number) => (Unit::Number, 1.0),
    }
}

/// A difference on the metric's scale as a change without its sign: what a spread or a limit of detection amounts to.
fn magnitude(metric: &Metric, difference: f64) -> Option<f64> {
    finite(metric.change_of(difference).abs())
}

fn metric_of(metric: &Metric, judged: &MetricJudged) -> out::GateMetric {
    let (unit, scale) = unit(metric);
    // What is infinite on the scale need not be so as a change: a factor of nothing is 100 % less.
    let bound = |bound: Option<Bound>| {
        let bound = bound.filter(|bound| bound.at.is_finite())?;
        Some(out::GateBound { at: finite(metric.change_of(bound.at))?, confidence: number(bound.confidence) })
    };
    let (low, high) = (bound(judged.lower), bound(judged.upper));
    let (lower, upper) = if metric.worse == Worse::Higher { (low, high) } else { (high, low) };
    out::GateMetric {
        expression: metric.text.as_str().into(),
        name: in_words(metric).into(),
        unit,
        scale: match metric.scale() {
            Scale::Factor => out::GateChangeScale::Factor,
            Scale::Points => out::GateChangeScale::Points,
        },
        worse: match metric.worse {
            Worse::Higher => out::GateWorse::Higher,
            Worse::Lower => out::GateWorse::Lower,
        },
        judged_for: match metric.change {
            Change::Worse => out::GateJudgedFor::Worse,
            Change::Any => out::GateJudgedFor::Any,
        },
        tolerance: number(metric.tolerance),
        verdict: verdict_word(judged.verdict),
        reason: reason(judged.reason),
        method: match judged.method {
            Method::SignedRank => out::GateMethod::SignedRank,
            Method::RankSum => out::GateMethod::RankSum,
            Method::ClopperPearson => out::GateMethod::ClopperPearson,
            Method::BlockBootstrap => out::GateMethod::BlockBootstrap,
        },
        baseline: judged.baseline.and_then(|value| finite(value * scale)),
        candidate: judged.candidate.and_then(|value| finite(value * scale)),
        change: out::GateChange {
            estimate: judged.estimate.and_then(|difference| finite(metric.change_of(difference))),
            lower,
            upper,
        },
        changes: judged.differences.iter().map(|difference| number(metric.change_of(*difference))).collect(),
        zeros: judged.zeros,
        spread: judged.spread.and_then(|spread| magnitude(metric, spread)),
        detectable: judged.detectable.and_then(|detectable| magnitude(metric, detectable)),
        pairs_needed: judged.pairs_needed,
        autocorrelation: judged.autocorrelation.and_then(finite),
    }
}

fn reason(reason: Reason) -> out::GateReason {
    match reason {
        Reason::WithinTolerance => out::GateReason::WithinTolerance,
        Reason::RealWithinTolerance => out::GateReason::RealWithinTolerance,
        Reason::Better => out::GateReason::Better,
        Reason::FewEvents => out::GateReason::FewEvents,
        Reason::Worse => out::GateReason::Worse,
        Reason::Different => out::GateReason::Different,
        Reason::WideInterval => out::GateReason::WideInterval,
        Reason::TooFewPairs => out::GateReason::TooFewPairs,
        Reason::NotComparable => out::GateReason::NotComparable,
        Reason::IndicativeOnly => out::GateReason::IndicativeOnly,
        Reason::NoSamples => out::GateReason::NoSamples,
        Reason::TooFewSamples => out::GateReason::TooFewSamples,
        Reason::Drift => out::GateReason::Drift,
        Reason::NoScale => out::GateReason::NoScale,
        Reason::ZeroVariance => out::GateReason::ZeroVariance,
        Reason::RunsInvalid => out::GateReason::RunsInvalid,
    }
}

fn run_of(run: &Run, all: &[Run], metrics: &[Metric]) -> out::GateRun {
    let stored = run.position == Position::Alone;
    let run_again = !stored && all.iter().any(|other| other.pair == run.pair && other.again > run.again);
    let fault = |fault: &Fault| out::GateFault { kind: fault.kind.word().into(), text: fault.text.as_str().into() };
    out::GateRun {
        pair: run.pair,
        side: match run.side {
            Side::Baseline => out::GateSideWord::Baseline,
            Side::Candidate => out::GateSideWord::Candidate,
        },
        position: match run.position {
            Position::First => out::GatePosition::First,
            Position::Second => out::GatePosition::Second,
            Position::Together => out::GatePosition::Together,
            Position::Alone => out::GatePosition::Alone,
        },
        again: run.again,
        counts: (stored || run.pair > 0) && !run_again && !spoiled(run, all),
        seed: run.seed,
        run_id: run.run_id.as_str().into(),
        calls: run.calls,
        ok: run.ok,
        measured_s: round(run.measured_s),
        readings: run.readings.iter().zip(metrics).map(|(reading, metric)| reading_of(reading, metric)).collect(),
        faults: run.faults.iter().map(fault).collect(),
        remarks: run.remarks.iter().map(|remark| remark.as_str().into()).collect(),
    }
}

/// Whether something speaks against a run, or against the other run of its pair.
fn spoiled(run: &Run, all: &[Run]) -> bool {
    let alone = run.position == Position::Alone;
    let partner = |other: &&Run| !alone && other.pair == run.pair && other.again == run.again;
    !run.faults.is_empty() || all.iter().filter(partner).any(|other| !other.faults.is_empty())
}

fn reading_of(reading: &Reading, metric: &Metric) -> out::GateReading {
    let (_, scale) = unit(metric);
    out::GateReading {
        value: reading.value.and_then(|value| finite(value * scale)),
        samples: reading.samples,
        fault: reading
            .fault
            .as_ref()
            .map(|fault| out::GateFault { kind: fault.kind.word().into(), text: fault.text.as_str().into() }),
    }
}

fn curves_of(curves: &Curves, metrics: &[Metric]) -> Option<out::GateCurves> {
    let curve = |histogram: &LatencyHistogram| out::GateCurve {
        count: histogram.count(),
        points: picture::points(histogram)
            .into_iter()
            .map(|point| out::GateCurvePoint { q: number(point.q), value_ms: round(point.ms) })
            .collect(),
    };
    Some(out::GateCurves {
        expression: metrics.get(curves.metric)?.text.as_str().into(),
        baseline: curve(&curves.baseline),
        candidate: curve(&curves.candidate),
    })
}

fn noise(calibration: &Calibration, metrics: &[Metric]) -> out::GateNoise {
    let line = |(line, metric): (&crate::gate::NoiseLine, &Metric)| out::GateNoiseLine {
        expression: metric.text.as_str().into(),
        spread: line.spread.and_then(|spread| magnitude(metric, spread)),
        autocorrelation: line.autocorrelation.and_then(finite),
        detectable: line
            .detectable
            .iter()
            .filter_map(|(pairs, detectable)| {
                Some(out::GateDetectable { pairs: *pairs, change: magnitude(metric, *detectable)? })
            })
            .collect(),
        pairs: line.pairs,
        tolerance: line.tolerance.and_then(finite),
    };
    out::GateNoise {
        metrics: calibration.metrics.iter().zip(metrics).map(line).collect(),
        advice: calibration.advice.iter().map(|advice| advice.as_str().into()).collect(),
    }
}
