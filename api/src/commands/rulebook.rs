//! `huiyin rulebook`: rulebooks outside the service.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::rulebook::{Flaw, Severity, explore, schema, warnings};

use super::{Failure, tell};
use crate::rulebook::installed::{bytes_of, standing};

/// Work on rulebooks.
#[derive(Debug, Subcommand)]
pub enum Rulebook {
    /// Check a rulebook: every finding with its line, and the shortest way of a case to it.
    Check {
        /// The rulebook, a TOML file.
        file: PathBuf,
    },
    /// Print the JSON Schema of a rulebook, with which an editor completes and checks one.
    Schema,
}

impl Rulebook {
    /// Does what was asked.
    ///
    /// # Errors
    /// A file that cannot be read, or a finding that is more than a warning.
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::Check { file } => check_file(&file),
            Self::Schema => {
                tell(&schema());
                Ok(())
            }
        }
    }
}

fn check_file(file: &Path) -> Result<(), Failure> {
    let Some(bytes) = bytes_of(file)? else {
        return Err(format!("{} is larger than 1 MiB", file.display()).into());
    };
    let Examined { findings, states } = examined(&bytes);
    for flaw in &findings {
        tell(&format!("{}: {flaw}", file.display()));
    }
    if let Some(states) = states {
        tell(&format!("{}: {states} states were played", file.display()));
    }
    let errors = findings
        .iter()
        .filter(|flaw| flaw.severity == Severity::Error)
        .count();
    if errors > 0 {
        return Err(format!("{errors} findings").into());
    }
    if findings.is_empty() {
        tell(&format!("{}: no findings", file.display()));
    }
    Ok(())
}

/// What was found, and how many states of a case were looked at; none where the text itself does not stand.
struct Examined {
    findings: Vec<Flaw>,
    states: Option<usize>,
}

/// Checks a rulebook among those that are shipped, from which it may inherit, and plays it.
fn examined(bytes: &[u8]) -> Examined {
    match standing(bytes) {
        Ok(rulebook) => {
            let played = explore(&rulebook);
            let mut findings = warnings(&rulebook);
            findings.extend(played.findings);
            findings.sort_by_key(|flaw| flaw.line);
            Examined {
                findings,
                states: Some(played.states),
            }
        }
        Err(findings) => Examined {
            findings,
            states: None,
        },
    }
}
