//! Filling the holes of an exchange: from values to the parts of an HTTP request.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::cursor::Cursor;
use super::exchange::Exchange;
use super::input::Input;
use super::template::Context;

/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parts of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// Path and query, percent-encoded.
    pub path_and_query: String,
    /// Headers, control characters removed.
    pub headers: Vec<(Box<str>, String)>,
    /// The body: JSON, unless the headers name another type.
    pub body: Option<String>,
}

impl Exchange {
    /// What the holes of one attempt are filled from.
    pub fn context<'a>(&self, input: &'a Input) -> Context<'a> {
        Context {
            values: &input.values,
            item: None,
            page: input.page.as_ref(),
            page_size: self.page_size,
            first_page: self.first_page,
        }
    }

    /// Fills the request. The same input gives the same request.
    pub fn render(&self, input: &Input) -> Rendered {
        let mut rendered = Rendered::default();
        self.write_target(input, &mut rendered.path_and_query);
        let mut scratch = String::new();
        self.write_headers(input, &mut scratch, &mut |name, value| {
            rendered.headers.push((name.into(), value.to_owned()));
        });
        rendered.body = self.render_body(input);
        rendered
    }

    /// Fills the body alone.
    pub fn render_body(&self, input: &Input) -> Option<String> {
        let mut body = String::new();
        self.write_body(input, &mut body).then_some(body)
    }

    /// Whether a request has a body.
    pub fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// Writes path and query, percent-encoded, behind what `out` holds.
    pub fn write_target(&self, input: &Input, out: &mut String) {
        match &input.page {
            Some(Cursor::Link(address)) => out.push_str(address),
            _ => out.push_str(&self.render_target(input)),
        }
    }

    /// Gives each header's name and value, control characters removed. `scratch` is overwritten.
    pub fn write_headers(&self, input: &Input, scratch: &mut String, each: &mut dyn FnMut(&str, &str)) {
        let context = self.context(input);
        for (name, template) in &self.headers {
            scratch.clear();
            if template.write(&context, scratch) {
                scratch.retain(|c| !c.is_control());
                each(name, scratch);
            }
        }
    }

    /// Writes the JSON body behind what `out` holds; false where a request has none.
    pub fn write_body(&self, input: &Input, out: &mut String) -> bool {
        let Some(template) = &self.body else { return false };
        let context = self.context(input);
        template.write_json(&context, &mut |out| self.render_items(input, context, out), out);
        true
    }

    /// Fills the path alone, without the query.
    pub fn render_path(&self, input: &Input) -> String {
        let (mut text, context) = (String::new(), self.context(input));
        for (literal, hole) in &self.path {
            text.push_str(literal);
            if let Some(hole) = hole {
                hole.write(&context, &mut Encoded(&mut text));
            }
        }
        text
    }

    fn render_target(&self, input: &Input) -> String {
        let (mut text, context) = (self.render_path(input), self.context(input));
        let mut separator = if text.contains('?') { '&' } else { '?' };
        for (name, template) in &self.query {
            let before = text.len();
            text.push(separator);
            let _ = Encoded(&mut text).write_str(name);
            text.push('=');
            if template.write(&context, &mut Encoded(&mut text)) { separator = '&' } else { text.truncate(before) }
        }
        text
    }

    fn render_items(&self, input: &Input, context: Context<'_>, out: &mut String) {
        out.push('[');
        if let (Some(template), Some(items)) = (&self.item, &input.items) {
            for (position, &item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                template.write_json(&Context { item: Some(item), ..context }, &mut |_| {}, out);
            }
        }
        out.push(']');
    }

    /// The name of a batch item (or of the thing that a plain create makes), as the request carries it.
    pub fn key_of(&self, input: &Input, item: Option<u32>) -> Option<String> {
        self.key.as_ref()?.fill(&Context { item, ..self.context(input) })
    }
}

/// Percent-encodes what is written.
struct Encoded<'a>(&'a mut String);

impl Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend(utf8_percent_encode(text, RESERVED));
        Ok(())
    }
}
