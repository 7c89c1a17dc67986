//! The published JSON Schema of `report.json`.

use schemars::generate::SchemaSettings;

use super::model::Report;

/// The schema, draft 2020-12, pretty-printed with a final line break.
pub fn json() -> String {
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>();
    format!("{:#}\n", schema.as_value())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_schema_is_the_one_that_the_types_give() {
        let committed = include_str!("../../schemas/report.schema.json");
        assert!(committed == super::json(), "out of date; run: loadline schema report > schemas/report.schema.json");
    }
}
