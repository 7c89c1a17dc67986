//! Templates of a step: their names looked up among captures, pools and data files.

use serde_json::Value;

use super::super::fault::Fault;
use super::super::node::Node;
use super::super::place::{Sources, Span};
use crate::api::{Hole, Template, TemplateError, ValueTemplate};
use crate::plan::{Feeder, Local, Pick};

/// What the names in the templates of one step can stand for.
pub(super) struct Names<'a> {
    /// Captures of the flow so far, by slot.
    pub(super) captures: &'a [String],
    /// Pools that can be drawn from here.
    pub(super) pools: &'a [String],
    /// Every pool of the scenario, by its index.
    pub(super) all_pools: &'a [String],
    /// Data files.
    pub(super) feeders: &'a [Feeder],
    /// The texts, for places within a template.
    pub(super) sources: &'a Sources,
}

/// Compiles the templates of one step and gathers what they take.
pub(super) struct Compiler<'a> {
    pub(super) names: Names<'a>,
    /// What is fixed when a call starts. One name stands for one value throughout a call.
    pub(super) locals: Vec<Local>,
    /// Numbers the draws of the step.
    pub(super) holes: u32,
}

impl Compiler<'_> {
    /// Compiles a value; `node` is where it stands, for the faults.
    pub(super) fn value(&mut self, value: &Value, node: &Node, faults: &mut Vec<Fault>) -> ValueTemplate {
        match value {
            Value::String(text) => ValueTemplate::Text(self.text(text, node, faults)),
            Value::Array(values) => {
                let values = values.iter().enumerate();
                ValueTemplate::List(values.map(|(index, value)| self.value(value, node.nth(index), faults)).collect())
            }
            Value::Object(members) => {
                let members = members.iter();
                ValueTemplate::Map(
                    members
                        .map(|(name, value)| (name.as_str().into(), self.value(value, node.at(name), faults)))
                        .collect(),
                )
            }
            plain => ValueTemplate::Plain(plain.clone()),
        }
    }

    /// Compiles a text.
    pub(super) fn text(&mut self, text: &str, node: &Node, faults: &mut Vec<Fault>) -> Template {
        let Self { names, locals, holes } = self;
        let compiled = Template::parse(text, holes, &mut |name| {
            let local = names.find(name).ok_or_else(|| names.unknown(name))?;
            let index = locals.iter().position(|known| *known == local).unwrap_or_else(|| {
                locals.push(local);
                locals.len() - 1
            });
            Ok(Template::hole(Hole::Local(index)))
        });
        compiled.unwrap_or_else(|error| {
            faults.push(names.fault(&error, node));
            Template::default()
        })
    }
}

impl Names<'_> {
    fn find(&self, name: &str) -> Option<Local> {
        if let Some(slot) = self.captures.iter().position(|capture| capture == name) {
            return Some(Local::Capture { slot });
        }
        let (owner, member) = name.split_once('.')?;
        let pick = match member {
            "next" => Some(Pick::Next),
            "random" => Some(Pick::Random),
            _ => None,
        };
        if let Some(pick) = pick
            && self.pools.iter().any(|pool| pool == owner)
        {
            let pool = self.all_pools.iter().position(|pool| pool == owner)?;
            return Some(Local::Pool { pool, pick });
        }
        let feeder = self.feeders.iter().position(|feeder| feeder.name == owner)?;
        // A file that could not be read has no columns, and its own fault.
        if self.feeders[feeder].rows.is_empty() {
            return Some(Local::Cell { feeder, column: 0 });
        }
        let column = self.feeders[feeder].columns.iter().position(|column| column == member)?;
        Some(Local::Cell { feeder, column })
    }

    fn unknown(&self, name: &str) -> TemplateError {
        let builtin = ["seq", "uuid", "user", "item", "random(1, 100)"].map(str::to_owned);
        let pools = self.pools.iter().flat_map(|pool| [format!("{pool}.next"), format!("{pool}.random")]);
        let cells = self
            .feeders
            .iter()
            .flat_map(|feeder| feeder.columns.iter().map(move |column| format!("{}.{column}", feeder.name)));
        let known = self.captures.iter().cloned().chain(pools).chain(cells).chain(builtin).collect();
        TemplateError::Unknown { name: name.to_owned(), known }
    }

    fn fault(&self, error: &TemplateError, node: &Node) -> Fault {
        match error {
            TemplateError::Unknown { name, .. } if self.is_later_pool(name) => {
                let fault = Fault::new(
                    self.place(name, node),
                    format!("nothing has been published for `{name}` when this step runs"),
                );
                fault.suggest("put the step that publishes it before this one")
            }
            TemplateError::Unknown { name, known } => Fault::new(self.place(name, node), error.to_string())
                .suggest_word(name, known.iter().map(String::as_str)),
            other => Fault::new(node.span, other.to_string()),
        }
    }

    /// Where a name stands in a template, if it stands there as it is.
    fn place(&self, name: &str, node: &Node) -> Span {
        match self.sources.slice(node.span).find(name) {
            Some(at) => node.span.part(at, name.len()),
            None => node.span,
        }
    }

    fn is_later_pool(&self, name: &str) -> bool {
        let owner = name.split_once('.').map(|(owner, _)| owner);
        owner.is_some_and(|owner| {
            self.all_pools.iter().any(|pool| pool == owner) && !self.pools.iter().any(|pool| pool == owner)
        })
    }
}
