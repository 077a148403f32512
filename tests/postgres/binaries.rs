//! Where PostgreSQL's programs are on this machine, and how they get there.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::supervisor::effective_user;

/// The oldest major version that the service supports.
pub(super) const OLDEST: u32 = 15;

/// A directory with `initdb`, `pg_ctl` and `postgres` of one version.
#[derive(Debug)]
pub(super) struct Binaries {
    pub(super) directory: PathBuf,
}

impl Binaries {
    /// The newest that are installed, if they are new enough.
    pub(super) fn newest() -> Result<Self, String> {
        let mut found: Vec<(u32, PathBuf)> = directories()
            .into_iter()
            .filter_map(|directory| Some((major(&directory)?, directory)))
            .collect();
        found.sort();
        match found.pop() {
            Some((version, directory)) if version >= OLDEST => Ok(Self { directory }),
            Some((version, directory)) => Err(format!("the newest is {version}, in {}", directory.display())),
            None => Err("no initdb on the PATH, by pg_config, or where distributions put it".to_owned()),
        }
    }
}

/// Every directory worth a look.
fn directories() -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .collect();
    if let Ok(said) = Command::new("pg_config").arg("--bindir").output() {
        places.push(String::from_utf8_lossy(&said.stdout).trim().into());
    }
    // Debian and Ubuntu; PostgreSQL's own packages for Red Hat; Homebrew on either kind of Mac, and on
    // Linux; Postgres.app; Alpine.
    for (parent, below) in [
        ("/usr/lib/postgresql", "bin"),
        ("/usr", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/home/linuxbrew/.linuxbrew/opt", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "bin"),
        ("/usr/libexec", ""),
    ] {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        places.extend(entries.map(|entry| entry.path().join(below)));
    }
    // A link leads to the directory whose neighbours the programs look for.
    let mut directories: Vec<PathBuf> = places
        .iter()
        .filter_map(|place| Some(place.join("initdb").canonicalize().ok()?.parent()?.to_owned()))
        .filter(|place| place.join("pg_ctl").exists() && place.join("postgres").exists())
        .collect();
    directories.sort();
    directories.dedup();
    directories
}

/// The major version of the programs there, by what `postgres --version` says: "postgres (PostgreSQL) 15.8".
fn major(directory: &Path) -> Option<u32> {
    let said = Command::new(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let number = said
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Installs the distribution's package, if we are root and know how.
pub(super) fn install_package() -> Result<(), String> {
    if effective_user()? != 0 {
        return Err("only root may install it".to_owned());
    }
    let installers = [
        (
            "apt-get",
            "apt-get -o DPkg::Lock::Timeout=300 update && \
             apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends postgresql",
        ),
        ("dnf", "dnf install -y postgresql-server"),
        ("apk", "apk add postgresql"),
    ];
    let Some((name, command)) = installers.into_iter().find(|(name, _)| on_path(name)) else {
        return Err("neither apt-get nor dnf nor apk is here".to_owned());
    };
    // Past the capture of a test's output: whoever waits sees what for.
    drop(writeln!(
        std::io::stderr(),
        "No PostgreSQL on this machine: installing it ({name})"
    ));
    let done = Command::new("sh")
        .args(["-c", command])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output()
        .map_err(|error| error.to_string())?;
    if done.status.success() {
        Ok(())
    } else {
        Err(format!(
            "{name}: {}",
            String::from_utf8_lossy(&done.stderr).trim()
        ))
    }
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|place| place.join(program).exists()))
}
