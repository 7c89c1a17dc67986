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
    let longest = entries.iter().max_by_key(|entry| (entry.samples.len(), std::cmp::Reverse(entry.candidate)));
    let reference = longest.map_or(&[][..], |entry| &entry.samples);
    let mut judged: Vec<Judged> = entries.iter().map(|entry| first_look(task, entry, reference)).collect();
    let best_class = judged.iter().map(Judged::class).min().unwrap_or_default();
    let of_class: Vec<Values> =
        judged.iter().filter(|judged| judged.class() == best_class).map(|judged| judged.values).collect();
    let scale = Scale::new(&task.weights, &of_class);
    let scores = |samples: &[Sample]| -> Vec<f64> {
        samples.iter().map(|sample| scale.score(&values(&sample.metrics))).collect()
    };
    let scores_of_reference = scores(reference);
    for (judged, entry) in judged.iter_mut().zip(entries) {
        judged.scores = scores(&entry.samples);
        let score = Estimate::of(judged.scores.iter().copied());
        judged.score = Estimate { mean: aligned(&judged.scores, &scores_of_reference), ..score };
    }
    judged.sort_by(|a, b| {
        let by_score = b.score.mean.total_cmp(&a.score.mean);
        a.class().cmp(&b.class()).then(by_score).then(a.candidate.cmp(&b.candidate))
    });
    (judged, scale)
}

/// The mean of a candidate that has fewer seeds than others, as if it had them all: what it differs by from another over the seeds that
/// both have, added to the other's mean over all. Seeds that are hard are hard for everybody, and the means of different seeds
/// would compare seeds and not candidates. A plain mean where there is nothing to align, or something infinite.
fn aligned(own: &[f64], reference: &[f64]) -> f64 {
    let plain = Estimate::of(own.iter().copied()).mean;
    if own.len() >= reference.len() {
        return plain;
    }
    let of_all = Estimate::of(reference.iter().copied()).mean;
    let aligned = of_all + Estimate::of_differences(own, reference).mean;
    if aligned.is_finite() && plain.is_finite() { aligned } else { plain }
}

fn first_look(task: &Task, entry: &Entry, reference: &[Sample]) -> Judged {
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
        values: ASPECTS.map(|metric| {
            let of = |samples: &[Sample]| samples.iter().map(|sample| sample.metrics.get(metric)).collect::<Vec<_>>();
            aligned(&of(&entry.samples), &of(reference))
        }),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_seeds_are_compared_over_those_that_both_have() {
        // The first seeds are easy for everybody; one that had only those is no better for it.
        let reference = [0.9, 0.8, 0.3, 0.2];
        assert!((aligned(&[0.8, 0.7], &reference) - 0.45).abs() < 1e-12);
        assert!((aligned(&[0.9, 0.8, 0.3, 0.2], &reference) - 0.55).abs() < 1e-12);
        assert_eq!(aligned(&[f64::INFINITY, f64::INFINITY, 1.0], &reference), f64::INFINITY);
        assert_eq!(aligned(&[0.8], &[]), 0.8);
    }
}
