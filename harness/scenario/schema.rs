//! The JSON Schema of the scenario file, made from the mirrors: what editors complete by and what `walk` checks by.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::mirror::Scenario;
use super::mirror::api::Catalogue;

/// The schema of a scenario (draft 2020-12), pretty, with a newline at its end: the text of `schemas/scenario.schema.json`.
pub fn json() -> String {
    let mut text = format!("{:#}", scenario());
    text.push('\n');
    text
}

/// The schema of a scenario; made once, for it takes longer than all else about a small file.
pub(crate) fn scenario() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(make_scenario);
    &SCHEMA
}

fn make_scenario() -> Value {
    let mut schema =
        finish(SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Scenario>().to_value());
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), json!("loadline scenario"));
    }
    schema
}

/// The schema of a catalogue in a file of its own.
pub(crate) fn catalogue() -> Value {
    finish(SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Catalogue>().to_value())
}

fn finish(mut schema: Value) -> Value {
    without_null(&mut schema);
    schema
}

/// An optional key may be left out, but a key with nothing behind it is a mistake: takes `null` out of the schema of
/// every `Option`.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|word| word != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    object.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(words)) = object.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            lift_only_choice(object);
            object.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// `anyOf: [X, null]` becomes X; a description of its own stays.
fn lift_only_choice(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get_mut("anyOf") else { return };
    let before = choices.len();
    choices.retain(|choice| choice.get("type").is_none_or(|word| word != "null"));
    if let (true, [Value::Object(one)]) = (choices.len() < before, choices.as_slice()) {
        let one = one.clone();
        object.remove("anyOf");
        for (key, value) in one {
            object.entry(key).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_the_present_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/scenario.schema.json");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        if committed != json() && std::env::var_os("LOADLINE_UPDATE_SCHEMA").is_some() {
            std::fs::write(path, json()).expect("the schema is written");
        } else {
            assert!(
                committed == json(),
                "the grammar has changed; run: loadline schema scenario > schemas/scenario.schema.json"
            );
        }
    }

    #[test]
    fn no_key_may_be_left_without_a_value() {
        let schema = scenario();
        assert!(!json().contains("\"null\""));
        assert_eq!(schema["properties"]["seed"]["type"], "integer");
        assert!(schema["properties"]["safety"]["$ref"].is_string());
    }

    #[test]
    fn every_key_is_described() {
        fn check(schema: &Value, path: &str) {
            if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
                // A choice that is one key alone is described as a whole.
                let whole = properties.len() == 1 && schema.get("description").is_some();
                for (key, value) in properties {
                    let described = whole || value.get("description").is_some() || value.get("const").is_some();
                    assert!(described, "{path}.{key}");
                }
            }
            match schema {
                Value::Object(object) => object.iter().for_each(|(key, value)| check(value, &format!("{path}.{key}"))),
                Value::Array(items) => items.iter().for_each(|item| check(item, path)),
                _ => {}
            }
        }
        check(scenario(), "");
    }
}
