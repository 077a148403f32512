//! What survives a kill: the service, and PostgreSQL itself, are killed in the middle of writing and started again.
//!
//! Sixteen hands ([`hand`]) send a hundred commands a second, each with a key of its own: cases are registered,
//! classified, accepted, worked on, and all hands write on one case that they share. At a moment that is drawn, half of
//! the time shortly after many commands came at once, the service is killed and started again on the same database.
//! What was cut is sent again with the same key, and some of what was acknowledged is too. In the end the tables
//! themselves are read ([`kept`]) and held against every answer that was ever given ([`check`]): nothing acknowledged is
//! lost, a key has one effect, every event has one command that brought it about, every chain is whole.
//!
//! **Stopping** (SIGTERM) must cut no request that was accepted. One is accepted once the service has read it: whoever
//! closes a connection with bytes in it that he has not read sends a reset, so that it can be seen from outside ([`wire`]).
//! A request counts as cut
//!
//! - if it was sent, no full answer came, and neither did a reset,
//! - if a part of an answer came and not the rest,
//! - if it was carried out and not answered, whatever became of its connection: its key tells after the next start.
//!
//! A request that found its connection refused, or reset before any byte of an answer came, was not accepted; it is sent
//! again.

mod check;
mod crash;
mod hand;
mod kept;
mod series;
mod shift;
mod wire;

use std::fs;
use std::time::{Instant, SystemTime};

use clap::{Args, ValueEnum};

use crate::place::Place;
use crate::server::Server;
use crate::{Outcome, failure, tell};
use kept::Store;
use series::Series;

/// How many findings are told one by one.
const TOLD: usize = 20;

/// What this form is told.
#[derive(Debug, Args)]
pub(crate) struct Kill {
    #[command(flatten)]
    place: Place,
    /// On which engine.
    #[arg(long, value_enum, default_value_t = Engine::Both)]
    engine: Engine,
    /// How often the service is killed on each engine.
    #[arg(long, default_value_t = 200)]
    rounds: usize,
    /// How often it is told to stop on each engine.
    #[arg(long, default_value_t = 20)]
    terminations: usize,
    /// How often PostgreSQL is killed while the service goes on.
    #[arg(long, default_value_t = 30)]
    server_kills: usize,
    /// What chance follows from; by default the time of day.
    #[arg(long)]
    seed: Option<u64>,
}

/// Which engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
    Both,
}

impl Kill {
    /// Kills, and fails if anything was lost, doubled or broken.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let seed = match self.seed {
            Some(seed) => seed,
            None => SystemTime::UNIX_EPOCH.elapsed()?.as_secs(),
        };
        tell(&format!("seed {seed}"));
        let mut wrong = Vec::new();
        if self.engine != Engine::Postgres {
            let path = directory.path().join("kill.sqlite");
            for suffix in ["", "-wal", "-shm"] {
                drop(fs::remove_file(
                    directory.path().join(format!("kill.sqlite{suffix}")),
                ));
            }
            let series = Series::begin(Store::Sqlite(&path), &program, directory.path(), seed)?;
            wrong.extend(self.go_through(series, None)?);
        }
        if self.engine != Engine::Sqlite {
            let server = Server::start(directory.path(), "128MB")?;
            server.ask("postgres", "DROP DATABASE IF EXISTS kill WITH (FORCE)")?;
            server.ask("postgres", "CREATE DATABASE kill TEMPLATE template0")?;
            let store = Store::Postgres(&server, "kill");
            let series = Series::begin(store, &program, directory.path(), seed)?;
            wrong.extend(self.go_through(series, Some(&server))?);
        }
        if wrong.is_empty() {
            tell("nothing acknowledged was lost, nothing was done twice, every chain is whole");
            return Ok(());
        }
        let first = wrong[..wrong.len().min(TOLD)].join("\n  ");
        Err(failure(format!(
            "seed {seed}, {} findings:\n  {first}",
            wrong.len()
        )))
    }

    /// All that happens on one engine; what does not hold.
    fn go_through(&self, mut series: Series, server: Option<&Server>) -> Outcome<Vec<String>> {
        let begun = Instant::now();
        for _ in 0..self.rounds {
            series.kill()?;
        }
        for _ in 0..self.terminations {
            series.terminate()?;
        }
        if let Some(server) = server.filter(|_| self.server_kills > 0) {
            series.crash(server, self.server_kills)?;
        }
        series.settle()?;
        let name = if server.is_some() { "PostgreSQL" } else { "SQLite" };
        series.judge(name, begun.elapsed())
    }
}
