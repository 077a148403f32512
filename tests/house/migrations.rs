//! Both databases have been told the same story, chapter by chapter.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn both_engines_know_the_same_migrations() {
    let [postgres, sqlite] = ["postgres", "sqlite"].map(|engine| names(&folder(engine)));
    assert_eq!(
        postgres, sqlite,
        "migrations/postgres (left) and migrations/sqlite (right) differ"
    );
    assert_eq!(
        postgres.is_empty(),
        !root().exists(),
        "migrations/ holds no migration that both engines know"
    );
}

#[test]
fn a_migration_can_be_applied_and_taken_back() {
    for engine in ["postgres", "sqlite"] {
        for name in names(&folder(engine)) {
            for half in ["up.sql", "down.sql"] {
                let file = folder(engine).join(&name).join(half);
                let text = fs::read_to_string(&file).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{} says nothing", file.display());
            }
        }
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.expect("a folder can be read"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn folder(engine: &str) -> PathBuf {
    root().join(engine)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations")
}
