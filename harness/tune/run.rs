//! The door: from a task to its result.

use std::num::NonZeroUsize;

use super::judge::{Entry, Judged, judge};
use super::knobs::knobs;
use super::lineup::Lineup;
use super::pool::{Interrupted, Pool, Progress};
use super::portrait::portraits;
use super::race::{Raced, race};
use super::rank::rows;
use super::scene::Scene;
use super::score::Scale;
use super::sensitivity::{Ground, stability};
use super::task::{Arrivals, Task};
use super::trigger::vulnerability;
use super::tuned::{Cost, Credibility, Row, Tuned};
use super::{advice, arrivals, unmet, verdict};
use crate::sim::SimError;
use crate::time::MonotonicClock;

/// For how many of the best the shortest harmful trigger is looked for.
const LOOKED_AT: usize = 12;

/// Why a comparison came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TuneError {
    /// There is nothing to compare.
    #[error("there is no policy to compare; name some in `tune.policies`")]
    NoCandidates,
    /// There is nothing to compare them under.
    #[error(
        "there is no model of arrivals to compare under; write `arrivals: [open, closed]` or one of the two into `tune`"
    )]
    NoArrivals,
    /// It was stopped before there was anything to say.
    #[error("stopped before every candidate was simulated once; there is nothing to report yet")]
    Stopped,
    /// A simulation could not be done.
    #[error(transparent)]
    Simulation(#[from] SimError),
}

impl From<Interrupted> for TuneError {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Stopped => Self::Stopped,
            Interrupted::Failed(error) => Self::Simulation(error),
        }
    }
}

impl Task {
    /// Compares the candidates, on so many threads; the outcome does not depend on their number. `progress` is told of
    /// every simulation, from any of the threads; once `stop` says yes, what is known by then is the result, as soon as
    /// every candidate has been simulated once.
    ///
    /// The verdict is that of the scenario's own model of arrivals where that is among those of the task, and of the
    /// first otherwise. With a trigger all measures are those of runs in which the first of its lengths strikes, since
    /// a disturbance that is expected is part of what clients live with; runs go on for long enough behind it to see
    /// whether they recover.
    ///
    /// # Errors
    /// [`TuneError`] where there is nothing to compare, where a simulation fails, or where it was stopped too early.
    pub fn run(
        &self,
        threads: NonZeroUsize,
        progress: &(dyn Fn(&Progress) + Sync),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Tuned, TuneError> {
        if self.candidates.is_empty() {
            return Err(TuneError::NoCandidates);
        }
        let clock = MonotonicClock::start();
        let began = clock.now();
        let scenes = self.scenes();
        let Some(own) = scenes.first() else { return Err(TuneError::NoArrivals) };
        let mut lineup = Lineup::new(self, &own.limit);
        let pool = Pool::new(threads, progress, stop);
        let mut cost = Cost::default();
        let mut raced = race(self, &lineup, &scenes, &pool, &mut cost)?;
        if !raced.troubled {
            // What was added for the sake of the limit has nothing to do.
            lineup.candidates.truncate(self.candidates.len());
            raced.entries.iter_mut().for_each(|entries| entries.truncate(lineup.candidates.len()));
        }
        let judged: Vec<(Vec<Judged>, Scale)> = raced.entries.iter().map(|entries| judge(self, entries)).collect();
        let mut tuned = self.result(&lineup, &scenes, &raced, &judged);
        if raced.troubled && !raced.stopped {
            let (own_judged, scale) = &judged[0];
            let ground = Ground { task: self, lineup: &lineup, scene: own, judged: own_judged, scale };
            let closer = closer_look(&ground, &pool, &mut tuned, &mut cost);
            if let Err(Interrupted::Failed(error)) = closer {
                return Err(TuneError::Simulation(error));
            }
        }
        tuned.cost = Cost { wall_s: (clock.now() - began).as_secs_f64(), ..cost };
        Ok(tuned)
    }

    /// The models of arrivals, the scenario's own first.
    fn scenes(&self) -> Vec<Scene> {
        let own = arrivals::own(&self.plan);
        let mut models: Vec<Arrivals> = self.arrivals.clone();
        models.sort_by_key(|model| *model != own);
        models.into_iter().map(|model| Scene::new(self, model)).collect()
    }

    /// What the race alone tells.
    fn result(&self, lineup: &Lineup, scenes: &[Scene], raced: &Raced, judged: &[(Vec<Judged>, Scale)]) -> Tuned {
        let of_scene = scenes.iter().zip(&raced.entries).zip(judged);
        let per_scene: Vec<Vec<Row>> =
            of_scene.map(|((scene, entries), (judged, _))| rows(lineup, scene.arrivals, entries, judged)).collect();
        let (scene, entries, judged) = (&scenes[0], &raced.entries[0], &judged[0].0);
        let unmet = if raced.troubled { unmet::unmet(self, lineup, scene, entries, judged) } else { Vec::new() };
        Tuned {
            verdict: verdict::verdict(lineup, scene, judged, &per_scene[0], raced.troubled),
            advice: advice::advice(lineup, scene, judged, raced.troubled),
            knobs: if raced.troubled { knobs(per_scene[0].iter()) } else { Vec::new() },
            rows: per_scene.into_iter().flatten().collect(),
            weights: self.weights,
            portraits: Vec::new(),
            stability: Vec::new(),
            unmet,
            credibility: self.credibility(scene, raced.entries.iter().flatten()),
            confirmations: Vec::new(),
            cost: Cost::default(),
        }
    }

    fn credibility<'a>(&self, scene: &Scene, entries: impl Iterator<Item = &'a Entry>) -> Credibility {
        Credibility {
            limit: scene.limit.words.clone(),
            limit_per_s: scene.limit.per_s,
            offered_per_s: scene.limit.offered_per_s,
            round_trip_s: self.network.round_trip.as_secs_f64(),
            seed: self.plan.seed,
            seeds: verdict::seeds(entries),
        }
    }
}

/// What is asked of the best alone: other worlds, portraits, and how long a trigger they stand.
fn closer_look(ground: &Ground<'_>, pool: &Pool<'_>, tuned: &mut Tuned, cost: &mut Cost) -> Result<(), Interrupted> {
    tuned.portraits = portraits(ground.lineup, ground.scene, ground.judged, pool, cost)?;
    tuned.stability = stability(ground, pool, cost)?;
    if ground.scene.trigger_lengths().is_empty() {
        return Ok(());
    }
    let looked_at: Vec<usize> = ground.judged.iter().take(LOOKED_AT).map(|judged| judged.candidate).collect();
    let found = pool.map("looking for what they do not recover from", None, looked_at.len(), |at| {
        vulnerability(ground.scene, &ground.lineup.candidates[looked_at[at]].policy)
    })?;
    for (row, vulnerable_s) in tuned.rows.iter_mut().zip(found) {
        row.vulnerable_s = Some(vulnerable_s);
    }
    Ok(())
}
