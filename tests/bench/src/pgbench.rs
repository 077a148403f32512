//! What the database can do when nobody stands before it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

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
    let go = |how: [&str; 2]| -> Outcome<Turn> {
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
        let (before, begun) = (watched.now()?, Instant::now());
        let said = pgbench.output()?;
        let (seconds, cost) = (begun.elapsed().as_secs_f64(), watched.now()? - before);
        if !said.status.success() {
            let complained = String::from_utf8_lossy(&said.stderr);
            return Err(failure(format!(
                "pgbench: {}",
                complained.lines().next().unwrap_or_default()
            )));
        }
        let said = String::from_utf8(said.stdout)?;
        let line = said
            .lines()
            .find_map(|line| line.strip_prefix("number of transactions actually processed:"));
        let count = line.and_then(|line| line.trim().split('/').next());
        let count = count.ok_or_else(|| failure(format!("pgbench says: {said}")))?;
        Ok(Turn {
            transactions: count.parse()?,
            seconds,
            cost,
        })
    };
    // As the service before it counts: pages are in memory, and their first images in the log.
    if warm_up {
        go(["-T", "1"])?;
    }
    // To connect and to plan takes as long as many transactions, and no service does it for each request: what the
    // first transaction of each connection takes is taken off.
    let opening = go(["-t", "1"])?;
    let all = go(["-T", &(time.as_secs_f64() + opening.seconds).ceil().to_string()])?;
    let transactions = (all.transactions - opening.transactions).max(1.0);
    let cost = all.cost - opening.cost;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / transactions;
    Ok(Floor {
        rate: transactions / (all.seconds - opening.seconds),
        database: each(cost.database),
        generator: each(cost.generator),
    })
}

/// What one start of pgbench came to.
struct Turn {
    transactions: f64,
    seconds: f64,
    cost: Cost,
}
