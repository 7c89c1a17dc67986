//! The numbers that a request carries, for limiters that charge by one of them.

use std::fmt;

use super::attendees::json::Json;

/// The numbers that a request carries, by name. What is absent, or says no whole number from one, is `None` and costs one.
pub trait Amounts: fmt::Debug {
    /// What a parameter of the query says.
    fn query(&self, name: &str) -> Option<u32>;

    /// What a member of the body says, or how long a list is there.
    fn body(&self, name: &str) -> Option<u32>;
}

/// A request without any number.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAmounts;

impl Amounts for NoAmounts {
    fn query(&self, _: &str) -> Option<u32> {
        None
    }

    fn body(&self, _: &str) -> Option<u32> {
        None
    }
}

/// The numbers of a request that comes in parts: its query, and its body once that has been read.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    /// What a parameter of the query says, as text.
    pub(super) query: &'a dyn Fn(&str) -> Option<String>,
    /// The body.
    pub(super) body: Option<&'a Json<'a>>,
}

impl fmt::Debug for Numbers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Numbers").field("body", &self.body).finish_non_exhaustive()
    }
}

impl Amounts for Numbers<'_> {
    fn query(&self, name: &str) -> Option<u32> {
        (self.query)(name).and_then(|text| whole(&text))
    }

    fn body(&self, name: &str) -> Option<u32> {
        let Some(Json::Object(members)) = self.body else { return None };
        match &members.iter().find(|(known, _)| known == name)?.1 {
            Json::Integer(number) => u32::try_from(*number).ok().filter(|&number| number > 0),
            Json::Text(text) => whole(text),
            Json::List(items) => u32::try_from(items.len()).ok().filter(|&number| number > 0),
            _ => None,
        }
    }
}

/// A whole number from one.
fn whole(text: &str) -> Option<u32> {
    text.parse().ok().filter(|&number| number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_only_where_it_is_a_whole_one() {
        let body = r#"{"n": 7, "text": "8", "list": [1, 2], "none": [], "part": 1.5, "minus": -1, "zero": 0}"#;
        let body: Json<'_> = serde_json::from_str(body).expect("JSON");
        let query = |name: &str| match name {
            "count" => Some("3".to_owned()),
            "bad" => Some("a".to_owned()),
            "huge" => Some("99999999999".to_owned()),
            _ => None,
        };
        let numbers = Numbers { query: &query, body: Some(&body) };
        assert_eq!(["count", "bad", "huge", "no"].map(|name| numbers.query(name)), [Some(3), None, None, None]);
        assert_eq!(["n", "text", "list"].map(|name| numbers.body(name)), [Some(7), Some(8), Some(2)]);
        for name in ["none", "part", "minus", "zero", "no"] {
            assert_eq!(numbers.body(name), None, "{name}");
        }
        assert_eq!(Numbers { query: &query, body: None }.body("n"), None);
    }
}
