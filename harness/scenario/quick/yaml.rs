//! Values as YAML that people like to read and go on writing: small blocks in a line, large ones in several.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::scenario::quote::readable;

/// No line with brackets is longer, in columns.
const WIDTH: usize = 100;

/// The deepest nesting inside one line.
const DEEPEST: usize = 2;

/// A whole file.
pub(super) fn print(root: &Map<String, Value>) -> String {
    let mut out = String::new();
    members(&mut out, root, 0);
    out
}

fn members(out: &mut String, map: &Map<String, Value>, indent: usize) {
    for (key, value) in map {
        let _ = write!(out, "{:indent$}{}:", "", readable(key));
        let used = indent + readable(key).chars().count() + 2;
        if let Some(line) = inline(value, used) {
            let _ = writeln!(out, " {line}");
        } else {
            out.push('\n');
            block(out, value, indent + 2);
        }
    }
}

fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) => members(out, map, indent),
        Value::Array(items) => {
            for item in items {
                // A block begins on the line of its dash, which takes the place of its first indent.
                let mut text = String::new();
                match inline(item, indent + 2) {
                    Some(line) => text = format!("{:1$}{line}\n", "", indent + 2),
                    None => block(&mut text, item, indent + 2),
                }
                let _ = write!(out, "{:indent$}- {}", "", &text[indent + 2..]);
            }
        }
        _ => {}
    }
}

/// The value in one line, where it is flat and short enough. A scalar always is.
fn inline(value: &Value, used: usize) -> Option<String> {
    let line = flow(value);
    let depth = depth(value);
    (depth == 0 || (depth <= DEEPEST && used + line.chars().count() <= WIDTH)).then_some(line)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(map) if !map.is_empty() => 1 + map.values().map(depth).max().unwrap_or(0),
        Value::Array(items) if !items.is_empty() => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let members: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", readable(key), flow(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => readable(text),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn small_blocks_stand_in_a_line_and_large_ones_in_several() {
        let value = json!({
            "name": "a b",
            "target": {"url": "http://h"},
            "long": {"first": "x".repeat(60), "second": ["y".repeat(60)]},
            "list": [{"name": "w", "deep": {"a": {"b": 1}}}, {"name": "v"}, []],
            "empty": {},
        });
        insta::assert_snapshot!(print(value.as_object().expect("a map")));
    }
}
