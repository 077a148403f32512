//! `huiyin rulebook`: rulebooks outside the service.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::rulebook::{Flaw, ancestry, examine, read, schema};

use super::{Failure, tell};

/// The longest file that is read as a rulebook, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Work on rulebooks.
#[derive(Debug, Subcommand)]
pub enum Rulebook {
    /// Check a rulebook: every finding with its line.
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
    /// A file that cannot be read, or findings.
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
    let size = std::fs::metadata(file)?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("{} is larger than 1 MiB", file.display()).into());
    }
    let text = std::fs::read_to_string(file)?;
    match examined(&text) {
        Ok(()) => {
            tell(&format!("{}: no findings", file.display()));
            Ok(())
        }
        Err(flaws) => {
            for flaw in &flaws {
                tell(&format!("{}: {flaw}", file.display()));
            }
            Err(format!("{} findings", flaws.len()).into())
        }
    }
}

/// Checks a rulebook among those that are shipped, from which it may inherit.
fn examined(text: &str) -> Result<(), Vec<Flaw>> {
    let rulebook = read(text)?;
    examine(text, &ancestry(&rulebook)).map(drop)
}
