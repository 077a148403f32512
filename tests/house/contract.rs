//! The contract that is checked in is the contract of the code, and keeps its rules.
//!
//! After a change that is meant: `UPDATE_OPENAPI=1 cargo test -p tests --test house contract`, and read the difference.

use std::fs;
use std::path::Path;

use api::contract::{self, lint};
use api::routes;

#[test]
fn what_is_checked_in_is_what_the_code_says() {
    let document = routes::document();
    kept("openapi.json", &contract::text(&document));
    kept("operations.txt", &contract::operations(&document));
}

#[test]
fn the_contract_keeps_its_rules() {
    assert_eq!(lint::breaches(&routes::document()), Vec::<String>::new());
}

/// Compares a file of `openapi/` with what it should hold, or writes it where that was asked for.
#[track_caller]
fn kept(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../openapi")
        .join(name);
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&path, expected).expect("the folder openapi/ can be written");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let difference = found
        .lines()
        .zip(expected.lines())
        .position(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "openapi/{name} is not what the code says (first difference after line {}); run this test with UPDATE_OPENAPI=1 \
         and read what changed",
        difference.unwrap_or_else(|| found.lines().count().min(expected.lines().count()))
    );
}
