//! What is done to one database, one round after the other, and what came of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::check::check;
use super::crash::{Crash, start_again};
use super::hand::{Ended, Hand, Tally};
use super::kept::{Kept, Store};
use super::shift::{BEAT, Bell, HANDS, Shift};
use crate::dice::Dice;
use crate::lives::HALL;
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, failure, number, tell};

/// After how long a token is renewed; it lives a quarter of an hour.
const TOKEN_AGE: Duration = Duration::from_mins(10);
/// Within what time the hands of a service are answered again once its database is back.
const RECOVERY: Duration = Duration::from_secs(10);
/// How long what was cut may take to be acknowledged in the end.
const SETTLEMENT: Duration = Duration::from_secs(30);
/// What is done to one database, one round after the other.
pub(super) struct Series<'s> {
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
    pub(super) fn begin(
        store: Store<'s>,
        program: &'s Path,
        directory: &'s Path,
        seed: u64,
    ) -> Outcome<Self> {
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
    pub(super) fn kill(&mut self) -> Outcome<()> {
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
    pub(super) fn terminate(&mut self) -> Outcome<()> {
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
    pub(super) fn crash(&mut self, server: &Server, times: usize) -> Outcome<()> {
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
    pub(super) fn settle(&mut self) -> Outcome<()> {
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
    pub(super) fn judge(mut self, name: &str, took: Duration) -> Outcome<Vec<String>> {
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
