//! From a comparison to its report: the one place where the numbers of `tune` become those that people and programs read.

use super::super::build::{environment, info, round, target, tool};
use super::super::model::tune as out;
use super::super::model::{AttemptsPerCall, Engine, Mode, Report, SCHEMA_VERSION, Unit, Validity, Verdict, Word};
use super::super::settings;
use super::super::verdict::exit;
use crate::plan::expression::{self, Expression};
use crate::record::RunStart;
use crate::tune::{Arrivals, Candidate, Estimate, Metric, Place, Portrait, Row, Shift, Task, Tuned};

/// The report of a comparison. `start` says what was compared where; its cells, thresholds and lanes say nothing here.
pub fn build(start: &RunStart, task: &Task, tuned: &Tuned) -> Report {
    assemble(start, &task.candidates, &task.require, tuned)
}

/// The same from the two parts of the task that a report needs.
pub(super) fn assemble(start: &RunStart, candidates: &[Candidate], require: &[Expression], tuned: &Tuned) -> Report {
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: tool(start),
        run_id: start.run_id.as_str().into(),
        mode: Mode::Simulated,
        started_at: start.started_at.as_str().into(),
        duration_s: tuned.portraits.first().map_or(0.0, |portrait| round(simulated_s(portrait))),
        warm_up_s: round(start.warm_up_s),
        seed: start.seed,
        verdict: verdict(tuned),
        scenario: info(start),
        target: target(start),
        environment: environment(&start.machine),
        validity: Validity {
            notes: start.notes.iter().map(|note| note.as_str().into()).collect(),
            ..Validity::default()
        },
        engine: Engine {
            transport: "simulated".into(),
            timer: "virtual".into(),
            clients: u32::try_from(start.clients).unwrap_or(u32::MAX),
            ..Engine::default()
        },
        tune: Some(Box::new(comparison(candidates, require, tuned))),
        ..Report::default()
    }
}

fn simulated_s(portrait: &Portrait) -> f64 {
    portrait.step_s * portrait.figure.len() as f64
}

fn verdict(tuned: &Tuned) -> Verdict {
    if tuned.unmet.is_empty() {
        return Verdict::default();
    }
    let reasons = tuned.unmet.iter().map(|unmet| format!("nothing meets {}: {}", unmet.requirement, unmet.why).into());
    Verdict { word: Word::RequirementUnmet, exit_code: exit::THRESHOLD, reasons: reasons.collect() }
}

fn comparison(candidates: &[Candidate], require: &[Expression], tuned: &Tuned) -> out::Tune {
    let winner = tuned.verdict.winner.as_ref();
    let policy = winner.and_then(|name| candidates.iter().find(|candidate| candidate.name == *name));
    out::Tune {
        verdict: out::TuneVerdict {
            sentence: tuned.verdict.sentence.as_str().into(),
            winner: winner.map(|name| name.as_str().into()),
            runner_up: tuned.verdict.runner_up.as_ref().map(|name| name.as_str().into()),
            confidence: tuned.verdict.confidence.and_then(finite),
            throttled: tuned.verdict.throttled,
            yaml: tuned.verdict.yaml.as_str().into(),
        },
        advice: tuned
            .advice
            .iter()
            .map(|advice| out::Advice { headline: advice.headline.as_str().into(), text: advice.text.as_str().into() })
            .collect(),
        settings: policy.map(|candidate| settings::all(&candidate.policy)).unwrap_or_default(),
        requirements: requirements(require, tuned),
        weights: out::ScoreWeights {
            success_ratio: tuned.weights.success_ratio,
            p99: tuned.weights.p99,
            amplification: tuned.weights.amplification,
            recovery: tuned.weights.recovery,
            fairness: tuned.weights.fairness,
        },
        candidates: tuned.rows.iter().map(candidate).collect(),
        portraits: tuned.portraits.iter().map(portrait).collect(),
        stability: tuned.stability.iter().map(stability).collect(),
        knobs: tuned.knobs.iter().map(knob).collect(),
        credibility: credibility(tuned),
        confirmations: tuned.confirmations.iter().map(confirmation).collect(),
        cost: out::TuneCost {
            simulations: tuned.cost.simulations,
            attempts: tuned.cost.attempts,
            wall_s: round(tuned.cost.wall_s),
        },
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

fn estimated(estimate: &Estimate, scale: f64) -> out::Estimated {
    out::Estimated { mean: finite(estimate.mean * scale), error: number(estimate.error * scale), runs: estimate.runs }
}

/// What was required: each requirement of the scenario, and behind them what holds one by one and not together.
fn requirements(require: &[Expression], tuned: &Tuned) -> Vec<out::Requirement> {
    let unmet = |text: &str| tuned.unmet.iter().find(|unmet| unmet.requirement == text);
    let written = require.iter().map(|expression| (expression.text.as_str(), unmet(&expression.text)));
    let is_written = |text: &str| require.iter().any(|expression| expression.text == text);
    let together = tuned.unmet.iter().filter(|unmet| !is_written(&unmet.requirement));
    written
        .chain(together.map(|unmet| (unmet.requirement.as_str(), Some(unmet))))
        .map(|(text, unmet)| {
            let (observed, unit) = unmet.map_or((None, unit_of(text).0), |unmet| observed(text, unmet.seen));
            out::Requirement {
                expression: text.into(),
                ok: unmet.is_none(),
                closest: unmet.map(|unmet| unmet.closest.as_str().into()),
                observed,
                unit,
                why: unmet.map(|unmet| unmet.why.as_str().into()),
            }
        })
        .collect()
}

/// The unit in which a requirement's value is reported, and what turns seconds into it.
fn unit_of(requirement: &str) -> (Unit, f64) {
    match requirement.parse::<Expression>().map(|expression| expression.measure.function.unit()) {
        Ok(expression::Unit::Duration) => (Unit::Ms, 1e3),
        Ok(expression::Unit::Rate) => (Unit::PerS, 1.0),
        Ok(expression::Unit::Ratio) => (Unit::Ratio, 1.0),
        Ok(expression::Unit::Number) | Err(_) => (Unit::Number, 1.0),
    }
}

fn observed(requirement: &str, seen: f64) -> (Option<f64>, Unit) {
    let (unit, scale) = unit_of(requirement);
    (finite(seen * scale), unit)
}

fn candidate(row: &Row) -> out::CandidateRow {
    let (standing, dominated_by) = match &row.standing.kind {
        Place::Pareto => (out::Standing::Pareto, None),
        Place::Dominated { by } => (out::Standing::Dominated, Some(by.as_str().into())),
        Place::Metastable => (out::Standing::Metastable, None),
        Place::FailsRequirement => (out::Standing::FailsRequirement, None),
    };
    out::CandidateRow {
        place: row.standing.place,
        standing,
        tied: row.standing.tied,
        dominated_by,
        name: row.name.as_str().into(),
        base: row.base.as_str().into(),
        swept: row
            .swept
            .iter()
            .map(|(field, value)| out::Swept { field: field.as_str().into(), value: value.as_str().into() })
            .collect(),
        arrivals: arrivals(row.arrivals),
        score: estimated(&row.score, 1.0),
        measures: measures(&row.metrics),
        recoveries: row
            .recoveries
            .iter()
            .map(|recovered| out::Recovered {
                trigger_s: number(recovered.trigger_s),
                objective_s: finite(recovered.slo_s),
                goodput_s: finite(recovered.goodput_s),
                outage_load: finite(recovered.outage_load),
                relapsed_ratio: number(recovered.relapsed),
                metastable_ratio: number(recovered.metastable),
            })
            .collect(),
        vulnerability: row.vulnerable_s.map(|shortest| out::Vulnerability { shortest_s: finite(shortest) }),
        fails: row
            .fails
            .iter()
            .map(|failing| {
                let (observed, unit) = observed(&failing.requirement, failing.seen);
                out::Failing { requirement: failing.requirement.as_str().into(), observed, unit }
            })
            .collect(),
        yaml: row.yaml.as_str().into(),
    }
}

fn measures(metrics: &[(Metric, Estimate)]) -> out::Measures {
    let mut measures = out::Measures::default();
    // A mean that is no number was not measured; an infinite one was, and what it tells never happened.
    for (metric, estimate) in metrics.iter().filter(|(_, estimate)| !estimate.mean.is_nan()) {
        let (place, scale) = match metric {
            Metric::SuccessRatio => (&mut measures.success_ratio, 1.0),
            Metric::Goodput => (&mut measures.goodput_per_s, 1.0),
            Metric::Amplification => (&mut measures.amplification, 1.0),
            Metric::ServerLoad => (&mut measures.server_load_per_s, 1.0),
            Metric::RejectFraction => (&mut measures.reject_fraction, 1.0),
            Metric::P50 => (&mut measures.p50_ms, 1e3),
            Metric::P90 => (&mut measures.p90_ms, 1e3),
            Metric::P99 => (&mut measures.p99_ms, 1e3),
            Metric::P99All => (&mut measures.p99_all_ms, 1e3),
            Metric::Completion => (&mut measures.completion_s, 1.0),
            Metric::PeakLoad => (&mut measures.peak_load_per_s, 1.0),
            Metric::Fairness => (&mut measures.jain, 1.0),
            Metric::Fano => (&mut measures.fano, 1.0),
            Metric::Recovery => (&mut measures.recovery_s, 1.0),
        };
        *place = Some(estimated(estimate, scale));
    }
    measures
}

fn arrivals(arrivals: Arrivals) -> out::Arrivals {
    match arrivals {
        Arrivals::Open => out::Arrivals::Open,
        Arrivals::Closed => out::Arrivals::Closed,
    }
}

fn portrait(portrait: &Portrait) -> out::Portrait {
    let metrics = &portrait.metrics;
    let [waiting, server, other] = portrait.time.map(number);
    let mut lost: Vec<_> = portrait.losses.clone();
    lost.sort_by_key(|loss| std::cmp::Reverse(loss.calls));
    out::Portrait {
        name: portrait.name.as_str().into(),
        role: portrait.role.as_str().into(),
        arrivals: arrivals(portrait.arrivals),
        causes: portrait.causes.iter().map(|cause| cause.as_str().into()).collect(),
        calls: metrics.calls,
        ok: metrics.successes,
        attempts: metrics.attempts,
        wasted_attempts: metrics.wasted_attempts,
        amplification: number(metrics.amplification),
        peak_load_per_s: number(metrics.peak_load_1s),
        fano: number(metrics.fano),
        p99_ms: number(metrics.response_ok_s[2] * 1e3),
        starvation_s: number(metrics.starvation_s),
        lost: lost.iter().map(|loss| out::Loss { reason: loss.reason.word().into(), calls: loss.calls }).collect(),
        time: out::TimeShares { waiting_ratio: waiting, server_ratio: server, other_ratio: other },
        attempts_per_call: (1..)
            .zip(metrics.attempts_per_call)
            .filter(|(_, calls)| *calls > 0)
            .map(|(attempts, calls)| AttemptsPerCall { attempts, calls })
            .collect(),
        series: portrait
            .figure
            .iter()
            .map(|point| out::LoadPoint {
                at_s: number(point.at_s),
                load_per_s: number(point.load),
                goodput_per_s: number(point.goodput),
                offered_per_s: number(point.offered),
                limit_per_s: point.limit.and_then(finite),
            })
            .collect(),
        step_s: number(portrait.step_s),
    }
}

fn stability(stability: &crate::tune::Stability) -> out::Stability {
    out::Stability {
        shift: match stability.shift {
            Shift::Load => out::Shift::Load,
            Shift::Limit => out::Shift::Limit,
            Shift::Burst => out::Shift::Burst,
            Shift::Clients => out::Shift::Clients,
            Shift::RoundTrip => out::Shift::RoundTrip,
            Shift::Arrivals => out::Shift::Arrivals,
        },
        factor: stability.factor.and_then(finite),
        winner: stability.winner.as_str().into(),
        place_of_winner: stability.place_of_winner,
        success_ratio: number(stability.success_ratio),
    }
}

fn knob(knob: &crate::tune::Knob) -> out::Knob {
    let value = |(value, score): &(String, f64)| out::KnobValue { value: value.as_str().into(), score: number(*score) };
    out::Knob {
        field: knob.path.as_str().into(),
        values: knob.scores.iter().map(value).collect(),
        swing: number(knob.swing),
    }
}

fn credibility(tuned: &Tuned) -> out::Credibility {
    let credibility = &tuned.credibility;
    out::Credibility {
        limit: credibility.limit.as_str().into(),
        limit_per_s: credibility.limit_per_s.and_then(finite),
        offered_per_s: number(credibility.offered_per_s),
        round_trip_ms: number(credibility.round_trip_s * 1e3),
        seed: credibility.seed,
        seeds_min: credibility.seeds.0,
        seeds_max: credibility.seeds.1,
    }
}

fn confirmation(confirmation: &crate::tune::Confirmation) -> out::Confirmation {
    let comparison = |comparison: &crate::tune::Comparison| {
        let (unit, scale) = unit_of_measure(&comparison.what);
        out::Comparison {
            what: comparison.what.as_str().into(),
            predicted: finite(comparison.predicted * scale),
            measured: finite(comparison.measured * scale),
            unit,
            tolerance: comparison.tolerance.as_str().into(),
            ok: comparison.within,
        }
    };
    out::Confirmation {
        name: confirmation.name.as_str().into(),
        role: confirmation.role.as_str().into(),
        real_runs: confirmation.runs.0,
        simulated_runs: confirmation.runs.1,
        comparisons: confirmation.comparisons.iter().map(comparison).collect(),
    }
}

/// The unit of a measure that is compared, by its name, and what turns seconds into it.
fn unit_of_measure(what: &str) -> (Unit, f64) {
    let is = |starts: &[&str]| starts.iter().any(|start| what.starts_with(start));
    match () {
        () if is(&["p50", "p90", "p99", "completion", "recovery"]) => (Unit::Ms, 1e3),
        () if is(&["success", "reject"]) => (Unit::Ratio, 1.0),
        () if is(&["goodput", "server_load", "peak"]) => (Unit::PerS, 1.0),
        () => (Unit::Number, 1.0),
    }
}
