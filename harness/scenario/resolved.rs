//! The scenario as resolved, as YAML: with what the command line changed, and with secrets as they were written.

use std::fmt::Write as _;

use super::node::{Kind, Node};
use super::quote::text;

/// Prints a tree so that it reads back the same; a value from the environment is printed as `${env:…}`.
pub(crate) fn to_yaml(node: &Node) -> String {
    let mut out = String::new();
    write(&mut out, node, 0);
    out
}

fn write(out: &mut String, node: &Node, indent: usize) {
    let pad = "  ".repeat(indent);
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                let _ = write!(out, "{pad}{}:", text(&entry.key));
                nested(out, &entry.value, indent + 1);
            }
        }
        Kind::Seq(items) if !items.is_empty() => {
            for item in items {
                // A block begins on the line of its dash, which takes the place of its first indent.
                let mut block = String::new();
                write(&mut block, item, indent + 1);
                let _ = write!(out, "{pad}- {}", &block[2 * indent + 2..]);
            }
        }
        _ => {
            let _ = writeln!(out, "{pad}{}", scalar(node));
        }
    }
}

fn nested(out: &mut String, node: &Node, indent: usize) {
    let block = !node.entries().is_empty() || !node.items().is_empty();
    if block {
        out.push('\n');
        write(out, node, indent);
    } else {
        let _ = writeln!(out, " {}", scalar(node));
    }
}

fn scalar(node: &Node) -> String {
    if let Some(masked) = &node.masked {
        return text(masked);
    }
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Float(number) if number.is_nan() => ".nan".to_owned(),
        Kind::Float(number) if number.is_infinite() => if *number > 0.0 { ".inf" } else { "-.inf" }.to_owned(),
        Kind::Float(number) => format!("{number:?}"),
        Kind::Str(value) => text(value),
        Kind::Seq(_) => "[]".to_owned(),
        Kind::Map(_) => "{}".to_owned(),
    }
}
