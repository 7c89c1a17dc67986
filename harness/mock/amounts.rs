//! The numbers that a request carries, for limiters that charge by one of them.

use serde_json::{Map, Value};

use crate::service::Amounts;

/// The query, and the body once it has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers<'a> {
    /// As it was sent, still encoded.
    pub(super) query: Option<&'a str>,
    /// The members of the body.
    pub(super) body: Option<&'a Map<String, Value>>,
}

impl Amounts for Numbers<'_> {
    fn query(&self, name: &str) -> Option<u32> {
        let pairs = url::form_urlencoded::parse(self.query?.as_bytes());
        pairs.into_iter().find_map(|(key, value)| if key == name { whole(&value) } else { None })
    }

    fn body(&self, name: &str) -> Option<u32> {
        match self.body?.get(name)? {
            Value::Number(number) => whole(&number.to_string()),
            Value::String(text) => whole(text),
            Value::Array(items) => u32::try_from(items.len()).ok().filter(|&number| number > 0),
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
        let body =
            serde_json::json!({"n": 7, "text": "8", "list": [1, 2], "none": [], "part": 1.5, "minus": -1, "zero": 0});
        let numbers = Numbers { query: Some("count=3&count=4&x=%35&bad=a&huge=99999999999"), body: body.as_object() };
        let query = |name| numbers.query(name);
        assert_eq!(
            [query("count"), query("x"), query("bad"), query("huge"), query("no")],
            [Some(3), Some(5), None, None, None]
        );
        let body = |name| numbers.body(name);
        assert_eq!([body("n"), body("text"), body("list")], [Some(7), Some(8), Some(2)]);
        for name in ["none", "part", "minus", "zero", "no"] {
            assert_eq!(body(name), None, "{name}");
        }
        assert_eq!(Numbers { query: None, body: None }.body("n"), None);
    }
}
