//! Changing the master key under load: whether anybody has to wait for it, and whether anything is lost.
//!
//! A database is filled with cases through the service, so that each has a key of its own. Then rounds: people write and
//! read at a fixed pace while nothing else happens, and again while every key is being wrapped anew, each time under a
//! master key of its own. The last change is killed on the way and goes on where it was. In the end the service is started
//! with the newest master key alone, and each answered creation must be there and open.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::cost::Watched;
use crate::dice::Dice;
use crate::lives::{self, HALL, hall_matter};
use crate::load::{self, Load, Plan, percentile};
use crate::place::Directory;
use crate::seed::Recipe;
use crate::server::Server;
use crate::service::Service;
use crate::work::Work;
use crate::{Outcome, Place, failure, number, tell, texts};

const DATABASE: &str = "bench_rotation";

/// How many cases people work on all the time.
const OPEN: usize = 40;

/// How many ask at once.
const CONNECTIONS: usize = 16;

/// Master keys that open nothing but this benchmark's databases.
const MASTERS: [&str; 4] = [
    "klG3Yc+8THidCGGq1DDy53fl3Qhc8+eaal54O6FSmJA=",
    "mbtahdjOzzcyyPvpnccpdLkzGPWXC+tf2LUvye51fI4=",
    "L9ggYFBdPlWwOVtloJaiyK8bp+EpofBf/0bdwaACbII=",
    "TgZh691wReoMpSWuoXVI7ESK5y436aSNmJvc2CaCi/4=",
];

/// How long a change of the key may take.
const PATIENCE: Duration = Duration::from_mins(20);

/// What this form is told.
#[derive(Debug, Args)]
pub(crate) struct Rotation {
    #[command(flatten)]
    place: Place,
    /// How many cases, each with a key, are there at first.
    #[arg(long, default_value_t = 20_000)]
    cases: u64,
    /// How many requests a second.
    #[arg(long, default_value_t = 60.0)]
    rate: f64,
    /// For how many seconds each is measured.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many times the key is changed.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// Where it happens.
struct Stage<'a> {
    server: &'a Server,
    program: PathBuf,
    log: PathBuf,
    now: String,
}

impl Rotation {
    /// Measures.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program): (Directory, _) = (self.place.directory()?, self.place.program()?);
        let server = Server::start(directory.path(), "256MB")?;
        for statement in [
            format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"),
            format!("CREATE DATABASE {DATABASE} TEMPLATE template0"),
        ] {
            server.ask("postgres", &statement)?;
        }
        let stage = Stage {
            server: &server,
            program,
            log: directory.path().join("service.log"),
            now: (Utc::now() + chrono::Duration::minutes(10)).to_rfc3339_opts(SecondsFormat::Secs, true),
        };
        self.measure(&stage)
    }

    fn measure(&self, stage: &Stage<'_>) -> Outcome<()> {
        let service = stage.start(master(0))?;
        let open = lives::begin(&service, OPEN, &stage.now)?;
        fill(stage, &service, self.cases)?;
        drop(service);
        let (mut resting, mut changing) = (Vec::new(), Vec::new());
        let mut acknowledged = 0;
        for round in 0..self.rounds {
            let service = stage.start(master(round))?;
            let rest = self.load(stage, &service, &open)?;
            drop(service);
            let begun = Instant::now();
            let both = format!("{} {}", master(round + 1), master(round));
            let mut service = stage.start(&both)?;
            let waiting = stage.keys_to_change(round + 1)?;
            let change = self.load(stage, &service, &open)?;
            let left = stage.keys_to_change(round + 1)?;
            if round + 1 == self.rounds {
                service.kill()?;
                service = stage.start(&both)?;
            }
            stage.wait(round + 1)?;
            tell(&format!(
                "Round {}: {waiting} keys to change, {left} left after {} s, none after {:.1} s; {}",
                round + 1,
                self.seconds,
                begun.elapsed().as_secs_f64(),
                [("without", &rest), ("with", &change)].map(told).join(", ")
            ));
            if left == 0 {
                tell("  the change was over before the measurement was: ask for more cases or fewer seconds");
            }
            acknowledged += rest.done.len() + change.done.len();
            resting.extend(rest.done);
            changing.extend(change.done);
            drop(service);
        }
        resting.sort_unstable();
        changing.sort_unstable();
        for hundredth in [50, 95, 99] {
            let [without, with] = [&resting, &changing].map(|all| percentile(all, hundredth));
            tell(&format!(
                "p{hundredth}: {without:.1} ms without a change, {with:.1} ms during one: {:.2} times",
                with / without
            ));
        }
        nothing_is_lost(stage, self.rounds, &open)?;
        tell(&format!(
            "{acknowledged} requests were answered, none of them with an error; every key is under the newest master \
             key, with which alone the service opens every page of its cases"
        ));
        Ok(())
    }

    /// People at work: of four requests one takes a matter in, two add to a file, one reads.
    fn load(&self, stage: &Stage<'_>, service: &Service, open: &[String]) -> Outcome<Load> {
        let plan = Plan {
            connections: CONNECTIONS,
            rate: Some(self.rate),
            warm_up: Duration::from_secs(1),
            measured: Duration::from_secs(self.seconds),
        };
        let token = service.log_in(HALL)?;
        let load = load::run(&service.address, plan, stage.watched(service)?, |_| {
            requests(&service.address, &token, open)
        })?;
        if load.answers.keys().any(|status| !(200..300).contains(status)) {
            return Err(failure(format!("not all was done: {:?}", load.answers)));
        }
        Ok(load)
    }
}

impl Stage<'_> {
    fn start(&self, masters: &str) -> Outcome<Service> {
        let settings = [("HUIYIN_MASTER_KEY", masters)];
        let url = self.server.url(DATABASE);
        Service::start(&self.program, &url, Some(&self.now), &settings, &self.log)
    }

    fn watched(&self, service: &Service) -> Outcome<Watched> {
        Ok(Watched {
            service: Some(service.process()),
            database: Some(self.server.process()?),
        })
    }

    /// How many keys are not yet under the newest master key.
    fn keys_to_change(&self, newest: usize) -> Outcome<u64> {
        let name = name_of(newest)?;
        let question = format!("SELECT count(*) FROM case_keys WHERE master_key <> '{name}'");
        Ok(self.server.ask(DATABASE, &question)?.trim().parse()?)
    }

    /// Waits until every key is.
    fn wait(&self, newest: usize) -> Outcome<()> {
        let begun = Instant::now();
        while self.keys_to_change(newest)? > 0 {
            if begun.elapsed() > PATIENCE {
                return Err(failure("the keys are not all changed"));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }
}

/// A master key, another one than that of the number before.
pub(crate) fn master(number: usize) -> &'static str {
    MASTERS[number % MASTERS.len()]
}

fn name_of(number: usize) -> Outcome<String> {
    let keys: persistence::MasterKeys = master(number).parse()?;
    Ok(keys.current().to_owned())
}

/// Takes matters in until there are so many keys.
fn fill(stage: &Stage<'_>, service: &Service, cases: u64) -> Outcome<()> {
    let begun = Instant::now();
    let token = service.log_in(HALL)?;
    let plan = Plan {
        connections: 2 * CONNECTIONS,
        rate: None,
        warm_up: Duration::ZERO,
        measured: Duration::from_secs(5),
    };
    let recipe = Recipe::of(lives::CYCLE, lives::CYCLE as u64);
    loop {
        let keys: u64 = stage
            .server
            .ask(DATABASE, "SELECT count(*) FROM case_keys")?
            .trim()
            .parse()?;
        if keys >= cases {
            let seconds = begun.elapsed().as_secs_f64();
            tell(&format!(
                "{keys} cases were taken in, {:.0} a second",
                number(keys) / seconds
            ));
            return Ok(());
        }
        load::run(&service.address, plan, stage.watched(service)?, |_| {
            Work::Create.requests(&service.address, &token, &recipe)
        })?;
    }
}

/// The requests of somebody at work on these cases.
fn requests(host: &str, token: &str, open: &[String]) -> impl FnMut(&mut Vec<u8>) + use<> {
    let head = format!("Host: {host}\r\nAuthorization: Bearer {token}\r\n");
    let (mut dice, open) = (Dice::fresh(), open.to_vec());
    move |into: &mut Vec<u8>| {
        let at = usize::try_from(dice.below(open.len() as u64)).unwrap_or(0);
        let case = format!("/api/v1/cases/{}", open[at]);
        let (path, body): (String, Option<Value>) = match dice.below(4) {
            0 => ("/api/v1/cases".to_owned(), Some(hall_matter(&mut dice, 0))),
            1 => (case, None),
            _ => {
                let note = json!({"kind": "interview", "text": texts::subject(&mut dice)});
                (format!("{case}/activities"), Some(note))
            }
        };
        let mut text = match &body {
            None => format!("GET {path} HTTP/1.1\r\n{head}"),
            Some(_) => format!(
                "POST {path} HTTP/1.1\r\n{head}Prefer: return=minimal\r\nIdempotency-Key: {:016x}{:016x}\r\n",
                dice.next(),
                dice.next()
            ),
        };
        let body = body.map_or_else(String::new, |body| body.to_string());
        if !body.is_empty() {
            write!(
                text,
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            )
            .expect("a string takes what is written");
        }
        into.extend_from_slice(format!("{text}\r\n{body}").as_bytes());
    }
}

/// Reads every page of the cases, and the cases that were worked on, with the newest master key alone.
fn nothing_is_lost(stage: &Stage<'_>, newest: usize, open: &[String]) -> Outcome<()> {
    let service = stage.start(master(newest))?;
    let token = service.log_in(HALL)?;
    let ask = |path: &str| service.ask("GET", path, Some(&token), &[], None);
    for case in open {
        ask(&format!("/api/v1/cases/{case}"))?;
        ask(&format!("/api/v1/cases/{case}/activities"))?;
    }
    let (mut cursor, mut read) = (String::new(), 0_u64);
    loop {
        let page = ask(&format!("/api/v1/cases?limit=100{cursor}"))?;
        let items = page["items"].as_array().ok_or("a page has items")?;
        if items.iter().any(|item| item["subject"].as_str().is_none()) {
            return Err(failure("a case has lost its subject"));
        }
        read += items.len() as u64;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let there: u64 = stage
        .server
        .ask(
            DATABASE,
            "SELECT count(*) FROM cases c JOIN offices o ON o.id = c.office_id AND o.code = 'service_hall'",
        )?
        .trim()
        .parse()?;
    if read == there {
        Ok(())
    } else {
        Err(failure(format!("{there} cases are there, {read} could be read")))
    }
}

fn told((name, load): (&str, &Load)) -> String {
    format!(
        "{name} {:.0}/s p50 {:.1} ms p99 {:.1} ms",
        load.rate(),
        load.p(50),
        load.p(99)
    )
}
