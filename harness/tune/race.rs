//! Few seeds for all, more for those that may still win.
//!
//! All candidates get three seeds. Then the seeds are doubled, again and again up to what the task allows, for those
//! alone whose score is within two standard errors of the best one's. The errors are those of paired differences: every
//! candidate meets the same arrivals.

use super::judge::{Entry, Judged, judge};
use super::lineup::Lineup;
use super::pool::{Interrupted, Pool};
use super::sample::{self, Sample};
use super::scene::Scene;
use super::task::Task;
use super::tuned::{Cost, Estimate};

/// How many seeds all get.
const FOR_ALL: u32 = 3;
/// How many always go on: a winner is nothing without a second to compare it with.
const AT_LEAST: usize = 2;

/// How a race ended.
#[derive(Debug)]
pub(super) struct Raced {
    /// For each scene the entries, in the order of the line-up.
    pub(super) entries: Vec<Vec<Entry>>,
    /// Whether anything was turned away or failed in any of them.
    pub(super) troubled: bool,
    /// Whether it was stopped before its end.
    pub(super) stopped: bool,
}

/// Races all candidates through all scenes. Where nothing is ever turned away, all are the same, and one seed of each
/// has shown it.
///
/// # Errors
/// Where it was stopped before every candidate had its first seed, or where a simulation failed.
pub(super) fn race(
    task: &Task,
    lineup: &Lineup,
    scenes: &[Scene],
    pool: &Pool<'_>,
    cost: &mut Cost,
) -> Result<Raced, Interrupted> {
    let entry = |candidate| Entry { candidate, samples: Vec::new() };
    let all = 0..lineup.candidates.len();
    let mut entries: Vec<Vec<Entry>> = scenes.iter().map(|_| all.clone().map(entry).collect()).collect();
    let mut racing: Vec<(usize, usize)> =
        (0..scenes.len()).flat_map(|scene| all.clone().map(move |candidate| (scene, candidate))).collect();
    let (mut seeds, mut troubled) = (0, false);
    for next in rounds(task.seeds) {
        let jobs: Vec<(usize, usize, u32)> = racing
            .iter()
            .flat_map(|&(scene, candidate)| (seeds..next).map(move |number| (scene, candidate, number)))
            .collect();
        let leader = entries.first().and_then(|entries| leader(task, lineup, entries));
        let samples = pool.map("comparing", leader.as_deref(), jobs.len(), |job| {
            let (scene, candidate, number) = jobs[job];
            sample::take(&scenes[scene], &lineup.candidates[candidate].policy, number, &task.require)
        });
        let samples: Vec<Sample> = match samples {
            Err(Interrupted::Stopped) if seeds > 0 => return Ok(Raced { entries, troubled, stopped: true }),
            samples => samples?,
        };
        for ((scene, candidate, _), sample) in jobs.into_iter().zip(samples) {
            cost.simulations += sample.simulations;
            cost.attempts += sample.attempts;
            troubled |= sample.troubled;
            entries[scene][candidate].samples.push(sample);
        }
        if !troubled {
            break;
        }
        seeds = next;
        if seeds >= FOR_ALL {
            racing = entries
                .iter()
                .enumerate()
                .flat_map(|(scene, entries)| {
                    survivors(task, entries, seeds).into_iter().map(move |candidate| (scene, candidate))
                })
                .collect();
        }
    }
    Ok(Raced { entries, troubled, stopped: false })
}

/// The numbers of seeds after each round: 1, 3, 6, 12 …, and the most that there may be as the last.
fn rounds(most: u32) -> Vec<u32> {
    let doubled = std::iter::successors(Some(FOR_ALL), |seeds| seeds.checked_mul(2));
    let mut rounds: Vec<u32> = std::iter::once(1).chain(doubled.take_while(|&seeds| seeds < most)).collect();
    rounds.retain(|&seeds| seeds < most);
    rounds.push(most.max(1));
    rounds
}

fn leader(task: &Task, lineup: &Lineup, entries: &[Entry]) -> Option<String> {
    entries.first().filter(|entry| !entry.samples.is_empty())?;
    judge(task, entries).0.first().map(|best| lineup.candidates[best.candidate].name.clone())
}

/// The candidates that may still be the best of their scene, of those that have had every seed so far.
fn survivors(task: &Task, entries: &[Entry], seeds: u32) -> Vec<usize> {
    let (judged, _) = judge(task, entries);
    let Some(best) = judged.first() else { return Vec::new() };
    let may_be_best = |judged: &Judged| {
        let open = judged.may_win() == best.may_win() || judged.may_pass;
        open && {
            let behind = Estimate::of_differences(&best.scores, &judged.scores);
            behind.mean <= 2.0 * behind.error
        }
    };
    let mut surviving: Vec<usize> = judged
        .iter()
        .enumerate()
        .filter(|(place, judged)| *place < AT_LEAST || may_be_best(judged))
        .map(|(_, judged)| judged.candidate)
        .filter(|&candidate| entries[candidate].samples.len() == seeds as usize)
        .collect();
    surviving.sort_unstable();
    surviving
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_double_up_to_the_most() {
        assert_eq!(rounds(30), [1, 3, 6, 12, 24, 30]);
        assert_eq!(rounds(3), [1, 3]);
        assert_eq!(rounds(2), [1, 2]);
        assert_eq!(rounds(1), [1]);
        assert_eq!(rounds(6), [1, 3, 6]);
    }
}
