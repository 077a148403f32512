//! Servers that we start ourselves, and that end with us.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::run_directory::{RunDirectory, unique_word};

use super::binaries::Binaries;

/// The shell script beside this file that holds a server, and the pipe whose end tells it to stop.
#[derive(Debug)]
pub(super) struct Supervised {
    script: Child,
    _directory: Option<RunDirectory>,
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // Waiting closes the pipe first, so the script ends; only then may its directory go.
        drop(self.script.wait());
    }
}

/// Starts a throw-away server from installed programs and gives the URL of its administrator.
pub(super) fn run_installed(binaries: &Binaries) -> Result<(Supervised, String), String> {
    let directory = RunDirectory::create().map_err(|error| format!("a temporary directory: {error}"))?;
    let password = random_word().map_err(|error| format!("/dev/urandom: {error}"))?;
    let ports = free_ports(5).map_err(|error| format!("a loopback port: {error}"))?;
    let mut script = Command::new("sh");
    script
        .args(["-c", include_str!("installed.sh"), "installed.sh"])
        .arg(&binaries.directory)
        .arg(directory.path())
        .args(ports.iter().map(u16::to_string))
        .env("PASSWORD", &password)
        .env("LC_ALL", "C")
        .stderr(directory.share().map_err(|error| error.to_string())?)
        .current_dir(directory.path());
    if effective_user()? == 0 {
        // PostgreSQL refuses to run as root.
        let (user, group) = unprivileged_user()?;
        chown(directory.path(), Some(user), Some(group)).map_err(|error| error.to_string())?;
        script.uid(user).gid(group);
    }
    let (script, port) = start(script)?;
    let supervised = Supervised {
        script,
        _directory: Some(directory),
    };
    Ok((
        supervised,
        format!("postgres://huiyin:{password}@127.0.0.1:{port}/postgres"),
    ))
}

/// Starts the `postgres` service of the compose file and gives the URL of its administrator.
pub(super) fn run_composed(file: &Path) -> Result<(Supervised, String), String> {
    let password = random_word().map_err(|error| format!("/dev/urandom: {error}"))?;
    let ports = free_ports(1).map_err(|error| format!("a loopback port: {error}"))?;
    let mut script = Command::new("sh");
    script
        .args(["-c", include_str!("compose.sh"), "compose.sh"])
        .arg(file)
        .arg(format!("huiyin-tests-{}", unique_word()))
        .args(ports.iter().map(u16::to_string))
        .env("HUIYIN_POSTGRES_PASSWORD", &password)
        .stderr(Stdio::null());
    let (script, port) = start(script)?;
    let supervised = Supervised {
        script,
        _directory: None,
    };
    Ok((
        supervised,
        format!("postgres://huiyin:{password}@127.0.0.1:{port}/huiyin"),
    ))
}

/// Who we are to the system, seen by what we own.
pub(super) fn effective_user() -> Result<u32, String> {
    let directory = RunDirectory::create().map_err(|error| format!("a temporary directory: {error}"))?;
    fs::metadata(directory.path())
        .map(|seen| seen.uid())
        .map_err(|error| error.to_string())
}

/// Runs a script until it has said whether its server is ready, and on which port.
fn start(mut script: Command) -> Result<(Child, u16), String> {
    let mut child = script
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Out of the reach of Ctrl-C, which would stop it before it has tidied up.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("sh: {error}"))?;
    let mut said = BufReader::new(child.stdout.take().expect("the output was asked for"));
    let mut verdict = String::new();
    said.read_line(&mut verdict).map_err(|error| error.to_string())?;
    if let Some(Ok(port)) = verdict.trim().strip_prefix("ready ").map(str::parse) {
        return Ok((child, port));
    }
    let mut reason = String::new();
    said.read_to_string(&mut reason)
        .map_err(|error| error.to_string())?;
    child.wait().map_err(|error| error.to_string())?;
    Err(format!("{} {}", verdict.trim(), reason.trim()))
}

/// Ports that nobody listens on at this moment, no two the same.
fn free_ports(count: usize) -> std::io::Result<Vec<u16>> {
    let listeners: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind(("127.0.0.1", 0)))
        .collect::<Result<_, _>>()?;
    listeners
        .iter()
        .map(|listener| Ok(listener.local_addr()?.port()))
        .collect()
}

/// The user and the group that distributions make for PostgreSQL, or else the one that owns nothing.
pub(super) fn unprivileged_user() -> Result<(u32, u32), String> {
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some((id("-u", name)?, id("-g", name)?)))
        .ok_or_else(|| "we are root, PostgreSQL refuses root, and there is no user postgres".to_owned())
}

fn id(which: &str, name: &str) -> Option<u32> {
    let said = Command::new("id").args([which, name]).output().ok()?;
    String::from_utf8_lossy(&said.stdout).trim().parse().ok()
}

fn random_word() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
