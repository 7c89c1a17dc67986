//! Whether a number drifts within a run, so that it depends on how long the run was.

use super::{Fault, FaultKind, Metric, Scale};
use crate::record::Taken;

/// The parts of a half. The spread of their values says how far halves differ by chance, whatever the distribution and with most of
/// the correlation from second to second: the method of batch means.
const PARTS: usize = 5;

/// The parts of a run.
pub(super) const ALL_PARTS: usize = 2 * PARTS;

/// How many standard errors apart the halves have to be. With five parts a half, Student's t of eight degrees of freedom exceeds 6 on
/// either side by chance in 3 of 10,000 runs; a gate has up to thirty-two of them for each metric.
const SURE: f64 = 6.0;

/// The values of both halves, where both have samples.
pub(super) fn halves(metric: &Metric, parts: &[(Taken, f64); ALL_PARTS]) -> Option<[f64; 2]> {
    let half = |parts: &[(Taken, f64)]| {
        let (mut sum, mut seconds) = (Taken::default(), 0.0);
        for (taken, covered) in parts {
            sum.merge(taken);
            seconds += covered;
        }
        let seen = sum.observe(seconds, &metric.measure);
        (seen.samples > 0).then_some(seen.value)
    };
    Some([half(&parts[..PARTS])?, half(&parts[PARTS..])?])
}

/// The drift of a number, where there surely is one: its halves differ by more than twice the tolerance, and by far more than chance
/// makes them. Of runs too short for ten parts with samples nothing can be said.
pub(super) fn drift(metric: &Metric, halves: [f64; 2], parts: &[(Taken, f64); ALL_PARTS]) -> Option<Fault> {
    let shift = metric.place(halves[1])? - metric.place(halves[0])?;
    if shift.abs() <= 2.0 * metric.margin() {
        return None;
    }
    let place = |(taken, seconds): &(Taken, f64)| {
        let seen = taken.observe(*seconds, &metric.measure);
        (seen.samples > 0 && *seconds > 0.0).then(|| metric.place(seen.value)).flatten()
    };
    let places: Vec<f64> = parts.iter().map(place).collect::<Option<_>>()?;
    let (first, second) = places.split_at(PARTS);
    let floor: f64 = [&parts[..PARTS], &parts[PARTS..]].into_iter().map(|half| of_counts(metric, half)).sum();
    let error = (of_means(first) + of_means(second)).max(floor).sqrt();
    (shift.abs() > SURE * error).then(|| Fault { kind: FaultKind::Drift, text: told(metric, shift) })
}

/// The square of the standard error of the mean of some values.
fn of_means(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0) / n
}

/// The same of a share, from its counts alone: parts that agree by chance, all of them zero as a rule, must not make it look surer than
/// independent events can be.
fn of_counts(metric: &Metric, half: &[(Taken, f64)]) -> f64 {
    if metric.scale() != Scale::Points {
        return 0.0;
    }
    let (part, whole) = half
        .iter()
        .fold((0.0, 0.0), |(part, whole), (taken, _)| (part + taken.part as f64, whole + taken.whole as f64));
    // Half an event more and one trial more, as no share is surely zero.
    let share = (part + 0.5) / (whole + 1.0);
    share * (1.0 - share) / whole.max(1.0)
}

fn told(metric: &Metric, shift: f64) -> String {
    let change = metric.change_of(shift) * 100.0;
    let unit = if metric.scale() == Scale::Points { "points" } else { "%" };
    format!(
        "{} changes by {change:+.1} {unit} from the first half of the run to the second, more than twice its tolerance: give the run a \
         longer `warm_up`, or find out what drifts",
        metric.text
    )
}
