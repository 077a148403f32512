//! The rules that the contract keeps, each a function that lists where it is broken.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde_json::Value;

use super::refusals::PROBLEM_CODES;
use crate::directory::METHODS;
use crate::problem::Kind;

/// Every operation of a document: method, path, and the operation itself.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            let members = item.as_object().into_iter().flatten();
            members
                .filter(|(name, _)| METHODS.contains(&name.as_str()))
                .map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
        })
}

/// All breaches of all rules; empty for a contract that keeps them.
pub fn breaches(document: &Value) -> Vec<String> {
    [
        operation_rules,
        address_rules,
        schema_rules,
        reference_rules,
        request_body_rules,
    ]
    .into_iter()
    .flat_map(|rule| rule(document))
    .collect()
}

/// Each operation has a unique id in snake case, one known tag, a summary, a description, a word on security, one
/// success, and errors that are known problems.
fn operation_rules(document: &Value) -> Vec<String> {
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let mut ids = BTreeSet::new();
    let mut breaches = Vec::new();
    for (method, path, operation) in operations(document) {
        let mut breach = |holds: bool, rule: &str| {
            if !holds {
                breaches.push(format!("{method} {path}: {rule}"));
            }
        };
        let id = operation["operationId"].as_str().unwrap_or_default();
        breach(
            is_verb_noun(id),
            "the operation id is not verb_noun in snake case",
        );
        breach(ids.insert(id), "the operation id is not unique");
        let tagged = operation["tags"].as_array().map(Vec::as_slice);
        let known = matches!(tagged, Some([tag]) if tag.as_str().is_some_and(|tag| tags.contains(tag)));
        breach(known, "it has not exactly one tag that the document describes");
        breach(is_text(&operation["summary"]), "it has no summary");
        breach(is_text(&operation["description"]), "it has no description");
        breach(
            operation["security"].is_array() || document["security"].is_array(),
            "it says nothing of security",
        );
        let responses: Vec<(&String, &Value)> =
            operation["responses"].as_object().into_iter().flatten().collect();
        let successes = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .count();
        breach(successes == 1, "it has not exactly one success");
        breach(
            responses.iter().any(|(status, _)| status.as_str() >= "400"),
            "it lists no error",
        );
        breach(
            responses.iter().all(|(status, _)| status.parse::<u16>().is_ok()),
            "a response is not one status",
        );
        breach(
            responses
                .iter()
                .all(|(_, response)| is_text(&response["description"]) || response["$ref"].is_string()),
            "a response is not described",
        );
        let mut codes = operation[PROBLEM_CODES]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        breach(
            codes.all(|code| Kind::from_str(code).is_ok()),
            "a problem code is not in the catalogue",
        );
    }
    breaches
}

/// No two operations share an address, no fixed segment competes with a parameter, and no path has over two ids.
fn address_rules(document: &Value) -> Vec<String> {
    let paths: Vec<&String> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(path, _)| path)
        .collect();
    let mut breaches = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        if path.matches('{').count() > 2 {
            breaches.push(format!("{path}: it has more than two ids"));
        }
        for other in &paths[at + 1..] {
            if compete(path, other) {
                breaches.push(format!("{path}: it competes with {other}"));
            }
        }
    }
    breaches
}

fn compete(path: &str, other: &str) -> bool {
    path.split('/').count() == other.split('/').count()
        && path
            .split('/')
            .zip(other.split('/'))
            .all(|(one, two)| one == two || one.starts_with('{') || two.starts_with('{'))
}

/// Every text, list and integer has bounds; nothing is nullable outside PATCH; unions have no discriminator.
fn schema_rules(document: &Value) -> Vec<String> {
    let mut breaches = Vec::new();
    visit(document, "", &mut |pointer, object| {
        let has = |member: &str| object.get(member).is_some();
        let type_of = |value: &Value| value.as_str().map(str::to_owned);
        let types: Vec<String> = match &object["type"] {
            Value::Array(types) => types.iter().filter_map(type_of).collect(),
            single => type_of(single).into_iter().collect(),
        };
        // A property that happens to be called "type" is an object and has no type of its own here.
        for name in types {
            let bounded = match name.as_str() {
                "string" => has("maxLength") || has("enum") || has("const"),
                "array" => has("maxItems"),
                "integer" => has("minimum") && has("maximum"),
                _ => true,
            };
            if !bounded {
                breaches.push(format!("{pointer}: the {name} has no bounds"));
            }
        }
        if has("discriminator") {
            breaches.push(format!("{pointer}: it has a discriminator"));
        }
    });
    breaches
}

/// Every reference leads somewhere.
fn reference_rules(document: &Value) -> Vec<String> {
    let mut breaches = Vec::new();
    visit(document, "", &mut |pointer, object| {
        let Some(reference) = object["$ref"].as_str() else {
            return;
        };
        if reference
            .strip_prefix('#')
            .and_then(|target| document.pointer(target))
            .is_none()
        {
            breaches.push(format!("{pointer}: {reference} leads nowhere"));
        }
    });
    breaches
}

/// The body of every request refuses unknown fields, in all objects that it is made of.
fn request_body_rules(document: &Value) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut breaches = Vec::new();
    for (method, path, operation) in operations(document) {
        for (_, media) in operation["requestBody"]["content"]
            .as_object()
            .into_iter()
            .flatten()
        {
            closed(
                document,
                &media["schema"],
                &format!("{method} {path}"),
                &mut seen,
                &mut breaches,
            );
        }
    }
    breaches
}

fn closed(
    document: &Value,
    schema: &Value,
    at: &str,
    seen: &mut BTreeSet<String>,
    breaches: &mut Vec<String>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        if seen.insert(reference.to_owned()) {
            let target = reference
                .strip_prefix('#')
                .and_then(|target| document.pointer(target));
            closed(
                document,
                target.unwrap_or(&Value::Null),
                reference,
                seen,
                breaches,
            );
        }
        return;
    }
    let properties = schema["properties"].as_object();
    // An object without properties is a map, whose keys are data.
    if properties.is_some() && schema["additionalProperties"] != Value::Bool(false) {
        breaches.push(format!("{at}: the body takes unknown fields"));
    }
    let inner = properties.into_iter().flatten().map(|(_, property)| property);
    let variants = schema["oneOf"].as_array().into_iter().flatten();
    for part in inner.chain(variants).chain(schema.get("items")) {
        closed(document, part, at, seen, breaches);
    }
}

/// Calls `rule` with every object of a value and the pointer to it, but for examples, which are data.
fn visit(value: &Value, pointer: &str, rule: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            rule(pointer, value);
            for (name, member) in members {
                if !matches!(name.as_str(), "example" | "examples") {
                    visit(
                        member,
                        &format!("{pointer}/{}", crate::request::escaped(name)),
                        rule,
                    );
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &format!("{pointer}/{index}"), rule);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_verb_noun(id: &str) -> bool {
    let words: Vec<&str> = id.split('_').collect();
    words.len() >= 2
        && words.iter().all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn breaches_are_found() {
        let document = json!({
            "tags": [{ "name": "cases" }],
            "paths": {
                "/cases/{id}": { "get": { "operationId": "getCase", "responses": { "default": {} } } },
                "/cases/counts": { "post": {
                    "operationId": "count_cases",
                    "tags": ["cases"],
                    "summary": "s",
                    "description": "d",
                    "security": [],
                    "x-problem-codes": ["made_up"],
                    "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } },
                    "responses": { "200": { "description": "d" }, "400": { "description": "d" } },
                }},
            },
            "components": { "schemas": { "A": { "type": "object", "properties": {
                "text": { "type": ["string", "null"] },
                "list": { "type": "array", "maxItems": 3, "items": { "$ref": "#/components/schemas/B" } },
                "number": { "type": "integer", "minimum": 0 },
                "union": { "oneOf": [], "discriminator": {} },
            }}}},
        });
        let breaches = breaches(&document).join("\n");
        for expected in [
            "get /cases/{id}: the operation id is not verb_noun",
            "get /cases/{id}: it has not exactly one tag",
            "get /cases/{id}: it has no summary",
            "get /cases/{id}: it has no description",
            "get /cases/{id}: it says nothing of security",
            "get /cases/{id}: it has not exactly one success",
            "get /cases/{id}: a response is not one status",
            "get /cases/{id}: a response is not described",
            "post /cases/counts: a problem code is not in the catalogue",
            "/cases/counts: it competes with /cases/{id}",
            "/components/schemas/A/properties/text: the string has no bounds",
            "/components/schemas/A/properties/number: the integer has no bounds",
            "/components/schemas/A/properties/union: it has a discriminator",
            "#/components/schemas/B leads nowhere",
            "#/components/schemas/A: the body takes unknown fields",
        ] {
            assert!(breaches.contains(expected), "{expected} is not in\n{breaches}");
        }
    }
}
