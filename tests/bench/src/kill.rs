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
mod wire;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use clap::{Args, ValueEnum};

use crate::dice::Dice;
use crate::lives::HALL;
use crate::place::Place;
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, failure, number, tell};
use check::check;
use crash::{Crash, start_again};
use hand::{BEAT, Bell, Ended, HANDS, Hand, Shift, Tally};
use kept::{Kept, Store};

/// After how long a token is renewed; it lives a quarter of an hour.
const TOKEN_AGE: Duration = Duration::from_mins(10);
/// Within what time the hands of a service are answered again once its database is back.
const RECOVERY: Duration = Duration::from_secs(10);
/// How long what was cut may take to be acknowledged in the end.
const SETTLEMENT: Duration = Duration::from_secs(30);
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

/// What is done to one database, one round after the other.
struct Series<'s> {
    store: Store<'s>,
    program: &'s Path,
    directory: &'s Path,
    dice: Dice,
    hands: Vec<Hand>,
    token: Option<(String, Instant)>,
    /// What was there before anybody wrote.
    earlier: Kept,
    /// The number of this round.
    round: usize,
    /// How often what was done.
    killed: usize,
    terminated: BTreeSet<usize>,
    crashed: usize,
    /// In which rounds the database's server ended.
    crashes: BTreeSet<usize>,
    /// What does not hold.
    wrong: Vec<String>,
    /// How long the hands have been at work with everything in order.
    at_work: Duration,
    /// How many commands were acknowledged in that time.
    in_order: u64,
    slowest_start: Duration,
    slowest_stop: Duration,
    slowest_recovery: Duration,
}

impl<'s> Series<'s> {
    /// Sets everything up on an empty database.
    fn begin(store: Store<'s>, program: &'s Path, directory: &'s Path, seed: u64) -> Outcome<Self> {
        let mut series = Self {
            store,
            program,
            directory,
            dice: Dice::new(seed),
            hands: (0..HANDS).map(|number| Hand::new(number, seed)).collect(),
            token: None,
            earlier: Kept::default(),
            round: 0,
            killed: 0,
            terminated: BTreeSet::new(),
            crashed: 0,
            crashes: BTreeSet::new(),
            wrong: Vec::new(),
            at_work: Duration::ZERO,
            in_order: 0,
            slowest_start: Duration::ZERO,
            slowest_stop: Duration::ZERO,
            slowest_recovery: Duration::ZERO,
        };
        // The first start makes tables and people; how long later ones take is what counts.
        let (service, token) = series.serve()?;
        series.slowest_start = Duration::ZERO;
        series.earlier = store.read()?;
        let shift = Shift {
            address: &service.address,
            token: &token,
            round: 0,
            begin: Instant::now(),
            last: false,
            bell: &Bell::default(),
            acknowledged: &AtomicU64::new(0),
        };
        let shared = series.hands[0]
            .prepare(&shift)
            .map_err(|cut| failure(cut.reason))?;
        for hand in &mut series.hands {
            hand.share(shared);
        }
        Ok(series)
    }

    /// Starts the service; it and a token that is good for this round.
    fn serve(&mut self) -> Outcome<(Service, String)> {
        let log = self.directory.join("service.log");
        let settings = [("HUIYIN_CLOCK", "system")];
        let service = Service::start(self.program, &self.store.url(), None, &settings, &log)?;
        self.slowest_start = self.slowest_start.max(service.started_in);
        let token = match &self.token {
            Some((token, since)) if since.elapsed() < TOKEN_AGE => token.clone(),
            _ => {
                let token = service.log_in(HALL)?;
                self.token = Some((token.clone(), Instant::now()));
                token
            }
        };
        Ok((service, token))
    }

    /// Lets all hands work while something happens, and then for as long as `patience` allows; how their round ended.
    fn shift<T>(
        &mut self,
        address: &str,
        token: &str,
        patience: Option<Duration>,
        meanwhile: impl FnOnce(Instant, &AtomicU64) -> Outcome<T>,
    ) -> Outcome<(T, Vec<Ended>)> {
        self.round += 1;
        let (bell, acknowledged) = (Bell::default(), AtomicU64::new(0));
        let shift = Shift {
            address,
            token,
            round: self.round,
            begin: Instant::now(),
            last: patience.is_some(),
            bell: &bell,
            acknowledged: &acknowledged,
        };
        let hands = &mut self.hands;
        thread::scope(|scope| {
            let working: Vec<_> = hands
                .iter_mut()
                .map(|hand| scope.spawn(|| hand.work(&shift)))
                .collect();
            let happened = meanwhile(shift.begin, &acknowledged);
            let until = Instant::now() + patience.unwrap_or_default();
            while Instant::now() < until && working.iter().any(|hand| !hand.is_finished()) {
                thread::sleep(Duration::from_millis(2));
            }
            bell.ring();
            let ended = working
                .into_iter()
                .map(|hand| hand.join().map_err(|_| failure("a hand panicked")))
                .collect::<Outcome<Vec<_>>>()?;
            Ok((happened?, ended))
        })
    }

    /// How long after the beginning of a round something is to happen: at any time between 150 and 400 ms, or within
    /// the first 25 ms after many commands came at once.
    fn moment(&mut self) -> Duration {
        if self.dice.below(2) == 0 {
            Duration::from_micros(150_000 + self.dice.below(250_000))
        } else {
            BEAT * if self.dice.below(2) == 0 { 1 } else { 2 }
                + Duration::from_micros(self.dice.below(25_000))
        }
    }

    /// One round that ends with the service being killed.
    fn kill(&mut self) -> Outcome<()> {
        let (service, token) = self.serve()?;
        let (address, moment) = (service.address.clone(), self.moment());
        let (in_order, _) = self.shift(&address, &token, None, |begin, acknowledged| {
            sleep_until(begin + moment);
            drop(service);
            Ok(acknowledged.load(Ordering::Relaxed))
        })?;
        (self.at_work, self.in_order) = (self.at_work + moment, self.in_order + in_order);
        self.killed += 1;
        Ok(())
    }

    /// One round that ends with the service being told to stop.
    fn terminate(&mut self) -> Outcome<()> {
        let (service, token) = self.serve()?;
        let (address, moment) = (service.address.clone(), self.moment());
        let ((exit, took), ended) = self.shift(&address, &token, None, |begin, _| {
            sleep_until(begin + moment);
            let told_at = Instant::now();
            let exit = service.stop()?;
            Ok((exit, told_at.elapsed()))
        })?;
        self.slowest_stop = self.slowest_stop.max(took);
        let round = self.round;
        if !exit.success() {
            self.wrong.push(format!(
                "round {round}: told to stop, the service ended with {exit}"
            ));
        }
        for cut in ended.iter().filter_map(Ended::cut) {
            if cut.begun || cut.accepted {
                self.wrong.push(format!(
                    "round {round}: the stop cut an accepted request: {cut:?}"
                ));
            }
        }
        self.terminated.insert(round);
        Ok(())
    }

    /// One long round in which the database's server ends unannounced, again and again, and is started again.
    fn crash(&mut self, server: &Server, times: usize) -> Outcome<()> {
        let (service, token) = self.serve()?;
        let mut dice = self.dice.clone();
        let (recoveries, ended) = self.shift(&service.address, &token, None, |_, acknowledged| {
            let mut recoveries = Vec::new();
            for time in 0..times {
                thread::sleep(Duration::from_millis(150 + dice.below(250)));
                let how = if dice.below(2) == 0 {
                    Crash::Emergency
                } else {
                    Crash::Killed
                };
                how.strike(server)?;
                // Every fifth time for longer than a command waits for its database.
                let away = if time % 5 == 4 { 2500 } else { 0 };
                thread::sleep(Duration::from_millis(away + dice.below(400)));
                start_again(server)?;
                let (back, before) = (Instant::now(), acknowledged.load(Ordering::Relaxed));
                while acknowledged.load(Ordering::Relaxed) < before + HANDS as u64
                    && back.elapsed() < RECOVERY
                {
                    thread::sleep(Duration::from_millis(1));
                }
                recoveries.push(back.elapsed());
            }
            Ok(recoveries)
        })?;
        self.dice = dice;
        self.crashed += times;
        self.crashes.insert(self.round);
        for took in recoveries {
            self.slowest_recovery = self.slowest_recovery.max(took);
            if took >= RECOVERY {
                self.wrong
                    .push("the service did not recover when its database was back".to_owned());
            }
        }
        for cut in ended.iter().filter_map(Ended::cut) {
            self.wrong
                .push(format!("the service left a request without an answer: {cut:?}"));
        }
        Ok(())
    }

    /// Brings everything that is open to its end.
    fn settle(&mut self) -> Outcome<()> {
        let (service, token) = self.serve()?;
        let (address, patience) = (service.address.clone(), Some(SETTLEMENT));
        let ((), ended) = self.shift(&address, &token, patience, |_, _| Ok(()))?;
        for cut in ended.iter().filter_map(Ended::cut) {
            self.wrong
                .push(format!("cut, though nothing was killed: {cut:?}"));
        }
        service.stop()?;
        Ok(())
    }

    /// Holds what was told against what is kept, tells the figures, and answers what does not hold.
    fn judge(mut self, name: &str, took: Duration) -> Outcome<Vec<String>> {
        for hand in &mut self.hands {
            self.wrong.append(&mut hand.wrong);
            for (write, rounds) in &hand.done_unacknowledged {
                if rounds.iter().all(|round| self.terminated.contains(round)) {
                    self.wrong.push(format!(
                        "{write}: carried out and not answered, since the service was told to stop"
                    ));
                }
            }
            // Where the database is lost over a commit, the service tries again what has a key, and finds it done.
            for (write, round) in &hand.tried_again {
                if !self.crashes.contains(round) {
                    self.wrong.push(format!(
                        "{write}: answered as a repetition, though it was sent once"
                    ));
                }
            }
            let open = hand.open();
            self.wrong
                .extend(open.map(|write| format!("{}: never acknowledged", write.named())));
        }
        let kept = self.store.read()?;
        let told = self.hands.iter().flat_map(|hand| &hand.writes);
        let told = told.filter_map(|write| Some((write.named(), write.key.as_str(), write.told.as_ref()?)));
        let findings = check(told, &kept, &self.earlier);
        let tally = self.hands.iter().map(|hand| hand.tally).sum::<Tally>();
        let events: usize = kept.cases.values().map(|case| case.events.len()).sum();
        let millis = |duration: Duration| duration.as_millis();
        tell(&format!(
            "{name}: killed {} times, told to stop {} times{}, in {} s; {:.0} commands a second before a kill\n  \
             {} commands acknowledged, {} exchanges cut, {} told to come again\n  \
             {} commands sent again, of which {} had been done without anybody knowing; {} tried again by \
             the service itself; {} acknowledged ones sent once more and answered as before\n  \
             kept: {} cases, {events} events, {} answers; slowest start {} ms{}{}\n  \
             lost: {}, doubled: {}, broken: {}, otherwise wrong: {}",
            self.killed,
            self.terminated.len(),
            if self.crashed > 0 {
                format!(", its database killed {} times", self.crashed)
            } else {
                String::new()
            },
            took.as_secs(),
            number(self.in_order) / self.at_work.as_secs_f64().max(0.001),
            tally.acknowledged,
            tally.cut,
            tally.deferred,
            tally.sent_again,
            tally.done_unacknowledged,
            tally.tried_again,
            tally.replayed,
            kept.cases.len(),
            kept.answers.len(),
            millis(self.slowest_start),
            if self.terminated.is_empty() {
                String::new()
            } else {
                format!(", slowest stop {} ms", millis(self.slowest_stop))
            },
            if self.crashed > 0 {
                format!(
                    ", slowest recovery of the database {} ms",
                    millis(self.slowest_recovery)
                )
            } else {
                String::new()
            },
            findings.lost.len(),
            findings.doubled.len(),
            findings.broken.len(),
            self.wrong.len(),
        ));
        let told_of = [
            ("lost", findings.lost),
            ("doubled", findings.doubled),
            ("broken", findings.broken),
        ];
        for (what, which) in told_of {
            self.wrong
                .extend(which.into_iter().map(|one| format!("{name}, {what}: {one}")));
        }
        Ok(self.wrong)
    }
}

fn sleep_until(at: Instant) {
    thread::sleep(at.saturating_duration_since(Instant::now()));
}
