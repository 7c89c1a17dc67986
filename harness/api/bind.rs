//! Binding a step to an operation: parameters put in their places, once, when the plan is made.

use std::sync::Arc;

use super::exchange::Exchange;
use super::fit::Fit;
use super::form::Form;
use super::hole::{Hole, PageHole};
use super::operation::{Body, Creation, Dialect, Operation, Place};
use super::path::{JsonPath, PathError};
use super::template::{Template, TemplateError};
use super::value_template::ValueTemplate;
use super::wants::{CaptureSource, FailedItems, NextPage, Wants};

/// What a step gives to an operation.
#[derive(Clone, Debug, Default)]
pub struct Binding {
    /// The parameters of `with`.
    pub parameters: Vec<(Box<str>, ValueTemplate)>,
    /// Headers of the target, behind those of the operation.
    pub headers: Vec<(Box<str>, Template)>,
    /// The item of `batch`.
    pub item: Option<ValueTemplate>,
    /// Whether the step walks over pages.
    pub paginate: bool,
    /// The page size.
    pub page_size: Option<u32>,
    /// What `capture` and `publish` read from a reply, in the order of their slots.
    pub captures: Vec<CaptureSource>,
    /// Whether the names on a page are wanted, for an audit.
    pub names: bool,
    /// How many draws the step's templates hold; continues the numbering.
    pub holes: u32,
}

/// A path in parts: the words before a parameter, and the parameter where one follows.
type PathParts = Vec<(Box<str>, Option<Template>)>;

/// Why a step does not fit an operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// The path needs a parameter.
    #[error("`{operation}` needs `{parameter}`; add it to `with`")]
    MissingParameter {
        /// The operation.
        operation: String,
        /// The parameter.
        parameter: String,
    },
    /// A parameter that goes nowhere.
    #[error("`{operation}` takes no `{parameter}`")]
    UnknownParameter {
        /// The operation.
        operation: String,
        /// The parameter.
        parameter: String,
        /// What it takes.
        known: Vec<String>,
    },
    /// A list or an object where a text is needed.
    #[error("`{parameter}` goes into the {place}, so it must be a text or a number")]
    NotAText {
        /// The parameter.
        parameter: String,
        /// Where it goes.
        place: &'static str,
    },
    /// A name with holes in it.
    #[error("`{parameter}` names a member of the body, so it must be a plain text without `{{{{ }}}}`")]
    NotALiteral {
        /// The parameter.
        parameter: String,
    },
    /// A batch for an operation that takes none.
    #[error("`{0}` takes no batch")]
    NoBatch(String),
    /// A walk over an operation that has no pages.
    #[error("`{0}` has no pages; give its `paging` in the catalogue")]
    NoPaging(String),
    /// The operation takes a batch, but the step gives none.
    #[error("`{0}` needs a `batch`")]
    NeedsBatch(String),
    /// A page walk in a dialect that counts needs the count.
    #[error("`{0}` pages by number or offset, so it needs `page_size` to know which page is the last")]
    NeedsPageSize(String),
    /// A page size that the service refuses.
    #[error("`{operation}` gives at most {max} items a page, not {asked}")]
    PageTooLarge {
        /// The operation.
        operation: String,
        /// The most it gives.
        max: u32,
        /// What was asked for.
        asked: u32,
    },
    /// A template of the catalogue or the step.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A path of the catalogue.
    #[error(transparent)]
    Path(#[from] PathError),
}

impl Exchange {
    /// Binds a step to an operation.
    ///
    /// # Errors
    /// The first [`BindError`].
    pub fn bind(operation: &Operation, binding: Binding) -> Result<Self, BindError> {
        Binder { operation, binding, used: Vec::new() }.bind()
    }
}

struct Binder<'a> {
    operation: &'a Operation,
    binding: Binding,
    /// Parameters that found a place.
    used: Vec<Box<str>>,
}

impl Binder<'_> {
    fn bind(mut self) -> Result<Exchange, BindError> {
        let operation = self.operation;
        if let (Some(max), Some(asked)) = (operation.paging.as_ref().and_then(|p| p.max_size), self.binding.page_size)
            && asked > max
        {
            return Err(BindError::PageTooLarge { operation: operation.name.clone(), max, asked });
        }
        let path = self.path()?;
        let mut query = self.texts(&operation.query, "query")?;
        let mut headers = self.texts(&operation.headers, "headers")?;
        // Before the body, which takes what nothing else names.
        let items = operation.batch.as_ref().map(|shape| self.items_pointer(&shape.items)).transpose()?;
        let mut body = self.body()?;
        let is_text = matches!(operation.body, Body::Text(_));
        if is_text && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("content-type".into(), Template::literal(Body::TEXT)));
        }
        self.place_batch(items.as_deref(), &mut body)?;
        let (next, first_page) = self.place_page(&mut query, &mut headers, &mut body)?;
        self.refuse_unknown()?;
        headers.append(&mut self.binding.headers);
        let wants = Wants {
            captures: std::mem::take(&mut self.binding.captures),
            next,
            listed: operation.paging.as_ref().and_then(|p| p.items.as_deref()).map(JsonPath::parse).transpose()?,
            failed: self.failed_items()?,
            keys: match &operation.creation {
                Some(Creation::Lists { keys, .. }) if self.binding.names => Some(JsonPath::parse(keys)?),
                _ => None,
            },
            // Whoever has the policies knows; see `NotedHeaders`.
            noted: Arc::default(),
            // Only a discovery does, which says so itself.
            claims: false,
        };
        let mut exchange = Exchange {
            operation: operation.name.as_str().into(),
            method: operation.method.as_str().into(),
            query: Form::query(&query, path.iter().any(|(literal, _)| literal.contains('?'))),
            path: Form::path(&path),
            headers: headers.into_iter().map(|(name, text)| (name, Form::text(&text, Fit::Header))).collect(),
            body: body.map(|body| Form::json(&body, self.binding.item.as_ref())),
            key: self.key(),
            parent: self.parent(),
            parameters: self.binding.parameters,
            page_size: self.binding.page_size,
            first_page,
            success: operation.success,
            idempotent: operation.idempotent,
            tree: None,
            wants: Wants::default(),
            capture_names: Vec::new(),
        };
        exchange.want(wants);
        Ok(exchange)
    }

    fn parameter(&self, name: &str) -> Option<ValueTemplate> {
        self.binding.parameters.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value.clone())
    }

    fn path(&mut self) -> Result<PathParts, BindError> {
        let mut parts = Vec::new();
        let mut rest = self.operation.path.as_str();
        while let Some((literal, (name, after))) = rest.split_once('{').and_then(|(l, r)| Some((l, r.split_once('}')?)))
        {
            let value = self.parameter(name).ok_or_else(|| BindError::MissingParameter {
                operation: self.operation.name.clone(),
                parameter: name.to_owned(),
            })?;
            let text = value.as_text().ok_or(BindError::NotAText { parameter: name.to_owned(), place: "path" })?;
            self.used.push(name.into());
            parts.push((literal.into(), Some(text)));
            rest = after;
        }
        parts.push((rest.into(), None));
        Ok(parts)
    }

    /// Texts of the catalogue with the parameters in them; one whose parameter was not given is left out.
    fn texts(
        &mut self,
        texts: &[(String, String)],
        place: &'static str,
    ) -> Result<Vec<(Box<str>, Template)>, BindError> {
        let mut bound = Vec::new();
        for (name, text) in texts {
            if let Some(template) = self.text(text, place)? {
                bound.push((name.as_str().into(), template));
            }
        }
        Ok(bound)
    }

    fn text(&mut self, text: &str, place: &'static str) -> Result<Option<Template>, BindError> {
        let mut absent = false;
        let mut not_a_text = None;
        let (binding, used) = (&mut self.binding, &mut self.used);
        let parameters = &binding.parameters;
        let template = Template::parse(text, &mut binding.holes, &mut |name| {
            used.push(name.into());
            let Some((_, value)) = parameters.iter().find(|(known, _)| known.as_ref() == name) else {
                absent = true;
                return Ok(Template::default());
            };
            Ok(value.as_text().unwrap_or_else(|| {
                not_a_text = Some(name.to_owned());
                Template::default()
            }))
        })?;
        match not_a_text {
            Some(parameter) => Err(BindError::NotAText { parameter, place }),
            None => Ok((!absent).then_some(template)),
        }
    }

    fn body(&mut self) -> Result<Option<ValueTemplate>, BindError> {
        match &self.operation.body {
            Body::Empty => Ok(None),
            Body::Parameters => {
                let rest: Vec<_> =
                    self.binding.parameters.iter().filter(|(name, _)| !self.used.contains(name)).cloned().collect();
                self.used.extend(rest.iter().map(|(name, _)| name.clone()));
                Ok(Some(ValueTemplate::Map(rest)))
            }
            Body::Json(value) => self.json(value),
            Body::Text(text) => Ok(self.text(text, "body")?.map(ValueTemplate::Raw)),
        }
    }

    /// A body of the catalogue with the parameters in it. `{{ Parameter }}` alone takes the parameter's whole value.
    fn json(&mut self, value: &serde_json::Value) -> Result<Option<ValueTemplate>, BindError> {
        use serde_json::Value;
        Ok(Some(match value {
            Value::String(text) => {
                let whole = text.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
                if let Some(value) = whole.and_then(|name| self.parameter(name)) {
                    self.used.push(whole.unwrap_or_default().into());
                    return Ok(Some(value));
                }
                match self.text(text, "body")? {
                    Some(template) => ValueTemplate::Text(template),
                    None => return Ok(None),
                }
            }
            Value::Array(values) => {
                let mut list = Vec::new();
                for value in values {
                    list.extend(self.json(value)?);
                }
                ValueTemplate::List(list)
            }
            Value::Object(members) => {
                let mut map = Vec::new();
                for (name, value) in members {
                    map.extend(self.json(value)?.map(|value| (name.as_str().into(), value)));
                }
                ValueTemplate::Map(map)
            }
            plain => ValueTemplate::Plain(plain.clone()),
        }))
    }

    /// Where the items of a batch go: `{Parameter}` in the catalogue's pointer takes the step's parameter, which has to be known
    /// beforehand, since it names a member.
    fn items_pointer(&mut self, written: &str) -> Result<String, BindError> {
        let mut pointer = String::new();
        let mut rest = written;
        while let Some((before, (name, after))) = rest.split_once('{').and_then(|(b, r)| Some((b, r.split_once('}')?)))
        {
            let value = self.parameter(name).ok_or_else(|| BindError::MissingParameter {
                operation: self.operation.name.clone(),
                parameter: name.to_owned(),
            })?;
            let text = value.as_text();
            let member = text.as_ref().and_then(Template::as_literal);
            let member = member.ok_or_else(|| BindError::NotALiteral { parameter: name.to_owned() })?;
            pointer.push_str(before);
            pointer.push_str(&member.replace('~', "~0").replace('/', "~1"));
            self.used.push(name.into());
            rest = after;
        }
        pointer.push_str(rest);
        Ok(pointer)
    }

    fn place_batch(&self, items: Option<&str>, body: &mut Option<ValueTemplate>) -> Result<(), BindError> {
        match (items, &self.binding.item) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(BindError::NoBatch(self.operation.name.clone())),
            (Some(_), None) => Err(BindError::NeedsBatch(self.operation.name.clone())),
            (Some(items), Some(_)) => {
                insert(body, items, ValueTemplate::Items);
                Ok(())
            }
        }
    }

    fn place_page(
        &self,
        query: &mut Vec<(Box<str>, Template)>,
        headers: &mut Vec<(Box<str>, Template)>,
        body: &mut Option<ValueTemplate>,
    ) -> Result<(Option<NextPage>, u64), BindError> {
        let Some(paging) = &self.operation.paging else {
            let refused = self.binding.paginate.then(|| BindError::NoPaging(self.operation.name.clone()));
            return refused.map_or(Ok((None, 1)), Err);
        };
        let mut put = |place: &Place, hole| {
            let text = Template::hole(Hole::Page(hole));
            match place {
                Place::Query(name) => query.push((name.as_str().into(), text)),
                Place::Header(name) => headers.push((name.as_str().into(), text)),
                Place::Body(pointer) => insert(body, pointer, ValueTemplate::Text(text)),
            }
        };
        if let (Some(place), Some(_)) = (&paging.size, self.binding.page_size) {
            put(place, PageHole::Size);
        }
        if !self.binding.paginate {
            return Ok((None, 1));
        }
        let counted = || self.binding.page_size.ok_or_else(|| BindError::NeedsPageSize(self.operation.name.clone()));
        Ok(match &paging.dialect {
            Dialect::Token { from, to } => {
                put(to, PageHole::Token);
                (
                    Some(match from.strip_prefix("header.") {
                        Some(name) => NextPage::Header(name.into()),
                        None => NextPage::Body(JsonPath::parse(from)?),
                    }),
                    1,
                )
            }
            Dialect::Link => (Some(NextPage::Link), 1),
            Dialect::Number { to, first } => {
                put(to, PageHole::Number);
                (Some(NextPage::Number { first: *first, page_size: counted()? }), *first)
            }
            Dialect::Offset { to } => {
                put(to, PageHole::Offset);
                (Some(NextPage::Offset { page_size: counted()? }), 1)
            }
        })
    }

    fn failed_items(&self) -> Result<Option<FailedItems>, BindError> {
        let Some((path, shape)) =
            self.operation.batch.as_ref().and_then(|shape| Some((shape.failed.as_deref()?, shape)))
        else {
            return Ok(None);
        };
        Ok(Some(FailedItems {
            path: JsonPath::parse(path)?,
            key: pointer(&shape.failed_key).into(),
            code: pointer(&shape.failed_code).into(),
            default_code: shape.default_code.as_str().into(),
        }))
    }

    /// The name of a batch item, or of the one thing that the call creates.
    fn key(&self) -> Option<Template> {
        match (&self.binding.item, &self.operation.batch, &self.operation.creation) {
            (Some(item), Some(shape), _) => find(item, &pointer(shape.key.as_deref()?))?.as_text(),
            (None, None, Some(Creation::Creates { key, .. })) => self.parameter(key).and_then(|value| value.as_text()),
            _ => None,
        }
    }

    fn parent(&self) -> Option<Template> {
        match &self.operation.creation {
            Some(Creation::Creates { parent, .. } | Creation::Lists { parent, .. }) => {
                self.parameter(parent)?.as_text()
            }
            _ => None,
        }
    }

    fn refuse_unknown(&self) -> Result<(), BindError> {
        match self.binding.parameters.iter().find(|(name, _)| !self.used.contains(name)) {
            None => Ok(()),
            Some((name, _)) => Err(BindError::UnknownParameter {
                operation: self.operation.name.clone(),
                parameter: name.to_string(),
                known: self.used.iter().map(ToString::to_string).collect(),
            }),
        }
    }
}

/// A member's name as a JSON pointer; what is one already stays as it is.
fn pointer(name: &str) -> String {
    if name.is_empty() || name.starts_with('/') { name.to_owned() } else { format!("/{name}") }
}

/// The value at a JSON pointer.
fn find<'a>(value: &'a ValueTemplate, pointer: &str) -> Option<&'a ValueTemplate> {
    pointer.split('/').skip(1).try_fold(value, |value, name| {
        let name = name.replace("~1", "/").replace("~0", "~");
        let ValueTemplate::Map(members) = value else { return None };
        members.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value)
    })
}

/// Puts a value at a JSON pointer, making the objects on the way.
fn insert(body: &mut Option<ValueTemplate>, pointer: &str, value: ValueTemplate) {
    let body = body.get_or_insert_with(|| ValueTemplate::Map(Vec::new()));
    let mut names = pointer.trim_start_matches('/').split('/').map(|name| name.replace("~1", "/").replace("~0", "~"));
    let last = names.next_back().unwrap_or_default();
    let mut node = body;
    for name in names {
        node = member(node, &name, || ValueTemplate::Map(Vec::new()));
    }
    *member(node, &last, || ValueTemplate::Items) = value;
}

fn member<'a>(node: &'a mut ValueTemplate, name: &str, make: impl FnOnce() -> ValueTemplate) -> &'a mut ValueTemplate {
    if !matches!(node, ValueTemplate::Map(_)) {
        *node = ValueTemplate::Map(Vec::new());
    }
    let ValueTemplate::Map(members) = node else { unreachable!("made a map just above") };
    let index = members.iter().position(|(known, _)| known.as_ref() == name).unwrap_or_else(|| {
        members.push((name.into(), make()));
        members.len() - 1
    });
    &mut members[index].1
}

#[cfg(test)]
#[path = "bind_tests.rs"]
mod tests;
