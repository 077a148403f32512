//! Replicas that sweep and are killed.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use clap::Args;

use super::crowd::{Crowd, LATER, anew, due, set_forward, until_nothing_is_due};
use crate::dice::Dice;
use crate::mold::{CASE_PREFIX, case_id};
use crate::place::Place;
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, failure, number, tell};

/// Where one replica tells in peace what must come out.
const CALM: &str = "sweep_calm";
/// Where the replicas are killed.
const STORM: &str = "sweep_storm";

/// What the replicas are told: to go by the database's clock.
const SETTINGS: [(&str, &str); 1] = [("HUIYIN_CLOCK", "system")];

/// How long a sweep may take.
const PATIENCE: Duration = Duration::from_mins(30);

/// The kinds of entries that are steps.
const STEPS: &str = "('StepTaken', 'LimitsResumed', 'DispatchSigned')";

/// What this form is told.
#[derive(Debug, Args)]
pub(crate) struct Sweep {
    #[command(flatten)]
    place: Place,
    /// How many steps shall be due, at least.
    #[arg(long, default_value_t = 100_000)]
    steps: u64,
    /// How many replicas sweep.
    #[arg(long, default_value_t = 3)]
    replicas: usize,
    /// How often one of them is killed, as long as anything is due.
    #[arg(long, default_value_t = 1_000)]
    kills: usize,
    /// Between two kills, in milliseconds: at most so much.
    #[arg(long, default_value_t = 3_000)]
    pause: u64,
    /// What chance follows from; by default the time of day.
    #[arg(long)]
    seed: Option<u64>,
}

impl Sweep {
    /// Sweeps, kills, and fails if a step was lost, doubled or out of order.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let seed = match self.seed {
            Some(seed) => seed,
            None => SystemTime::UNIX_EPOCH.elapsed()?.as_secs(),
        };
        tell(&format!("seed {seed}"));
        let server = Server::start(directory.path(), "1GB")?;
        let crowd = Crowd::gather(&server, &program, directory.path(), "sweep_molds", seed)?;
        let (peace, steps) = in_peace(&server, &program, directory.path(), &crowd)?;
        let each = number(steps) / number(crowd.originals.len() as u64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of cases"
        )]
        let cases = (number(self.steps) / each).ceil() as u64 + crowd.originals.len() as u64;
        anew(&server, STORM, crowd.database)?;
        crowd.copy(&server, STORM, 0..cases, 0, None)?;
        set_forward(&server, STORM, LATER)?;
        server.ask(STORM, "ANALYZE")?;
        tell(&format!(
            "{cases} cases are due, with {each:.1} steps each; {} open duties",
            server.ask(STORM, "SELECT count(*) FROM duties WHERE state = 'open'")?
        ));
        let begun = Instant::now();
        let killed = self.storm(&server, &program, directory.path(), Dice::new(seed))?;
        let took = begun.elapsed().as_secs_f64();
        let fired: u64 = server
            .ask(
                STORM,
                &format!(
                    "SELECT count(*) FROM events WHERE event_type IN {STEPS} AND recorded_at > now() + interval '{} days'",
                    LATER - 1
                ),
            )?
            .parse()?;
        let runs = server.ask(STORM, "SELECT count(*), sum(cases), sum(failed) FROM sweeps")?;
        tell(&format!(
            "{fired} steps fired in {took:.0} s, {:.0} a second, by {} replicas; one was killed {killed} times; runs, \
             cases and failures on record: {runs}",
            number(fired) / took,
            self.replicas
        ));
        let wrong = judge(&server, &crowd, &peace, cases)?;
        if fired < self.steps {
            return Err(failure(format!("only {fired} steps were due")));
        }
        if wrong.is_empty() {
            tell("each step fired once, in order, at its own time; none is missing; every chain is whole");
            return Ok(());
        }
        let first = wrong[..wrong.len().min(20)].join("\n  ");
        Err(failure(format!(
            "seed {seed}, {} findings:\n  {first}",
            wrong.len()
        )))
    }

    /// Lets the replicas sweep and kills them until nothing is due; how often.
    fn storm(&self, server: &Server, program: &Path, directory: &Path, mut dice: Dice) -> Outcome<usize> {
        let start = || {
            let log = directory.join("service.log");
            Service::start(program, &server.url(STORM), None, &SETTINGS, &log)
        };
        // All at once, or the first would be through before the last is there.
        let mut replicas = thread::scope(|scope| {
            let starting: Vec<_> = (0..self.replicas).map(|_| scope.spawn(start)).collect();
            starting
                .into_iter()
                .map(|one| one.join().map_err(|_| failure("a start panicked"))?)
                .collect::<Outcome<Vec<_>>>()
        })?;
        let (begun, mut killed) = (Instant::now(), 0);
        while killed < self.kills && due(server, STORM)? > 0 {
            thread::sleep(Duration::from_millis(50 + dice.below(self.pause)));
            let one = usize::try_from(dice.below(self.replicas as u64))?;
            // Killed without a word when it is dropped.
            drop(replicas.swap_remove(one));
            killed += 1;
            replicas.push(start()?);
            if begun.elapsed() > PATIENCE {
                return Err(failure("the sweep does not come to its end"));
            }
        }
        until_nothing_is_due(server, STORM, PATIENCE)?;
        Ok(killed)
    }
}

/// What came of each original, in order, and how many steps fired on all.
fn in_peace(server: &Server, program: &Path, directory: &Path, crowd: &Crowd) -> Outcome<(Vec<String>, u64)> {
    anew(server, CALM, crowd.database)?;
    set_forward(server, CALM, LATER)?;
    let log = directory.join("service.log");
    let service = Service::start(program, &server.url(CALM), None, &SETTINGS, &log)?;
    until_nothing_is_due(server, CALM, PATIENCE)?;
    drop(service);
    let mut histories = histories(server, CALM)?;
    let peace = crowd
        .originals
        .iter()
        .map(|case| {
            histories
                .remove(case)
                .ok_or_else(|| failure("an original has no history"))
        })
        .collect::<Outcome<Vec<_>>>()?;
    let wanted: Vec<String> = crowd.originals.iter().map(|case| format!("'{case}'")).collect();
    let steps = server.ask(
        CALM,
        &format!(
            "SELECT count(*) FROM events WHERE case_id IN ({}) AND event_type IN {STEPS} \
             AND recorded_at > now() + interval '{} days'",
            wanted.join(", "),
            LATER - 1
        ),
    )?;
    Ok((peace, steps.parse()?))
}

/// The history of each case: number, kind, time and step of each entry.
fn histories(server: &Server, database: &str) -> Outcome<BTreeMap<String, String>> {
    let said = server.ask(
        database,
        "SELECT case_id, string_agg(concat_ws(' ', sequence, event_type, extract(epoch FROM occurred_at), \
         CASE event_type WHEN 'StepTaken' THEN convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'step' END), '; ' \
         ORDER BY sequence) FROM events GROUP BY case_id",
    )?;
    Ok(said
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(case, history)| (case.to_owned(), history.to_owned()))
        .collect())
}

/// Everything that does not hold.
fn judge(server: &Server, crowd: &Crowd, peace: &[String], cases: u64) -> Outcome<Vec<String>> {
    let mut histories = histories(server, STORM)?;
    let mut wrong = Vec::new();
    for ordinal in 0..cases {
        let (case, expected) = (case_id(ordinal), &peace[crowd.original_of(ordinal)]);
        match histories.remove(&case) {
            Some(history) if history == *expected => {}
            history => wrong.push(format!(
                "{case}: it has {}\n    and in peace {expected}",
                history.as_deref().unwrap_or("no history")
            )),
        }
    }
    let doubled = server.ask(
        STORM,
        "SELECT case_id, step, count(*) FROM (SELECT case_id, sequence, convert_from(body, 'UTF8')::jsonb -> 'data' AS step \
         FROM events WHERE event_type = 'StepTaken') s GROUP BY case_id, step HAVING count(*) > 1 LIMIT 5",
    )?;
    wrong.extend(doubled.lines().map(|line| format!("fired twice: {line}")));
    let broken = server.ask(
        STORM,
        &format!(
            "SELECT case_id, sequence FROM (SELECT case_id, sequence, hash, previous_hash, body, \
             lag(hash) OVER chain AS before, lag(recorded_at) OVER chain AS earlier, recorded_at, occurred_at, \
             row_number() OVER chain AS place FROM events WINDOW chain AS (PARTITION BY case_id ORDER BY sequence)) e \
             WHERE sequence <> place OR recorded_at < earlier OR occurred_at > recorded_at \
             OR (before IS NOT NULL AND previous_hash <> before AND recorded_at > now() + interval '{} days') \
             OR (recorded_at > now() + interval '{} days' AND hash <> sha256(previous_hash || body)) LIMIT 5",
            LATER - 1,
            LATER - 1
        ),
    )?;
    wrong.extend(broken.lines().map(|line| format!("the chain is broken: {line}")));
    let put_off = server.ask(STORM, "SELECT case_id, fault FROM sweep_failures LIMIT 5")?;
    wrong.extend(put_off.lines().map(|line| format!("put off: {line}")));
    // Those of the molds themselves remain.
    wrong.extend(
        histories
            .keys()
            .filter(|case| case.starts_with(CASE_PREFIX))
            .map(|case| format!("{case}: nobody copied it")),
    );
    Ok(wrong)
}
