//! What is due fires once, whoever sweeps and whatever fails.

use std::collections::BTreeSet;
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use domain::case::{By, Entry, Event};
use domain::ids::CaseId;
use people::{Database, Engine, on_both};
use persistence::case::{Accepted, Submission};
use persistence::sweep::{Fault, SweepRecord, Swept};
use uuid::Uuid;

use super::case_life::chained;
use super::hall::{Hall, at, process_notice};
use super::place::{by_hand, opened};

on_both!(
    what_is_due_fires_once,
    a_late_deed_first_fires_what_was_due,
    a_case_that_fails_is_put_off_and_holds_up_nothing,
    those_who_sweep_share_what_is_due,
    a_case_is_never_recorded_backwards,
);

/// When everything that nobody did has long been late.
fn later() -> DateTime<Utc> {
    at("2027-03-01T09:00")
}

/// A hall with some cases that nobody does anything about.
fn left_alone(database: &Database, cases: usize) -> (Hall, Vec<CaseId>) {
    let hall = Hall::founded(database);
    let cases = (1..=cases)
        .map(|number| hall.registered(&format!("2026-{number:06}")))
        .collect();
    (hall, cases)
}

fn swept(hall: &Hall, most: u32) -> Swept {
    hall.archive.sweep(hall.now, most).expect("swept")
}

/// The steps that fired on a case, with their times; none twice.
#[track_caller]
fn steps(hall: &Hall, case: CaseId) -> Vec<(DateTime<Utc>, String)> {
    let steps: Vec<_> = chained(&*hall.archive, hall, case)
        .into_iter()
        .filter_map(|entry| match entry.event {
            Event::StepTaken { duty, step } => Some((entry.occurred_at, format!("{duty} {step}"))),
            _ => None,
        })
        .collect();
    let once: BTreeSet<&String> = steps.iter().map(|(_, step)| step).collect();
    assert_eq!(once.len(), steps.len(), "{steps:?}");
    steps
}

fn what_is_due_fires_once(database: &Database) {
    let (mut hall, cases) = left_alone(database, 5);
    assert_eq!(swept(&hall, 10), Swept::default(), "nothing is due");
    let opening = hall.now;
    hall.now = later();
    // Of five the three that have waited longest, and then the others.
    assert_eq!(swept(&hall, 3).cases(), 3);
    let rest = swept(&hall, 3);
    assert_eq!((rest.cases(), rest.failures.len()), (2, 0));
    assert!(rest.steps() > 0);
    assert_eq!(
        swept(&hall, 3),
        Swept::default(),
        "what was looked at waits for its next time"
    );
    let expected = steps(&hall, cases[0]);
    assert!(!expected.is_empty());
    assert!(
        expected.is_sorted_by(|one, next| one.0 <= next.0),
        "oldest first: {expected:?}"
    );
    assert!(
        expected.iter().all(|(at, _)| *at < hall.now),
        "each at its own time"
    );
    // Set back, and forward again: nothing fires twice.
    for now in [opening, later() - TimeDelta::days(2), later()] {
        hall.now = now;
        assert_eq!(swept(&hall, 10), Swept::default());
    }
    assert_eq!(steps(&hall, cases[0]), expected);
}

fn a_late_deed_first_fires_what_was_due(database: &Database) {
    let (mut hall, cases) = left_alone(database, 2);
    hall.now = later();
    let answer = hall.put(Submission {
        expected_version: Some(1),
        ..hall.submission(cases[0], process_notice())
    });
    assert!(matches!(answer, Ok(Accepted::Done { .. })), "{answer:?}");
    let entries: Vec<Entry> = chained(&*hall.archive, &hall, cases[0]);
    let first = |by: fn(&By) -> bool| {
        entries
            .iter()
            .position(|entry| entry.sequence > 1 && by(&entry.by))
    };
    let (clock, deed) = (
        entries.iter().rposition(|entry| entry.by == By::Clock),
        entries
            .iter()
            .rposition(|entry| matches!(entry.by, By::Staff { .. })),
    );
    assert!(
        first(|by| *by == By::Clock).is_some() && clock < deed,
        "{entries:#?}"
    );
    // The sweep has the other one alone to look at, on which the same steps fire.
    let expected = steps(&hall, cases[0]).len();
    assert_eq!(swept(&hall, 10).cases(), 1);
    assert_eq!(steps(&hall, cases[1]).len(), expected);
}

fn a_case_that_fails_is_put_off_and_holds_up_nothing(database: &Database) {
    let (mut hall, cases) = left_alone(database, 3);
    let id = match database.engine() {
        Engine::Sqlite => format!("x'{}'", cases[0].0.simple()),
        Engine::Postgres => format!("'{}'", cases[0].0),
    };
    by_hand(
        database,
        &format!(
            "CREATE TABLE aside AS SELECT * FROM case_states; \
             UPDATE case_states SET document = '{{}}' WHERE case_id = {id}"
        ),
    );
    hall.now = later();
    let first = swept(&hall, 10);
    assert_eq!((first.cases(), first.failures.len()), (3, 1));
    assert_eq!(first.failures[0].fault, Fault::Unreadable);
    assert_eq!(swept(&hall, 10), Swept::default(), "it is put off, for everybody");
    let lag = hall
        .archive
        .sweep_lag(Some(hall.office.0), hall.now)
        .expect("read");
    assert_eq!(lag.oldest_due_at, Some(first.failures[0].due.since));
    assert_eq!(lag.put_off, 1);
    // Twice as long each time.
    for (failures, seconds) in [(1, 30), (2, 60), (3, 120)] {
        let found = hall
            .archive
            .list_sweep_failures(Some(hall.office.0), 10)
            .expect("read");
        let (failure, confidential) = &found[0];
        assert_eq!((found.len(), failure.case(), *confidential), (1, cases[0], false));
        assert_eq!(
            (failure.failures, failure.fault.as_str()),
            (failures, "unreadable")
        );
        assert_eq!(failure.due_at, first.failures[0].due.since);
        assert_eq!(failure.retry_at, hall.now + TimeDelta::seconds(seconds));
        hall.now = failure.retry_at;
        assert_eq!(swept(&hall, 10).failures.len(), 1);
    }
    // Somebody mends it.
    by_hand(
        database,
        &format!(
            "UPDATE case_states SET document = (SELECT document FROM aside WHERE case_id = {id}) \
             WHERE case_id = {id}; DROP TABLE aside"
        ),
    );
    hall.now += TimeDelta::hours(6);
    let mended = swept(&hall, 10);
    assert_eq!((mended.cases(), mended.failures.len()), (1, 0));
    assert_eq!(steps(&hall, cases[0]).len(), steps(&hall, cases[1]).len());
    let lag = hall.archive.sweep_lag(None, hall.now).expect("read");
    assert_eq!((lag.oldest_due_at, lag.put_off), (None, 0));
    // The record of a run forgets what is over.
    let run = SweepRecord {
        office_id: hall.office.0,
        id: Uuid::now_v7(),
        started_at: hall.now,
        ended_at: hall.now,
        oldest_due_at: hall.now,
        cases: 1,
        steps: 1,
        failed: 0,
    };
    hall.archive
        .record_sweep(std::slice::from_ref(&run))
        .expect("kept");
    assert_eq!(
        hall.archive
            .list_sweeps(Some(hall.office.0), None, 10)
            .expect("read"),
        [run]
    );
    let old = SweepRecord {
        id: Uuid::now_v7(),
        started_at: hall.now + TimeDelta::days(8),
        ended_at: hall.now + TimeDelta::days(8),
        ..hall.archive.list_sweeps(None, None, 10).expect("read").remove(0)
    };
    hall.archive
        .record_sweep(std::slice::from_ref(&old))
        .expect("kept");
    assert_eq!(
        hall.archive.list_sweeps(None, None, 10).expect("read"),
        [old],
        "a week is kept"
    );
}

fn those_who_sweep_share_what_is_due(database: &Database) {
    let (mut hall, cases) = left_alone(database, 40);
    hall.now = later();
    let replicas: Vec<Hall> = (0..3)
        .map(|_| Hall {
            archive: opened(database),
            office: hall.office,
            now: hall.now,
        })
        .collect();
    let looked_at: u64 = thread::scope(|scope| {
        let sweeping: Vec<_> = replicas
            .iter()
            .map(|replica| {
                scope.spawn(|| {
                    let mut all = Swept::default();
                    // What others hold is theirs; whoever finds nothing free may go.
                    loop {
                        let batch = swept(replica, 3);
                        if batch.cases() == 0 {
                            return all.cases();
                        }
                        all.add(batch);
                    }
                })
            })
            .collect();
        sweeping
            .into_iter()
            .map(|one| one.join().expect("no panic"))
            .sum()
    });
    assert_eq!(looked_at, 40, "no two looked at the same");
    let expected = steps(&hall, cases[0]).len();
    assert!(expected > 0);
    assert!(cases.iter().all(|case| steps(&hall, *case).len() == expected));
}

#[test]
fn what_somebody_holds_is_skipped_and_a_claim_ends_with_its_holder() {
    let database = Database::fresh(Engine::Postgres);
    let (mut hall, cases) = left_alone(&database, 4);
    hall.now = later();
    let mut hand = PgConnection::establish(database.url()).expect("reached");
    hand.batch_execute(&format!(
        "BEGIN; SELECT 1 FROM case_states WHERE case_id = '{}' FOR NO KEY UPDATE",
        cases[1].0
    ))
    .expect("held");
    assert_eq!(swept(&hall, 10).cases(), 3);
    assert_eq!(swept(&hall, 10).cases(), 0, "nobody waits for it");
    // As when a replica is killed: the server notices at once.
    drop(hand);
    let mut found = 0;
    for _ in 0..100 {
        found = swept(&hall, 10).cases();
        if found > 0 {
            break;
        }
        thread::yield_now();
    }
    assert_eq!(found, 1);
    assert_eq!(steps(&hall, cases[1]).len(), steps(&hall, cases[0]).len());
}

fn a_case_is_never_recorded_backwards(database: &Database) {
    let (mut hall, cases) = left_alone(database, 1);
    let opening = hall.now;
    hall.now = opening - TimeDelta::days(2);
    let answer = hall.put(hall.submission(cases[0], process_notice()));
    assert!(matches!(answer, Ok(Accepted::Done { .. })), "{answer:?}");
    let entries = chained(&*hall.archive, &hall, cases[0]);
    assert!(
        entries.iter().all(|entry| entry.recorded_at == opening),
        "{entries:#?}"
    );
}

#[test]
fn the_time_is_the_servers_whatever_the_machine_says() {
    let database = Database::fresh(Engine::Postgres);
    let hall = Hall::founded(&database);
    let told = |hall: &Hall| hall.archive.server_time().expect("read").expect("it has a clock");
    let before = told(&hall);
    // The server's clock is set; the machine's, which all here share, is not.
    let name = database
        .url()
        .rsplit('/')
        .next()
        .expect("a name")
        .split('?')
        .next()
        .expect("a name");
    by_hand(
        &database,
        &format!(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
             $$ SELECT pg_catalog.clock_timestamp() + interval '2 days' $$; \
             ALTER DATABASE \"{name}\" SET search_path = public, pg_catalog"
        ),
    );
    let replicas = [opened(&database), opened(&database)].map(|archive| Hall {
        archive,
        office: hall.office,
        now: hall.now,
    });
    let [one, other] = replicas.each_ref().map(told);
    assert!(one - before >= TimeDelta::days(2), "{one} {before}");
    assert!((other - one).abs() < TimeDelta::minutes(5));
    let alone = Database::fresh(Engine::Sqlite);
    assert_eq!(opened(&alone).server_time().expect("read"), None);
}
