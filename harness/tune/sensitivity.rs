//! Whether the verdict holds when the world is a little different.

use super::judge::{Judged, mean_values};
use super::lineup::Lineup;
use super::pool::{Interrupted, Pool};
use super::sample::{self, Sample};
use super::scene::Scene;
use super::score::{self, Scale};
use super::task::{Arrivals, Task};
use super::tuned::{Cost, Estimate, Shift, Stability};

/// What is multiplied, and by what.
const SHIFTS: [Shift; 5] = [Shift::Load, Shift::Limit, Shift::Burst, Shift::Clients, Shift::RoundTrip];
const FACTORS: [f64; 2] = [0.8, 1.2];
/// How many of the best are tried.
const TOP: usize = 5;
/// How many seeds each gets.
const SEEDS: u32 = 3;

/// What the verdict rests on.
pub(super) struct Ground<'a> {
    pub(super) task: &'a Task,
    pub(super) lineup: &'a Lineup,
    pub(super) scene: &'a Scene,
    /// In the order of their places.
    pub(super) judged: &'a [Judged],
    pub(super) scale: &'a Scale,
}

/// Tries the best candidates in worlds that are a little different, scored by the scale of the verdict. Only the
/// trigger that is named first is tried, so that it stays cheap.
pub(super) fn stability(ground: &Ground<'_>, pool: &Pool<'_>, cost: &mut Cost) -> Result<Vec<Stability>, Interrupted> {
    let mut worlds: Vec<(Shift, Option<f64>, Scene)> = Vec::new();
    for shift in SHIFTS {
        for factor in FACTORS {
            let scene = ground.scene.shifted(shift, factor);
            worlds.extend(scene.map(|scene| (shift, Some(factor), scene.with_first_trigger())));
        }
    }
    let other = match ground.scene.arrivals {
        Arrivals::Open => Arrivals::Closed,
        Arrivals::Closed => Arrivals::Open,
    };
    worlds.push((Shift::Arrivals, None, Scene::new(ground.task, other).with_first_trigger()));
    let top: Vec<usize> = ground.judged.iter().take(TOP).map(|judged| judged.candidate).collect();
    let seeds = SEEDS.min(ground.task.seeds);
    let jobs: Vec<(usize, usize, u32)> = (0..worlds.len())
        .flat_map(|world| top.iter().map(move |&candidate| (world, candidate)))
        .flat_map(|(world, candidate)| (0..seeds).map(move |number| (world, candidate, number)))
        .collect();
    let samples = pool.map("trying other worlds", None, jobs.len(), |job| {
        let (world, candidate, number) = jobs[job];
        sample::take(&worlds[world].2, &ground.lineup.candidates[candidate].policy, number, &ground.task.require)
    })?;
    for sample in &samples {
        cost.simulations += sample.simulations;
        cost.attempts += sample.attempts;
    }
    let mut of_candidate = samples.chunks(seeds.max(1) as usize);
    let rows = worlds.iter().map(|(shift, factor, _)| {
        let trials =
            top.iter().zip(of_candidate.by_ref()).map(|(&candidate, samples)| trial(ground, candidate, samples));
        stability_of(ground, *shift, *factor, trials.collect())
    });
    Ok(rows.collect())
}

/// How a candidate did in another world.
#[derive(Clone, Debug)]
struct Trial {
    candidate: usize,
    /// Whether it fails a requirement there.
    fails: bool,
    metastable: bool,
    /// The score of each seed.
    scores: Vec<f64>,
    success_ratio: f64,
}

impl Trial {
    fn score(&self) -> f64 {
        Estimate::of(self.scores.iter().copied()).mean
    }

    /// Whether another does better here than by chance.
    fn is_beaten_by(&self, other: &Self) -> bool {
        let (own, others) = ((self.fails, self.metastable), (other.fails, other.metastable));
        others < own || (others == own && !Estimate::of_differences(&other.scores, &self.scores).may_be_zero())
    }
}

fn trial(ground: &Ground<'_>, candidate: usize, samples: &[Sample]) -> Trial {
    let values = mean_values(samples);
    let stuck = samples.iter().filter(|sample| sample.recoveries.iter().any(|recovery| recovery.metastable)).count();
    let fails = ground.task.require.iter().enumerate().any(|(at, requirement)| {
        let seen = Estimate::of(samples.iter().map(|sample| sample.required[at])).mean;
        !requirement.comparison.holds(seen, requirement.value.as_f64())
    });
    Trial {
        candidate,
        fails,
        metastable: 2 * stuck >= samples.len().max(1),
        scores: samples.iter().map(|sample| ground.scale.score(&score::values(&sample.metrics))).collect(),
        success_ratio: values[0],
    }
}

fn stability_of(ground: &Ground<'_>, shift: Shift, factor: Option<f64>, mut trials: Vec<Trial>) -> Stability {
    let verdict = ground.judged.first().map(|judged| judged.candidate);
    trials.sort_by(|a, b| (a.fails, a.metastable).cmp(&(b.fails, b.metastable)).then(b.score().total_cmp(&a.score())));
    // The verdict's winner loses its place only to what is better there by more than chance.
    if let Some(own) = trials.iter().position(|trial| Some(trial.candidate) == verdict) {
        let place = (0..own).filter(|&other| trials[own].is_beaten_by(&trials[other])).count();
        trials[place..=own].rotate_right(1);
    }
    let place = trials.iter().position(|trial| Some(trial.candidate) == verdict).unwrap_or_default();
    Stability {
        shift,
        factor,
        winner: trials.first().map(|best| ground.lineup.candidates[best.candidate].name.clone()).unwrap_or_default(),
        place_of_winner: place as u32 + 1,
        success_ratio: trials.get(place).map_or(f64::NAN, |trial| trial.success_ratio),
    }
}
