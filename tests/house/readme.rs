//! The README keeps its word, as far as a test can read it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::rulebook::{check, library, read};

const README: &str = include_str!("../../README.md");

#[test]
fn its_rulebook_is_accepted() {
    let text = block("toml");
    let rulebook = read(text).unwrap_or_else(|flaws| panic!("{flaws:#?}"));
    let others: BTreeMap<_, _> = library()
        .iter()
        .map(|text| read(text).expect("what is shipped can be read"))
        .map(|rulebook| (rulebook.head.code.clone(), rulebook))
        .collect();
    check(&rulebook, &others).unwrap_or_else(|flaws| panic!("{flaws:#?}"));
}

#[test]
fn its_example_of_a_test_is_a_test() {
    let (_, example) = include_str!("example.rs")
        .split_once("\n\n")
        .expect("a line about it, then the example");
    assert!(README.contains(&format!("```rust\n{example}```")));
}

#[test]
fn every_file_it_names_is_there() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut looked_at = 0;
    for row in README.lines().filter(|line| line.starts_with("| ")) {
        let place = row.rsplit(" | ").next().unwrap_or_default();
        let mut folder = Path::new("");
        for name in place.split('`').skip(1).step_by(2) {
            let path = Path::new(name);
            let crates = ["domain", "persistence", "api", "openapi", "migrations", "tests"];
            if !crates.iter().any(|room| path.starts_with(room)) {
                // A file beside the one before it: `domain/src/case/decide.rs`, `refusal.rs`.
                let looks_like_a_file = path.extension().is_some_and(|it| it == "rs") || name.ends_with('/');
                if folder.as_os_str().is_empty() || !looks_like_a_file {
                    continue;
                }
                assert!(house.join(folder).join(path).exists(), "{row}\nnames {name}");
                continue;
            }
            assert!(house.join(path).exists(), "{row}\nnames {name}");
            folder = path.parent().unwrap_or(path);
            looked_at += 1;
        }
    }
    assert!(looked_at > 15, "the table of changes was not found");
}

#[test]
fn its_settings_are_all_and_only_those_there_are() {
    let told: BTreeSet<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `HUIYIN_"))
        .filter_map(|rest| rest.split('`').next())
        .collect();
    let source = include_str!("../../api/src/settings.rs");
    let known: BTreeSet<&str> = source
        .split("\"HUIYIN_")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
        .collect();
    assert_eq!(told, known);
}

/// The one block of the README in this language.
#[track_caller]
fn block(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let mut blocks = README.split(fence.as_str()).skip(1);
    let block = blocks.next().expect("the README shows one");
    assert!(blocks.next().is_none(), "the README shows several");
    block.split("```").next().expect("it ends")
}
