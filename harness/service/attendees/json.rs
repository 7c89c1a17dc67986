//! JSON as requests hold it: texts borrowed where they can be, and no member twice.
//!
//! `serde_json::Value` would take the last of two members without a word, and would copy every text.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`; no operation takes one.
    Bool,
    /// A whole number that fits.
    Integer(i64),
    /// Any other number; no operation takes one.
    Number,
    /// A text.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Self>),
    /// An object, each name once.
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl Json<'_> {
    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// From so many members on, duplicates are found by sorting instead of by looking.
const MANY: usize = 16;

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(number).map_or(Json::Number, Json::Integer))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let mut members: Vec<(Cow<'de, str>, Json<'de>)> = Vec::new();
        while let Some(name) = entries.next_key_seed(Name)? {
            if members.len() < MANY && members.iter().any(|(known, _)| *known == name) {
                return Err(twice(&name));
            }
            members.push((name, entries.next_value()?));
        }
        if members.len() > MANY {
            let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
            names.sort_unstable();
            if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(twice(pair[0]));
            }
        }
        Ok(Json::Object(members))
    }
}

fn twice<E: Error>(name: &str) -> E {
    let start: String = name.chars().take(64).collect();
    E::custom(format_args!("the member `{start}` appears twice"))
}

/// The name of a member.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Json<'_>, String> {
        serde_json::from_str(text).map_err(|fault| fault.to_string())
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let member = |name: &'static str, value| (Cow::Borrowed(name), value);
        let text = r#"{"a": null, "b": [true, 1, -1, 1.5, 18446744073709551615], "c\n": "d\u00e9", "e": {}}"#;
        let list = vec![Json::Bool, Json::Integer(1), Json::Integer(-1), Json::Number, Json::Number];
        let expected = Json::Object(vec![
            member("a", Json::Null),
            member("b", Json::List(list)),
            member("c\n", Json::Text("dé".into())),
            member("e", Json::Object(vec![])),
        ]);
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn plain_texts_are_borrowed() {
        let Ok(Json::Text(text)) = read(r#""plain""#) else { panic!("a text") };
        assert!(matches!(text, Cow::Borrowed("plain")));
    }

    #[test]
    fn a_member_that_appears_twice_is_refused_at_any_size() {
        for size in [1, MANY - 1, MANY, MANY + 1, 1_000] {
            let members: Vec<String> = (0..size).map(|number| format!("\"m{number}\": {number}")).collect();
            assert!(read(&format!("{{{}}}", members.join(","))).is_ok(), "{size}");
            for again in [0, size / 2, size - 1] {
                let fault = read(&format!("{{{}, \"m{again}\": null}}", members.join(","))).expect_err("twice");
                assert!(fault.contains(&format!("`m{again}` appears twice")), "{size}: {fault}");
            }
        }
        assert!(read(r#"{"a": {"b": 1, "\u0062": 2}}"#).is_err(), "also inside, also when escaped");
    }

    proptest! {
        #[test]
        fn what_serde_json_reads_is_read_unless_a_member_is_doubled(text in "[\\[\\]{}\":,a0-9 \\\\u-]{0,24}") {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            match read(&text) {
                Ok(_) => prop_assert!(theirs.is_ok()),
                Err(fault) => prop_assert!(fault.contains("appears twice") || theirs.is_err(), "{}", fault),
            }
        }
    }
}
