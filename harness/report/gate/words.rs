//! A gate in words: what changed, how sure that is, and what would make it surer. The same in every output.

use super::super::model::gate::{Gate, GateKind, GateMethod, GateMetric, GateReason, GateRun, GateVerdict};
use super::super::model::{Report, Word};
use super::super::number::plain;
use super::super::story::{Tone, sentence};
use super::changes::{directed, interval, signed, size, sureness, tolerance};

/// Above this correlation of a pair's change with the next one's, the pairs are not as many as they seem.
const CORRELATED: f64 = 0.5;

/// How good the news is.
pub(in super::super) fn tone(report: &Report, gate: &Gate) -> Tone {
    match report.verdict.word {
        Word::Interrupted => Tone::Doubt,
        Word::Error => Tone::Bad,
        _ if gate.kind == GateKind::Calibration && gate.verdict != GateVerdict::Invalid => Tone::Good,
        _ => tone_of(gate.verdict),
    }
}

/// How good the news of one verdict is.
pub(super) fn tone_of(verdict: GateVerdict) -> Tone {
    match verdict {
        GateVerdict::Pass => Tone::Good,
        GateVerdict::Fail => Tone::Bad,
        GateVerdict::Inconclusive | GateVerdict::Invalid => Tone::Doubt,
    }
}

/// A verdict with its mark, for tables.
pub(super) fn marked(verdict: GateVerdict) -> &'static str {
    match verdict {
        GateVerdict::Pass => "✓ pass",
        GateVerdict::Fail => "✗ fail",
        GateVerdict::Inconclusive => "? inconclusive",
        GateVerdict::Invalid => "! invalid",
    }
}

/// Why a metric has its verdict, in a few words.
pub(super) fn why(reason: GateReason) -> &'static str {
    match reason {
        GateReason::WithinTolerance => "surely within the tolerance",
        GateReason::RealWithinTolerance => "a real change, surely within the tolerance",
        GateReason::Better => "surely better",
        GateReason::FewEvents => "almost no events",
        GateReason::Worse => "surely worse, and beyond the tolerance",
        GateReason::Different => "surely different, and beyond the tolerance",
        GateReason::WideInterval => "the interval holds both",
        GateReason::TooFewPairs => "too few runs",
        GateReason::NotComparable => "the runs do not compare",
        GateReason::IndicativeOnly => "one run a side",
        GateReason::NoSamples => "no samples",
        GateReason::TooFewSamples => "too few samples",
        GateReason::Drift => "drifts within a run",
        GateReason::NoScale => "a value of zero",
        GateReason::ZeroVariance => "no difference at all between runs",
        GateReason::RunsInvalid => "the runs were spoiled",
    }
}

/// The metrics that have the verdict of the whole, in their order.
fn decisive(gate: &Gate) -> Vec<&GateMetric> {
    gate.metrics.iter().filter(|metric| metric.verdict == gate.verdict).collect()
}

/// The verdict as people say it.
pub(in super::super) fn headline(report: &Report, gate: &Gate) -> String {
    let all = gate.metrics.len();
    let decisive = decisive(gate);
    match gate.verdict {
        _ if report.verdict.word == Word::Interrupted => "Interrupted before it was decided".into(),
        _ if report.verdict.word == Word::Error => "The comparison could not be made".into(),
        GateVerdict::Invalid if runs_invalid(gate) => "Invalid: the runs were spoiled, so nothing was judged".into(),
        GateVerdict::Invalid => match decisive[..] {
            [metric] => format!("Invalid: {} could not be judged", metric.name),
            _ => format!("Invalid: {} of {all} metrics could not be judged", decisive.len()),
        },
        _ if gate.kind == GateKind::Calibration => "Calibration: how far equal sides differ".into(),
        GateVerdict::Fail => match decisive[..] {
            [metric] => format!("Regression: {} is {}", metric.name, changed(metric)),
            _ => format!("Regression: {} of {all} metrics fail", decisive.len()),
        },
        GateVerdict::Pass => "No regression".into(),
        GateVerdict::Inconclusive => match decisive[..] {
            [metric] => format!("Inconclusive: {} may be worse or not", metric.name),
            _ => format!("Inconclusive: {} of {all} metrics may be worse or not", decisive.len()),
        },
    }
}

fn runs_invalid(gate: &Gate) -> bool {
    decisive(gate).iter().all(|metric| metric.reason == GateReason::RunsInvalid)
}

fn changed(metric: &GateMetric) -> String {
    metric.change.estimate.map_or_else(|| "changed".into(), |change| directed(metric, change))
}

/// What the verdict rests on, in a sentence or two for each metric that decides, at most three of them.
pub(in super::super) fn answer(gate: &Gate) -> String {
    const MOST: usize = 3;
    if gate.verdict == GateVerdict::Invalid && runs_invalid(gate) {
        let why =
            gate.reasons.first().map_or_else(|| "No pair of runs was fit to be judged.".into(), |why| sentence(why));
        return format!("{why} An invalid gate says nothing about the candidate, neither good nor bad.");
    }
    let decisive = decisive(gate);
    let mut said: Vec<String> = decisive.iter().take(MOST).map(|metric| metric_sentence(metric)).collect();
    if let Some(surer) = decisive.first().and_then(|metric| surer(metric, gate)) {
        said.push(surer);
    }
    if decisive.len() > MOST {
        said.push(format!("{} more are in the table.", decisive.len() - MOST));
    }
    said.join(" ")
}

/// What was found of a metric, in a sentence.
pub(in super::super) fn metric_sentence(metric: &GateMetric) -> String {
    let name = &metric.name;
    let limit = tolerance(metric);
    let sure = match (interval(metric), sureness(metric)) {
        (Some(interval), Some(sure)) => format!(" ({interval}, {sure} sure)"),
        _ => String::new(),
    };
    let found = match metric.change.estimate {
        Some(change) => format!("{name} is {}{sure}", directed(metric, change)),
        None => format!("{name} has no estimate of its change"),
    };
    let few = || match metric.change.upper.or(metric.change.lower) {
        Some(bound) => {
            let sure = super::changes::confidence(bound);
            format!(
                "{name} has almost no events; its change is surely no worse than {} ({sure} sure)",
                signed(metric, bound.at)
            )
        }
        None => format!("{name} has almost no events"),
    };
    let text = match metric.reason {
        GateReason::WithinTolerance => format!("{found}: within the tolerance of {limit}"),
        GateReason::RealWithinTolerance => format!("{found}: the change is real, and within the tolerance of {limit}"),
        GateReason::Better => format!("{found}: better"),
        GateReason::FewEvents => format!("{}: within the tolerance of {limit}", few()),
        GateReason::Worse | GateReason::Different => format!("{found}; the tolerance is {limit}"),
        GateReason::WideInterval => wide(metric, &limit),
        GateReason::TooFewPairs => format!("{found}, from too few runs for any bound; the tolerance is {limit}"),
        GateReason::NotComparable => {
            format!("{found}; the tolerance is {limit}. It would fail if the runs were comparable, which they are not")
        }
        GateReason::IndicativeOnly => format!("{found}, which only indicates: one run a side proves nothing"),
        GateReason::NoSamples => format!("{name} could not be judged: a run has no samples of it"),
        GateReason::TooFewSamples => format!("{name} could not be judged: a run has too few samples of it"),
        GateReason::Drift => format!("{name} could not be judged: it drifts within a run"),
        GateReason::NoScale => format!("{name} could not be judged: a value of zero has no ratio to anything"),
        GateReason::ZeroVariance => {
            format!("{name} could not be judged: no two runs differ at all, so these are not measurements")
        }
        GateReason::RunsInvalid => format!("{name} was not judged: the runs were spoiled"),
    };
    format!("{text}.")
}

fn wide(metric: &GateMetric, limit: &str) -> String {
    let name = &metric.name;
    let sure = sureness(metric).map(|sure| format!(", {sure} sure")).unwrap_or_default();
    let best = metric.change.estimate.map(|change| format!("; the best guess is {}", signed(metric, change)));
    let best = best.unwrap_or_default();
    match (metric.change.lower, metric.change.upper) {
        (Some(lower), Some(upper)) => format!(
            "{name} may have changed by anything from {} to {}{sure}{best}; the tolerance is {limit}",
            signed(metric, lower.at),
            signed(metric, upper.at)
        ),
        (Some(bound), None) => {
            format!(
                "{name} may have changed by {} or any more{sure}{best}; the tolerance is {limit}",
                signed(metric, bound.at)
            )
        }
        (None, Some(bound)) => {
            format!(
                "{name} may have changed by {} or any less{sure}{best}; the tolerance is {limit}",
                signed(metric, bound.at)
            )
        }
        (None, None) => format!("{name} may have changed by anything{best}; the tolerance is {limit}"),
    }
}

/// What would make a metric's verdict surer; `None` where nothing needs to.
pub(super) fn surer(metric: &GateMetric, gate: &Gate) -> Option<String> {
    let paired = matches!(gate.kind, GateKind::Paired | GateKind::Duet | GateKind::Calibration);
    match (metric.verdict, metric.reason) {
        (GateVerdict::Inconclusive, GateReason::IndicativeOnly) => {
            Some("Store several runs a side, or run `loadline gate`, which interleaves them.".into())
        }
        (GateVerdict::Inconclusive, GateReason::NotComparable) => {
            Some("Make both sides on one host with one version and one scenario.".into())
        }
        (GateVerdict::Inconclusive, _) if paired => Some(match metric.pairs_needed {
            Some(needed) if needed > gate.pairs => {
                let more = needed - gate.pairs;
                format!("{more} more {} at this noise would tell.", if more == 1 { "pair" } else { "pairs" })
            }
            Some(_) => "The change lies close to the tolerance, where no number of pairs tells for sure: look at the change itself, \
                        or set another tolerance."
                .into(),
            None => "At this noise no sensible number of pairs would tell: make the runs longer or the machine quieter; \
                     `loadline gate --calibrate` measures the noise."
                .into(),
        }),
        (GateVerdict::Inconclusive, _) => Some("More stored runs a side would tell more.".into()),
        (GateVerdict::Pass, _) => metric.detectable.map(|detectable| {
            let pairs = count_of_pairs(gate);
            format!("{pairs} at this noise find a change of {} nine times out of ten.", size(metric, detectable))
        }),
        (GateVerdict::Invalid, GateReason::NoSamples | GateReason::TooFewSamples) => {
            Some("Make the runs longer or the rate higher, or gate a lower percentile.".into())
        }
        (GateVerdict::Invalid, GateReason::Drift) => Some(
            "Make the warm-up longer, or `trim: mser5`; a target that drifts all the time has to be mended first.".into(),
        ),
        _ => None,
    }
}

fn count_of_pairs(gate: &Gate) -> String {
    match (gate.kind, gate.pairs) {
        (GateKind::Stored, runs) => format!("{runs} runs a side"),
        (_, 1) => "1 pair".into(),
        (_, pairs) => format!("{pairs} pairs"),
    }
}

/// How the bounds were found, and how much that is worth.
pub(super) fn claim(gate: &Gate) -> String {
    let pairs = count_of_pairs(gate);
    let one_run = gate.metrics.iter().any(|metric| metric.method == GateMethod::BlockBootstrap);
    match gate.kind {
        GateKind::Paired => format!(
            "{pairs}, one run right after the other in an order that was drawn for each pair. The bounds are exact (Wilcoxon's signed \
             ranks), whatever the shape of the latencies: drift of the machine hits both sides alike."
        ),
        GateKind::Duet => format!(
            "{pairs}, both sides at the same time. What disturbs the machine disturbs both, and they disturb each other. The bounds are \
             exact (Wilcoxon's signed ranks)."
        ),
        GateKind::Calibration => {
            format!("{pairs} of the same side: every difference is noise. This says what a gate on this machine can see.")
        }
        GateKind::Stored if one_run => {
            "One run a side: the bounds come from the seconds within the runs, which know nothing of how far two runs of the same \
             program differ. Indicative only; it never fails."
                .into()
        }
        GateKind::Stored => format!(
            "{pairs}, stored. They were not interleaved: what drifted between them counts as difference. The bounds are exact for \
             independent runs (rank sum of Mann and Whitney)."
        ),
    }
}

/// What a reader must know before believing the numbers; each a sentence.
pub(super) fn caveats(report: &Report, gate: &Gate) -> Vec<String> {
    let mut caveats: Vec<String> = Vec::new();
    let mut say = |text: String| {
        if !caveats.contains(&text) {
            caveats.push(text);
        }
    };
    let answered = answer(gate);
    let reasons = report.verdict.reasons.iter().map(|reason| sentence(reason));
    let more = gate.reasons.iter().map(|reason| sentence(reason)).chain(gate.notes.iter().map(|note| sentence(note)));
    reasons.chain(more).filter(|reason| !answered.contains(reason.as_str())).for_each(&mut say);
    if gate.repeated > 0 {
        let pairs = if gate.repeated == 1 { "1 pair was" } else { &format!("{} pairs were", gate.repeated) };
        say(format!(
            "{pairs} spoiled by the generator or the machine and run again; the spoiled runs are in the table."
        ));
    }
    for metric in &gate.metrics {
        if metric.autocorrelation.is_some_and(|correlation| correlation > CORRELATED) {
            let correlation = metric.autocorrelation.map(plain).unwrap_or_default();
            say(format!(
                "Neighbouring pairs resemble each other in {} (correlation {correlation}): leave more time between the runs.",
                metric.name
            ));
        }
        if metric.zeros > 0 && metric.reason != GateReason::FewEvents {
            say(format!(
                "{} of {} changes of {} are exactly zero: the test leaves them out.",
                metric.zeros,
                metric.changes.len(),
                metric.name
            ));
        }
    }
    if gate.verdict == GateVerdict::Inconclusive
        && report.verdict.exit_code == 0
        && report.verdict.word == Word::Inconclusive
    {
        say("An inconclusive gate passes here, because `on_inconclusive` does not say `fail`.".into());
    }
    if gate.kind == GateKind::Calibration && gate.verdict == GateVerdict::Fail {
        say("The same side was called a regression against itself: do not trust a gate with these rules on this machine.".into());
    }
    report.validity.notes.iter().map(|note| sentence(note)).for_each(&mut say);
    caveats
}

/// The two sides in a line.
pub(super) fn sides(gate: &Gate) -> String {
    let what = |side: &super::super::model::gate::GateSide| {
        if side.what.is_empty() { "unnamed".to_owned() } else { side.what.to_string() }
    };
    let (baseline, candidate) = (what(&gate.sides.baseline), what(&gate.sides.candidate));
    if gate.kind == GateKind::Calibration {
        format!("{baseline} against itself")
    } else {
        format!("baseline {baseline} · candidate {candidate}")
    }
}

/// How the comparison was made, in a few words.
pub(super) fn kind(gate: &Gate) -> &'static str {
    match gate.kind {
        GateKind::Paired => "regression gate, paired runs",
        GateKind::Duet => "regression gate, both sides at once",
        GateKind::Stored => "comparison of stored runs",
        GateKind::Calibration => "calibration of a gate",
    }
}

/// What speaks against a run or one of its numbers, the run's own first.
pub(super) fn faults(run: &GateRun, gate: &Gate) -> Vec<String> {
    let own = run.faults.iter().map(|fault| fault.text.to_string());
    let of_numbers = run.readings.iter().zip(&gate.metrics).filter_map(|(reading, metric)| {
        reading.fault.as_ref().map(|fault| format!("{}: {}", metric.expression, fault.text))
    });
    own.chain(of_numbers).collect()
}

/// The rules in words, what is not usual last.
pub(super) fn rules(gate: &Gate) -> Vec<(&'static str, String)> {
    use super::super::model::gate::{GateOnInconclusive, GateTrim};
    let rules = &gate.rules;
    let looks: Vec<String> = gate.looks.iter().map(|look| format!("{} at α {}", look.pairs, look.alpha)).collect();
    let mut said = vec![
        (
            "accepted chance of a false alarm",
            format!("{} % for all metrics and looks together", plain(rules.alpha * 100.0)),
        ),
        (
            "fails",
            if rules.strict {
                "where a change is surely beyond its tolerance"
            } else {
                "where a change is surely for the worse, and its estimate beyond the tolerance"
            }
            .into(),
        ),
        ("passes", "where a change surely lies below its tolerance".into()),
        (
            "where neither is sure",
            match rules.on_inconclusive {
                GateOnInconclusive::Warn => "passes with a warning",
                GateOnInconclusive::Fail => "exit code 111",
                GateOnInconclusive::Pass => "passes",
            }
            .into(),
        ),
    ];
    if gate.kind != GateKind::Stored {
        let pairs = if rules.max_pairs > rules.pairs {
            format!("{}, and up to {} where those do not decide", rules.pairs, rules.max_pairs)
        } else {
            rules.pairs.to_string()
        };
        said.insert(0, ("pairs", pairs));
        said.push(("seed of the order and the load", rules.seed.to_string()));
    }
    if !looks.is_empty() {
        said.push(("looks (pairs and what each may spend)", looks.join(", ")));
    }
    if rules.trim == GateTrim::Mser5 {
        said.push(("beginning of each run", "cut by MSER-5 (White 1997), at most a third".into()));
    }
    said
}
