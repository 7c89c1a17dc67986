//! What the flags of `loadline capacity` change: the block `capacity` of the tree, so that the resolved scenario tells what was really
//! looked for.

use super::flags::{exact, member};
use super::node::{Kind, Node};
use super::place::{Source, Sources, Span};
use crate::units::Nanos;

/// The flags of `capacity`; each is absent where it was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapacityFlags {
    /// `--objective`, in place of the scenario's.
    pub objectives: Vec<String>,
    /// `--start`: a rate, or with `--journeys` a number of users.
    pub start: Option<String>,
    /// `--max`: the same.
    pub max: Option<String>,
    /// `--assert`: the same.
    pub assert: Option<String>,
    /// `--margin`: a share.
    pub margin: Option<String>,
    /// `--width`: a share.
    pub width: Option<String>,
    /// `--mode`: a word of the grammar.
    pub mode: Option<String>,
    /// `--max-duration`.
    pub max_duration: Option<Nanos>,
    /// `--journeys`.
    pub journeys: bool,
}

/// Changes the tree. What is malformed in it stays, for the walk to report.
pub(super) fn apply(root: &mut Node, flags: &CapacityFlags, sources: &mut Sources) {
    if *flags == CapacityFlags::default() {
        return;
    }
    let mut text = |name: &str, value: &str| {
        let span = Span::new(sources.add(Source { name: name.to_owned(), text: value.to_owned() }), 0, value.len());
        Node::new(Kind::Str(value.to_owned()), span)
    };
    let empty = text("the flags of `capacity`", "").span;
    let capacity = member(root, "capacity", empty);
    if flags.journeys {
        let span = text("--journeys", "--journeys").span;
        let users = member(capacity, "users", span);
        if users.kind == Kind::Null {
            users.kind = Kind::Map(Vec::new());
        }
        // What the block says of a rate is about another question.
        if let Kind::Map(entries) = &mut capacity.kind {
            entries.retain(|entry| !matches!(entry.key.as_str(), "start" | "max" | "expected" | "assert"));
        }
    }
    for (key, value) in [("start", &flags.start), ("max", &flags.max), ("assert", &flags.assert)] {
        let Some(value) = value else { continue };
        let mut node = text(&format!("--{key}"), value);
        let span = node.span;
        let count = value.trim().parse::<i64>().ok();
        if flags.journeys {
            if let Some(count) = count {
                node.kind = Kind::Int(count.into());
            }
            *member(member(capacity, "users", span), key, span) = node;
        } else {
            *member(capacity, key, span) = node;
        }
    }
    for (key, value) in [("margin", &flags.margin), ("width", &flags.width), ("mode", &flags.mode)] {
        if let Some(value) = value {
            let node = text(&format!("--{key}"), value);
            let span = node.span;
            *member(capacity, key, span) = node;
        }
    }
    if let Some(longest) = flags.max_duration {
        let node = text("--max-duration", &exact(longest));
        let span = node.span;
        *member(capacity, "max_duration", span) = node;
    }
    if !flags.objectives.is_empty() {
        let objectives = flags.objectives.iter().map(|written| text("--objective", written)).collect();
        *member(capacity, "objectives", empty) = Node::new(Kind::Seq(objectives), empty);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{resolved, tree};

    fn applied(text: &str, flags: &CapacityFlags) -> String {
        let mut root = tree::build(text, 0, &mut Vec::new()).expect("a tree");
        apply(&mut root, flags, &mut Sources::default());
        resolved::to_yaml(&root)
    }

    #[test]
    fn flags_replace_what_the_scenario_says_of_a_search() {
        let flags = CapacityFlags {
            objectives: vec!["p99(response) < 1s".to_owned()],
            start: Some("5/s".to_owned()),
            max: Some("80/s".to_owned()),
            assert: Some("40/s".to_owned()),
            margin: Some("30%".to_owned()),
            width: Some("5%".to_owned()),
            mode: Some("compare".to_owned()),
            max_duration: Some(Nanos::from_secs(90)),
            journeys: false,
        };
        insta::assert_snapshot!(applied(
            "capacity: {vary: a, start: 1/s, objectives: [\"p50(response) < 2s\"]}\n",
            &flags
        ));
    }

    #[test]
    fn journeys_are_counted_in_users() {
        let flags = CapacityFlags {
            journeys: true,
            start: Some("4".to_owned()),
            max: Some("9/s".to_owned()),
            ..CapacityFlags::default()
        };
        // A rate stays one, for the schema to refuse.
        insta::assert_snapshot!(applied("capacity: {start: 1/s, expected: 7/s, width: 1%}\n", &flags));
    }

    #[test]
    fn no_flags_change_nothing() {
        assert_eq!(applied("seed: 1\n", &CapacityFlags::default()), "seed: 1\n");
    }
}
