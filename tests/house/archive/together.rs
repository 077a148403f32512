//! Many at once, and what goes wrong on the way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use domain::ids::CaseId;
use people::{Database, Engine, on_both};
use persistence::case::{Accepted, CaseFilter, NotAccepted, Submission};
use uuid::Uuid;

use super::case_life::chained;
use super::hall::{Hall, OFFICER, classify, key};
use super::place::opened;

on_both!(
    many_hands_on_few_cases_leave_no_gap,
    a_full_queue_says_so,
    a_reply_that_panics_harms_nobody,
    the_directory_changes_between_decisions,
);

const PEOPLE: usize = 32;
const ACTS: usize = 12;

fn many_hands_on_few_cases_leave_no_gap(database: &Database) {
    let hall = Hall::founded(database);
    // A second replica on the same database, as far as the engine has such a thing.
    let replica = Hall {
        archive: opened(database),
        office: hall.office,
        now: hall.now,
    };
    let cases: Vec<CaseId> = (1..=5)
        .map(|number| hall.registered(&format!("2026-{number:06}")))
        .collect();
    let accepted: usize = thread::scope(|scope| {
        let people: Vec<_> = (0..PEOPLE)
            .map(|person| {
                let (hall, cases) = (if person % 2 == 0 { &hall } else { &replica }, &cases);
                scope.spawn(move || (0..ACTS).filter(|act| acts(hall, cases, person, *act)).count())
            })
            .collect();
        people
            .into_iter()
            .map(|person| person.join().expect("no panic"))
            .sum()
    });
    assert_eq!(accepted, PEOPLE * ACTS);
    let mut versions = 0;
    for case in cases {
        let entries = chained(&*hall.archive, &hall, case);
        let mut seen = 1;
        for entry in &entries {
            assert!(
                entry.version == seen || entry.version == seen + 1,
                "versions follow one another"
            );
            seen = entry.version;
        }
        versions += usize::try_from(seen).expect("few") - 1;
    }
    assert_eq!(versions, PEOPLE * ACTS, "each was done once");
}

/// Tries until it is done, on the version that it was told.
fn acts(hall: &Hall, cases: &[CaseId], person: usize, act: usize) -> bool {
    let case = cases[(person + act) % cases.len()];
    let mut version = 1;
    loop {
        let submission = Submission {
            expected_version: Some(version),
            key: Some(key(&format!("{person}-{act}"), "x")),
            ..hall.submission(case, classify("conduct_service"))
        };
        match hall.put(submission) {
            Ok(Accepted::Done { .. }) => return true,
            Err(NotAccepted::Stale { current }) => version = current,
            other => panic!("{other:?}"),
        }
    }
}

fn a_full_queue_says_so(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    let gates = hall.pause(database.engine());
    let (_, most) = hall.archive.waiting();
    let (tell, told) = mpsc::channel();
    for _ in 0..=most {
        let tell = tell.clone();
        hall.archive.submit(
            hall.submission(case, classify("conduct_service")),
            Box::new(move |answer| drop(tell.send(answer))),
        );
    }
    assert!(matches!(told.recv(), Ok(Err(NotAccepted::Overloaded))));
    assert_eq!(hall.archive.waiting(), (most, most));
    drop(gates);
    for _ in 0..most {
        assert!(matches!(told.recv(), Ok(Ok(Accepted::Done { .. }))));
    }
    chained(&*hall.archive, &hall, case);
}

fn a_reply_that_panics_harms_nobody(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    let gates = hall.pause(database.engine());
    for _ in 0..3 {
        hall.archive.submit(
            hall.submission(case, classify("conduct_service")),
            Box::new(|_| std::panic::resume_unwind(Box::new("nobody listens"))),
        );
    }
    drop(gates);
    // Whether it comes before or after the others, it is answered.
    hall.does(case, classify("conduct_service"));
    let (waiting, _) = hall.archive.waiting();
    assert_eq!(waiting, 0);
}

fn the_directory_changes_between_decisions(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        // The writers never rest; whoever changes the directory has his turn nevertheless.
        for _ in 0..4 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    hall.does(case, classify("conduct_service"));
                }
            });
        }
        let changed = scope.spawn(|| {
            let _over = Over(&over);
            for number in 0..20 {
                hall.archive
                    .create_unit(&super::place::unit(hall.office.0, &format!("u{number}")), None)
                    .expect("kept");
            }
        });
        changed.join().expect("no panic");
    });
    let law = hall.archive.law(hall.office).expect("read").expect("there");
    assert_eq!(law.directory.units.len(), 20);
}

/// Says that it is over, also by a panic.
pub(crate) struct Over<'o>(pub(crate) &'o AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn after_a_server_drops_every_connection_commands_go_on() {
    let database = Database::fresh(Engine::Postgres);
    let hall = Hall::founded(&database);
    let case = hall.registered("2026-000001");
    let mut killer = PgConnection::establish(database.url()).expect("reached");
    for round in 0..3 {
        thread::scope(|scope| {
            let people: Vec<_> = (0..8)
                .map(|person| {
                    let hall = &hall;
                    scope.spawn(move || {
                        for act in 0..20 {
                            let submission = Submission {
                                key: Some(key(&format!("{round}-{person}-{act}"), "x")),
                                ..hall.submission(case, classify("conduct_service"))
                            };
                            // The old connection may hold the key for a moment after its end.
                            loop {
                                match hall.put(submission.clone()) {
                                    Ok(_) => break,
                                    Err(NotAccepted::KeyInProgress) => {}
                                    other => panic!("{other:?}"),
                                }
                            }
                        }
                    })
                })
                .collect();
            killer
                .batch_execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                .expect("dropped");
            for person in people {
                person.join().expect("no panic");
            }
        });
    }
    chained(&*hall.archive, &hall, case);
    let keys = hall.keys(OFFICER);
    let kept = hall.archive.find_case(hall.office, case, &keys).expect("read");
    assert_eq!(
        kept.map(|case| case.version),
        Some(1 + 3 * 8 * 20),
        "each was done once"
    );
}

#[test]
fn the_archive_can_be_closed_with_work_waiting() {
    let database = Database::fresh(Engine::Sqlite);
    let hall = Hall::founded(&database);
    let (tell, told) = mpsc::channel();
    for number in 0..100 {
        let tell = tell.clone();
        let case = CaseId(Uuid::now_v7());
        hall.archive.submit(
            hall.complaint(case, &format!("2026-{number:06}"), "waiting"),
            Box::new(move |answer| drop(tell.send(answer))),
        );
    }
    let office = hall.office;
    let keys = hall.keys(OFFICER);
    let now = hall.now;
    drop(hall);
    drop(tell);
    assert_eq!(told.iter().flatten().count(), 100);
    let counted = opened(&database).count_cases(office, &keys, &CaseFilter::default(), 1000, now);
    assert_eq!(counted.expect("read"), 100);
}
