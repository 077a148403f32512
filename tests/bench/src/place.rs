//! Where things are: the service's program, the databases, and how much room there is for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::{Outcome, failure};

/// How the names of temporary directories begin; the process follows.
const PREFIX: &str = "huiyin-bench-";

/// What every form is told.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The service's program; by default the one beside this program.
    #[arg(long)]
    huiyin: Option<PathBuf>,
    /// Keep the databases in this directory and use them again; by default they go to a temporary one and are removed.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// The directory of a run; removed when dropped, unless it is to be kept.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    kept: bool,
}

impl Place {
    /// The service's program.
    pub(crate) fn program(&self) -> Outcome<PathBuf> {
        let program = match &self.huiyin {
            Some(program) => program.clone(),
            None => std::env::current_exe()?.with_file_name("huiyin"),
        };
        program
            .canonicalize()
            .map_err(|error| failure(format!("{}: {error}", program.display())))
    }

    /// The directory of this run.
    pub(crate) fn directory(&self) -> Outcome<Directory> {
        let kept = self.keep.is_some();
        let path = self.keep.clone().unwrap_or_else(|| {
            sweep();
            std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()))
        });
        fs::create_dir_all(&path)?;
        Ok(Directory {
            path: path.canonicalize()?,
            kept,
        })
    }
}

/// Removes what runs have left that were killed.
fn sweep() {
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name
            .strip_prefix(PREFIX)
            .and_then(|process| process.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            // What belongs to another user stays.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

impl Directory {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it stays.
    pub(crate) fn is_kept(&self) -> bool {
        self.kept
    }

    /// How many bytes are free there.
    pub(crate) fn free(&self) -> Outcome<u64> {
        let said = Command::new("df").args(["-Pk"]).arg(&self.path).output()?;
        let said = String::from_utf8(said.stdout)?;
        let line = said
            .lines()
            .nth(1)
            .and_then(|line| line.split_whitespace().nth(3));
        let kilobytes: u64 = line.ok_or("df tells what is free")?.parse()?;
        Ok(kilobytes * 1024)
    }

    /// What kind of disk it is, as the system calls it.
    pub(crate) fn disk(&self) -> String {
        let said = Command::new("stat")
            .args(["-f", "-c", "%T"])
            .arg(&self.path)
            .output();
        said.map_or_else(
            |_| "unknown".to_owned(),
            |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
        )
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed lies among temporary files.
            drop(fs::remove_dir_all(&self.path));
        }
    }
}
