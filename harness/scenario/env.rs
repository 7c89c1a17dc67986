//! `${env:NAME}`: values from the environment, filled in when the file is loaded.
//!
//! What is filled in counts as a secret. The node keeps the text as written beside the value, and that text is all that
//! messages, reports and the resolved scenario ever show.

use super::fault::Fault;
use super::node::{Kind, Node};

const OPENING: &str = "${env:";

/// Values shorter than this are not masked inside of messages: replacing every `1` would only garble them.
const SHORTEST_SECRET: usize = 4;

/// Fills in a whole tree. Each value that was filled in is added to `secrets`, with the text to show for it.
pub(crate) fn fill(
    node: &mut Node,
    lookup: &dyn Fn(&str) -> Option<String>,
    secrets: &mut Vec<(String, String)>,
    faults: &mut Vec<Fault>,
) {
    match &mut node.kind {
        Kind::Str(text) if text.contains(OPENING) => match filled(text, lookup, secrets) {
            Ok(value) => node.masked = Some(std::mem::replace(text, value)),
            Err(Missing::Variable(name)) => {
                let fault = Fault::new(node.span, format!("the environment variable `{name}` is not set"));
                faults.push(fault.suggest(format!("set it before the run: export {name}=…")));
            }
            Err(Missing::Brace) => {
                faults.push(
                    Fault::new(node.span, "`${env:` needs a name and a closing brace").suggest("write ${env:NAME}"),
                );
            }
        },
        Kind::Seq(items) => items.iter_mut().for_each(|item| fill(item, lookup, secrets, faults)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| fill(&mut entry.value, lookup, secrets, faults)),
        _ => {}
    }
}

enum Missing {
    Variable(String),
    Brace,
}

fn filled(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    secrets: &mut Vec<(String, String)>,
) -> Result<String, Missing> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPENING) {
        out.push_str(before);
        let (name, after) = after.split_once('}').ok_or(Missing::Brace)?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(Missing::Brace);
        }
        let value = lookup(name).ok_or_else(|| Missing::Variable(name.to_owned()))?;
        if value.len() >= SHORTEST_SECRET {
            secrets.push((value.clone(), format!("{OPENING}{name}}}")));
        }
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::place::Span;

    fn check(text: &str, value: Result<&str, &str>) {
        let mut node = Node::new(Kind::Str(text.to_owned()), Span::default());
        let (mut secrets, mut faults) = (Vec::new(), Vec::new());
        let lookup = |name: &str| (name == "TOKEN").then(|| "hunter2".to_owned());
        fill(&mut node, &lookup, &mut secrets, &mut faults);
        match value {
            Ok(value) => {
                assert_eq!(node.as_str(), Some(value));
                assert!(!node.describe().contains("hunter2"));
                assert_eq!(secrets, [("hunter2".to_owned(), "${env:TOKEN}".to_owned())]);
            }
            Err(message) => assert!(faults[0].message.contains(message), "{faults:?}"),
        }
    }

    #[test]
    fn variables_are_filled_in_and_never_shown() {
        check("${env:TOKEN}", Ok("hunter2"));
        check("Bearer ${env:TOKEN}!", Ok("Bearer hunter2!"));
        check("${env:OTHER}", Err("`OTHER` is not set"));
        check("${env:TOKEN", Err("closing brace"));
        check("${env:}", Err("closing brace"));
    }
}
