//! A step bound to its operation: all that is fixed of a request and its reply.

use super::status::StatusSet;
use super::template::{Template, ValueTemplate};
use super::wants::Wants;

/// One request form with holes, and what is read from its replies. Made by [`Exchange::bind`].
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The operation's name.
    pub operation: Box<str>,
    /// The HTTP method, upper case.
    pub method: Box<str>,
    /// The path: literal text, each part followed by a hole whose filling is percent-encoded.
    pub path: Vec<(Box<str>, Option<Template>)>,
    /// Query parameters.
    pub query: Vec<(Box<str>, Template)>,
    /// Headers.
    pub headers: Vec<(Box<str>, Template)>,
    /// The body: JSON, or a text alone.
    pub body: Option<ValueTemplate>,
    /// One item of the batch.
    pub item: Option<ValueTemplate>,
    /// The name of a batch item or of the single thing that is created, for matching and for the audit.
    pub key: Option<Template>,
    /// What the step gave, by parameter name, for a service that takes no bytes.
    pub parameters: Vec<(Box<str>, ValueTemplate)>,
    /// Where things are made or listed, for the audit.
    pub parent: Option<Template>,
    /// The page size that is asked for.
    pub page_size: Option<u32>,
    /// The number of the first page.
    pub first_page: u64,
    /// Which statuses are success.
    pub success: StatusSet,
    /// Whether it may be sent twice without harm.
    pub idempotent: bool,
    /// What is read from a reply.
    pub wants: Wants,
}

impl Exchange {
    /// What the step gave for a parameter.
    pub fn parameter(&self, name: &str) -> Option<&ValueTemplate> {
        self.parameters.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value)
    }

    /// Whether anything in the request is filled with `{{ seq }}`.
    pub fn uses_seq(&self) -> bool {
        let mut uses = false;
        let mut visit = |hole: &super::template::Hole| uses |= *hole == super::template::Hole::Seq;
        self.path.iter().filter_map(|(_, hole)| hole.as_ref()).for_each(|hole| hole.holes().for_each(&mut visit));
        self.query.iter().chain(&self.headers).for_each(|(_, text)| text.holes().for_each(&mut visit));
        self.body.iter().chain(&self.item).for_each(|value| value.for_each_hole(&mut visit));
        uses
    }
}
