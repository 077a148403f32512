//! The walls of the house: who may know whom.
//!
//! ```text
//! domain ◀── persistence ◀── api ◀── tests        (api ──▶ domain too; nothing points the other way)
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// Crates that speak to a database.
const DATABASE: &[&str] = &[
    "diesel",
    "diesel_migrations",
    "libsqlite3-sys",
    "pq-sys",
    "r2d2",
    "rusqlite",
    "sqlx",
    "postgres",
];

/// Crates that speak HTTP, or describe it.
const HTTP: &[&str] = &[
    "actix-http",
    "actix-rt",
    "actix-web",
    "hyper",
    "jsonwebtoken",
    "reqwest",
    "ureq",
    "utoipa",
    "utoipa-actix-web",
    "utoipa-swagger-ui",
];

#[test]
fn the_crates_point_one_way() {
    let crates = crates();
    let family: BTreeSet<&str> = crates.keys().map(String::as_str).collect();
    assert_eq!(
        family,
        BTreeSet::from(["api", "bench", "domain", "persistence", "tests"])
    );
    for (name, may_know) in [
        ("domain", &[] as &[&str]),
        ("persistence", &["domain"]),
        ("api", &["domain", "persistence"]),
    ] {
        for dependency in &crates[name].dependencies {
            let known = dependency.name.as_str();
            assert!(
                !family.contains(known) || may_know.contains(&known),
                "{name} must not depend on {known}"
            );
        }
    }
}

#[test]
fn the_domain_reaches_no_database_and_no_network() {
    let reached = reached_from("domain");
    for foreign in DATABASE.iter().chain(HTTP).chain(&["tokio", "mio"]) {
        assert!(
            !reached.contains(*foreign),
            "domain reaches {foreign} through its dependencies"
        );
    }
}

#[test]
fn the_domain_cannot_ask_for_the_time() {
    for dependency in &crates()["domain"].dependencies {
        if dependency.name == "chrono" {
            assert!(
                !dependency.uses_default_features,
                "chrono's default features bring its clock"
            );
            for clock in ["clock", "now"] {
                assert!(
                    !dependency.features.iter().any(|feature| feature == clock),
                    "chrono/{clock}"
                );
            }
        }
    }
}

#[test]
fn the_archive_knows_no_http() {
    let reached = reached_from("persistence");
    for foreign in HTTP {
        assert!(!reached.contains(*foreign), "persistence reaches {foreign}");
    }
}

#[test]
fn the_counter_writes_no_sql() {
    for dependency in &crates()["api"].dependencies {
        assert!(
            !DATABASE.contains(&dependency.name.as_str()),
            "api must not depend on {}",
            dependency.name
        );
    }
}

#[test]
fn the_domain_does_nothing_but_think() {
    for world in [
        "Utc::now",
        "Local::now",
        "SystemTime",
        "Instant::now",
        "now_v7(",
        "new_v4(",
        "std::env",
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "println!",
    ] {
        assert_absent("domain", world);
    }
}

#[test]
fn no_code_knows_a_rulebook_by_name() {
    for room in ["domain", "persistence", "api"] {
        assert_absent(room, "\"cn.");
    }
    // Nor a clause of one: clauses come with the rulebook that is read.
    for room in ["domain", "persistence"] {
        for tens in ["\"R0", "\"R1"] {
            assert_absent(room, tens);
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    features: Vec<String>,
    uses_default_features: bool,
}

/// The crates of the workspace as their manifests describe them, by name.
fn crates() -> BTreeMap<String, Package> {
    let said = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let metadata: Metadata = serde_json::from_slice(&said.stdout).expect("cargo's metadata");
    metadata
        .packages
        .into_iter()
        .map(|package| (package.name.clone(), package))
        .collect()
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    dependencies: Vec<String>,
}

/// Every crate that `start` is built or tested with, however far down, by the lock file.
fn reached_from(start: &str) -> BTreeSet<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is checked in");
    let lock: Lock = toml::from_str(&lock).expect("Cargo.lock is TOML");
    let mut reached = BTreeSet::new();
    let mut ahead = vec![start.to_owned()];
    while let Some(next) = ahead.pop() {
        for locked in lock.package.iter().filter(|locked| locked.name == next) {
            // "name", or "name version" where there are two.
            for dependency in &locked.dependencies {
                let name = dependency.split(' ').next().expect("a name").to_owned();
                if reached.insert(name.clone()) {
                    ahead.push(name);
                }
            }
        }
    }
    assert!(!reached.is_empty(), "Cargo.lock knows no {start}");
    reached
}

/// Fails where the code of a crate, its tests, comments and examples left out, contains `text`.
#[track_caller]
fn assert_absent(room: &str, text: &str) {
    let mut found = Vec::new();
    for file in sources(&root().join(room).join("src")) {
        let code = fs::read_to_string(&file).expect("a source can be read");
        for (number, line) in without_tests(&code).lines().enumerate() {
            if says(line).contains(text) {
                found.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "{room} must not contain {text}:\n{}",
        found.join("\n")
    );
}

/// What a line of code says without its comment, and without an example that it gives the contract: an example is
/// documentation too.
fn says(line: &str) -> String {
    let code = line.split("//").next().unwrap_or_default();
    match code.split_once("example = \"") {
        Some((before, rest)) => {
            let after = rest.split_once('"').map_or("", |(_, after)| after);
            format!("{before}{after}")
        }
        None => code.to_owned(),
    }
}

/// The code of a file up to the tests that stand at its end.
fn without_tests(code: &str) -> &str {
    code.find("#[cfg(test)]\nmod tests {")
        .map_or(code, |tests| &code[..tests])
}

/// The Rust files of a folder, those left out that hold tests, and the one list of embedded rulebooks.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("a folder can be read").path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("tests" | "tests.rs" | "library.rs") => {}
            _ if path.is_dir() => files.extend(sources(&path)),
            _ if path.extension().is_some_and(|extension| extension == "rs") => files.push(path),
            _ => {}
        }
    }
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
