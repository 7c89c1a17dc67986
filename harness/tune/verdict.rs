//! The answer in words.

use std::fmt::Write;

use super::judge::{Entry, Judged};
use super::lineup::Lineup;
use super::metrics::Metric;
use super::scene::Scene;
use super::tuned::{Estimate, Row, Verdict};
use super::words::{number, percent_of, seconds};

/// The verdict of one model of arrivals. `rows` and `judged` are in the order of places.
pub(super) fn verdict(lineup: &Lineup, scene: &Scene, judged: &[Judged], rows: &[Row], troubled: bool) -> Verdict {
    if !troubled {
        let load = if scene.is_batch() {
            String::new()
        } else {
            format!(" at {} calls a second", number(scene.limit.offered_per_s))
        };
        let sentence = format!(
            "Nothing was turned away{load}: under this limit all policies are the same, and no one is recommended"
        );
        return Verdict { sentence, ..Verdict::default() };
    }
    let (Some(first), Some(row)) = (judged.first(), rows.first()) else { return Verdict::default() };
    if !first.fails.is_empty() {
        let fails: Vec<String> = first.fails.iter().map(|failing| format!("`{}`", failing.requirement)).collect();
        let sentence = format!(
            "No policy meets the requirements; {} comes closest ({}) and fails {}",
            row.name,
            figures(row),
            fails.join(" and ")
        );
        return Verdict { sentence, throttled: true, ..Verdict::default() };
    }
    let second = judged.get(1).zip(rows.get(1)).filter(|(judged, _)| judged.may_win() == first.may_win());
    let margin = second.map(|(judged, _)| Estimate::of_differences(&first.scores, &judged.scores));
    let confidence = margin.map(|margin| margin.above_zero().max(0.5));
    let mut sentence = format!("{}: {}", row.name, figures(row));
    if first.metastable {
        sentence.push_str("; but like every other it does not recover from a trigger");
    }
    if let (Some((_, second)), Some(margin), Some(confidence)) = (second, margin, confidence) {
        let sure = if margin.may_be_zero() {
            "the two cannot be told apart".to_owned()
        } else {
            format!("{:.1} % sure", (confidence * 1000.0).floor() / 10.0)
        };
        _ = write!(sentence, "; second is {}, where {} ({sure})", second.name, figures(second));
    }
    Verdict {
        sentence,
        winner: Some(row.name.clone()),
        runner_up: second.map(|(_, row)| row.name.clone()),
        confidence,
        throttled: true,
        yaml: lineup.candidates[first.candidate].yaml.clone(),
    }
}

/// The figures of a row: "98.9 ± 0.1 % of calls succeed, 1.21 attempts for each, p99 1.4s, recovers in 2.5s".
fn figures(row: &Row) -> String {
    let of = |metric: Metric| row.metrics.iter().find(|(other, _)| *other == metric).map(|(_, estimate)| *estimate);
    let mut parts = Vec::new();
    parts.extend(of(Metric::SuccessRatio).map(|share| format!("{} of calls succeed", percent_of(&share))));
    parts.extend(of(Metric::Amplification).map(|load| format!("{} attempts for each", number(load.mean))));
    parts.extend(of(Metric::P99).filter(|p99| p99.mean.is_finite()).map(|p99| format!("p99 {}", seconds(p99.mean))));
    parts.extend(of(Metric::Recovery).filter(|recovery| !recovery.mean.is_nan()).map(|recovery| {
        if recovery.mean.is_infinite() {
            "does not recover".to_owned()
        } else {
            format!("recovers in {}", seconds(recovery.mean))
        }
    }));
    parts.join(", ")
}

/// The fewest and the most seeds that an entry got.
pub(super) fn seeds<'a>(entries: impl Iterator<Item = &'a Entry>) -> (u32, u32) {
    entries.fold((u32::MAX, 0), |(fewest, most), entry| {
        let seeds = entry.samples.len() as u32;
        (fewest.min(seeds), most.max(seeds))
    })
}
