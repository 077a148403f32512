//! Rounds: the service and pgbench take turns at the same thing, so that both meet the same machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cost::Watched;
use crate::lives::HALL;
use crate::load::{self, Load, Plan};
use crate::pgbench::{self, Floor};
use crate::seed::Seed;
use crate::server::Server;
use crate::service::Service;
use crate::statements::{Eavesdropper, Script};
use crate::work::Work;
use crate::{Outcome, tell};

/// Asked before anything is counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// A filled database with the service before it.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    /// PostgreSQL.
    pub(crate) server: &'a Server,
    /// The service.
    pub(crate) service: Service,
    /// The officer's token.
    pub(crate) token: String,
    /// What the database holds.
    pub(crate) seed: &'a Seed,
    directory: PathBuf,
}

/// One turn of each.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// What the service did.
    pub(crate) load: Load,
    /// What pgbench did.
    pub(crate) floor: Floor,
}

/// All rounds of one kind of request at one number of connections.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    /// What was asked.
    pub(crate) name: String,
    /// How many cases the database held.
    pub(crate) cases: u64,
    /// How many asked at once.
    pub(crate) connections: usize,
    /// How many statements one request issues.
    pub(crate) statements: usize,
    /// The rounds.
    pub(crate) rounds: Vec<Round>,
}

impl<'a> Stage<'a> {
    /// Starts the service on a seed.
    pub(crate) fn set(server: &'a Server, program: &Path, seed: &'a Seed, directory: &Path) -> Outcome<Self> {
        let url = server.url(&seed.recipe.database());
        let log = directory.join("service.log");
        let service = Service::start(program, &url, Some(&seed.now), &[], &log)?;
        Ok(Self {
            server,
            token: service.log_in(HALL)?,
            service,
            seed,
            directory: directory.to_owned(),
        })
    }

    /// Whose time is counted while the service works.
    pub(crate) fn watched(&self) -> Outcome<Watched> {
        Ok(Watched {
            service: Some(self.service.process()),
            database: Some(self.server.process()?),
        })
    }

    /// Asks the service as planned.
    pub(crate) fn load(&self, work: &Work, plan: Plan) -> Outcome<Load> {
        load::run(&self.service.address, plan, self.watched()?, |_| {
            work.requests(&self.service.address, &self.token, &self.seed.recipe)
        })
    }

    /// So many rounds of one kind of request.
    pub(crate) fn compare(
        &self,
        work: &Work,
        script: &Script,
        connections: usize,
        rounds: usize,
        measured: Duration,
    ) -> Outcome<Compared> {
        let plan = Plan {
            connections,
            rate: None,
            warm_up: WARM_UP,
            measured,
        };
        let database = self.seed.recipe.database();
        let round = |number| -> Outcome<Round> {
            Ok(Round {
                load: self.load(work, plan)?,
                floor: pgbench::run(
                    self.server,
                    &database,
                    script,
                    &self.directory,
                    connections,
                    measured,
                    number == 0,
                )?,
            })
        };
        let compared = Compared {
            name: work.name(),
            cases: self.seed.recipe.cases,
            connections,
            statements: script.statements,
            rounds: (0..rounds).map(round).collect::<Outcome<_>>()?,
        };
        tell(&compared.line());
        Ok(compared)
    }
}

impl Compared {
    /// The middle one of what the rounds say.
    pub(crate) fn median(&self, says: impl Fn(&Round) -> f64) -> f64 {
        let mut said: Vec<f64> = self.rounds.iter().map(says).collect();
        said.sort_by(f64::total_cmp);
        said[said.len() / 2]
    }

    /// Requests each second for one transaction of pgbench each second.
    pub(crate) fn ratio(&self) -> f64 {
        self.median(|round| round.load.rate() / round.floor.rate)
    }

    /// Processor time of each request in microseconds: service, database, generator.
    pub(crate) fn cost(&self) -> [f64; 3] {
        [0, 1, 2].map(|who| self.median(|round| round.load.each()[who]))
    }

    /// How many were neither done nor refused because too many asked.
    pub(crate) fn errors(&self) -> u64 {
        self.rounds.iter().map(|round| round.load.errors()).sum()
    }

    /// What was answered, by status, over all rounds; 0 stands for no answer.
    pub(crate) fn answers(&self) -> BTreeMap<u16, u64> {
        let mut answers = BTreeMap::new();
        for (status, count) in self.rounds.iter().flat_map(|round| &round.load.answers) {
            *answers.entry(*status).or_default() += count;
        }
        answers
    }

    /// All of it on a line.
    fn line(&self) -> String {
        let [service, database, generator] = self.cost();
        format!(
            "{:>8} cases {:<14} c{:<4} {:>7.0}/s = {:.2} of pgbench; p50 {:.2} p99 {:.2} ms; \
             {service:.0} + {database:.0} + {generator:.0} us, pgbench {:.0} + {:.0} us; {} statements; answers {:?}",
            self.cases,
            self.name,
            self.connections,
            self.median(|round| round.load.rate()),
            self.ratio(),
            self.median(|round| round.load.p(50)),
            self.median(|round| round.load.p(99)),
            self.median(|round| round.floor.database),
            self.median(|round| round.floor.generator),
            self.statements,
            self.answers(),
        )
    }
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
