//! Lists for each operation the problems it can answer, and no others.
//!
//! Most of them follow from what the operation is: it has a body, it needs `If-Match`, it is closed to strangers.
//! The rest it names itself in [`PROBLEM_CODES`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use strum::IntoEnumIterator;

use super::shape::pascal_case;
use crate::caller::{BEFORE_THE_CHANGE, FOR_EVERY_MACHINE};
use crate::directory::METHODS;
use crate::limits;
use crate::problem::{Kind, MEDIA_TYPE};

/// The extension in which an operation names its own refusals, and which in the end lists all of them.
pub const PROBLEM_CODES: &str = "x-problem-codes";

/// Puts the error responses in place, and the catalogue's codes beside `Problem.code`. A code that the catalogue does not know stays in the extension, for the
/// lint to find.
pub(super) fn list(document: &mut Value) {
    let all: Vec<&str> = Kind::iter().map(Kind::code).collect();
    document["components"]["schemas"]["Problem"]["properties"]["code"]["x-extensible-enum"] = json!(all);
    let closed_by_default = document["security"]
        .as_array()
        .is_some_and(|schemes| !schemes.is_empty());
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                put_in_place(path, method, operation, closed_by_default);
            }
        }
    }
}

fn put_in_place(path: &str, method: &str, operation: &mut Value, closed_by_default: bool) {
    // The way to write "for anyone" in the code gives an empty requirement; the document says it by an empty list.
    if operation["security"] == json!([{}]) {
        operation["security"] = json!([]);
    }
    let closed = operation["security"]
        .as_array()
        .map_or(closed_by_default, |schemes| !schemes.is_empty());
    let mut kinds = following(path, method, operation, closed);
    let mut codes: BTreeSet<String> = kinds.iter().map(|kind| kind.code().to_owned()).collect();
    for code in operation[PROBLEM_CODES]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        kinds.extend(Kind::iter().filter(|kind| kind.code() == code));
        codes.insert(code.to_owned());
    }
    operation[PROBLEM_CODES] = json!(codes);
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        by_status
            .entry(kind.entry().status.as_u16())
            .or_default()
            .push(kind);
    }
    for (status, kinds) in by_status {
        operation["responses"][status.to_string()] = response(&kinds);
    }
}

/// Makes one component of each response that several operations have word for word, if few kinds of problem are in
/// it, by whose codes it is named.
pub(super) fn share(document: &mut Value) {
    let mut uses: BTreeMap<String, (Value, usize)> = BTreeMap::new();
    each_response(document, |response| {
        if let Some(name) = name_of(response) {
            uses.entry(name).or_insert_with(|| (response.clone(), 0)).1 += 1;
        }
    });
    uses.retain(|_, (_, count)| *count > 1);
    each_response(document, |response| {
        if let Some(name) = name_of(response).filter(|name| uses.contains_key(name)) {
            *response = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    });
    for (name, (response, _)) in uses {
        document["components"]["responses"][name] = response;
    }
}

fn each_response(document: &mut Value, mut visit: impl FnMut(&mut Value)) {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    for (_, item) in items {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
            for (_, response) in responses.into_iter().flatten() {
                visit(response);
            }
        }
    }
}

/// How many kinds of problem a response has at most that is named after them.
const NAMED_MAX: usize = 3;

/// The name of a response with problems: their codes, in the case of type names.
fn name_of(response: &Value) -> Option<String> {
    response["content"].get(MEDIA_TYPE)?;
    let codes: Vec<String> = response["description"]
        .as_str()?
        .lines()
        .filter_map(|line| line.split('`').nth(1))
        .map(pascal_case)
        .collect();
    (!codes.is_empty() && codes.len() <= NAMED_MAX).then(|| codes.join("Or"))
}

/// The problems that follow from what an operation is.
fn following(path: &str, method: &str, operation: &Value, closed: bool) -> BTreeSet<Kind> {
    let parameter = |place: &str, name: Option<&str>| {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.any(|it| it["in"] == place && name.is_none_or(|name| it["name"] == name))
    };
    let body = operation.get("requestBody").is_some();
    let versioned = parameter("header", Some("If-Match"));
    let keyed = parameter("header", Some("Idempotency-Key"));
    let command = method == "post" && path.contains("/cases/{case_id}/");
    let read = parameter("query", None) || parameter("header", None) || body;
    // An unknown query parameter is refused everywhere, so every operation can answer this one.
    let mut kinds = BTreeSet::from([Kind::InternalError, Kind::MalformedRequest]);
    let mut add = |applies: bool, more: &[Kind]| {
        if applies {
            kinds.extend(more);
        }
    };
    add(read || path.starts_with("/api/"), &[Kind::Overloaded]);
    add(closed, &[Kind::Unauthenticated]);
    let id = operation["operationId"].as_str().unwrap_or_default();
    add(closed && !FOR_EVERY_MACHINE.contains(&id), &[Kind::OutsideScope]);
    add(limits::LIMITED.contains(&id), &[Kind::TooManyRequests]);
    add(
        closed && !BEFORE_THE_CHANGE.contains(&id),
        &[Kind::PasswordChangeRequired],
    );
    add(parameter("path", None), &[Kind::NotFound]);
    add(
        body,
        &[Kind::BodyTooLarge, Kind::MediaTypeNotSupported, Kind::BodyInvalid],
    );
    add(versioned, &[Kind::VersionRequired, Kind::VersionStale]);
    add(keyed, &[Kind::IdempotencyInProgress, Kind::IdempotencyKeyReused]);
    add(command, &[Kind::NotPermitted, Kind::WrongStatus]);
    kinds
}

fn response(kinds: &[Kind]) -> Value {
    let lines: Vec<String> = kinds
        .iter()
        .map(|kind| {
            let entry = kind.entry();
            format!("- `{}`: {} / {}", kind.code(), entry.title.en, entry.title.zh)
        })
        .collect();
    json!({
        "description": lines.join("\n"),
        "content": { MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_lists_what_it_can_answer_and_no_more() {
        let mut document = json!({
            "security": [{ "bearer": [] }],
            "paths": {
                "/health/live": { "get": { "security": [{}], "responses": { "200": {} } } },
                "/api/v1/cases/{case_id}/dispatches": { "post": {
                    "parameters": [
                        { "in": "path", "name": "case_id" },
                        { "in": "header", "name": "If-Match" },
                        { "in": "header", "name": "Idempotency-Key" },
                    ],
                    "requestBody": {},
                    "responses": { "200": {} },
                    "x-problem-codes": ["gate_closed", "no_such_code"],
                }},
            },
        });
        list(&mut document);
        let statuses = |path: &str, method: &str| -> Vec<String> {
            document["paths"][path][method]["responses"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect()
        };
        assert_eq!(statuses("/health/live", "get"), ["200", "400", "500"]);
        assert_eq!(document["paths"]["/health/live"]["get"]["security"], json!([]));
        let dispatches = "/api/v1/cases/{case_id}/dispatches";
        assert_eq!(
            statuses(dispatches, "post"),
            [
                "200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "500", "503"
            ]
        );
        let conflict = &document["paths"][dispatches]["post"]["responses"]["409"]["description"];
        assert!(conflict.as_str().unwrap().contains("`gate_closed`"));
        assert!(
            document["paths"][dispatches]["post"][PROBLEM_CODES]
                .to_string()
                .contains("no_such_code")
        );
    }
}
