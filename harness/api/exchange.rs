//! A step bound to its operation: all that is fixed of a request and its reply.

use super::form::Form;
use super::hole::Hole;
use super::path_tree::PathTree;
use super::status::StatusSet;
use super::template::Template;
use super::value_template::ValueTemplate;
use super::wants::Wants;

/// One request form with holes, and what is read from its replies. Made by [`Exchange::bind`].
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The operation's name.
    pub operation: Box<str>,
    /// The HTTP method, upper case.
    pub method: Box<str>,
    /// The path.
    pub(super) path: Form,
    /// The query, with its `?`.
    pub(super) query: Form,
    /// Headers.
    pub(super) headers: Vec<(Box<str>, Form)>,
    /// The body: JSON with the items of a batch, or a text alone.
    pub(super) body: Option<Form>,
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
    /// What is read from a reply; set when it is bound.
    pub wants: Wants,
    /// The names of its captures, in their order: those of a flow's values first, then those of pools. Empty until a step names
    /// them.
    pub capture_names: Vec<Box<str>>,
    /// The same as one tree, where all its paths are plain.
    pub(super) tree: Option<PathTree>,
}

impl Exchange {
    /// The names of its headers, as they are written.
    pub fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| name.as_ref())
    }

    /// What the step gave for a parameter.
    pub fn parameter(&self, name: &str) -> Option<&ValueTemplate> {
        self.parameters.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value)
    }

    /// Whether all holes of its body are such; true where it has none.
    pub fn body_holes_are(&self, test: &dyn Fn(&Hole) -> bool) -> bool {
        self.body.as_ref().is_none_or(|form| form.all(test))
    }

    /// Whether anything in the request is filled with `{{ seq }}`.
    pub fn uses_seq(&self) -> bool {
        let mut forms = [&self.path, &self.query].into_iter().chain(self.headers.iter().map(|(_, form)| form));
        forms.any(|form| form.has(&Hole::Seq)) || self.body.as_ref().is_some_and(|form| form.has(&Hole::Seq))
    }
}
