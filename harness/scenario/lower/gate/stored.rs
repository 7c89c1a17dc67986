//! The rules by which stored runs are compared: those of the scenario that they were made of, with what flags change.

use super::{metrics, on_inconclusive, trim};
use crate::gate::{Metric, OnInconclusive, Trim};
use crate::scenario::fault::Faults;
use crate::scenario::gate_flags::{self, GateFlags};
use crate::scenario::mirror::Scenario;
use crate::scenario::node::{Entry, Kind, Node};
use crate::scenario::place::{Source, Sources, Span};
use crate::scenario::{decode, schema, tree, walk};

/// What a stored scenario and the command line say of a comparison.
#[derive(Clone, Debug)]
pub struct StoredRules {
    /// What is compared, where somebody said it.
    pub metrics: Option<Vec<Metric>>,
    /// What may be compared otherwise: the first of these that every run has samples for …
    pub latencies: Vec<Metric>,
    /// … and this.
    pub failures: Option<Metric>,
    /// Whether a metric fails only where it is surely beyond its tolerance.
    pub strict: bool,
    /// What an undecided comparison means.
    pub on_inconclusive: OnInconclusive,
    /// What is left out at the beginning of each run.
    pub trim: Trim,
}

/// Reads the block `gate` of a scenario as it was resolved when its runs were made. Nothing else of it is looked at: what came from the
/// environment is masked in it, and the files that it names may be gone.
///
/// # Errors
/// What is wrong with the block, or with the flags.
pub fn stored_rules(resolved: &str, flags: &GateFlags) -> Result<StoredRules, Faults> {
    let (mut sources, mut faults) = (Sources::default(), Vec::new());
    let stored = sources.add(Source { name: "scenario.yaml".to_owned(), text: resolved.to_owned() });
    // A scenario that cannot be read any more says nothing of gates.
    let tree = tree::build(resolved, stored, &mut Vec::new());
    let block = tree.as_ref().and_then(|tree| tree.entry("gate")).cloned();
    let nowhere = Span::new(stored, 0, 0);
    let name =
        Entry { key: "name".to_owned(), key_span: nowhere, value: Node::new(Kind::Str("stored".to_owned()), nowhere) };
    let mut root = Node::new(Kind::Map(std::iter::once(name).chain(block).collect()), nowhere);
    gate_flags::apply(&mut root, flags, &mut sources);
    walk::walk(schema::scenario(), &mut root, "the scenario", &sources, &mut faults);
    if !faults.is_empty() {
        return Err(Faults::new(sources, faults, &[]));
    }
    let scenario: Scenario = match decode::decode(&root) {
        Ok(scenario) => scenario,
        Err(fault) => return Err(Faults::new(sources, vec![fault], &[])),
    };
    let gate = scenario.gate.unwrap_or_default();
    metrics::check(&gate, None, root.at("gate").at("metrics"), &mut faults);
    if !faults.is_empty() {
        return Err(Faults::new(sources, faults, &[]));
    }
    let (latencies, failures) = metrics::candidates();
    Ok(StoredRules {
        metrics: gate.metrics.as_ref().map(|written| written.iter().filter_map(metrics::metric).collect()),
        latencies,
        failures,
        strict: gate.strict == Some(true),
        on_inconclusive: on_inconclusive(&gate),
        trim: trim(&gate),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(metrics: &[&str]) -> GateFlags {
        GateFlags { metrics: metrics.iter().map(|text| (*text).to_owned()).collect(), ..GateFlags::default() }
    }

    fn texts(rules: &StoredRules) -> Vec<&str> {
        rules.metrics.iter().flatten().map(|metric| metric.text.as_str()).collect()
    }

    #[test]
    fn a_stored_scenario_brings_its_rules_and_flags_replace_them() {
        let resolved = "name: a\ntarget: {url: \"${env:HOST}\"}\napi: gone.yaml\ngate:\n  strict: true\n  on_inconclusive: fail\n  \
                        metrics:\n    - {of: p90(response), tolerance: 3%, change: any}\n";
        let rules = stored_rules(resolved, &flags(&[])).expect("rules");
        assert_eq!(texts(&rules), ["p90(response)"]);
        assert!(rules.strict && rules.on_inconclusive == OnInconclusive::Fail);
        let rules = stored_rules(resolved, &flags(&["p50(service)=2%", "ratio(calls.failed)"])).expect("rules");
        assert_eq!(texts(&rules), ["p50(service)", "ratio(calls.failed)"]);
    }

    #[test]
    fn without_a_block_the_runs_decide_what_is_compared() {
        for resolved in ["name: a\n", "", ": : not yaml"] {
            let rules = stored_rules(resolved, &flags(&[])).expect("rules");
            assert!(rules.metrics.is_none());
            assert_eq!(rules.latencies[0].text, "p99(response)");
            assert_eq!(rules.failures.as_ref().map(|metric| metric.text.as_str()), Some("ratio(calls.failed)"));
        }
    }

    #[test]
    fn a_bad_metric_is_shown_where_it_was_written() {
        for (bad, told) in [
            ("p99(respons)=5%", "p99(respons)"),
            ("p99(response)=0%", "a tolerance of nothing fails on any noise"),
            ("p99(response, over=5s)=5%", "`over` looks at a part"),
            ("recovery()=5%", "nothing to recover from"),
        ] {
            let faults = stored_rules("name: a\n", &flags(&[bad])).expect_err(bad).to_string();
            assert!(faults.contains(told), "{bad}: {faults}");
        }
    }
}
