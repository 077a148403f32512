//! The end of a PostgreSQL server that nobody announced, and its start afterwards.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use people::postgres::server_user;

use crate::server::Server;
use crate::{Outcome, failure};

/// How long its processes may take to be gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crash {
    /// By its own emergency stop: nothing is finished, nothing is written.
    Emergency,
    /// All its processes are killed at once.
    Killed,
}

impl Crash {
    /// Ends the server.
    pub(super) fn strike(self, server: &Server) -> Outcome<()> {
        match self {
            Self::Emergency => control(server, &["stop", "--mode=immediate"]),
            Self::Killed => {
                let first = server.process()?;
                // It makes no new process while they are counted, and sees none of them die.
                signal("STOP", &[first])?;
                let mut all = children_of(first)?;
                all.push(first);
                signal("KILL", &all)?;
                wait_until_gone(&all)
            }
        }
    }
}

/// Starts the server again, with the options it had; it repairs what the crash has left and is then ready.
pub(super) fn start_again(server: &Server) -> Outcome<()> {
    control(server, &["restart", "--mode=immediate"])
}

/// Sends a signal to processes. Those that have ended meanwhile need none.
fn signal(name: &str, processes: &[u32]) -> Outcome<()> {
    Command::new("kill")
        .arg(format!("-{name}"))
        .args(processes.iter().map(ToString::to_string))
        .stderr(Stdio::null())
        .status()?;
    Ok(())
}

/// A process that was killed is there until somebody has taken note of it.
fn wait_until_gone(processes: &[u32]) -> Outcome<()> {
    let begun = Instant::now();
    while processes
        .iter()
        .any(|process| Path::new(&format!("/proc/{process}")).exists())
    {
        if begun.elapsed() > PATIENCE {
            return Err(failure("PostgreSQL was killed and does not end"));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn data(server: &Server) -> Outcome<PathBuf> {
    let log = server.log();
    let data = log.parent().and_then(Path::parent);
    Ok(data.ok_or("the log lies within the data")?.to_owned())
}

/// Does something through PostgreSQL's own program, as the user whom the server belongs to.
fn control(server: &Server, what: &[&str]) -> Outcome<()> {
    let data = data(server)?;
    let said = data.join("../start.log");
    let mut program = server.program("pg_ctl", "postgres");
    program
        .args(what)
        .args(["--silent", "--wait", "--timeout=120", "--pgdata"])
        .arg(&data)
        .arg("--log")
        .arg(&said)
        .current_dir(&data)
        .stdout(Stdio::null())
        .stderr(File::options().append(true).open(&said)?)
        .process_group(0);
    if let Some((user, group)) = server_user()? {
        program.uid(user).gid(group);
    }
    let ended = program.status()?;
    if ended.success() {
        Ok(())
    } else {
        let said = fs::read_to_string(&said).unwrap_or_default();
        let last = said.trim().lines().last().unwrap_or_default();
        Err(failure(format!("pg_ctl {}: {ended}: {last}", what.join(" "))))
    }
}

/// The processes that one has started.
fn children_of(parent: u32) -> Outcome<Vec<u32>> {
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // The name of a program can hold anything; what follows its last parenthesis is the state and the parent.
        let of = fs::read_to_string(format!("/proc/{process}/stat")).ok();
        let of = of.and_then(|stat| {
            let (_, rest) = stat.rsplit_once(')')?;
            rest.split_whitespace().nth(1)?.parse::<u32>().ok()
        });
        if of == Some(parent) {
            children.push(process);
        }
    }
    Ok(children)
}
