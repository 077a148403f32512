//! Rounds: the service and pgbench take turns at the same thing, so that both meet the same machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cost::Watched;
use crate::lives::HALL;
use crate::load::{self, Load, Plan};
use crate::pgbench::{self, Floor};
use crate::seed::{Recipe, Seed};
use crate::server::Server;
use crate::service::Service;
use crate::statements::{Eavesdropper, Script};
use crate::work::{Spread, Work};
use crate::{Outcome, Place, tell};

/// One turn of each.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// What the service did.
    pub(crate) load: Load,
    /// What pgbench did.
    pub(crate) floor: Floor,
}

/// A first look.
pub(crate) fn glance(place: &Place) -> Outcome<()> {
    let directory: PathBuf = place
        .keep
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join("huiyin-bench"));
    let server = Server::start(&directory, "512MB")?;
    let recipe = Recipe {
        lives: 200,
        cases: 2000,
        whole: 2000,
        seed: 1,
    };
    let program = place.program()?;
    let seed = recipe.make(&server, &program, &directory)?;
    for (table, (bytes, rows)) in &seed.tables {
        tell(&format!("{table:<24} {bytes:>12} bytes {rows:>8} rows"));
    }
    let works = [
        Work::Create,
        Work::Command(Spread::Random),
        Work::Read,
        Work::List(None),
        Work::Worklist(None),
    ];
    let scripts = scripts(&server, &program, &seed, &directory, &works)?;
    let log = directory.join("service.log");
    let service = Service::start(
        &program,
        &server.url(&recipe.database()),
        Some(&seed.now),
        &[],
        &log,
    )?;
    let token = service.log_in(HALL)?;
    for (work, script) in works.iter().zip(&scripts) {
        let round = round(
            &server,
            &service,
            &token,
            &seed,
            work,
            script,
            8,
            Duration::from_secs(2),
            &directory,
        )?;
        let [service, database, generator] = round.load.cost.each(round.load.done.len() as u64);
        tell(&format!(
            "{:<14} {:>7.0}/s {:.2} of pgbench {:>7.0}/s; p50 {:.2} p99 {:.2} ms; service {service:.0} + pg {database:.0} \
             + generator {generator:.0} us, pgbench {:.0} + {:.0} us; {} statements; {:?}",
            work.name(),
            round.load.rate(),
            round.load.rate() / round.floor.rate,
            round.floor.rate,
            round.load.p(50),
            round.load.p(99),
            round.floor.database,
            round.floor.generator,
            script.statements,
            round.load.answers,
        ));
    }
    Ok(())
}

/// The scripts of several kinds of request.
pub(crate) fn scripts(
    server: &Server,
    program: &Path,
    seed: &Seed,
    directory: &Path,
    works: &[Work],
) -> Outcome<Vec<Script>> {
    let mut listening = Eavesdropper::start(server, program, seed, HALL, &directory.join("service.log"))?;
    works.iter().map(|work| listening.script(work)).collect()
}

/// The service's turn, and pgbench's.
#[expect(clippy::too_many_arguments, reason = "a round has as many parts")]
pub(crate) fn round(
    server: &Server,
    service: &Service,
    token: &str,
    seed: &Seed,
    work: &Work,
    script: &Script,
    connections: usize,
    time: Duration,
    directory: &Path,
) -> Outcome<Round> {
    let watched = Watched {
        service: Some(service.process()),
        database: Some(server.process()?),
    };
    let plan = Plan {
        connections,
        rate: None,
        warm_up: Duration::from_millis(500),
        measured: time,
    };
    let load = load::run(&service.address, plan, watched, |number| {
        work.requests(&service.address, token, &seed.recipe, 17 + number as u64)
    })?;
    let floor = pgbench::run(
        server,
        &seed.recipe.database(),
        script,
        directory,
        connections,
        time,
    )?;
    Ok(Round { load, floor })
}
