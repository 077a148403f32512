//! The regulations' own examples come true, and every clause that must be enforced is shown by one.

use std::env;
use std::fmt::Display;

use people::scenario::{Scenario, play, read, read_all};
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

#[test]
fn what_a_script_cannot_say_is_refused_with_its_place() {
    for (step, why) in [
        (
            "at = \"2026-09-17 09:00\"\nwhen = \"now\"\nby = \"clock\"",
            ":6: TOML parse error",
        ),
        (
            "at = \"tomorrow\"\nby = \"clock\"",
            ":4: step 1: at = \"tomorrow\" is no time",
        ),
        ("by = \"clock\"", ":4: step 1: the first step of all needs `at`"),
        (
            "at = \"2026-09-17 09:00\"\nby = \"chief\"\ndo = \"get_case\"",
            ":4: step 1: nobody is called \"chief\"; there are: administrator, complaint_officer, complaint_officer.2",
        ),
        (
            "at = \"2026-09-17 09:00\"\nby = \"complaint_officer\"",
            ":4: step 1: what is done? `do` names the operation",
        ),
        (
            "at = \"2026-09-17 09:00\"\nby = \"clock\"\nshows = [\"R99-1\"]",
            ":4: step 1: cn.service_hall knows no clause R99-1",
        ),
        (
            "at = \"2026-09-17 09:00\"\nby = \"clock\"\nshows = [\"R04-4\"]",
            ":4: step 1: what shows a clause says in `then` what must follow",
        ),
        (
            "at = \"2026-09-17 09:00\"\nby = \"clock\"\n[[scenario.step]]\nat = \"2026-09-16 09:00\"\nby = \"clock\"",
            ":7: step 2: at = \"2026-09-16 09:00\" lies before the step before it",
        ),
    ] {
        let text = format!(
            "[[scenario]]\nname = \"it\"\ntitle = {{ zh = \"例\", en = \"It\" }}\n[[scenario.step]]\n{step}\n"
        );
        let flaws = read("cn.service_hall", &[("it.toml".to_owned(), text)]).expect_err("it is refused");
        let wanted = format!("tests/scenarios/cn.service_hall/it.toml{why}");
        assert!(
            flaws.len() == 1 && flaws[0].starts_with(&wanted),
            "{wanted}\n{flaws:#?}"
        );
    }
}

/// Every scenario there is.
fn scenarios() -> Vec<Scenario> {
    read_all().unwrap_or_else(|flaws| panic!("the scripts cannot be read:\n{}\n", lines(&flaws, "\n")))
}

fn lines(items: &[impl Display], between: &str) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(between)
}
