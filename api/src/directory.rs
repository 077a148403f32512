//! What exists at which address, read off the contract.
//!
//! The framework answers a wrong method as if the address did not exist, and lets unknown query parameters pass.
//! The document knows better: it lists every address with its methods and parameters, and cannot be incomplete,
//! because an operation that is not in it is not registered either. So both refusals are made from it, before
//! anything is routed.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use serde_json::Value;

use crate::problem::{ERRORS_MAX, FieldError, FieldFault, Problem};
use crate::request::escaped;

/// The addresses of the service.
#[derive(Debug, Default)]
pub struct Directory {
    addresses: Vec<Address>,
}

/// One address: a path in which some segments are parameters, and what it does by method.
#[derive(Debug)]
struct Address {
    segments: Vec<Segment>,
    methods: BTreeMap<String, Method>,
}

/// What is known of a method at an address.
#[derive(Debug)]
struct Method {
    /// The names of its query parameters.
    parameters: Vec<String>,
    /// Whether it asks who calls.
    closed: bool,
    /// The operation's id.
    operation: String,
    /// The tag under which it stands.
    tag: String,
    /// The closed lists of its body, by the pointer to the field, in which `*` stands for a place in a list.
    lists: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Parameter,
}

impl Directory {
    /// The directory of an `OpenAPI` document.
    pub fn of(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        Self {
            addresses: paths
                .map(|(path, item)| Address::new(document, path, item))
                .collect(),
        }
    }

    /// Why a request cannot be routed: the address has other methods, or does not know a query parameter.
    /// An address that is not in the directory is left to the routing.
    pub fn objection(&self, request: &ServiceRequest) -> Option<Problem> {
        let address = self.find(request.path())?;
        let method = request.method().as_str();
        let Some(known) = address.methods.get(method) else {
            let methods: Vec<&str> = address.methods.keys().map(String::as_str).collect();
            return Some(Problem::method_not_allowed(methods.join(", ")));
        };
        let errors: Vec<FieldError> = names_in(request.query_string())
            .filter(|name| !known.parameters.contains(name))
            .take(ERRORS_MAX)
            .map(|name| FieldError::new(format!("/query/{}", escaped(&name)), FieldFault::UnknownField))
            .collect();
        (!errors.is_empty()).then(|| Problem::malformed(errors))
    }

    /// Whether the operation that a request goes to asks who calls. What is not in the directory asks nobody.
    pub fn is_closed(&self, request: &ServiceRequest) -> bool {
        self.find(request.path())
            .and_then(|address| address.methods.get(request.method().as_str()))
            .is_some_and(|method| method.closed)
    }

    /// The id of the operation that a request goes to.
    pub fn operation(&self, request: &ServiceRequest) -> Option<&str> {
        let method = self
            .find(request.path())?
            .methods
            .get(request.method().as_str())?;
        Some(&method.operation)
    }

    /// The id of the operation that a request went to.
    pub fn operation_of(&self, request: &HttpRequest) -> Option<&str> {
        let method = self
            .find(request.path())?
            .methods
            .get(request.method().as_str())?;
        Some(&method.operation)
    }

    /// The id of the operation that a request goes to, and the tag under which it stands.
    pub(crate) fn tagged(&self, request: &ServiceRequest) -> Option<(&str, &str)> {
        let address = self.find(request.path())?;
        let method = address.methods.get(request.method().as_str())?;
        Some((&method.operation, &method.tag))
    }

    /// All operations that ask who calls, each with its tag.
    pub(crate) fn closed(&self) -> impl Iterator<Item = (&str, &str)> {
        let methods = self.addresses.iter().flat_map(|it| it.methods.values());
        methods
            .filter(|method| method.closed)
            .map(|method| (method.operation.as_str(), method.tag.as_str()))
    }

    /// The ids of all operations.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        let methods = self.addresses.iter().flat_map(|it| it.methods.values());
        methods.map(|method| method.operation.as_str())
    }

    /// The words that a field of a body may be, if they are a closed list; the field is named by its JSON pointer.
    pub fn words(&self, request: &HttpRequest, pointer: &str) -> Option<&[String]> {
        let method = self
            .find(request.path())?
            .methods
            .get(request.method().as_str())?;
        let pattern: Vec<&str> = pointer
            .split('/')
            .map(|part| if part.parse::<usize>().is_ok() { "*" } else { part })
            .collect();
        method.lists.get(&pattern.join("/")).map(Vec::as_slice)
    }

    fn find(&self, path: &str) -> Option<&Address> {
        self.addresses.iter().find(|address| address.matches(path))
    }
}

impl Address {
    fn new(document: &Value, path: &str, item: &Value) -> Self {
        let closed_by_default = asks_who(&document["security"]);
        let segments = path.split('/').map(|segment| {
            if segment.starts_with('{') {
                Segment::Parameter
            } else {
                Segment::Fixed(segment.to_owned())
            }
        });
        let operations = item
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| METHODS.contains(&name.as_str()));
        let methods = operations.map(|(name, operation)| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let in_query = parameters.filter(|parameter| parameter["in"] == "query");
            let names = in_query
                .filter_map(|parameter| parameter["name"].as_str())
                .map(str::to_owned);
            let closed = match &operation["security"] {
                Value::Null => closed_by_default,
                own => asks_who(own),
            };
            let method = Method {
                parameters: names.collect(),
                closed,
                lists: lists_of(
                    document,
                    &operation["requestBody"]["content"]["application/json"]["schema"],
                ),
                operation: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                tag: operation["tags"][0].as_str().unwrap_or_default().to_owned(),
            };
            (name.to_uppercase(), method)
        });
        Self {
            segments: segments.collect(),
            methods: methods.collect(),
        }
    }

    /// From the end, where addresses differ.
    fn matches(&self, path: &str) -> bool {
        let mut segments = self.segments.iter().rev();
        path.rsplit('/').all(|given| match segments.next() {
            Some(Segment::Fixed(fixed)) => fixed == given,
            Some(Segment::Parameter) => !given.is_empty(),
            None => false,
        }) && segments.next().is_none()
    }
}

/// The closed lists within a schema, by pointer.
fn lists_of(document: &Value, schema: &Value) -> BTreeMap<String, Vec<String>> {
    let mut lists = BTreeMap::new();
    collect_lists(document, schema, "", NESTING_MAX, &mut lists);
    lists
}

/// How deep bodies are looked into; a schema may contain itself.
const NESTING_MAX: usize = 12;

fn collect_lists(
    document: &Value,
    schema: &Value,
    pointer: &str,
    deeper: usize,
    lists: &mut BTreeMap<String, Vec<String>>,
) {
    let Some(deeper) = deeper.checked_sub(1) else {
        return;
    };
    if let Some(target) = schema["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')))
    {
        return collect_lists(document, target, pointer, deeper, lists);
    }
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().filter_map(Value::as_str).map(str::to_owned);
        lists.entry(pointer.to_owned()).or_default().extend(words);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let inside = format!("{pointer}/{}", escaped(name));
        collect_lists(document, property, &inside, deeper, lists);
    }
    if let Some(items) = schema.get("items") {
        collect_lists(document, items, &format!("{pointer}/*"), deeper, lists);
    }
    for variant in schema["oneOf"].as_array().into_iter().flatten() {
        collect_lists(document, variant, pointer, deeper, lists);
    }
}

/// Whether a list of security requirements asks anything: an empty one, or one with an empty alternative, does not.
fn asks_who(security: &Value) -> bool {
    let alternatives = security.as_array().map(Vec::as_slice).unwrap_or_default();
    let asks = |alternative: &Value| alternative.as_object().is_some_and(|schemes| !schemes.is_empty());
    !alternatives.is_empty() && alternatives.iter().all(asks)
}

/// The members of a path item that are operations.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The names of the parameters in a query; a query that cannot be read has none, and the operation refuses it.
fn names_in(query: &str) -> impl Iterator<Item = String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
    pairs.into_iter().map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use actix_web::test::TestRequest;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(method: Method, uri: &str, expected: Option<&str>) {
        let directory = Directory::of(&json!({"paths": {
            "/cases": {"get": {"parameters": [{"in": "query", "name": "limit"}, {"in": "header", "name": "prefer"}]}, "post": {}},
            "/cases/{case_id}/acceptance": {"post": {"parameters": [{"in": "path", "name": "case_id"}]}},
        }}));
        let request = TestRequest::default().method(method).uri(uri).to_srv_request();
        let objection = directory.objection(&request).map(|problem| problem.to_string());
        assert_eq!(objection.as_deref(), expected, "{uri}");
    }

    #[test]
    fn the_directory_knows_methods_and_parameters() {
        check(Method::GET, "/cases?limit=2", None);
        check(Method::GET, "/cases?limit=2&limit=3", None);
        check(Method::GET, "/cases?prefer=x", Some("malformed_request"));
        check(Method::GET, "/cases?", None);
        check(Method::POST, "/cases?limit=2", Some("malformed_request"));
        check(Method::DELETE, "/cases", Some("method_not_allowed"));
        check(Method::GET, "/cases/7/acceptance", Some("method_not_allowed"));
        check(Method::POST, "/cases/7/acceptance", None);
        check(Method::GET, "/cases/7", None);
        check(Method::GET, "/cases//acceptance", None);
        check(Method::GET, "/cases/", None);
    }
}
