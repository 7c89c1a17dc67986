//! What the flags of `loadline gate` change: the block `gate` of the tree, so that the resolved scenario tells what was really
//! compared.

use super::flags::member;
use super::node::{Entry, Kind, Node};
use super::place::{Source, Sources, Span};

/// The flags of `gate`; each is absent where it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateFlags {
    /// `--baseline` or `--baseline-command`.
    pub baseline: Option<SideFlag>,
    /// `--candidate` or `--candidate-command`.
    pub candidate: Option<SideFlag>,
    /// `--pairs`.
    pub pairs: Option<u32>,
    /// `--max-pairs`.
    pub max_pairs: Option<u32>,
    /// `--metric`, each `MEASURE=TOLERANCE`, in place of the scenario's.
    pub metrics: Vec<String>,
    /// `--strict`.
    pub strict: bool,
    /// `--duet`.
    pub duet: bool,
    /// `--on-inconclusive`: a word of the grammar.
    pub on_inconclusive: Option<String>,
}

/// A side from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SideFlag {
    /// A URL.
    Url(String),
    /// A program and its arguments.
    Command(Vec<String>),
}

/// Changes the tree. What is malformed in it stays, for the walk to report.
pub(super) fn apply(root: &mut Node, flags: &GateFlags, sources: &mut Sources) {
    if *flags == GateFlags::default() {
        return;
    }
    let mut text = |name: &str, value: &str| {
        let span = Span::new(sources.add(Source { name: name.to_owned(), text: value.to_owned() }), 0, value.len());
        Node::new(Kind::Str(value.to_owned()), span)
    };
    let empty = text("the flags of `gate`", "").span;
    let gate = member(root, "gate", empty);
    for (key, side) in [("baseline", &flags.baseline), ("candidate", &flags.candidate)] {
        let Some(side) = side else { continue };
        let (name, value) = match side {
            SideFlag::Url(url) => ("url", text(&format!("--{key}"), url)),
            SideFlag::Command(words) => {
                let flag = format!("--{key}-command");
                let whole = text(&flag, &words.join(" ")).span;
                let words = words.iter().map(|word| Node::new(Kind::Str(word.clone()), whole)).collect();
                ("command", Node::new(Kind::Seq(words), whole))
            }
        };
        let span = value.span;
        // The whole side is the command line's.
        *member(gate, key, span) = map(span, [(name, value)]);
    }
    for (key, flag, number) in [("pairs", "--pairs", flags.pairs), ("max_pairs", "--max-pairs", flags.max_pairs)] {
        if let Some(number) = number {
            let span = text(flag, &number.to_string()).span;
            *member(gate, key, span) = Node::new(Kind::Int(number.into()), span);
        }
    }
    for (key, flag, is_on) in [("strict", "--strict", flags.strict), ("duet", "--duet", flags.duet)] {
        if is_on {
            let span = text(flag, flag).span;
            *member(gate, key, span) = Node::new(Kind::Bool(true), span);
        }
    }
    if let Some(word) = &flags.on_inconclusive {
        let word = text("--on-inconclusive", word);
        let span = word.span;
        *member(gate, "on_inconclusive", span) = word;
    }
    if !flags.metrics.is_empty() {
        let metrics: Vec<Node> = flags.metrics.iter().map(|written| metric(&text("--metric", written))).collect();
        *member(gate, "metrics", empty) = Node::new(Kind::Seq(metrics), empty);
    }
}

/// `p99(response)=5%`. Without a tolerance it has the one that the defaults have.
fn metric(written: &Node) -> Node {
    let span = written.span;
    let text = written.as_str().unwrap_or_default();
    // What stands in brackets has equals signs of its own: `ratio(calls.failed, workload=fill)`.
    let close = text.rfind(')').map_or(0, |close| close + 1);
    let (of, tolerance) = if let Some(at) = text[close..].find('=') {
        let at = close + at;
        (&text[..at], Node::new(Kind::Str(text[at + 1..].to_owned()), span.part(at + 1, text.len() - at - 1)))
    } else {
        let share = if text.trim_start().starts_with("ratio") { "0.1%" } else { "5%" };
        (text, Node::new(Kind::Str(share.to_owned()), span))
    };
    let of = Node::new(Kind::Str(of.to_owned()), span.part(0, of.len()));
    map(span, [("of", of), ("tolerance", tolerance)])
}

fn map<const N: usize>(span: Span, entries: [(&str, Node); N]) -> Node {
    let entry = |(key, value): (&str, Node)| Entry { key: key.to_owned(), key_span: span, value };
    Node::new(Kind::Map(entries.into_iter().map(entry).collect()), span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{resolved, tree};

    #[test]
    fn flags_replace_what_the_scenario_says_of_a_gate() {
        let text = "gate:\n  candidate: {set: {mock.latency.median: 9ms}}\n  pairs: 20\n  metrics: [{of: p50(response), tolerance: 1%}]\n";
        let mut root = tree::build(text, 0, &mut Vec::new()).expect("a tree");
        let flags = GateFlags {
            baseline: Some(SideFlag::Url("http://127.0.0.1:1".to_owned())),
            candidate: Some(SideFlag::Command(vec!["./server".to_owned(), "--fast path".to_owned()])),
            pairs: Some(6),
            max_pairs: Some(12),
            metrics: ["p99(response, workload=a)=3%", "ratio(calls.failed)", "rate(calls.ok)"]
                .map(str::to_owned)
                .to_vec(),
            strict: true,
            duet: true,
            on_inconclusive: Some("fail".to_owned()),
        };
        apply(&mut root, &flags, &mut Sources::default());
        insta::assert_snapshot!(resolved::to_yaml(&root));
    }

    #[test]
    fn no_flags_change_nothing() {
        let mut root = tree::build("seed: 1\n", 0, &mut Vec::new()).expect("a tree");
        let before = root.clone();
        apply(&mut root, &GateFlags::default(), &mut Sources::default());
        assert_eq!(root, before);
    }
}
