//! What the noise of a machine and a target is, from pairs of the same thing.

use super::decide::{Levels, judge};
use super::detectable::{detectable, pairs_needed};
use super::looks::looks;
use super::{Calibration, Metric, NoiseLine, Rules, Run, Scale, Side, Verdict};

/// The numbers of pairs that a table of what can be found shows.
const PAIRS: [u32; 5] = [6, 8, 10, 12, 16];
/// Above this correlation of each difference with the next, pairs are no longer independent.
const CORRELATED: f64 = 0.5;

/// Learns the noise from the runs of pairs of which both sides are the same. Runs with faults, and the pair that warms up, are left out.
pub fn calibrate(rules: &Rules, runs: &[Run]) -> Calibration {
    let pairs = pairs(runs);
    // As sure as the last look of a gate by these rules is.
    let alpha = looks(rules).last().map_or(rules.alpha, |look| look.alpha);
    let levels = Levels { fail: alpha / rules.metrics.len().max(1) as f64, pass: alpha };
    let mut calibration = Calibration::default();
    for (index, metric) in rules.metrics.iter().enumerate() {
        let judged = judge(index, metric, &pairs, levels, rules.strict);
        // Without any variation there is nothing to reckon with: rare events have bounds of their own.
        let spread = judged.spread.filter(|spread| *spread > 0.0);
        let line = NoiseLine {
            spread,
            autocorrelation: judged.autocorrelation,
            detectable: spread.map_or_else(Vec::new, |spread| {
                PAIRS.iter().filter_map(|pairs| Some((*pairs, detectable(spread, *pairs, levels.fail)?))).collect()
            }),
            pairs: spread.and_then(|spread| pairs_needed(spread, metric.margin() * 2.0, levels.fail)),
            tolerance: spread
                .and_then(|spread| detectable(spread, rules.max_pairs, levels.fail))
                .map(|found| readable(metric, found / 2.0)),
        };
        calibration.advice.extend(advice(metric, &line, rules, judged.verdict));
        calibration.metrics.push(line);
    }
    calibration
}

/// A difference as a tolerance is written.
fn readable(metric: &Metric, difference: f64) -> f64 {
    metric.change_of(difference).abs()
}

fn pairs(runs: &[Run]) -> Vec<[Run; 2]> {
    let sound = |run: &&Run| run.pair > 0 && run.faults.is_empty();
    let baselines = runs.iter().filter(sound).filter(|run| run.side == Side::Baseline);
    let other = |run: &Run| {
        let same = |other: &&Run| other.side == Side::Candidate && (other.pair, other.again) == (run.pair, run.again);
        runs.iter().filter(sound).find(same).cloned()
    };
    baselines.filter_map(|run| Some([run.clone(), other(run)?])).collect()
}

fn advice(metric: &Metric, line: &NoiseLine, rules: &Rules, verdict: Verdict) -> Vec<String> {
    let name = &metric.text;
    let mut advice = Vec::new();
    match (line.pairs, line.tolerance) {
        (Some(pairs), _) if pairs <= rules.max_pairs => {
            advice.push(format!("{name}: {pairs} pairs find a change of twice its tolerance nine times out of ten"));
        }
        (pairs, Some(tolerance)) => {
            let unit = if metric.scale() == Scale::Points { " points" } else { " %" };
            let so_many = pairs.map_or("no sensible number of".to_owned(), |pairs| pairs.to_string());
            advice.push(format!(
                "{name}: at this noise it takes {so_many} pairs to find twice its tolerance; let it be {:.2}{unit}, or let runs be longer",
                tolerance * 100.0
            ));
        }
        _ if verdict == Verdict::Invalid => {
            advice.push(format!("{name}: it could not be judged in these runs; see their faults"));
        }
        _ => {}
    }
    if line.autocorrelation.is_some_and(|r| r > CORRELATED) {
        advice.push(format!(
            "{name}: each difference resembles the one before; leave more time between runs, or let them be longer"
        ));
    }
    advice
}
