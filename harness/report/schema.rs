//! The published JSON Schema of `report.json`.

use schemars::generate::SchemaSettings;

use super::model::Report;

/// The schema, draft 2020-12, pretty-printed with a final line break.
pub fn json() -> String {
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>();
    let mut ordered = serde_json::Map::new();
    if let Some(object) = schema.as_object() {
        // What the document is comes before what is in it.
        for name in ["$schema", "title", "description"] {
            ordered.extend(object.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        let rest = object.iter().filter(|(name, _)| !matches!(name.as_str(), "$schema" | "title" | "description"));
        ordered.extend(rest.map(|(name, value)| (name.clone(), value.clone())));
    }
    format!("{:#}\n", serde_json::Value::Object(ordered))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_schema_is_the_one_that_the_types_give() {
        let committed = include_str!("../../schemas/report.schema.json");
        assert!(committed == super::json(), "out of date; run: loadline schema report > schemas/report.schema.json");
    }
}
