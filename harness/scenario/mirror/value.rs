//! The values that the mirrors are made of, with their schemas.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::plan::expression::Expression;
use crate::units::{Nanos, Rate, Ratio};

/// A value that is written as text and understood by its `FromStr`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text<T>(pub(crate) T);

/// A span of time.
pub(crate) type Duration = Text<Nanos>;
/// Events in a time unit.
pub(crate) type PerTime = Text<Rate>;
/// A percentage, or a number from 0 to 1.
pub(crate) type Share = Text<Ratio>;
/// A measure compared with a value.
pub(crate) type Condition = Text<Expression>;

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FromText<T>(PhantomData<T>);
        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for FromText<T> {
            type Value = Text<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text with a unit")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text<T>, E> {
                text.parse().map(Text).map_err(E::custom)
            }
            // `0.05` for a ratio and `0` for a duration are texts to us, though numbers to YAML.
            fn visit_u64<E: Error>(self, number: u64) -> Result<Text<T>, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Text<T>, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Text<T>, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(FromText(PhantomData))
    }
}

macro_rules! text_schema {
    ($($type:ty, $format:literal, $kind:tt, $examples:tt;)*) => {$(
        impl JsonSchema for Text<$type> {
            fn schema_name() -> Cow<'static, str> {
                $format.into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": $kind, "format": $format, "examples": $examples})
            }
        }
    )*};
}
text_schema! {
    Nanos, "duration", "string", ["250ms", "2s", "1m30s"];
    Rate, "rate", "string", ["50/s", "600/min"];
    Ratio, "ratio", ["string", "number"], ["5%", 0.05];
    Expression, "expression", "string", ["p99(response) < 300ms", "ratio(calls.failed, over=10s) > 50%"];
}

/// A text, or something with more to say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TextOr<T> {
    /// The short form.
    Text(String),
    /// The long form: a number, a list or a block.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for TextOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = TextOr<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or its long form")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<TextOr<T>, E> {
                Ok(TextOr::Text(text.to_owned()))
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<TextOr<T>, E> {
                T::deserialize(serde::de::value::BoolDeserializer::new(value)).map(TextOr::Value)
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<TextOr<T>, E> {
                T::deserialize(serde::de::value::U64Deserializer::new(number)).map(TextOr::Value)
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<TextOr<T>, E> {
                T::deserialize(serde::de::value::I64Deserializer::new(number)).map(TextOr::Value)
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<TextOr<T>, E> {
                T::deserialize(serde::de::value::F64Deserializer::new(number)).map(TextOr::Value)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<TextOr<T>, A::Error> {
                T::deserialize(SeqAccessDeserializer::new(items)).map(TextOr::Value)
            }
            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<TextOr<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(entries)).map(TextOr::Value)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for TextOr<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("TextOr{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let long = generator.subschema_for::<T>();
        json_schema!({"anyOf": [{"type": "string"}, long]})
    }
}

/// One of something, or a list of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Array(items) => items.into_iter().map(T::deserialize).collect::<Result<_, _>>(),
            one => T::deserialize(one).map(|one| vec![one]),
        }
        .map(OneOrMany)
        .map_err(Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})
    }
}

/// A status such as `200`, or a class such as `2xx`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status(pub(crate) String);

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match TextOr::<u64>::deserialize(deserializer)? {
            TextOr::Text(text) => text,
            TextOr::Value(number) => number.to_string(),
        }))
    }
}

impl JsonSchema for Status {
    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["integer", "string"], "format": "status", "examples": [200, "2xx"]})
    }
}

/// Keys of the user's own choice, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// The keys and values, in the order of the text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a key.
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.iter().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The keys.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }
}

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = (&'a str, &'a T);
    type IntoIter = Box<dyn Iterator<Item = Self::Item> + 'a>;
    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Named<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a block of keys")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Named(entries))
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Named{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({"type": "object", "additionalProperties": value})
    }
}
