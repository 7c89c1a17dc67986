//! What is wrong with the flags, and which of their values must not be shown.

use std::ops::Range;

use crate::api::{Hole, Template, TemplateError};
use crate::scenario::fault::{Fault, Faults};
use crate::scenario::place::{Source, Sources, Span};

/// What a template may hold where there is neither a pool nor a data file, nor a batch.
const HOLES: &str = "`seq`, `uuid`, `user` or `random(1, 100)`; `{{ \"{{\" }}` writes two braces";

/// Gathers faults and secrets while the flags are read.
#[derive(Debug, Default)]
pub(super) struct Desk {
    sources: Sources,
    faults: Vec<Fault>,
    /// Variables that stand for what was typed, with their values.
    pub(super) secrets: Vec<(String, String)>,
}

impl Desk {
    /// A fault of a whole flag, whose text is not shown: it may hold a secret.
    pub(super) fn fault(&mut self, flag: &str, message: impl Into<String>, help: impl Into<String>) {
        self.fault_in(flag, "", 0..0, message, help);
    }

    /// A fault in the text of a flag.
    pub(super) fn fault_in(
        &mut self,
        flag: &str,
        text: &str,
        at: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let source = self.sources.add(Source { name: flag.to_owned(), text: text.to_owned() });
        self.faults.push(Fault::new(Span::new(source, at.start, at.end), message).suggest(help));
    }

    /// Reports each hole of a template that nothing would fill.
    pub(super) fn check_template(&mut self, flag: &str, text: &str) {
        let unknown = |name: &str| TemplateError::Unknown { name: name.to_owned(), known: Vec::new() };
        let parsed = Template::parse(text, &mut 0, &mut |name| Err(unknown(name)));
        let error = match parsed {
            Ok(template) if template.holes().any(|hole| *hole == Hole::Item) => unknown("item"),
            Ok(_) => return,
            Err(error) => error,
        };
        let (at, message) = match &error {
            TemplateError::Unknown { name, .. } => {
                let at = text.find("{{").and_then(|from| Some(from + text[from..].find(name.as_str())?));
                (at.map_or(0..text.len(), |at| at..at + name.len()), error.to_string())
            }
            TemplateError::Unclosed(_) => {
                let at = text.rfind("{{").unwrap_or(0);
                (at..at + 2, "`{{` without `}}`".to_owned())
            }
            TemplateError::BadRandom(name) => {
                let at = text.find(name.as_str()).unwrap_or(0);
                (at..at + name.len(), error.to_string())
            }
        };
        self.fault_in(flag, text, at, message, format!("a template holds {HOLES}"));
    }

    /// The words that stand in a file for a value that nobody may read there.
    pub(super) fn hide(&mut self, what: &str, value: &str) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let name = format!("LOADLINE_{}", what.chars().map(letter).collect::<String>());
        let taken = |name: &String| self.secrets.iter().any(|(known, _)| known == name);
        let more = (2..).map(|n| format!("{name}_{n}"));
        let name = std::iter::once(name.clone()).chain(more).find(|name| !taken(name)).unwrap_or(name);
        let shown = format!("${{env:{name}}}");
        self.secrets.push((name, value.to_owned()));
        shown
    }

    /// The faults, where there are any.
    pub(super) fn faults(self) -> Result<Vec<(String, String)>, Faults> {
        if self.faults.is_empty() {
            Ok(self.secrets)
        } else {
            Err(Faults::new(self.sources, self.faults, &self.secrets))
        }
    }
}
