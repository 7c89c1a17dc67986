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
        let context = self.context(input);
        let path_and_query = match &input.page {
            Some(Cursor::Link(address)) => address.to_string(),
            _ => self.render_target(input),
        };
        let headers = self.headers.iter().filter_map(|(name, template)| {
            let mut value = template.fill(&context)?;
            value.retain(|c| !c.is_control());
            Some((name.clone(), value))
        });
        Rendered { path_and_query, headers: headers.collect(), body: self.render_body(input) }
    }

    /// Fills the body alone.
    pub fn render_body(&self, input: &Input) -> Option<String> {
        let (template, context) = (self.body.as_ref()?, self.context(input));
        let mut body = String::new();
        template.write_json(&context, &mut |out| self.render_items(input, context, out), &mut body);
        Some(body)
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
