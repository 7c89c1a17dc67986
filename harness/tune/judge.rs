//! Who may win, and in which order they stand.

use super::sample::Sample;
use super::score::{ASPECTS, Scale, Values, values};
use super::task::Task;
use super::tuned::{Estimate, Failing};

/// A candidate under a model of arrivals, with what was measured so far.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its place in the line-up.
    pub(super) candidate: usize,
    /// One for each seed, in the order of seeds.
    pub(super) samples: Vec<Sample>,
}

/// How an entry is judged.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    /// Its place in the line-up.
    pub(super) candidate: usize,
    /// What it is weighed by.
    pub(super) values: Values,
    /// The requirements that it fails.
    pub(super) fails: Vec<Failing>,
    /// Whether more seeds might show that it fails none.
    pub(super) may_pass: bool,
    /// Whether it mostly does not recover from one of the triggers.
    pub(super) metastable: bool,
    /// The score of each seed.
    pub(super) scores: Vec<f64>,
    /// Their mean.
    pub(super) score: Estimate,
}

impl Judged {
    /// The first are those that may win.
    fn class(&self) -> u8 {
        match (self.fails.is_empty(), self.metastable) {
            (true, false) => 0,
            (true, true) => 1,
            (false, _) => 2,
        }
    }

    /// Whether it may win.
    pub(super) fn may_win(&self) -> bool {
        self.class() == 0
    }
}

/// Judges the entries of one model of arrivals, and brings them into the order of their places: first those that may
/// win, then those that do not recover, then those that fail a requirement; by score within each, and by name where
/// scores are equal. Also gives the scale of the scores, which is made by those that may win, or by all where none may.
pub(super) fn judge(task: &Task, entries: &[Entry]) -> (Vec<Judged>, Scale) {
    let mut judged: Vec<Judged> = entries.iter().map(|entry| first_look(task, entry)).collect();
    let best_class = judged.iter().map(Judged::class).min().unwrap_or_default();
    let of_class: Vec<Values> =
        judged.iter().filter(|judged| judged.class() == best_class).map(|judged| judged.values).collect();
    let scale = Scale::new(&task.weights, &of_class);
    for (judged, entry) in judged.iter_mut().zip(entries) {
        judged.scores = entry.samples.iter().map(|sample| scale.score(&values(&sample.metrics))).collect();
        judged.score = Estimate::of(judged.scores.iter().copied());
    }
    judged.sort_by(|a, b| {
        let by_score = b.score.mean.total_cmp(&a.score.mean);
        a.class().cmp(&b.class()).then(by_score).then(a.candidate.cmp(&b.candidate))
    });
    (judged, scale)
}

fn first_look(task: &Task, entry: &Entry) -> Judged {
    let (mut fails, mut may_pass) = (Vec::new(), true);
    for (at, requirement) in task.require.iter().enumerate() {
        let seen = Estimate::of(entry.samples.iter().map(|sample| sample.required[at]));
        let bound = requirement.value.as_f64();
        if !requirement.comparison.holds(seen.mean, bound) {
            // Two standard errors; with few seeds these are a guess themselves.
            may_pass &= (seen.mean - bound).abs() <= 2.0 * seen.error;
            fails.push(Failing { requirement: requirement.text.clone(), seen: seen.mean });
        }
    }
    let lengths = entry.samples.first().map_or(0, |sample| sample.recoveries.len());
    let metastable = (0..lengths).any(|length| {
        let stuck = entry.samples.iter().filter(|sample| sample.recoveries[length].metastable).count();
        2 * stuck >= entry.samples.len().max(1)
    });
    Judged {
        candidate: entry.candidate,
        values: mean_values(&entry.samples),
        fails,
        may_pass,
        metastable,
        scores: Vec::new(),
        score: Estimate::default(),
    }
}

/// The means over seeds of what candidates are weighed by.
pub(super) fn mean_values(samples: &[Sample]) -> Values {
    ASPECTS.map(|metric| Estimate::of(samples.iter().map(|sample| sample.metrics.get(metric))).mean)
}
