//! A sweep: the values that a policy's fields take, and their combinations.

use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::node::Kind;
use crate::scenario::place::Span;

/// A field that is swept.
pub(super) struct Axis<'a> {
    /// Its path without the policy's name: `backoff.base`.
    pub(super) path: &'a str,
    /// Where that path stands.
    pub(super) place: Span,
    /// The values that it takes.
    pub(super) values: &'a [Node],
}

impl<'a> Axis<'a> {
    /// The axis of an entry of `sweep` whose path begins with `policy` and a dot.
    pub(super) fn new(
        policy: &str,
        path: &'a str,
        key: Span,
        values: &'a Node,
        quoted: bool,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let rest = &path[policy.len() + 1..];
        let place = key.part(policy.len() + 1 + usize::from(quoted), rest.len());
        if rest.is_empty() {
            faults.push(Fault::new(key, format!("`{}` names no field of the policy", excerpt(path))));
        }
        if values.items().is_empty() {
            let fault = Fault::new(values.span, "a sweep without values").suggest("list at least one, or remove it");
            faults.push(fault);
        }
        let written: Vec<String> = values.items().iter().map(in_line).collect();
        for (index, value) in written.iter().enumerate().filter(|(index, value)| written[..*index].contains(value)) {
            let message = format!("`{}` is swept twice", excerpt(value));
            faults.push(Fault::new(values.nth(index).span, message).suggest("remove one of them"));
        }
        Self { path: rest, place, values: values.items() }
    }
}

/// How many combinations there are; one where nothing is swept.
pub(super) fn combinations(axes: &[Axis<'_>]) -> u64 {
    axes.iter().fold(1, |product: u64, axis| product.saturating_mul(axis.values.len() as u64))
}

/// The values of a combination, one for each axis; the last axis changes first.
pub(super) fn combination<'a>(axes: &[Axis<'a>], number: u64) -> Vec<&'a Node> {
    let mut rest = number;
    let mut values: Vec<&Node> = axes
        .iter()
        .rev()
        .map(|axis| {
            let of = axis.values.len() as u64;
            let value = &axis.values[(rest % of) as usize];
            rest /= of;
            value
        })
        .collect();
    values.reverse();
    values
}

/// What each axis is called in a candidate's name: the last word of its path where that says enough.
pub(super) fn labels<'a>(axes: &[Axis<'a>]) -> Vec<&'a str> {
    let last = |path: &'a str| path.rsplit('.').next().unwrap_or(path);
    let alone = |path| axes.iter().filter(|axis| last(axis.path) == last(path)).count() == 1;
    axes.iter().map(|axis| if alone(axis.path) { last(axis.path) } else { axis.path }).collect()
}

/// A value on one line, as it would be written in brackets and braces.
pub(super) fn in_line(node: &Node) -> String {
    if let Some(masked) = &node.masked {
        return masked.clone();
    }
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Float(number) => number.to_string(),
        Kind::Str(text) => text.clone(),
        Kind::Seq(items) => format!("[{}]", items.iter().map(in_line).collect::<Vec<_>>().join(", ")),
        Kind::Map(entries) => {
            let members = entries.iter().map(|entry| format!("{}: {}", entry.key, in_line(&entry.value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}
