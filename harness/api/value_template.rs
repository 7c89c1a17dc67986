//! JSON values with holes, as people write them.

use serde_json::Value;

use super::template::Template;

/// A JSON value with holes in its texts.
///
/// A text that is one hole and nothing else takes the hole's own type: `"{{ seq }}"` becomes a number, a captured object
/// stays an object. Members whose hole has nothing to be filled with are left out.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueTemplate {
    /// A value without holes: null, a boolean, a number.
    Plain(Value),
    /// A text.
    Text(Template),
    /// An array.
    List(Vec<Self>),
    /// An object, in the order it was written.
    Map(Vec<(Box<str>, Self)>),
    /// The array of the batch's items.
    Items,
    /// A text that is no JSON and is written as it stands: a whole body, never a part of one.
    Raw(Template),
}

impl ValueTemplate {
    /// The text template, where the value is a text or a plain number or boolean.
    pub fn as_text(&self) -> Option<Template> {
        match self {
            Self::Text(template) | Self::Raw(template) => Some(template.clone()),
            Self::Plain(Value::Null) | Self::List(_) | Self::Map(_) | Self::Items => None,
            Self::Plain(value) => Some(Template::literal(&value.to_string())),
        }
    }
}
