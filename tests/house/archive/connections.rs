//! Opening, migrating side by side, and losing the database.

use std::thread;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use persistence::{Archive, Conflict, DatabaseUrl, OpenError, Options, StoreError, open};

use uuid::Uuid;

use people::{Database, Engine, on_both};

use super::place::{by_hand, founded, masters, opened, rulebooks, unit};

on_both!(
    replicas_that_start_together_migrate_once,
    a_unit_with_open_duties_stays,
);

fn replicas_that_start_together_migrate_once(database: &Database) {
    let archives = thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| opened(database))).collect();
        starts
            .into_iter()
            .map(|start| start.join().expect("no panic"))
            .collect::<Vec<_>>()
    });
    founded(&*archives[0], "hall");
    for archive in &archives {
        archive.health().expect("alive");
        assert!(archive.find_office_by_code("hall").expect("read").is_some());
    }
}

#[test]
fn after_a_server_drops_every_connection_questions_and_acts_go_on() {
    for readers in [1, 8] {
        let database = Database::fresh(Engine::Postgres);
        let url: DatabaseUrl = database.url().parse().expect("well formed");
        let options = Options {
            readers,
            ..Options::default()
        };
        let archive = open(&url, options, rulebooks(), masters()).expect("opened");
        let office = founded(&*archive, "hall");
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| archive.health().expect("alive"));
            }
        });
        let mut killer = PgConnection::establish(database.url()).expect("reached");
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        killer.batch_execute(kill).expect("dropped");
        assert!(archive.find_office(office.id).expect("read").is_some());
        killer.batch_execute(kill).expect("dropped");
        archive.create_unit(&unit(office.id, "a"), None).expect("kept");
        assert_eq!(archive.list_units(office.id, None, 10).expect("read").len(), 1);
    }
}

#[test]
fn who_is_busy_is_alive() {
    let database = Database::fresh(Engine::Postgres);
    let url: DatabaseUrl = database.url().parse().expect("well formed");
    let options = Options {
        readers: 1,
        ..Options::default()
    };
    let archive = open(&url, options, rulebooks(), masters()).expect("opened");
    archive.health().expect("alive");
    let mut hand = PgConnection::establish(database.url()).expect("reached");
    hand.batch_execute("BEGIN; LOCK TABLE offices IN ACCESS EXCLUSIVE MODE")
        .expect("locked");
    thread::scope(|scope| {
        let asking = scope.spawn(|| archive.find_office_by_code("hall"));
        while archive.pools()[0].lent == 0 {
            thread::yield_now();
        }
        archive.health().expect("busy, and alive");
        assert!(!asking.is_finished(), "nobody waited for the one connection");
        hand.batch_execute("COMMIT").expect("unlocked");
        assert!(asking.join().expect("no panic").expect("read").is_none());
    });
}

#[track_caller]
fn fails_to_open(url: &str) -> (OpenError, String) {
    let url: DatabaseUrl = url.parse().expect("well formed");
    let error = open(&url, Options::default(), rulebooks(), masters())
        .err()
        .expect("an error");
    let mut chain = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        chain = format!("{chain}: {error}");
        cause = error.source();
    }
    (error, chain)
}

#[test]
fn a_server_that_is_not_there_is_named_without_the_password() {
    let (error, chain) = fails_to_open("postgres://desk:hunter2@127.0.0.1:1/huiyin");
    assert!(matches!(error, OpenError::Unreachable { .. }));
    assert!(
        chain.contains("127.0.0.1:1/huiyin") && chain.contains("refused"),
        "{chain}"
    );
    assert!(!chain.contains("hunter2"), "{chain}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let (error, chain) = fails_to_open("sqlite:///proc/nowhere/huiyin.db");
    assert!(matches!(error, OpenError::Folder { .. }), "{chain}");
    let (error, chain) = fails_to_open("sqlite:///proc/version");
    assert!(matches!(error, OpenError::Unreachable { .. }), "{chain}");
}

#[test]
fn a_row_that_cannot_be_read_is_named_by_its_table_and_field() {
    let database = Database::fresh(Engine::Sqlite);
    let archive = opened(&database);
    founded(&*archive, "hall");
    let file = database.url().replace("sqlite://", "");
    let mut hand = SqliteConnection::establish(&file).expect("opened");
    hand.batch_execute("UPDATE offices SET created_at = 'yesterday'")
        .expect("spoilt");
    match archive.find_office_by_code("hall") {
        Err(StoreError::Corrupt {
            table: "offices",
            id: None,
            reason,
        }) => {
            assert!(reason.contains("created_at"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

/// Gives a unit an open duty by hand, the way each engine writes an id.
fn open_duty(office_id: &str, case_id: &str, unit_id: &str) -> String {
    format!(
        "INSERT INTO duties (office_id, id, case_id, rule, clause, owes, source, holder_unit_id, round, hard, \
         provisional, state, opened_at, document) VALUES ({office_id}, {case_id}, {case_id}, 'handling', 'R03-2.2.1a', \
         'report_back', 'rule', {unit_id}, 1, TRUE, FALSE, 'open', '2026-09-17T01:12:00.000000Z', '{{}}')"
    )
}

fn a_unit_with_open_duties_stays(database: &Database) {
    let archive: &dyn Archive = &*opened(database);
    let office = founded(archive, "hall");
    let kept = archive.create_unit(&unit(office.id, "a"), None).expect("kept");
    let spell = |id: Uuid| match database.engine() {
        Engine::Sqlite => format!("x'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    };
    by_hand(
        database,
        &open_duty(&spell(office.id), &spell(Uuid::now_v7()), &spell(kept.id)),
    );
    let gone = persistence::unit::UnitChange {
        name: kept.name,
        kind: kept.kind,
        level: kept.level,
        parent_id: None,
        active: false,
    };
    let refused = archive.update_unit(office.id, kept.id, 1, &gone, None);
    assert!(
        matches!(refused, Err(StoreError::Conflict(Conflict::DutiesRemain))),
        "{refused:?}"
    );
}

#[test]
fn the_folder_of_a_new_database_is_made() {
    let database = Database::fresh(Engine::Sqlite);
    let url = database.url().replace("huiyin.db", "new/huiyin.db");
    let url: DatabaseUrl = url.parse().expect("well formed");
    let archive = open(&url, Options::default(), rulebooks(), masters()).expect("opened");
    archive.health().expect("alive");
}
