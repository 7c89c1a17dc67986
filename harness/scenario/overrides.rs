//! `--set path=value`: changes to the tree from the command line, before it is checked.
//!
//! A path names keys with dots between them; an item of a list is named by its number from zero or by its `name`. The
//! changed value is then checked like any other, and a fault in it points at the command line.

use super::fault::{Fault, excerpt, list};
use super::node::{Entry, Kind, Node};
use super::place::{Source, Sources, Span};
use super::tree;

/// What a fault names as its file.
const FLAG: &str = "--set";

/// Applies one `path=value`. A key that is not there yet is added, also inside of a block that is not there yet.
pub(crate) fn apply(root: &mut Node, argument: &str, sources: &mut Sources, faults: &mut Vec<Fault>) {
    let source = sources.add(Source { name: FLAG.to_owned(), text: argument.to_owned() });
    let whole = Span::new(source, 0, argument.len());
    let Some((path, value)) = argument.split_once('=') else {
        faults.push(
            Fault::new(whole, "`--set` takes a path, `=` and a value").suggest("--set workloads.0.arrivals.rate=50/s"),
        );
        return;
    };
    if path.is_empty() || path.split('.').any(str::is_empty) {
        let place = Span::new(source, 0, path.len());
        faults.push(Fault::new(place, "a part of the path is empty").suggest("put one dot between two keys"));
        return;
    }
    let Some(value) = parse(value, source, path.len() + 1, faults) else { return };
    if let Err(fault) = set(root, path, Span::new(source, 0, path.len()), value) {
        faults.push(*fault);
    }
}

/// The value is YAML, so that `[1, 2]` and `{a: b}` can be set, too. Its places are moved to where it stands.
fn parse(value: &str, source: u32, from: usize, faults: &mut Vec<Fault>) -> Option<Node> {
    if value.trim().is_empty() {
        return Some(Node::new(Kind::Null, Span::new(source, from, from)));
    }
    let mut found = Vec::new();
    let node = tree::build(value, source, &mut found);
    faults.extend(found.into_iter().map(|fault| Fault {
        place: moved(fault.place, from),
        related: fault.related.map(|(place, label)| (moved(place, from), label)),
        ..fault
    }));
    node.map(|mut node| {
        relocate(&mut node, from);
        node
    })
}

fn moved(span: Span, by: usize) -> Span {
    Span { start: span.start + by as u32, end: span.end + by as u32, ..span }
}

fn relocate(node: &mut Node, by: usize) {
    node.span = moved(node.span, by);
    match &mut node.kind {
        Kind::Seq(items) => items.iter_mut().for_each(|item| relocate(item, by)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.key_span = moved(entry.key_span, by);
            relocate(&mut entry.value, by);
        }),
        _ => {}
    }
}

/// Sets the value of a path; `place` is where the path stands.
pub(crate) fn set(node: &mut Node, path: &str, place: Span, value: Node) -> Result<(), Box<Fault>> {
    if node.kind == Kind::Null {
        node.kind = Kind::Map(Vec::new());
    }
    let fault = |message: String| Err(Box::new(Fault::new(place, message)));
    match &mut node.kind {
        Kind::Map(entries) => {
            let key = existing(entries, path).unwrap_or_else(|| path.split('.').next().unwrap_or(path)).to_owned();
            let key_span = place.part(0, key.len());
            let rest = path.get(key.len() + 1..).unwrap_or("");
            let index = entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
                entries.push(Entry { key: key.clone(), key_span, value: Node::new(Kind::Null, key_span) });
                entries.len() - 1
            });
            let entry = &mut entries[index];
            if rest.is_empty() {
                // The whole entry is now the command line's: a fault about the key points there as well.
                (entry.key_span, entry.value) = (key_span, value);
                return Ok(());
            }
            set(&mut entry.value, rest, place.part(key.len() + 1, rest.len()), value)
        }
        Kind::Seq(items) => {
            let (head, rest) = path.split_once('.').unwrap_or((path, ""));
            let here = place.part(0, head.len());
            let index = match head.parse::<usize>() {
                Ok(index) => Some(index),
                Err(_) => items.iter().position(|item| item.get("name").and_then(Node::as_str) == Some(head)),
            };
            let Some(item) = index.and_then(|index| items.get_mut(index)) else {
                let names: Vec<&str> = items.iter().filter_map(|item| item.get("name")?.as_str()).collect();
                let message = format!("there is no item `{}` in this list of {}", excerpt(head), items.len());
                let fault = Fault::new(here, message);
                return Err(Box::new(if names.is_empty() {
                    fault
                } else {
                    fault.suggest(format!("its names: {}", list(&names)))
                }));
            };
            if rest.is_empty() {
                *item = value;
                return Ok(());
            }
            set(item, rest, place.part(head.len() + 1, rest.len()), value)
        }
        _ => fault(format!("this path leads through {}, which has no keys", node.describe())),
    }
}

/// The longest key of the map that the path starts with: keys of a sweep contain dots.
fn existing<'a>(entries: &[Entry], path: &'a str) -> Option<&'a str> {
    let ends = path.match_indices('.').map(|(dot, _)| dot).chain([path.len()]);
    ends.map(|end| &path[..end]).rfind(|start| entries.iter().any(|entry| entry.key == **start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
workloads:
  - name: fill
    arrivals: {rate: 5/s}
  - name: browse
tune: {sweep: {polite.backoff.base: [1s]}}
";

    fn after(argument: &str) -> Result<Node, String> {
        let (mut sources, mut faults) = (Sources::default(), Vec::new());
        sources.add(Source { name: "a.yaml".to_owned(), text: TEXT.to_owned() });
        let mut root = tree::build(TEXT, 0, &mut faults).expect("a tree");
        apply(&mut root, argument, &mut sources, &mut faults);
        match faults.pop() {
            None => Ok(root),
            Some(fault) => Err(format!("{} at `{}`", fault.message, sources.slice(fault.place))),
        }
    }

    #[test]
    fn a_path_leads_by_key_by_number_and_by_name() {
        let rate = |argument: &str| {
            let root = after(argument).expect(argument);
            root.at("workloads").nth(0).at("arrivals").at("rate").as_str().map(str::to_owned)
        };
        assert_eq!(rate("workloads.0.arrivals.rate=50/s").as_deref(), Some("50/s"));
        assert_eq!(rate("workloads.fill.arrivals.rate=60/s").as_deref(), Some("60/s"));
    }

    #[test]
    fn what_is_not_there_is_added() {
        let root = after("safety.max_requests=5").expect("a tree");
        assert_eq!(root.at("safety").at("max_requests").kind, Kind::Int(5));
        let root = after("tune.sweep.polite.backoff.base=[1s, 2s]").expect("a tree");
        assert_eq!(root.at("tune").at("sweep").at("polite.backoff.base").items().len(), 2);
    }

    #[test]
    fn a_bad_path_says_where_it_ends() {
        insta::assert_debug_snapshot!(
            ["workloads.7.name=x", "workloads.fil.name=x", "workloads.0.name.x=1", "a..b=1", "=1", "rate", "seed=[1"]
                .map(|argument| after(argument).expect_err(argument))
        );
    }
}
