//! Whether what was answered has the shape that was promised: every member that must be there is, none is there that
//! the contract does not speak of, and each has its form.
//!
//! A client lets unknown members pass, as the contract asks of it, so that more may come. Here they count as a fault:
//! a member that is not documented was forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use api::contract::CHECKED_IN;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// How many faults of one answer are told.
const TOLD_MAX: usize = 5;

/// The shapes of the contract, each made ready when it is first asked for.
struct Shapes {
    document: Value,
    ready: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// What is wrong with an answer; empty where it is as promised.
pub(super) fn faults(method: &str, template: &str, answer: &Answer) -> Vec<String> {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    SHAPES.get_or_init(Shapes::read).faults(method, template, answer)
}

impl Shapes {
    fn read() -> Self {
        let mut document: Value = serde_json::from_str(CHECKED_IN).expect("the contract is JSON");
        close_answers(&mut document);
        Self {
            document,
            ready: Mutex::default(),
        }
    }

    fn faults(&self, method: &str, template: &str, answer: &Answer) -> Vec<String> {
        let operation = &self.document["paths"][template][method.to_lowercase()];
        let response = resolved(&self.document, &operation["responses"][answer.status.to_string()]);
        let Some(content) = response["content"].as_object() else {
            return match answer.bytes.as_slice() {
                [] => Vec::new(),
                _ => vec!["it has a body, and none was promised".to_owned()],
            };
        };
        let media = answer.header("content-type").unwrap_or("nothing");
        let media = media.split(';').next().unwrap_or_default().trim();
        let Some(promised) = content.get(media) else {
            let promised: Vec<&String> = content.keys().collect();
            return vec![format!("it is {media}, and what was promised is {promised:?}")];
        };
        if media != "application/json" && !media.ends_with("+json") {
            return Vec::new();
        }
        let shape = self.shape(&promised["schema"]);
        shape
            .iter_errors(answer.body())
            .take(TOLD_MAX)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect()
    }

    /// A schema, made ready to be held against values.
    fn shape(&self, schema: &Value) -> Arc<Validator> {
        let name = schema.to_string();
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let shape = ready.entry(name).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = self.document["components"].clone();
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&whole)
                .unwrap_or_else(|error| panic!("{schema} is no schema: {error}"));
            Arc::new(validator)
        });
        Arc::clone(shape)
    }
}

/// Closes every object to members that it does not name, but for those that are a part of others.
fn close_answers(document: &mut Value) {
    let mut parts = BTreeSet::new();
    parts_in(document, &mut parts);
    let schemas = document["components"]["schemas"].as_object_mut();
    for (name, schema) in schemas.into_iter().flatten() {
        if !parts.contains(name) {
            close(schema);
        }
    }
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            close(&mut operation["responses"]);
        }
    }
}

/// The names of the schemas of which others are made.
fn parts_in(value: &Value, parts: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let made_of = members.get("allOf").and_then(Value::as_array);
            let references = made_of
                .into_iter()
                .flatten()
                .filter_map(|part| part["$ref"].as_str());
            parts.extend(
                references
                    .filter_map(|it| it.rsplit('/').next())
                    .map(str::to_owned),
            );
            members.values().for_each(|member| parts_in(member, parts));
        }
        Value::Array(items) => items.iter().for_each(|item| parts_in(item, parts)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn close(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if !matches!(name.as_str(), "example" | "examples" | "enum" | "allOf") {
                    close(member);
                }
            }
            if is_closable(members) {
                members.insert("unevaluatedProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a schema names its members, or is made of others that do.
fn is_closable(schema: &Map<String, Value>) -> bool {
    let names = schema.get("properties").is_some_and(Value::is_object)
        && schema.get("type") == Some(&json!("object"));
    (names || schema.contains_key("allOf")) && !schema.contains_key("additionalProperties")
}

/// What a reference within the document points at; anything else is itself.
fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')))
        .unwrap_or(value)
}
