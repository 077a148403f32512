//! What the house has promised: the operations of the contract that it serves.

mod shape;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::answer::Answer;

/// The operations by their ids.
#[derive(Debug)]
pub struct Promised {
    operations: BTreeMap<String, Operation>,
}

/// Where an operation lives, and what it may answer.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) takes_version: bool,
    pub(crate) takes_key: bool,
    statuses: BTreeSet<String>,
}

impl Promised {
    /// Reads the contract.
    pub(crate) fn read(document: &Value) -> Self {
        let mut operations = BTreeMap::new();
        let paths = document["paths"].as_object().expect("a contract has paths");
        for (path, item) in paths {
            let item = item.as_object().expect("a path has methods");
            for (method, operation) in item.iter().filter(|(_, it)| it["operationId"].is_string()) {
                let id = operation["operationId"].as_str().expect("it was looked at");
                operations.insert(id.to_owned(), Operation::read(document, method, path, operation));
            }
        }
        Self { operations }
    }

    /// An operation by its id, if there is one.
    pub(crate) fn find(&self, id: &str) -> Option<&Operation> {
        self.operations.get(id)
    }

    /// An operation by its id.
    #[track_caller]
    pub(crate) fn operation(&self, id: &str) -> &Operation {
        self.find(id)
            .unwrap_or_else(|| panic!("the contract knows no operation {id}"))
    }

    /// The ids of all operations.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }

    /// Holds an answer against what its operation promises: its status, its kind of body, and the body's shape.
    #[track_caller]
    pub(crate) fn holds(&self, method: &str, path: &str, answer: &Answer) {
        let path = path.split('?').next().unwrap_or_default();
        let known = self
            .operations
            .iter()
            .find(|(_, it)| it.method == method && matches(&it.path, path));
        if let Some((id, operation)) = known {
            assert!(
                operation.statuses.contains(&answer.status.to_string()),
                "{id} does not say in the contract that it can answer so: {answer}"
            );
            let faults = shape::faults(method, &operation.path, answer);
            assert!(
                faults.is_empty(),
                "{id} does not answer as it says in the contract: {faults:#?} in {answer}"
            );
        }
    }
}

impl Operation {
    fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let takes = |header: &str| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            parameters
                .map(|parameter| resolved(document, parameter))
                .any(|parameter| parameter["in"] == "header" && parameter["name"] == header)
        };
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            takes_version: takes("If-Match"),
            takes_key: takes("Idempotency-Key"),
            statuses: operation["responses"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(status, _)| status.clone())
                .collect(),
        }
    }

    /// Its address, with these ids in the order of the path.
    #[track_caller]
    pub(crate) fn address(&self, ids: &[&str]) -> String {
        let mut ids = ids.iter();
        let parts: Vec<&str> = self
            .path
            .split('/')
            .map(|part| {
                if part.starts_with('{') {
                    ids.next()
                        .unwrap_or_else(|| panic!("{} has more ids than were given", self.path))
                } else {
                    part
                }
            })
            .collect();
        parts.join("/")
    }
}

/// What a reference within the document points at; anything else is itself.
fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')))
        .unwrap_or(value)
}

/// Whether a path is one of a template's.
fn matches(template: &str, path: &str) -> bool {
    let template: Vec<&str> = template.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(expected, part)| expected.starts_with('{') || *expected == part)
}
