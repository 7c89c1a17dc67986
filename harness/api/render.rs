//! Filling the holes of an exchange: from values to the parts of an HTTP request.

use super::cursor::Cursor;
use super::exchange::Exchange;
use super::hole::Context;
use super::input::Input;

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
            items: input.items.as_deref().unwrap_or_default(),
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
        if let Some(Cursor::Link(address)) = &input.page {
            out.push_str(address);
            return;
        }
        let (start, context) = (out.len(), self.context(input));
        self.path.write(&context, out);
        self.query.write_behind(start, &context, out);
    }

    /// Gives each header's name and value, control characters removed. `scratch` is overwritten.
    pub fn write_headers(&self, input: &Input, scratch: &mut String, each: &mut dyn FnMut(&str, &str)) {
        let context = self.context(input);
        for (name, form) in &self.headers {
            scratch.clear();
            if form.write(&context, scratch) {
                each(name, scratch);
            }
        }
    }

    /// Writes the JSON body behind what `out` holds; false where a request has none.
    pub fn write_body(&self, input: &Input, out: &mut String) -> bool {
        self.body.as_ref().is_some_and(|form| form.write(&self.context(input), out))
    }

    /// Fills the path alone, without the query.
    pub fn render_path(&self, input: &Input) -> String {
        let mut text = String::new();
        self.path.write(&self.context(input), &mut text);
        text
    }

    /// The name of a batch item (or of the thing that a plain create makes), as the request carries it.
    pub fn key_of(&self, input: &Input, item: Option<u32>) -> Option<String> {
        let mut name = String::new();
        self.write_key(input, item, &mut name).then_some(name)
    }

    /// Writes that name behind what `out` holds; false, having written a part, where there is none.
    pub fn write_key(&self, input: &Input, item: Option<u32>, out: &mut String) -> bool {
        self.key.as_ref().is_some_and(|key| key.write(&Context { item, ..self.context(input) }, out))
    }
}
