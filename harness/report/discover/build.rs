//! From a discovery to its report: the one place where its findings become what programs read.

use std::collections::BTreeMap;

use super::super::build::{environment, info, millis, round, target, tool};
use super::super::model::discover as out;
use super::super::model::{Engine, Mode, Report, SCHEMA_VERSION, Validity, Verdict, Word};
use super::super::text::Text;
use super::super::verdict::exit;
use crate::discover::{
    Answer, Class, Discovered, HintLine, Honesty, Limiter, Parameter, RecoveryPoint, RejectLine, Rules, RunnerUp,
    ScopeLine, Sharing, Stage, Validation,
};
use crate::record::{RunStart, Sight, Sighting};

/// The most probes that are kept one by one.
const PROBES: usize = 5_000;
/// The most values of the level that are kept.
const LEVELS: usize = 2_000;
/// The most kinds of trouble that are told.
const TROUBLES: usize = 20;

/// The report of a discovery. `start` says what was probed and where; `yaml` holds the limiters in the grammar of scenarios, and is
/// empty where none was identified.
pub fn build(start: &RunStart, discovered: &Discovered, yaml: &str) -> Report {
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: tool(start),
        run_id: start.run_id.as_str().into(),
        mode: if start.simulated { Mode::Simulated } else { Mode::Live },
        started_at: start.started_at.as_str().into(),
        duration_s: round(discovered.seconds),
        seed: discovered.rules.seed,
        interrupted: discovered.answer == Answer::Interrupted,
        verdict: verdict(discovered),
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
        discover: Some(Box::new(block(discovered, yaml))),
        ..Report::default()
    }
}

/// "Cannot be told" and "there is none" are answers; what leaves the question open is not.
fn verdict(discovered: &Discovered) -> Verdict {
    let (word, exit_code) = match discovered.answer {
        Answer::Identified | Answer::CannotTell | Answer::NoLimiter => (Word::Pass, exit::PASS),
        Answer::Changing | Answer::Unexplained | Answer::TooSlow | Answer::BudgetSpent => {
            (Word::Inconclusive, exit::INCONCLUSIVE)
        }
        Answer::Failing => (Word::Error, exit::FAILED_TO_RUN),
        Answer::Banned => (Word::Aborted, exit::THRESHOLD),
        Answer::Interrupted => (Word::Interrupted, exit::INTERRUPTED),
    };
    Verdict { word, exit_code, reasons: discovered.reasons.iter().map(|reason| reason.as_str().into()).collect() }
}

fn block(discovered: &Discovered, yaml: &str) -> out::Discover {
    let seen = &discovered.sightings;
    let count = |is: fn(&Sighting) -> bool| seen.iter().filter(|sighting| is(sighting)).count() as u64;
    out::Discover {
        answer: answer(discovered.answer),
        reasons: discovered.reasons.iter().map(|reason| reason.as_str().into()).collect(),
        limiters: discovered.limiters.iter().map(limiter).collect(),
        yaml: yaml.into(),
        runner_up: discovered.runner_up.as_ref().map(runner_up),
        scope: discovered.scope.iter().map(scope).collect(),
        rejects: discovered.rejects.iter().map(reject).collect(),
        troubles: troubles(seen),
        hints: discovered.hints.iter().map(hint).collect(),
        evidence: discovered.evidence.iter().map(|line| line.as_str().into()).collect(),
        validation: discovered.validation.as_ref().map(validation),
        stages: discovered.stages.iter().map(stage).collect(),
        requests: discovered.requests,
        accepted: count(Sighting::is_accepted),
        throttled: count(Sighting::is_throttled),
        failed: count(Sighting::is_trouble),
        busiest_per_s: busiest(seen),
        discovery_s: round(discovered.seconds),
        round_trip_ms: round(discovered.round_trip_s * 1e3),
        timing_ms: round(discovered.timing_s * 1e3),
        epoch_s: number(discovered.epoch.as_secs_f64()),
        rules: rules(&discovered.rules),
        recovery: discovered.recovery.iter().map(recovery).collect(),
        level: level(&discovered.level),
        probes: probes(seen),
    }
}

/// Six decimals; a broken number reads as zero, as everywhere in a report.
fn number(value: f64) -> f64 {
    if value.is_finite() { (value * 1e6).round() / 1e6 } else { 0.0 }
}

fn answer(answer: Answer) -> out::DiscoverAnswer {
    match answer {
        Answer::Identified => out::DiscoverAnswer::Identified,
        Answer::CannotTell => out::DiscoverAnswer::CannotTell,
        Answer::NoLimiter => out::DiscoverAnswer::NoLimiter,
        Answer::Changing => out::DiscoverAnswer::Changing,
        Answer::Unexplained => out::DiscoverAnswer::Unexplained,
        Answer::Failing => out::DiscoverAnswer::Failing,
        Answer::TooSlow => out::DiscoverAnswer::TooSlow,
        Answer::Banned => out::DiscoverAnswer::Banned,
        Answer::BudgetSpent => out::DiscoverAnswer::BudgetSpent,
        Answer::Interrupted => out::DiscoverAnswer::Interrupted,
    }
}

fn class(class: Class) -> out::DiscoverClass {
    match class {
        Class::Bucket => out::DiscoverClass::TokenBucket,
        Class::SteppedBucket => out::DiscoverClass::SteppedTokenBucket,
        Class::Shaper => out::DiscoverClass::Shaper,
        Class::FixedWindow => out::DiscoverClass::FixedWindow,
        Class::AnchoredWindow => out::DiscoverClass::AnchoredWindow,
        Class::SlidingLog => out::DiscoverClass::SlidingWindowLog,
        Class::SlidingCounter => out::DiscoverClass::SlidingWindowCounter,
        Class::Concurrency => out::DiscoverClass::Concurrency,
        Class::Adaptive => out::DiscoverClass::Adaptive,
    }
}

fn limiter(limiter: &Limiter) -> out::DiscoverLimiter {
    let fit = &limiter.fit;
    out::DiscoverLimiter {
        name: limiter.name.as_str().into(),
        class: class(fit.class),
        parameters: fit.parameters.iter().map(parameter).collect(),
        same_as: fit.class.same_as().iter().map(Text::new).collect(),
        cost: limiter.cost.as_deref().map(Text::new),
        scope: limiter.scope.iter().map(Text::new).collect(),
        counts_rejected: fit.options.count_rejected,
        penalty_extends: fit.options.penalty.is_some_and(|penalty| penalty.extend),
        violations: fit.violations,
        answers: fit.of,
    }
}

fn parameter(parameter: &Parameter) -> out::DiscoverParameter {
    out::DiscoverParameter {
        name: parameter.name.word().into(),
        unit: parameter.name.unit().into(),
        value: number(parameter.value),
        low: number(parameter.low),
        high: number(parameter.high),
    }
}

fn runner_up(second: &RunnerUp) -> out::DiscoverRunnerUp {
    out::DiscoverRunnerUp {
        class: class(second.class),
        // JSON has no infinity; what is beyond all numbers is told as the largest that anyone writes out.
        log_odds: number(second.log_odds.clamp(-1e6, 1e6)),
        violations: second.violations.0,
        answers: second.violations.1,
        why: second.why.as_str().into(),
    }
}

fn scope(line: &ScopeLine) -> out::DiscoverScope {
    out::DiscoverScope {
        dimension: line.dimension.as_str().into(),
        sharing: match line.sharing {
            Sharing::Shared => out::DiscoverSharing::Shared,
            Sharing::Separate => out::DiscoverSharing::Separate,
            Sharing::Hierarchy => out::DiscoverSharing::Hierarchy,
            Sharing::Unknown => out::DiscoverSharing::Unknown,
        },
        why: line.why.as_str().into(),
    }
}

fn reject(line: &RejectLine) -> out::DiscoverReject {
    out::DiscoverReject { status: line.status, code: line.code.as_deref().map(Text::new), count: line.count }
}

fn hint(line: &HintLine) -> out::DiscoverHint {
    out::DiscoverHint {
        field: line.field.as_str().into(),
        seen: line.seen,
        honesty: match line.honesty {
            Honesty::Honest => out::DiscoverHonesty::Honest,
            Honesty::Cautious => out::DiscoverHonesty::Cautious,
            Honesty::Hasty => out::DiscoverHonesty::Hasty,
            Honesty::Wrong => out::DiscoverHonesty::Wrong,
            Honesty::Unknown => out::DiscoverHonesty::Unknown,
        },
        why: line.why.as_str().into(),
    }
}

fn validation(validation: &Validation) -> out::DiscoverValidation {
    let prediction = |(right, wrong): (u64, u64)| out::DiscoverPrediction { right, wrong };
    out::DiscoverValidation {
        agreement_ratio: validation.agreement().map(number),
        accept: prediction(validation.predicted_accept),
        throttle: prediction(validation.predicted_reject),
    }
}

fn stage(stage: &Stage) -> out::DiscoverStage {
    out::DiscoverStage {
        name: stage.name.into(),
        why: stage.why.as_str().into(),
        from_s: round(stage.span_s.0),
        to_s: round(stage.span_s.1),
        first_stretch: stage.stretches.0,
        last_stretch: stage.stretches.1,
        requests: stage.requests,
    }
}

fn recovery(point: &RecoveryPoint) -> out::DiscoverRecovery {
    let RecoveryPoint { silence_s, accepted, predicted } = *point;
    out::DiscoverRecovery { silence_s: round(silence_s), accepted, predicted }
}

fn rules(rules: &Rules) -> out::DiscoverRules {
    out::DiscoverRules {
        requests: rules.requests,
        duration_s: round(rules.duration.as_secs_f64()),
        max_rate_per_s: round(rules.max_rate.as_per_second()),
        quiet_s: round(rules.quiet.as_secs_f64()),
        dimensions: rules.dimensions.iter().map(|dimension| dimension.name.as_str().into()).collect(),
        cost: rules.cost.as_ref().map(|cost| cost.name.as_str().into()),
        seed: rules.seed,
    }
}

fn troubles(seen: &[Sighting]) -> Vec<out::DiscoverTrouble> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for sighting in seen {
        if let Sight::Failed(what) | Sight::Broken(what) = &sighting.sight {
            *counts.entry(what).or_default() += 1;
        }
    }
    let mut troubles: Vec<out::DiscoverTrouble> =
        counts.into_iter().map(|(what, count)| out::DiscoverTrouble { what: what.into(), count }).collect();
    troubles.sort_by_key(|trouble| std::cmp::Reverse(trouble.count));
    troubles.truncate(TROUBLES);
    troubles
}

/// The most requests that were sent within one second, whenever that began.
fn busiest(seen: &[Sighting]) -> u64 {
    let mut sent: Vec<f64> = seen.iter().map(|sighting| sighting.sent.as_secs_f64()).collect();
    sent.sort_by(f64::total_cmp);
    let within = |(index, begin): (usize, &f64)| sent[index..].partition_point(|at| *at < begin + 1.0) as u64;
    sent.iter().enumerate().map(within).max().unwrap_or(0)
}

fn probes(seen: &[Sighting]) -> out::DiscoverProbes {
    let kept = &seen[..seen.len().min(PROBES)];
    out::DiscoverProbes {
        left_out: (seen.len() - kept.len()) as u64,
        sent_s: kept.iter().map(|sighting| round(sighting.sent.as_secs_f64())).collect(),
        took_ms: kept.iter().map(|sighting| millis(sighting.took())).collect(),
        stretch: kept.iter().map(|sighting| sighting.stretch).collect(),
        variant: kept.iter().map(|sighting| sighting.variant).collect(),
        outcome: kept
            .iter()
            .map(|sighting| match sighting.sight {
                Sight::Accepted => out::DiscoverOutcome::Accepted,
                Sight::Throttled { .. } => out::DiscoverOutcome::Throttled,
                Sight::Failed(_) => out::DiscoverOutcome::Failed,
                Sight::Broken(_) => out::DiscoverOutcome::Broken,
            })
            .collect(),
    }
}

/// The level with at most [`LEVELS`] values: of each group of neighbours the lowest and the highest, in their order, so that no
/// bottom and no top is lost.
fn level(points: &[(f64, f64)]) -> out::DiscoverLevel {
    let points: Vec<(f64, f64)> =
        points.iter().copied().filter(|(at, value)| at.is_finite() && value.is_finite()).collect();
    let group = points.len().div_ceil(LEVELS / 2).max(1);
    let thin = |group: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let place = |pick: fn(&f64, &f64) -> std::cmp::Ordering| {
            (0..group.len()).min_by(|a, b| pick(&group[*a].1, &group[*b].1)).unwrap_or(0)
        };
        let (low, high) = (place(f64::total_cmp), place(|a, b| b.total_cmp(a)));
        let mut places = vec![low.min(high), low.max(high)];
        places.dedup();
        places.into_iter().map(|at| group[at]).collect()
    };
    let kept = if group > 2 { points.chunks(group).flat_map(thin).collect() } else { points };
    out::DiscoverLevel {
        at_s: kept.iter().map(|(at, _)| round(*at)).collect(),
        requests: kept.iter().map(|(_, value)| round(*value)).collect(),
    }
}
