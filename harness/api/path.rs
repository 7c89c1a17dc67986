//! Places in a JSON document: plain paths are walked directly, all others go to a full JSONPath engine.

use serde_json::Value;

/// A compiled JSONPath (RFC 9535).
///
/// Paths made of names and non-negative indices alone, such as `$.Attendees[0].AttendeeId`, and those with `[*]` between
/// them are walked without the engine: nearly all paths are of that kind.
#[derive(Clone, Debug)]
pub struct JsonPath {
    text: Box<str>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Plain(Box<[Segment]>),
    General(Box<serde_json_path::JsonPath>),
}

/// A step of a plain path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Segment {
    /// Into a member.
    Name(Box<str>),
    /// Into an item of an array.
    Index(usize),
    /// Into every item or member.
    Every,
}

/// Why a text is not a JSONPath.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a JSONPath: {reason}; write for example `$.Meeting.MeetingId` or `$.items[*].id`")]
pub struct PathError {
    text: String,
    reason: String,
}

impl JsonPath {
    /// Compiles a path.
    ///
    /// # Errors
    /// [`PathError`] where the text is not a JSONPath by RFC 9535.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let kind = match plain(text) {
            Some(segments) => Kind::Plain(segments.into()),
            None => match serde_json_path::JsonPath::parse(text) {
                Ok(path) => Kind::General(Box::new(path)),
                Err(error) => return Err(PathError { text: text.to_owned(), reason: error.message().to_owned() }),
            },
        };
        Ok(Self { text: text.into(), kind })
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its steps, where names, indices and `[*]` are all that it is made of.
    pub(super) fn plain(&self) -> Option<&[Segment]> {
        match &self.kind {
            Kind::Plain(segments) => Some(segments),
            Kind::General(_) => None,
        }
    }

    /// The first value at the path.
    pub fn first<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        match &self.kind {
            Kind::Plain(segments) if segments.contains(&Segment::Every) => self.all(document).into_iter().next(),
            Kind::Plain(segments) => segments.iter().try_fold(document, |value, segment| match segment {
                Segment::Name(name) => value.get(name.as_ref()),
                Segment::Index(index) => value.get(index),
                Segment::Every => None,
            }),
            Kind::General(path) => path.query(document).first(),
        }
    }

    /// All values at the path, in document order.
    pub fn all<'a>(&self, document: &'a Value) -> Vec<&'a Value> {
        self.walk(document, |segment, value| match segment {
            Segment::Name(name) => Vec::from_iter(value.get(name.as_ref())),
            Segment::Index(index) => Vec::from_iter(value.get(index)),
            Segment::Every => children(value),
        })
    }

    /// All values at the path in a document that was XML: `[*]` and `[0]` also match what is no array, since XML does not tell a
    /// list of one from a single thing. Paths that are more than names, indices and `[*]` are read as they stand.
    pub fn all_of_xml<'a>(&self, document: &'a Value) -> Vec<&'a Value> {
        self.walk(document, |segment, value| match (segment, value) {
            (Segment::Name(name), value) => Vec::from_iter(value.get(name.as_ref())),
            (Segment::Index(index), Value::Array(items)) => Vec::from_iter(items.get(*index)),
            (Segment::Every, Value::Array(items)) => items.iter().collect(),
            (Segment::Every | Segment::Index(0), single) => vec![single],
            (Segment::Index(_), _) => Vec::new(),
        })
    }

    fn walk<'a>(&self, document: &'a Value, step: impl Fn(&Segment, &'a Value) -> Vec<&'a Value>) -> Vec<&'a Value> {
        match &self.kind {
            Kind::Plain(segments) => segments.iter().fold(vec![document], |values, segment| {
                values.into_iter().flat_map(|value| step(segment, value)).collect()
            }),
            Kind::General(path) => path.query(document).all(),
        }
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

/// The segments of a plain path, or `None` where it is anything more (or nothing at all).
fn plain(text: &str) -> Option<Vec<Segment>> {
    let mut rest = text.strip_prefix('$')?;
    let mut segments = Vec::new();
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('.') {
            let end = tail.find(['.', '[']).unwrap_or(tail.len());
            let (name, tail) = tail.split_at(end);
            let first = name.chars().next()?;
            if !(first.is_ascii_alphabetic() || first == '_')
                || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            {
                return None;
            }
            segments.push(Segment::Name(name.into()));
            rest = tail;
        } else {
            let (inside, tail) = rest.strip_prefix('[')?.split_once(']')?;
            segments.push(if inside == "*" { Segment::Every } else { Segment::Index(inside.parse().ok()?) });
            rest = tail;
        }
    }
    Some(segments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(path: &str, expected: &[Value]) {
        let document = json!({"items": [{"id": 1, "tags": ["a"]}, {"id": 2, "tags": []}], "next": null, "a b": 7});
        let path = JsonPath::parse(path).expect("a valid path");
        assert_eq!(path.all(&document).into_iter().cloned().collect::<Vec<_>>(), expected, "{}", path.as_str());
        assert_eq!(path.first(&document), expected.first(), "{}", path.as_str());
    }

    #[test]
    fn plain_paths_and_general_ones_agree_with_the_standard() {
        check("$.items[0].id", &[json!(1)]);
        check("$.items[*].id", &[json!(1), json!(2)]);
        check("$.items[7].id", &[]);
        check("$.next", &[Value::Null]);
        check("$.missing.deeper", &[]);
        check("$['a b']", &[json!(7)]);
        check("$.items[?@.id > 1].id", &[json!(2)]);
        check("$.items[-1].id", &[json!(2)]);
    }

    #[test]
    fn a_list_of_one_that_was_xml_is_a_list() {
        let check = |path: &str, document: &Value, expected: &[Value]| {
            let path = JsonPath::parse(path).expect("a valid path");
            assert_eq!(path.all_of_xml(document).into_iter().cloned().collect::<Vec<_>>(), expected, "{document}");
        };
        let one = json!({"list": {"item": {"id": "1"}}});
        let two = json!({"list": {"item": [{"id": "1"}, {"id": "2"}]}});
        check("$.list.item[*].id", &one, &[json!("1")]);
        check("$.list.item[*].id", &two, &[json!("1"), json!("2")]);
        check("$.list.item[0].id", &one, &[json!("1")]);
        check("$.list.item[1].id", &two, &[json!("2")]);
        check("$.list.item[1].id", &one, &[]);
        check("$.list.other[*].id", &one, &[]);
    }

    #[test]
    fn a_bad_path_says_what_a_good_one_looks_like() {
        let message = JsonPath::parse("items.id").expect_err("no root").to_string();
        assert!(message.contains("write for example"), "{message}");
    }
}
