//! A part of a request, compiled when the plan is made: runs of text that are already escaped, and holes between them.
//!
//! What is left for each request is copying. Where a member, a parameter or a header may be absent, it is a piece of its own
//! that is taken back as a whole.

use super::fit::Fit;
use super::hole::{Context, Hole};
use super::template::{Piece as Part, Template};
use super::value_template::ValueTemplate;

/// A compiled part of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    /// What is the same in every request.
    Text(Box<str>),
    /// What is not.
    Hole(Hole, Fit),
    /// Left out where one of its holes has nothing to be filled with.
    Optional(Form),
    /// Between members of which the ones before may all be absent: a comma, unless it would stand first.
    Comma,
    /// The same in a query: `?` where the target has none yet, and else `&`.
    Mark,
    /// The array of the batch's items, each of this form.
    Items(Form),
}

/// What stands before the next member of an object, an array or a query.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing.
    Nothing,
    /// Only members that may be absent.
    Perhaps,
    /// A member that is always there.
    Something,
}

impl Before {
    /// What stands before the next one, behind a member that may be absent or not.
    fn then(self, optional: bool) -> Self {
        match (self, optional) {
            (Self::Something, _) | (_, false) => Self::Something,
            (_, true) => Self::Perhaps,
        }
    }
}

impl Form {
    /// A text in one place.
    pub(super) fn text(template: &Template, fit: Fit) -> Self {
        let mut form = Self::default();
        form.template(template, fit);
        form
    }

    /// The path of a target: literals, which stand as they were written, and texts between them.
    pub(super) fn path(parts: &[(Box<str>, Option<Template>)]) -> Self {
        let mut form = Self::default();
        for (literal, text) in parts {
            form.literal(literal);
            // A path has a place for each of its parameters, filled or not.
            if let Some(text) = text {
                form.optional(text_is_optional(text), |form| form.template(text, Fit::Url));
            }
        }
        form
    }

    /// The query of a target. `marked` says whether its path has a `?` already.
    pub(super) fn query(parameters: &[(Box<str>, Template)], marked: bool) -> Self {
        let mut form = Self::default();
        let mut before = if marked { Before::Something } else { Before::Nothing };
        for (name, value) in parameters {
            let optional = text_is_optional(value);
            form.optional(optional, |form| {
                match before {
                    Before::Nothing => form.literal("?"),
                    Before::Perhaps => form.pieces.push(Piece::Mark),
                    Before::Something => form.literal("&"),
                }
                form.fitted(name, Fit::Url);
                form.literal("=");
                form.template(value, Fit::Url);
            });
            before = before.then(optional);
        }
        form
    }

    /// A JSON value; `item` is the form of a batch's items, where they belong.
    pub(super) fn json(value: &ValueTemplate, item: Option<&ValueTemplate>) -> Self {
        let mut form = Self::default();
        form.optional(value_is_optional(value), |form| form.value(value, item));
        form
    }

    fn value(&mut self, value: &ValueTemplate, item: Option<&ValueTemplate>) {
        match value {
            ValueTemplate::Plain(value) => self.literal(&value.to_string()),
            ValueTemplate::Text(template) => {
                if let Some(hole) = template.as_hole() {
                    self.pieces.push(Piece::Hole(hole.clone(), Fit::JsonValue));
                } else {
                    self.literal("\"");
                    self.template(template, Fit::JsonText);
                    self.literal("\"");
                }
            }
            ValueTemplate::Raw(template) => self.template(template, Fit::Plain),
            ValueTemplate::List(values) => {
                self.members("[", "]", values.iter().map(|value| (None, value)), item);
            }
            ValueTemplate::Map(members) => {
                self.members("{", "}", members.iter().map(|(name, value)| (Some(name.as_ref()), value)), item);
            }
            ValueTemplate::Items => {
                self.pieces.push(Piece::Items(item.map(|item| Self::json(item, None)).unwrap_or_default()));
            }
        }
    }

    fn members<'a>(
        &mut self,
        open: &str,
        close: &str,
        members: impl Iterator<Item = (Option<&'a str>, &'a ValueTemplate)>,
        item: Option<&ValueTemplate>,
    ) {
        self.literal(open);
        let mut before = Before::Nothing;
        for (name, value) in members {
            let optional = value_is_optional(value);
            self.optional(optional, |form| {
                match before {
                    Before::Nothing => {}
                    Before::Perhaps => form.pieces.push(Piece::Comma),
                    Before::Something => form.literal(","),
                }
                if let Some(name) = name {
                    form.fitted(name, Fit::JsonValue);
                    form.literal(":");
                }
                form.value(value, item);
            });
            before = before.then(optional);
        }
        self.literal(close);
    }

    /// Adds what may be absent as a piece of its own, and all else in line.
    fn optional(&mut self, optional: bool, add: impl FnOnce(&mut Self)) {
        if optional {
            let mut inner = Self::default();
            add(&mut inner);
            self.pieces.push(Piece::Optional(inner));
        } else {
            add(self);
        }
    }

    fn template(&mut self, template: &Template, fit: Fit) {
        for part in template.parts() {
            match part {
                Part::Text(text) => self.fitted(text, fit),
                Part::Hole(hole) => self.pieces.push(Piece::Hole(hole.clone(), fit)),
            }
        }
    }

    fn fitted(&mut self, text: &str, fit: Fit) {
        let mut fitted = String::new();
        fit.push(text, &mut fitted);
        self.literal(&fitted);
    }

    fn literal(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => *last = format!("{last}{text}").into(),
            _ => self.pieces.push(Piece::Text(text.into())),
        }
    }

    /// Writes it behind what `out` holds. False, having written a part, where a hole has nothing to be filled with.
    pub(super) fn write(&self, context: &Context<'_>, out: &mut String) -> bool {
        self.write_behind(out.len(), context, out)
    }

    /// The same; what stands in `out` from `start` on belongs to the same target.
    pub(super) fn write_behind(&self, start: usize, context: &Context<'_>, out: &mut String) -> bool {
        self.pieces.iter().all(|piece| {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole(hole, fit) => return hole.write(context, *fit, out),
                Piece::Optional(form) => form.write_whole(start, context, out),
                Piece::Comma if out.ends_with(['{', '[']) => {}
                Piece::Comma => out.push(','),
                Piece::Mark => out.push(if out[start..].contains('?') { '&' } else { '?' }),
                Piece::Items(item) => item.write_items(context, out),
            }
            true
        })
    }

    /// All or nothing.
    fn write_whole(&self, start: usize, context: &Context<'_>, out: &mut String) {
        let before = out.len();
        if !self.write_behind(start, context, out) {
            out.truncate(before);
        }
    }

    fn write_items(&self, context: &Context<'_>, out: &mut String) {
        let mut context = *context;
        out.push('[');
        for (position, &item) in context.items.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            context.item = Some(item);
            self.write(&context, out);
        }
        out.push(']');
    }

    /// Whether all of its holes are such.
    pub(super) fn all(&self, test: &dyn Fn(&Hole) -> bool) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Hole(hole, _) => test(hole),
            Piece::Optional(form) | Piece::Items(form) => form.all(test),
            Piece::Text(_) | Piece::Comma | Piece::Mark => true,
        })
    }

    /// Whether anything in it is filled by such a hole.
    pub(super) fn has(&self, wanted: &Hole) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Hole(hole, _) => hole == wanted,
            Piece::Optional(form) | Piece::Items(form) => form.has(wanted),
            Piece::Text(_) | Piece::Comma | Piece::Mark => false,
        })
    }
}

fn text_is_optional(text: &Template) -> bool {
    text.holes().any(Hole::may_be_absent)
}

/// Lists and objects are always there, whatever becomes of their members.
fn value_is_optional(value: &ValueTemplate) -> bool {
    matches!(value, ValueTemplate::Text(text) | ValueTemplate::Raw(text) if text_is_optional(text))
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
