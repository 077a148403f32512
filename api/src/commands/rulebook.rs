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
    let verdict = verdict(&findings, states);
    if findings.iter().any(|flaw| flaw.severity == Severity::Error) {
        return Err(format!("{}: {verdict}", file.display()).into());
    }
    tell(&format!("{}: {verdict}", file.display()));
    Ok(())
}

/// The last word on a rulebook: whether it can be used, what was found, and how much was looked at.
fn verdict(findings: &[Flaw], states: Option<usize>) -> String {
    let counted = |severity, one: &str| {
        let many = findings.iter().filter(|flaw| flaw.severity == severity).count();
        match many {
            0 => format!("no {one}"),
            1 => format!("1 {one}"),
            many => format!("{many} {one}s"),
        }
    };
    let errors = counted(Severity::Error, "error");
    let warnings = counted(Severity::Warning, "warning");
    let usable = if findings.iter().any(|flaw| flaw.severity == Severity::Error) {
        "cannot be used"
    } else {
        "can be used"
    };
    let played = match states {
        Some(states) => format!("every one of {states} states was played"),
        None => "no case was played, since the text does not stand".to_owned(),
    };
    format!("{usable}: {errors}, {warnings}; {played}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_whether_it_can_be_used() {
        let sound = include_bytes!("../../../domain/rulebooks/cn.service_hall.toml");
        let told = |bytes: &[u8]| {
            let findings = standing(bytes).err().unwrap_or_default();
            verdict(&findings, None)
        };
        assert!(
            told(sound).starts_with("can be used: no error, no warning; "),
            "{}",
            told(sound)
        );
        let faulty = String::from_utf8_lossy(sound).replacen(
            "owes   = \"registration\"",
            "owes   = \"registraton\"",
            1,
        );
        let told = told(faulty.as_bytes());
        assert!(
            told.starts_with("cannot be used: 1 error, no warning; no case was played"),
            "{told}"
        );
    }
}
