//! Open cases, and copies of them by the thousand.

use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::lives::{self, CYCLE};
use crate::mold::Copied;
use crate::seed::{Known, Molds, Table, drop_indexes, tables};
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, failure};

/// How many lives are led: each kind of open one is among them once.
const LIVES: usize = 4 * CYCLE;

/// How many days later it is once everything is due that ever will be, without anybody doing anything.
pub(super) const LATER: u32 = 60;

/// A database with some open cases, and their rows as molds.
pub(super) struct Crowd {
    /// The database's name.
    pub(super) database: &'static str,
    /// The ids of the open cases.
    pub(super) originals: Vec<String>,
    tables: Vec<(Table, Molds)>,
}

impl Crowd {
    /// Leads the cases through the service, on a database of this name.
    pub(super) fn gather(
        server: &Server,
        program: &Path,
        directory: &Path,
        database: &'static str,
        seed: u64,
    ) -> Outcome<Self> {
        anew(server, database, "template0")?;
        let log = directory.join("service.log");
        let service = Service::start(program, &server.url(database), None, &[], &log)?;
        let led = lives::lead(&service, LIVES, seed)?;
        drop(service);
        let open = CYCLE / 2;
        let originals: Vec<String> = led.cases.into_iter().step_by(open).collect();
        let known = Known::of(server, database, &originals)?;
        let tables = tables(server, database)?
            .into_iter()
            .map(|table| {
                let molds = table.molds(server, database, &known)?;
                Ok((table, molds))
            })
            .collect::<Outcome<_>>()?;
        Ok(Self {
            database,
            originals,
            tables,
        })
    }

    /// Copies the cases into a database: the ordinals of the copies, and how many days earlier everything on them
    /// happened. Into all tables, or those that are named.
    pub(super) fn copy(
        &self,
        server: &Server,
        database: &str,
        ordinals: std::ops::Range<u64>,
        days_back: u64,
        only: Option<&[&str]>,
    ) -> Outcome<()> {
        let indexes = if ordinals.end - ordinals.start > 20_000 {
            drop_indexes(server, database)?
        } else {
            String::new()
        };
        for (table, molds) in &self.tables {
            if only.is_some_and(|only| !only.contains(&table.name.as_str())) {
                continue;
            }
            let ordinals = ordinals.clone();
            table.pour_in(server, database, |input| {
                let mut row = Vec::new();
                for ordinal in ordinals {
                    let copied = Copied {
                        ordinal,
                        days_back,
                        turn: 0,
                        seed: 1,
                    };
                    for mold in &molds[self.original_of(ordinal)] {
                        row.clear();
                        mold.cast(copied, &mut row);
                        input.write_all(&row)?;
                    }
                }
                Ok(())
            })?;
        }
        server.ask(database, &indexes).map(drop)
    }

    /// Of which of the originals the copy with this ordinal is.
    pub(super) fn original_of(&self, ordinal: u64) -> usize {
        usize::try_from(ordinal).unwrap_or(usize::MAX) % self.originals.len()
    }
}

/// Makes a database anew, as a copy of another.
pub(super) fn anew(server: &Server, database: &str, template: &str) -> Outcome<()> {
    server.ask(
        "postgres",
        &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
    )?;
    server
        .ask(
            "postgres",
            &format!("CREATE DATABASE {database} TEMPLATE {template}"),
        )
        .map(drop)
}

/// Sets a database's clock forward, by days: whoever asks it for the time hears of a later one.
pub(super) fn set_forward(server: &Server, database: &str, days: u32) -> Outcome<()> {
    server
        .ask(
            database,
            &format!(
                "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
                 $$ SELECT pg_catalog.clock_timestamp() + interval '{days} days' $$; \
                 ALTER DATABASE {database} SET search_path = public, pg_catalog"
            ),
        )
        .map(drop)
}

/// How many cases are due.
pub(super) fn due(server: &Server, database: &str) -> Outcome<u64> {
    let said = server.ask(
        database,
        "SELECT count(*) FROM cases WHERE next_look_at <= (SELECT clock_timestamp())",
    )?;
    Ok(said.parse()?)
}

/// Waits until nothing is due.
pub(super) fn until_nothing_is_due(server: &Server, database: &str, patience: Duration) -> Outcome<()> {
    let begun = Instant::now();
    while due(server, database)? > 0 {
        if begun.elapsed() > patience {
            return Err(failure("the sweep does not come to its end"));
        }
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
