//! What the database can do when nobody stands before it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::cost::{Cost, Watched};
use crate::server::Server;
use crate::statements::Script;
use crate::{Outcome, failure};

/// The session of the service, so that both are served alike.
const SESSION: &str = "-c plan_cache_mode=force_generic_plan";

/// What a run of pgbench came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Floor {
    /// Transactions each second.
    pub(crate) rate: f64,
    /// Processor time of PostgreSQL for each transaction, in microseconds.
    pub(crate) database: f64,
    /// Processor time of pgbench for each transaction, in microseconds.
    pub(crate) generator: f64,
}

/// Runs a script on so many connections.
pub(crate) fn run(
    server: &Server,
    database: &str,
    script: &Script,
    directory: &Path,
    connections: usize,
    time: Duration,
    warm_up: bool,
) -> Outcome<Floor> {
    let file = directory.join("pgbench.sql");
    fs::write(&file, &script.text)?;
    let watched = Watched {
        service: None,
        database: Some(server.process()?),
    };
    let go = |how: [&str; 2]| -> Outcome<(f64, f64, Cost)> {
        let mut pgbench = server.program("pgbench", database);
        pgbench
            .args(["-n", "-M", "prepared", "-j", "1", "-c"])
            .arg(connections.to_string())
            .args(how)
            .arg("-f")
            .arg(&file)
            .env("PGOPTIONS", SESSION);
        for (name, value) in &script.values {
            pgbench.arg("-D").arg(format!("{name}={value}"));
        }
        let before = watched.now()?;
        let said = pgbench.output()?;
        let cost = watched.now()? - before;
        let complained = String::from_utf8_lossy(&said.stderr).into_owned();
        if !said.status.success() {
            return Err(failure(format!("pgbench: {}", complained.trim())));
        }
        let said = String::from_utf8(said.stdout)?;
        let read = |begins: &str, at: usize| -> Outcome<f64> {
            let line = said.lines().find_map(|line| line.strip_prefix(begins));
            let word = line.and_then(|line| line.split_whitespace().nth(at));
            let word = word.ok_or_else(|| failure(format!("pgbench says: {said}")))?;
            Ok(word.split('/').next().unwrap_or(word).parse()?)
        };
        let done = read("number of transactions actually processed:", 0)?;
        // It gives no rate where many connections took all the time to be made.
        let rate = if done > 0.0 { read("tps =", 0)? } else { 0.0 };
        Ok((done, rate, cost))
    };
    // As the service before it counts: pages are in memory, and their first images in the log.
    if warm_up {
        go(["-T", "1"])?;
    }
    // A connection and its plans cost as much as many transactions: what they cost alone is taken off.
    let (few, _, opening) = go(["-t", "1"])?;
    let seconds = time.as_secs().max(1).to_string();
    let (many, rate, all) = go(["-T", &seconds])?;
    // Where a transaction takes long there are too few of them for that, and it does not matter.
    let (counted, cost) = if many > few * 4.0 {
        (many - few, all - opening)
    } else {
        (many, all)
    };
    let each = |time: Duration| time.as_secs_f64() * 1e6 / counted.max(1.0);
    Ok(Floor {
        rate,
        database: each(cost.database),
        generator: each(cost.generator),
    })
}
