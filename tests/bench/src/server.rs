//! A PostgreSQL server of the benchmark's own, on a real disk, reached by a unix socket.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use people::postgres::{installed_programs, server_user};

use crate::{Outcome, failure};

/// What the server is told beyond its own defaults: everything durable, nothing planned for parallel workers, its
/// log in a form that a program can read.
const SETTINGS: &str = "\
listen_addresses = ''
max_connections = 300
fsync = on
full_page_writes = on
synchronous_commit = on
jit = off
max_wal_size = 8GB
checkpoint_timeout = 30min
maintenance_work_mem = 512MB
max_parallel_workers_per_gather = 0
logging_collector = on
log_destination = jsonlog
log_directory = log
log_filename = server
log_rotation_age = 0
log_rotation_size = 0
log_checkpoints = off
log_autovacuum_min_duration = -1
autovacuum_naptime = 10min
";

/// The port is only a part of the socket's name.
const PORT: u16 = 5432;

/// A running server; stops when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    script: Child,
    programs: PathBuf,
    directory: PathBuf,
    /// What it was told.
    pub(crate) settings: String,
}

impl Server {
    /// Starts a server in a directory, on what is there already if there is something.
    pub(crate) fn start(directory: &Path, shared_buffers: &str) -> Outcome<Self> {
        let programs = installed_programs()?;
        fs::create_dir_all(directory)?;
        let directory = directory.canonicalize()?;
        let settings = format!("{SETTINGS}shared_buffers = {shared_buffers}\n");
        fs::write(directory.join("bench.conf"), &settings)?;
        let mut script = Command::new("sh");
        script
            .args(["-c", include_str!("server.sh"), "server.sh"])
            .arg(&programs)
            .arg(&directory)
            .arg(PORT.to_string())
            .env("LC_ALL", "C")
            .current_dir(&directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0);
        if let Some((user, group)) = server_user()? {
            chown(&directory, Some(user), Some(group))?;
            script.uid(user).gid(group);
        }
        let mut script = script.spawn()?;
        let mut said = String::new();
        let output = script.stdout.take().ok_or("the output was asked for")?;
        BufReader::new(output).read_line(&mut said)?;
        if said.trim() != "ready" {
            script.wait()?;
            let log = fs::read_to_string(directory.join("start.log")).unwrap_or_default();
            return Err(failure(format!("PostgreSQL does not start: {}", log.trim())));
        }
        Ok(Self {
            script,
            programs,
            directory,
            settings,
        })
    }

    /// The URL of a database for the service.
    pub(crate) fn url(&self, database: &str) -> String {
        format!(
            "postgres://huiyin@/{database}?host={}&port={PORT}",
            self.directory.display()
        )
    }

    /// The process that all others of the server come from.
    pub(crate) fn process(&self) -> Outcome<u32> {
        let file = fs::read_to_string(self.directory.join("data/postmaster.pid"))?;
        Ok(file.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// Where the server writes what it is asked, a JSON object a line.
    pub(crate) fn log(&self) -> PathBuf {
        self.directory.join("data/log/server.json")
    }

    /// One of PostgreSQL's programs, told where the database is.
    pub(crate) fn program(&self, name: &str, database: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command
            .env("PGHOST", &self.directory)
            .env("PGPORT", PORT.to_string())
            .env("PGUSER", "huiyin")
            .env("PGDATABASE", database)
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    }

    /// Does something in a database, and answers what it says, fields separated by tabulators.
    pub(crate) fn ask(&self, database: &str, statement: &str) -> Outcome<String> {
        let mut psql = self.program("psql", database);
        psql.args(["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut psql = psql.spawn()?;
        let mut input = psql.stdin.take().ok_or("the input was asked for")?;
        input.write_all(statement.as_bytes())?;
        drop(input);
        let said = psql.wait_with_output()?;
        if said.status.success() {
            Ok(String::from_utf8(said.stdout)?.trim_end_matches('\n').to_owned())
        } else {
            Err(failure(format!(
                "{statement}: {}",
                String::from_utf8_lossy(&said.stderr).trim()
            )))
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Waiting closes the pipe first, so the script stops the server and ends.
        drop(self.script.wait());
    }
}
