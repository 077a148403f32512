//! A year of holidays imported while half a million duties are open: how long the trial and the application take, how
//! much memory the service holds meanwhile, and whether they end in the same state when the service is killed on the way.
//!
//! The same seed is used twice. In the first copy the import goes through undisturbed; in the second the service is
//! killed by SIGKILL once in the trial and twice in the application, and started again each time. Then the tables
//! themselves are compared: every duty, every move that the trial found, and how often each duty was moved.

use std::time::{Duration, Instant};

use api::demo::OPERATOR;
use chrono::{Datelike, NaiveDate, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::cost::resident;
use crate::lives;
use crate::place::{Directory, Place};
use crate::seed::Recipe;
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, failure, number, tell};

/// How many lives are led through the service, and on how many days.
const LIVES: usize = 40;
/// The chance that an import is done; nobody waits longer.
const PATIENCE: Duration = Duration::from_hours(2);
/// How often it is asked how far the import has come.
const PULSE: Duration = Duration::from_millis(100);
/// The database of the seed.
const SEED: &str = "calendar_seed";

/// What this form is told.
#[derive(Debug, Args)]
pub(crate) struct Calendar {
    #[command(flatten)]
    place: Place,
    /// How many duties are open.
    #[arg(long, default_value_t = 500_000)]
    duties: u64,
    /// How much memory the service may hold more than before the import, in MB.
    #[arg(long, default_value_t = 100.0)]
    memory: f64,
}

/// How a part of an import went.
#[derive(Debug, Clone, Copy)]
struct Part {
    seconds: f64,
    checked: i64,
    moved: i64,
    /// The most that the service held, in MB.
    memory: f64,
}

impl Calendar {
    /// Imports twice, and fails if the ends differ or the memory grows.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let server = Server::start(directory.path(), "256MB")?;
        let stage = Stage {
            server: &server,
            program: &program,
            directory: &directory,
            now: now(),
        };
        stage.seed(self.duties)?;
        let whole = stage.go_through("calendar_whole", &[], &[])?;
        let broken = stage.go_through("calendar_broken", &[0.4], &[0.15, 0.35])?;
        if whole.state != broken.state {
            return Err(failure(format!(
                "the ends differ:\n  {}\n  {}",
                whole.state, broken.state
            )));
        }
        tell(&format!("both end alike: {}", whole.state));
        let grown = whole.memory.max(broken.memory);
        tell(&format!("the service grew by {grown:.0} MB at most"));
        if grown > self.memory {
            return Err(failure(format!("{grown:.0} MB are more than {:.0}", self.memory)));
        }
        Ok(())
    }
}

/// How an import ended.
struct End {
    /// Counts and digests of what it left.
    state: String,
    /// How much the service grew on the way, in MB.
    memory: f64,
}

/// Some days before the end of a year whose follower has no notice yet: the clock of the service.
fn now() -> String {
    let today = Utc::now().date_naive();
    let last = |year| NaiveDate::from_ymd_opt(year, 12, 14).expect("every year has a 14 December");
    let year = if today < last(today.year()) {
        today.year()
    } else {
        today.year() + 1
    };
    format!("{}T01:00:00Z", last(year.max(2026)))
}

/// Where it takes place.
struct Stage<'s> {
    server: &'s Server,
    program: &'s std::path::Path,
    directory: &'s Directory,
    now: String,
}

impl Stage<'_> {
    fn start(&self, database: &str) -> Outcome<Service> {
        let log = self.directory.path().join("service.log");
        Service::start(
            self.program,
            &self.server.url(database),
            Some(&self.now),
            &[],
            &log,
        )
    }

    fn create(&self, database: &str, template: &str) -> Outcome<()> {
        self.server.ask(
            "postgres",
            &format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
        )?;
        let create = format!("CREATE DATABASE {database} TEMPLATE {template}");
        self.server.ask("postgres", &create).map(drop)
    }

    /// Cases that were just accepted, each with what is owed on it, until so many duties wait for a day to come.
    fn seed(&self, duties: u64) -> Outcome<()> {
        let begun = Instant::now();
        self.create(SEED, "template0")?;
        let service = self.start(SEED)?;
        let cases = lives::begin(&service, LIVES, &self.now)?;
        drop(service);
        let open: u64 = self.server.ask(SEED, OPEN)?.parse()?;
        if open == 0 {
            return Err(failure("no life owes anything"));
        }
        let recipe = Recipe::open(LIVES, (duties * LIVES as u64).div_ceil(open));
        recipe.copy(self.server, SEED, &cases)?;
        self.server.ask(SEED, "VACUUM (ANALYZE)")?;
        let open = self.server.ask(SEED, OPEN)?;
        tell(&format!(
            "{} cases with {open} open duties seeded in {} s",
            recipe.cases,
            begun.elapsed().as_secs()
        ));
        Ok(())
    }

    /// Imports a year into a copy of the seed; the service is killed when so much of the trial, and of the application,
    /// is done.
    fn go_through(&self, database: &str, trying: &[f64], applying: &[f64]) -> Outcome<End> {
        self.create(database, SEED)?;
        self.server.ask(database, "VACUUM (ANALYZE)")?;
        let mut service = self.start(database)?;
        let token = service.log_in(OPERATOR)?;
        let before = resident(service.process())?;
        let import = service.ask(
            "POST",
            "/api/v1/calendars/cn/imports",
            Some(&token),
            &[],
            Some(&self.notice()?),
        )?;
        let id = import["import_id"].as_str().ok_or("an import has an id")?;
        let path = format!("/api/v1/calendar-imports/{id}");
        let tried = self.watch(database, &mut service, &path, "tried", trying)?;
        told(database, "trial", &tried, trying);
        let token = service.log_in(OPERATOR)?;
        let version = [("If-Match", "\"2\"")];
        service.ask(
            "POST",
            &format!("{path}/application"),
            Some(&token),
            &version,
            None,
        )?;
        let applied = self.watch(database, &mut service, &path, "applied", applying)?;
        told(database, "application", &applied, applying);
        drop(service);
        Ok(End {
            state: self.server.ask(database, STATE)?.replace('\t', " "),
            memory: tried.memory.max(applied.memory) - before,
        })
    }

    /// The beginning of a notice for the year that has none: the days around its first.
    fn notice(&self) -> Outcome<Value> {
        let year = self.now[..4].parse::<i32>()? + 1;
        let day = |month: u32, day: u32, of: i32| NaiveDate::from_ymd_opt(of, month, day);
        let off = [
            day(12, 31, year - 1),
            day(1, 1, year),
            day(1, 4, year),
            day(1, 5, year),
        ];
        let off: Vec<Value> = off
            .into_iter()
            .flatten()
            .map(|date| json!({"name": "元旦", "date": date, "isOffDay": true}))
            .collect();
        Ok(json!({"holidays": {"year": year, "papers": ["https://example.org"], "days": off}}))
    }

    /// Watches until the import has come so far, and kills the service at these parts of the way.
    fn watch(
        &self,
        database: &str,
        service: &mut Service,
        path: &str,
        state: &str,
        kills: &[f64],
    ) -> Outcome<Part> {
        let begun = Instant::now();
        let (mut memory, mut kills) = (0.0_f64, kills.iter().copied().peekable());
        let (mut token, mut logged_in) = (service.log_in(OPERATOR)?, Instant::now());
        loop {
            // A token lives for a quarter of an hour by the machine's clock, whatever the cases' clock says.
            if logged_in.elapsed() > Duration::from_mins(10) {
                (token, logged_in) = (service.log_in(OPERATOR)?, Instant::now());
            }
            let seen = service.ask("GET", path, Some(&token), &[], None)?;
            memory = memory.max(resident(service.process())?);
            let count = |field: &str| seen[field].as_i64().unwrap_or_default();
            let (checked, total) = (count("checked"), count("total"));
            if seen["state"] == state {
                if count("failed") > 0 || kills.peek().is_some() {
                    return Err(failure(format!("it ended too soon, or not well: {seen}")));
                }
                return Ok(Part {
                    seconds: begun.elapsed().as_secs_f64(),
                    checked,
                    moved: count("moved"),
                    memory,
                });
            }
            let part = |part: &f64| {
                total > 0 && number(checked.unsigned_abs()) > part * number(total.unsigned_abs())
            };
            if kills.next_if(part).is_some() {
                tell(&format!("{database}: killed at {checked} of {total}"));
                let fresh = self.start_again(database, service)?;
                *service = fresh;
                (token, logged_in) = (service.log_in(OPERATOR)?, Instant::now());
            }
            if begun.elapsed() > PATIENCE {
                return Err(failure(format!("it does not get {state}: {seen}")));
            }
            std::thread::sleep(PULSE);
        }
    }

    /// Kills the service, by a signal that it cannot catch, and starts it again.
    fn start_again(&self, database: &str, service: &Service) -> Outcome<Service> {
        service.kill()?;
        self.start(database)
    }
}

fn told(database: &str, what: &str, part: &Part, kills: &[f64]) {
    let rate = number(part.checked.unsigned_abs()) / part.seconds;
    tell(&format!(
        "{database}: {what} of {} duties in {:.1} s ({rate:.0}/s), {} killed on the way; {} move; at most {:.0} MB",
        part.checked,
        part.seconds,
        kills.len(),
        part.moved,
        part.memory
    ));
}

/// How many duties are open that have a day.
const OPEN: &str = "SELECT count(*) FROM duties WHERE state = 'open' AND due_at IS NOT NULL \
                    AND case_id IN (SELECT case_id FROM case_states)";

/// What an import left: every duty, every move found, and that each duty was moved once.
const STATE: &str = "\
    SELECT (SELECT count(*) || ' duties ' || md5(string_agg(md5(id::text || coalesce(due_at::text, '-') || provisional \
    || coalesce(calendar_version, 0) || state || document), '' ORDER BY office_id, id)) FROM duties), \
    (SELECT count(*) || ' found ' || coalesce(md5(string_agg(md5(duty_id::text || from_at || coalesce(to_at::text, '-') \
    || why), '' ORDER BY office_id, duty_id)), '-') FROM calendar_import_moves), \
    (SELECT count(*) || ' moved' FROM events WHERE event_type = 'DutyMoved'), \
    (SELECT count(*) || ' states ' || md5(string_agg(md5(case_id::text || (document::jsonb - 'sequence')::text), '' \
    ORDER BY office_id, case_id)) FROM case_states)";
