//! The regulations' own examples come true, and every clause that must be enforced is shown by one.

use std::env;
use std::fmt::Display;

use people::scenario::{Scenario, play, read_all};
use people::{Database, on_both};

on_both!(every_example_comes_true);

/// All scripts, or those that `SCENARIO` names by a part of file or name.
fn every_example_comes_true(database: &Database) {
    let mut scenarios = scenarios();
    if let Ok(wanted) = env::var("SCENARIO") {
        scenarios.retain(|it| it.name == wanted || it.file.contains(&wanted));
        assert!(!scenarios.is_empty(), "no scenario goes by {wanted:?}");
    }
    let failures = play(database, &scenarios);
    assert!(
        failures.is_empty(),
        "{} of {} scenarios do not come true on {}:\n\n{}\n",
        failures.len(),
        scenarios.len(),
        database.engine(),
        lines(&failures, "\n\n")
    );
}

/// Every scenario there is.
fn scenarios() -> Vec<Scenario> {
    read_all().unwrap_or_else(|flaws| panic!("the scripts cannot be read:\n{}\n", lines(&flaws, "\n")))
}

fn lines(items: &[impl Display], between: &str) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(between)
}
