//! Brings the schemas into the form that all client generators take.
//!
//! What is done, and which generator fails without it, was found by generating, compiling and round-tripping:
//! variants of a union must be named components with a tag of one value and no discriminator; a null type makes
//! some clients refuse what is absent; texts and integers without bounds are refused by the security rules.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::lint::operations;

/// The prefix of references to schemas.
const SCHEMAS: &str = "#/components/schemas/";

/// Makes each variant of a tagged union a component of its own, named after the union and the tag.
pub(super) fn hoist_variants(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else {
        return;
    };
    for (name, schema) in &schemas {
        let Some(variants) = schema["oneOf"].as_array() else {
            continue;
        };
        let tagged: Option<Vec<(String, Value)>> = variants
            .iter()
            .map(|variant| tagged_object(variant, &schemas))
            .collect();
        let Some(tagged) = tagged else { continue };
        let mut references = Vec::new();
        for (tag, variant) in tagged {
            let component = format!("{name}{}", pascal_case(&tag));
            references.push(json!({ "$ref": format!("{SCHEMAS}{component}") }));
            document["components"]["schemas"][component] = variant;
        }
        let union = &mut document["components"]["schemas"][name];
        union["oneOf"] = Value::Array(references);
        if let Some(union) = union.as_object_mut() {
            union.remove("discriminator");
        }
    }
}

/// A variant as one object with the value of its tag; `None` when it is not a tagged object.
fn tagged_object(variant: &Value, schemas: &Map<String, Value>) -> Option<(String, Value)> {
    let object = match variant["allOf"].as_array() {
        None => variant.clone(),
        Some(parts) => {
            let mut whole = json!({ "type": "object", "properties": {}, "required": [] });
            for part in parts {
                let reference = part["$ref"]
                    .as_str()
                    .and_then(|reference| reference.strip_prefix(SCHEMAS));
                merge(&mut whole, reference.map_or(part, |name| &schemas[name]));
            }
            if let Some(description) = variant.get("description") {
                whole["description"] = description.clone();
            }
            whole
        }
    };
    let properties = object["properties"].as_object()?;
    let tag = properties
        .values()
        .find_map(|property| match property["enum"].as_array()?.as_slice() {
            [Value::String(tag)] => Some(tag.clone()),
            _ => None,
        })?;
    Some((tag, object))
}

fn merge(whole: &mut Value, part: &Value) {
    for (name, property) in part["properties"].as_object().into_iter().flatten() {
        whole["properties"][name] = property.clone();
    }
    if let (Some(all), Some(more)) = (whole["required"].as_array_mut(), part["required"].as_array()) {
        all.extend(more.iter().cloned());
    }
    for member in ["additionalProperties", "description"] {
        if let Some(value) = part.get(member) {
            whole[member] = value.clone();
        }
    }
}

pub(super) fn pascal_case(tag: &str) -> String {
    tag.split('_')
        .flat_map(|word| {
            word.chars().enumerate().map(|(at, letter)| match at {
                0 => letter.to_ascii_uppercase(),
                _ => letter,
            })
        })
        .collect()
}

/// What does not apply is absent, so no schema allows null, but for the bodies of PATCH, where it clears.
pub(super) fn leave_out_nulls(document: &mut Value) {
    let clearing: BTreeSet<String> = operations(document)
        .filter(|(method, _, _)| *method == "patch")
        .filter_map(|(_, _, operation)| {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            schema["$ref"].as_str()?.strip_prefix(SCHEMAS).map(str::to_owned)
        })
        .collect();
    for (name, schema) in document["components"]["schemas"]
        .as_object_mut()
        .into_iter()
        .flatten()
    {
        if !clearing.contains(name) {
            each_schema(schema, &mut without_null);
        }
    }
    each_schema(&mut document["paths"], &mut without_null);
}

fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    for union in ["oneOf", "anyOf"] {
        let Some(Value::Array(variants)) = schema.get_mut(union) else {
            continue;
        };
        variants.retain(|variant| variant["type"] != "null");
        if let [only] = variants.as_slice() {
            let only = only.clone();
            schema.remove(union);
            schema.extend(only.as_object().cloned().unwrap_or_default());
        }
    }
}

/// Closes the variants of unions in request bodies to unknown fields. They are read strictly, as all bodies are, but
/// the attribute stands on the union and the derived schema of a variant does not say so.
pub(super) fn close_variants(document: &mut Value) {
    let mut open: Vec<String> = operations(document)
        .flat_map(|(_, _, operation)| references_in(&operation["requestBody"]))
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let schema = &document["components"]["schemas"][&name];
        open.extend(references_in(schema));
        let variants: Vec<String> = schema["oneOf"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(references_in)
            .collect();
        for variant in variants {
            let variant = &mut document["components"]["schemas"][variant];
            if variant["properties"].is_object() {
                variant["additionalProperties"] = Value::Bool(false);
            }
        }
    }
}

/// The names of the schemas that a value refers to.
fn references_in(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix(SCHEMAS))
                .map(str::to_owned);
            own.into_iter()
                .chain(members.values().flat_map(references_in))
                .collect()
        }
        Value::Array(items) => items.iter().flat_map(references_in).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// States the bounds that follow from a format, so that no text and no integer is without any.
pub(super) fn state_bounds(document: &mut Value) {
    each_schema(document, &mut |schema| {
        let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
        // Where null clears, a type stands beside it.
        let name = match schema.get("type") {
            Some(Value::Array(types)) => types.iter().find(|name| *name != "null"),
            other => other,
        };
        let bounds = match (name.and_then(Value::as_str), format) {
            (Some("string"), "uuid") => json!({ "minLength": 36, "maxLength": 36 }),
            (Some("string"), "date") => json!({ "minLength": 10, "maxLength": 10 }),
            (Some("string"), "date-time") => json!({ "maxLength": 40 }),
            (Some("integer"), "int32") => json!({ "minimum": i32::MIN, "maximum": i32::MAX }),
            // The largest integer that every client reads exactly.
            (Some("integer"), "int64") => {
                json!({ "minimum": -((1_i64 << 53) - 1), "maximum": (1_i64 << 53) - 1 })
            }
            _ => return,
        };
        for (name, value) in bounds.as_object().into_iter().flatten() {
            schema.entry(name.clone()).or_insert_with(|| value.clone());
        }
    });
}

/// Leaves out the lists that are written as null where they are empty, which no reader of `OpenAPI` takes.
pub(super) fn leave_out_null_lists(document: &mut Value) {
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                operation.retain(|name, value| name != "parameters" || !value.is_null());
            }
        }
    }
}

/// Leaves out the schemas that no operation leads to: what the variants of a union were made of before each became
/// a component of its own. What only the events of a stream carry is referred to by an extension of its operation.
pub(super) fn leave_out_unused(document: &mut Value) {
    let mut open = references_in(&document["paths"]);
    open.extend(references_in(&document["components"]["responses"]));
    let mut used = BTreeSet::new();
    while let Some(name) = open.pop() {
        if used.insert(name.clone()) {
            open.extend(references_in(&document["components"]["schemas"][&name]));
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// States the width of the integers whose bounds alone are written, for languages in which it matters.
pub(super) fn state_widths(document: &mut Value) {
    each_schema(document, &mut |schema| {
        if schema.get("type").and_then(Value::as_str) != Some("integer") || schema.contains_key("format") {
            return;
        }
        let narrow = |bound: &str| {
            let bound = schema.get(bound).and_then(Value::as_i64);
            bound.is_some_and(|bound| i32::try_from(bound).is_ok())
        };
        let width = if narrow("minimum") && narrow("maximum") {
            "int32"
        } else {
            "int64"
        };
        schema.insert("format".to_owned(), Value::from(width));
    });
}

/// Applies a change to every object in `value`, the inner ones first. Objects that are no schema have none of the
/// members the changes look for.
fn each_schema(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_schema(item, change)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if !matches!(name.as_str(), "example" | "examples" | "enum" | "default") {
                    each_schema(member, change);
                }
            }
            change(members);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use utoipa::{OpenApi, ToSchema};

    use super::*;

    #[derive(Serialize, Deserialize, ToSchema)]
    #[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
    enum Reporter {
        Named { name: String, phone: Option<String> },
        Anonymous,
        WholeOrganisation(Organisation),
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Organisation {
        title: String,
        seat: Option<Place>,
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Place {
        floor: i32,
    }

    #[derive(OpenApi)]
    #[openapi(components(schemas(Reporter, Organisation, Place)))]
    struct Sample;

    #[test]
    fn what_no_operation_leads_to_goes_and_what_is_empty_is_absent() {
        let mut document = json!({
            "paths": { "/one": { "get": { "parameters": null, "responses": { "200": { "$ref": "#/components/schemas/A" } } } } },
            "components": { "schemas": {
                "A": { "properties": { "b": { "$ref": "#/components/schemas/B" } } },
                "B": { "type": "integer", "minimum": 1, "maximum": 4_294_967_295_u32 },
                "C": { "type": "integer", "minimum": 1, "maximum": 9 },
            } },
        });
        leave_out_null_lists(&mut document);
        state_widths(&mut document);
        assert_eq!(document["components"]["schemas"]["C"]["format"], "int32");
        leave_out_unused(&mut document);
        assert!(document["paths"]["/one"]["get"].get("parameters").is_none());
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["B"]["format"], "int64");
        assert!(schemas.get("C").is_none());
    }

    #[test]
    fn unions_become_named_components_and_nulls_go() {
        let mut document = serde_json::to_value(Sample::openapi()).unwrap();
        hoist_variants(&mut document);
        leave_out_nulls(&mut document);
        state_bounds(&mut document);
        let schemas = &document["components"]["schemas"];
        let variants: Vec<&str> = schemas["Reporter"]["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["$ref"].as_str().unwrap())
            .collect();
        assert_eq!(
            variants,
            ["Named", "Anonymous", "WholeOrganisation"].map(|it| format!("{SCHEMAS}Reporter{it}"))
        );
        assert_eq!(schemas["ReporterNamed"]["properties"]["phone"]["type"], "string");
        assert_eq!(
            schemas["ReporterNamed"]["properties"]["type"]["enum"],
            json!(["named"])
        );
        assert_eq!(schemas["ReporterNamed"]["required"], json!(["name", "type"]));
        assert_eq!(
            schemas["ReporterWholeOrganisation"]["required"],
            json!(["title", "type"])
        );
        assert_eq!(
            schemas["Organisation"]["properties"]["seat"],
            json!({ "$ref": format!("{SCHEMAS}Place") })
        );
        assert_eq!(schemas["Place"]["properties"]["floor"]["maximum"], i32::MAX);
        assert!(!document.to_string().contains("\"null\""));
    }
}
