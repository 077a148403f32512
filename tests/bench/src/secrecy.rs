//! What secrecy costs: a reading that leaves its trace beside one that need not, and a case that is hidden beside one that
//! there is not.

use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use clap::Args;
use serde_json::Value;

use crate::cost::Watched;
use crate::dice::Dice;
use crate::lives::{HALL, INTAKE, company_matter, hall_matter};
use crate::load::{self, Load, Plan};
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, Place, tell};

const DATABASE: &str = "bench_secrecy";

/// Of each kind so many, so that no single row is always at hand.
const CASES: u64 = 200;

/// A case that there is not.
const NOBODYS: &str = "0198f2a4-0000-7000-8000-0000000000ff";

/// What this form is told.
#[derive(Debug, Args)]
pub(crate) struct Secrecy {
    #[command(flatten)]
    place: Place,
    /// For how many seconds each is asked at a time.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// How many turns each has.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// One kind of request: what it is called, who asks, for which cases, and what is answered.
struct Kind {
    name: &'static str,
    token: String,
    cases: Vec<String>,
    status: u16,
}

impl Secrecy {
    /// Measures.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let server = Server::start(directory.path(), "256MB")?;
        for statement in [
            format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"),
            format!("CREATE DATABASE {DATABASE} TEMPLATE template0"),
        ] {
            server.ask("postgres", &statement)?;
        }
        let now = (Utc::now() + chrono::Duration::minutes(10)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let log = directory.path().join("service.log");
        let service = Service::start(&program, &server.url(DATABASE), Some(&now), &[], &log)?;
        let kinds = kinds(&service)?;
        let watched = Watched {
            service: Some(service.process()),
            database: Some(server.process()?),
        };
        for connections in [1, 8, 32] {
            let plan = Plan {
                connections,
                rate: None,
                warm_up: Duration::from_millis(500),
                measured: Duration::from_secs(self.seconds),
            };
            let mut best: Vec<Option<Load>> = kinds.iter().map(|_| None).collect();
            for _ in 0..self.rounds {
                for (kind, best) in kinds.iter().zip(&mut best) {
                    let load = load::run(&service.address, plan, watched, |_| {
                        kind.requests(&service.address)
                    })?;
                    let answered: u64 = load.answers.values().sum();
                    if load.answers.get(&kind.status) != Some(&answered) {
                        return Err(crate::failure(format!("{}: {:?}", kind.name, load.answers)));
                    }
                    // Of several turns on a shared machine the quietest says most.
                    if best.as_ref().is_none_or(|best| median(&load) < median(best)) {
                        *best = Some(load);
                    }
                }
            }
            for (kind, load) in kinds.iter().zip(best.iter().flatten()) {
                let times = if load.done.is_empty() {
                    &load.refused
                } else {
                    &load.done
                };
                let [service, database, _] = load.cost.each(times.len() as u64);
                tell(&format!(
                    "{connections:>2} at once, {:<9} p50 {:>6.2} ms, p95 {:>6.2} ms; processor {service:>5.0} + {database:>5.0} µs",
                    kind.name,
                    load::percentile(times, 50),
                    load::percentile(times, 95)
                ));
            }
        }
        Ok(())
    }
}

fn median(load: &Load) -> f64 {
    let times = if load.done.is_empty() {
        &load.refused
    } else {
        &load.done
    };
    load::percentile(times, 50)
}

/// Cases of the hall, whose readings leave no trace, of the company, whose readings do; and those of the hall again, asked
/// for by somebody of the company, beside a case that nobody has.
fn kinds(service: &Service) -> Outcome<Vec<Kind>> {
    let (hall, intake) = (service.log_in(HALL)?, service.log_in(INTAKE)?);
    let mut dice = Dice::new(1);
    let mut take = |token: &str, matter: &dyn Fn(&mut Dice, u64) -> Value| -> Outcome<Vec<String>> {
        (0..CASES)
            .map(|ordinal| {
                let body = matter(&mut dice, ordinal);
                let answer = service.ask("POST", "/api/v1/cases", Some(token), &[], Some(&body))?;
                Ok(answer["case_id"]
                    .as_str()
                    .ok_or("an act names its case")?
                    .to_owned())
            })
            .collect()
    };
    let of_hall = take(&hall, &hall_matter)?;
    let of_company = take(&intake, &company_matter)?;
    let kind = |name, token: &str, cases, status| Kind {
        name,
        token: token.to_owned(),
        cases,
        status,
    };
    Ok(vec![
        kind("no trace", &hall, of_hall.clone(), 200),
        kind("a trace", &intake, of_company, 200),
        kind("hidden", &intake, of_hall, 404),
        kind("absent", &intake, vec![NOBODYS.to_owned()], 404),
    ])
}

impl Kind {
    fn requests(&self, host: &str) -> impl FnMut(&mut Vec<u8>) + use<> {
        let head = format!("Host: {host}\r\nAuthorization: Bearer {}\r\n\r\n", self.token);
        let (mut dice, cases) = (Dice::fresh(), self.cases.clone());
        move |into: &mut Vec<u8>| {
            let at = usize::try_from(dice.below(cases.len() as u64)).unwrap_or(0);
            into.extend_from_slice(format!("GET /api/v1/cases/{} HTTP/1.1\r\n{head}", cases[at]).as_bytes());
        }
    }
}
