//! The table: every kind, every parameter set, many seeds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use loadline::discover::{Answer, Discovered, Fit, KnownTarget, Parameter, ParameterName, Rules};
use loadline::limit::Kind;

use super::discover;
use super::kinds::{Row, Truth, rows};

/// What came of one discovery.
#[derive(Clone, Debug, Default)]
struct Score {
    right: bool,
    /// The worst error as a share of what is allowed.
    worst: f64,
    /// Intervals that hold the truth, and of how many.
    covered: (u32, u32),
    requests: u64,
    /// Seconds beyond what windows may take.
    seconds: f64,
    over: bool,
    /// What was found where that was not right.
    note: String,
}

/// The true value of a parameter; `None` where the truth has none.
fn truth_of(kind: Kind, truth: &Truth, name: ParameterName) -> Option<f64> {
    Some(match (name, kind) {
        (
            ParameterName::Rate,
            Kind::TokenBucket { rate, .. }
            | Kind::Gcra { rate, .. }
            | Kind::LeakyMeter { rate, .. }
            | Kind::Shaper { rate, .. },
        ) => rate.as_per_second(),
        (ParameterName::Burst, Kind::TokenBucket { burst, .. } | Kind::Gcra { burst, .. }) => burst.into(),
        (ParameterName::Burst, Kind::LeakyMeter { burst, .. }) => f64::from(burst) + 1.0,
        (ParameterName::Interval, Kind::TokenBucket { refill: Some(steps), .. }) => steps.interval.as_secs_f64(),
        (ParameterName::Amount, Kind::TokenBucket { refill: Some(steps), .. }) => steps.amount.into(),
        (ParameterName::Queue, Kind::Shaper { queue, .. } | Kind::Concurrency { queue, .. }) => queue.into(),
        (
            ParameterName::Limit,
            Kind::FixedWindow { limit, .. }
            | Kind::SlidingLog { limit, .. }
            | Kind::SlidingCounter { limit, .. }
            | Kind::Concurrency { limit, .. },
        ) => limit.into(),
        (
            ParameterName::Window,
            Kind::FixedWindow { window, .. } | Kind::SlidingLog { window, .. } | Kind::SlidingCounter { window, .. },
        ) => window.as_secs_f64(),
        (ParameterName::Penalty, _) => truth.options.penalty?.lasting.as_secs_f64(),
        _ => return None,
    })
}

/// How far off a parameter may be: the promise.
fn allowed(name: ParameterName, truth: f64, burst: f64) -> f64 {
    match name {
        ParameterName::Rate if burst <= 2.0 => 0.06 * truth,
        ParameterName::Rate => 0.02 * truth,
        ParameterName::Burst | ParameterName::Queue => (0.02 * truth).max(1.0),
        ParameterName::Window | ParameterName::Interval => 0.01 * truth,
        ParameterName::Penalty => 0.05 * truth,
        _ => 0.49,
    }
}

fn judge(truth: &Truth, found: &Discovered) -> Score {
    let fit: Option<&Fit> = found.limiters.first().map(|limiter| &limiter.fit);
    let kind_right = found.answer == Answer::Identified && fit.is_some_and(|fit| fit.class == truth.class);
    let options_right = fit.is_some_and(|fit| {
        fit.options.count_rejected == truth.options.count_rejected
            && fit.options.penalty.is_some() == truth.options.penalty.is_some()
    });
    let mut score = Score { right: kind_right && options_right, requests: found.requests, ..Score::default() };
    let window = truth_of(truth.kind, truth, ParameterName::Window).unwrap_or(0.0);
    score.seconds = found.seconds;
    score.over = found.requests > 2_000 || found.seconds > 90.0 + 2.2 * window * 1.02;
    let numbers = fit.filter(|_| kind_right).map(|fit| fit.parameters.as_slice()).unwrap_or_default();
    for Parameter { name, value, low, high } in numbers {
        let Some(true_value) = truth_of(truth.kind, truth, *name) else { continue };
        let burst = truth_of(truth.kind, truth, ParameterName::Burst).unwrap_or(100.0);
        score.worst = score.worst.max((value - true_value).abs() / allowed(*name, true_value, burst));
        score.covered.1 += 1;
        score.covered.0 += u32::from((low - 1e-9..=high + 1e-9).contains(&true_value));
    }
    if !score.right || score.worst > 1.0 || score.over || score.covered.0 < score.covered.1 {
        let what = fit.map(|fit| (fit.kind, fit.options, &fit.parameters, fit.violations));
        score.note = format!(
            "{:?} {what:?} after {} in {:.0} s; {:?}; {:?} {:?}; runner-up {:?}",
            found.answer,
            found.requests,
            found.seconds,
            found.reasons,
            found.stages.iter().map(|stage| (stage.name, stage.requests)).collect::<Vec<_>>(),
            found.validation,
            found.runner_up.as_ref().map(|next| (next.class, next.log_odds))
        );
    }
    score
}

/// How many seeds each parameter set meets.
fn seeds() -> u64 {
    asked().unwrap_or(1)
}

/// What the whole table is asked with: an optimised build takes minutes for twenty seeds of each set. Without it, as many discoveries are made
/// as a build without optimisation has time for: one of the middle set of each kind.
fn asked() -> Option<u64> {
    std::env::var("LOADLINE_SEEDS").ok()?.parse().ok()
}

/// Runs all sets of the rows on all cores.
fn run(rows: &[Row], seeds: u64) -> Vec<Vec<Score>> {
    let jobs: Vec<(usize, Truth, u64)> = rows
        .iter()
        .enumerate()
        .flat_map(|(row, known)| known.sets.iter().flat_map(move |set| (1..=seeds).map(move |seed| (row, *set, seed))))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((row, truth, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut target = KnownTarget::new(*seed, truth.way).limited(truth.kind, truth.options);
            let found = discover(Rules { seed: *seed, ..Rules::default() }, &mut target);
            let score = judge(truth, &found);
            if !score.note.is_empty() {
                println!("  {:?} {:?} seed {seed}: {}", truth.kind, truth.options, score.note);
            }
            done.push((*row, score));
        }
        done
    };
    let mut scores = vec![Vec::new(); rows.len()];
    let all = thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no discovery panics")).collect::<Vec<_>>()
    });
    for (row, score) in all {
        scores[row].push(score);
    }
    scores
}

#[test]
fn every_kind_is_found_with_its_numbers() {
    let only = std::env::var("LOADLINE_KIND").unwrap_or_default();
    let mut rows: Vec<Row> = rows().into_iter().filter(|row| row.name.contains(&only)).collect();
    if asked().is_none() {
        for row in &mut rows {
            row.sets = vec![row.sets[1]];
        }
    }
    let table = run(&rows, seeds());
    println!(
        "{:<24} {:>8} {:>8} {:>8} {:>10} {:>9} {:>9}",
        "kind", "right", "close", "covered", "worst/ok", "requests", "seconds"
    );
    let (mut right, mut close, mut covered, mut of, mut over, mut intervals) = (0, 0, 0, 0, 0, 0);
    for (row, scores) in rows.iter().zip(&table) {
        let count = |is: fn(&Score) -> bool| scores.iter().filter(|score| is(score)).count();
        let most = |of: fn(&Score) -> f64| scores.iter().map(of).fold(0.0, f64::max);
        let (inside, all) =
            scores.iter().fold((0, 0), |(inside, all), score| (inside + score.covered.0, all + score.covered.1));
        println!(
            "{:<24} {:>8} {:>8} {:>8} {:>10.2} {:>9} {:>9.1}",
            row.name,
            format!("{}/{}", count(|score| score.right), scores.len()),
            format!("{}/{}", count(|score| score.right && score.worst <= 1.0), scores.len()),
            format!("{inside}/{all}"),
            most(|score| score.worst),
            most(|score| score.requests as f64),
            most(|score| score.seconds)
        );
        right += count(|score| score.right);
        close += count(|score| score.right && score.worst <= 1.0);
        over += count(|score| score.over);
        covered += inside;
        intervals += all;
        of += scores.len();
    }
    println!("right {right} of {of}, close {close}; intervals {covered} of {intervals}; over budget {over}");
    assert!(right * 100 >= of * 95, "the kind is right in {right} of {of}");
    assert!(close * 100 >= of * 95, "the numbers are as close as is promised in {close} of {of}");
    assert!(covered * 100 >= intervals * 95, "{covered} of {intervals} intervals hold the truth");
    assert_eq!(over, 0, "some took more than they may");
}
