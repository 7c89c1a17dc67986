//! A candidate, closely looked at.

use super::causes::causes;
use super::judge::Judged;
use super::lineup::Lineup;
use super::metrics::Spans;
use super::pool::{Interrupted, Pool};
use super::sample::{self, Measured};
use super::scene::Scene;
use super::traits;
use super::tuned::{Cost, FigurePoint, Loss, Portrait};
use crate::retry::Policy;
use crate::sim::SimError;
use crate::units::Nanos;

/// The lengths that a step of a figure may have, in milliseconds.
const STEPS: [u64; 9] = [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
/// The most steps of a figure: as many as a picture shows.
const MOST_STEPS: u64 = 200;

/// The winner and two contrasts: the worst that kept the requirements, and the best of those without jitter, or without
/// a budget where all have jitter. Where nothing may win, the first stands in its place.
pub(super) fn portraits(
    lineup: &Lineup,
    scene: &Scene,
    judged: &[Judged],
    pool: &Pool<'_>,
    cost: &mut Cost,
) -> Result<Vec<Portrait>, Interrupted> {
    let cast = cast(lineup, judged);
    let portraits = pool.map("looking closely", None, cast.len(), |at| {
        let (candidate, role, metastable) = &cast[at];
        let candidate = &lineup.candidates[*candidate];
        let (lasting, measured) = telling_look(scene, &candidate.policy, *metastable)?;
        Ok(portrait(scene, candidate.name.clone(), (*role).to_owned(), &candidate.policy, lasting, &measured))
    })?;
    cost.simulations += portraits.len() as u64;
    cost.attempts += portraits.iter().map(|portrait| portrait.metrics.attempts).sum::<u64>();
    Ok(portraits)
}

/// Who is looked at, as what, and whether it does not recover from a trigger.
fn cast(lineup: &Lineup, judged: &[Judged]) -> Vec<(usize, &'static str, bool)> {
    let Some(first) = judged.first() else { return Vec::new() };
    let policy = |judged: &&Judged| &lineup.candidates[judged.candidate].policy;
    let mut kept = judged.iter().filter(|judged| judged.fails.is_empty());
    let worst = kept.next_back().or(judged.last()).unwrap_or(first);
    let others = || judged.iter().filter(|judged| ![first.candidate, worst.candidate].contains(&judged.candidate));
    let lock_step = others().find(|judged| traits::retries(policy(judged)) && !traits::is_jittered(policy(judged)));
    let greedy = others().find(|judged| traits::retries(policy(judged)) && !traits::is_bounded(policy(judged)));
    let contrast = lock_step
        .map(|judged| (judged, "no jitter"))
        .or(greedy.map(|judged| (judged, "no budget")))
        .or(others().next().map(|judged| (judged, "the second best")));
    let mut cast = vec![(first, if first.may_win() { "the winner" } else { "the closest" })];
    if worst.candidate != first.candidate {
        cast.push((worst, "the worst"));
    }
    cast.extend(contrast);
    cast.into_iter().map(|(judged, role)| (judged.candidate, role, judged.metastable)).collect()
}

/// A look under the trigger that is named first; of a candidate that does not always recover, under the first that it
/// does not recover from.
fn telling_look(scene: &Scene, policy: &Policy, metastable: bool) -> Result<(Option<Nanos>, Measured), SimError> {
    let lengths = scene.trigger_lengths();
    if metastable {
        for &length in lengths {
            let measured = sample::look(scene, policy, 0, Some(length))?;
            if measured.metrics.recovery.is_some_and(|recovery| recovery.metastable) {
                return Ok((Some(length), measured));
            }
        }
    }
    let first = lengths.first().copied();
    Ok((first, sample::look(scene, policy, 0, first)?))
}

fn portrait(
    scene: &Scene,
    name: String,
    role: String,
    policy: &Policy,
    lasting: Option<Nanos>,
    measured: &Measured,
) -> Portrait {
    let (figure, step) = figure(scene, measured);
    Portrait {
        name,
        role,
        arrivals: scene.arrivals,
        causes: causes(scene, policy, lasting, measured),
        losses: measured.metrics.lost.iter().map(|&(reason, calls)| Loss { reason, calls }).collect(),
        time: time(measured),
        metrics: measured.metrics.clone(),
        figure,
        step_s: step.as_secs_f64(),
    }
}

/// The shares of all calls' time: waiting between attempts, at the server and on the way, anywhere else.
fn time(measured: &Measured) -> [f64; 3] {
    let trace = &measured.trace;
    let calls = trace.calls.iter().filter(|call| !call.warm_up);
    let (all, waited) = calls.fold((0.0, 0.0), |(all, waited), call| {
        (all + call.response().as_secs_f64(), waited + call.waited.as_secs_f64())
    });
    let attempts = trace.attempts.iter().filter(|attempt| !attempt.warm_up);
    let served: f64 = attempts.map(|attempt| (attempt.done - attempt.sent).as_secs_f64()).sum();
    if all <= 0.0 {
        return [0.0; 3];
    }
    // Attempts beside each other take more time than their call: the rest is never less than nothing.
    let waiting = waited / all;
    let serving = (served / all).min(1.0 - waiting).max(0.0);
    [waiting, serving, (1.0 - waiting - serving).max(0.0)]
}

/// Load and goodput over time, in steps of a round length.
fn figure(scene: &Scene, measured: &Measured) -> (Vec<FigurePoint>, Nanos) {
    let trace = &measured.trace;
    let end = trace.calls.iter().map(|call| call.done).max().unwrap_or_default();
    let fits = |millis: &u64| end.as_nanos() <= Nanos::from_millis(*millis).as_nanos() * MOST_STEPS;
    let step = Nanos::from_millis(STEPS.into_iter().find(fits).unwrap_or_else(|| {
        let millis = end.as_nanos() / 1_000_000;
        millis / MOST_STEPS + 1
    }));
    let empty = || Spans::new(Nanos::ZERO, step).reaching(end);
    let (mut load, mut goodput, mut offered) = (empty(), empty(), empty());
    trace.attempts.iter().for_each(|attempt| load.add(attempt.sent));
    for call in &trace.calls {
        offered.add(call.due);
        if call.is_ok() {
            goodput.add(call.done);
        }
    }
    let step_s = step.as_secs_f64();
    let per_s = |spans: &Spans, at: usize| spans.sum(at, 1) as f64 / step_s;
    let steps = load.counts.len().max(goodput.counts.len());
    let points = (0..steps).map(|at| FigurePoint {
        at_s: at as f64 * step_s,
        load: per_s(&load, at),
        goodput: per_s(&goodput, at),
        offered: per_s(&offered, at),
        limit: scene.limit.per_s,
    });
    (points.collect(), step)
}
