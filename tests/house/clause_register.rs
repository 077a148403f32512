//! The clause register: every clause that a regulation lets the house enforce is shown by a scenario, or stands on the
//! list of those that wait.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use domain::rulebook::{Class, Clause, library, read};
use people::scenario::{folder, read_all};
use serde::Deserialize;

/// `waiting.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    /// Clause and the capability it waits for.
    waiting: BTreeMap<String, String>,
}

/// `elsewhere.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Elsewhere {
    /// Clause and the test that shows it.
    elsewhere: BTreeMap<String, String>,
}

#[test]
fn every_enforced_clause_is_shown() {
    let clauses = clauses();
    let shown = shown();
    let (waiting, elsewhere) = (waiting(), elsewhere());
    let enforced = clauses
        .iter()
        .filter(|(_, (_, clause))| clause.class == Class::Enforced);
    let left_out: Vec<String> = enforced
        .filter(|(id, _)| !shown.contains(*id) && !waiting.contains_key(*id) && !elsewhere.contains_key(*id))
        .map(|(id, (code, clause))| format!("{id} ({code}): {}", clause.zh))
        .collect();
    assert!(
        left_out.is_empty(),
        "{} clauses of class E are shown by no step of a scenario:\n{}\n",
        left_out.len(),
        left_out.join("\n")
    );
}

#[test]
fn what_waits_says_so_and_is_not_shown_yet() {
    let clauses = clauses();
    let shown = shown();
    let mut flaws = Vec::new();
    for (id, capability) in waiting() {
        match clauses.get(&id) {
            None => flaws.push(format!("{id}: no rulebook has it")),
            Some((code, clause)) => {
                let waits: Vec<&str> = clause.waits.iter().map(|waits| waits.as_str()).collect();
                if !waits.contains(&capability.as_str()) {
                    flaws.push(format!(
                        "{id}: {code} says that it waits for {waits:?}, not {capability}"
                    ));
                }
            }
        }
        if shown.contains(&id) {
            flaws.push(format!("{id}: a scenario shows it: take it from the list"));
        }
    }
    assert!(flaws.is_empty(), "waiting.toml:\n{}\n", flaws.join("\n"));
}

#[test]
fn what_is_shown_elsewhere_rests_on_a_guarantee_and_has_its_test() {
    let clauses = clauses();
    let mut flaws = Vec::new();
    for (id, test) in elsewhere() {
        match clauses.get(&id) {
            None => flaws.push(format!("{id}: no rulebook has it")),
            Some((code, clause)) if clause.always.is_empty() => {
                flaws.push(format!("{id}: {code} does not rest it on a guarantee (`always`)"));
            }
            Some(_) => {}
        }
        let there = test.rsplit_once("::").is_some_and(|(file, function)| {
            fs::read_to_string(root().join(file)).is_ok_and(|code| code.contains(&format!("fn {function}(")))
        });
        if !there {
            flaws.push(format!("{id}: there is no test {test}"));
        }
    }
    assert!(flaws.is_empty(), "elsewhere.toml:\n{}\n", flaws.join("\n"));
}

/// Every clause of everything that comes with the house, with the code of its rulebook.
fn clauses() -> BTreeMap<String, (String, Clause)> {
    let rulebooks = library()
        .iter()
        .map(|text| read(text).expect("what comes with the house can be read"));
    rulebooks
        .flat_map(|rulebook| {
            let code = rulebook.head.code.to_string();
            let clauses = rulebook.clauses.into_iter();
            clauses.map(move |(id, clause)| (id.to_string(), (code.clone(), clause.rule)))
        })
        .collect()
}

/// Every clause that a step shows.
fn shown() -> BTreeSet<String> {
    let scenarios =
        read_all().unwrap_or_else(|flaws| panic!("the scripts cannot be read:\n{}\n", flaws.join("\n")));
    let steps = scenarios.into_iter().flat_map(|scenario| scenario.steps);
    steps.flat_map(|step| step.shows).collect()
}

fn waiting() -> BTreeMap<String, String> {
    list::<Waiting>("waiting.toml").waiting
}

fn elsewhere() -> BTreeMap<String, String> {
    list::<Elsewhere>("elsewhere.toml").elsewhere
}

#[track_caller]
fn list<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let text = fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
