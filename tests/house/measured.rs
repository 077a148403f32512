//! What the house measures of itself, and that it looks at all that is due, whatever fails.

use std::any::Any;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use people::matter::{HALL, INTAKE, hall_complaint, tobacco_complaint};
use people::{Case, Database, Engine, House, new_key, nothing, on_both};

use serde_json::json;

use crate::archive::place::by_hand;

on_both!(
    the_figures_add_up,
    heads_without_bodies_keep_no_staff_out,
    a_case_that_fails_starves_no_other,
    a_look_ends_where_no_command_is_taken,
);

/// The figures as they are shown, by name and labels.
pub(crate) fn figures(house: &House) -> BTreeMap<String, f64> {
    let answer = house.stranger().get("/metrics").expect(200);
    let media_type = answer.header("content-type").unwrap_or_default();
    assert!(
        media_type.starts_with("text/plain; version=0.0.4"),
        "{media_type}"
    );
    let text = String::from_utf8(answer.bytes.clone()).expect("it is text");
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            let (name, figure) = line.rsplit_once(' ').expect("a name and a figure");
            assert!(name.starts_with("huiyin_"), "{line}");
            (name.to_owned(), figure.parse().expect("a number"))
        })
        .collect()
}

/// Holds figures against whole numbers.
#[track_caller]
fn are(figures: &BTreeMap<String, f64>, expected: &[(&str, u32)]) {
    for (name, count) in expected {
        let found = figures.get(*name).copied();
        assert_eq!(found, Some(f64::from(*count)), "{name}");
    }
}

fn the_figures_add_up(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    let accepts = clerk.tries("accept_case", &case, &nothing()).key(&new_key());
    accepts.clone().expect(200);
    accepts.expect(200);
    clerk
        .tries("accept_case", &case, &nothing())
        .is_problem(412, "version_stale");
    house.stranger().get("/cases").is_problem(401, "unauthenticated");
    house.stranger().get("/nowhere").is_problem(404, "not_found");
    let found = figures(&house);
    are(
        &found,
        &[
            (
                "huiyin_requests_total{operation=\"accept_case\",status=\"2xx\"}",
                2,
            ),
            (
                "huiyin_requests_total{operation=\"accept_case\",status=\"4xx\"}",
                2,
            ),
            ("huiyin_request_seconds_count{operation=\"accept_case\"}", 4),
            (
                "huiyin_request_seconds_bucket{le=\"+Inf\",operation=\"accept_case\"}",
                4,
            ),
            (
                "huiyin_requests_total{operation=\"list_cases\",status=\"4xx\"}",
                2,
            ),
            ("huiyin_requests_total{operation=\"none\",status=\"4xx\"}", 2),
            ("huiyin_commands_total{outcome=\"accepted\"}", 2),
            ("huiyin_commands_total{outcome=\"replayed\"}", 1),
            ("huiyin_commands_total{outcome=\"stale\"}", 2),
            ("huiyin_commands_total{outcome=\"overloaded\"}", 0),
            // Everybody waited for one command at a time.
            ("huiyin_command_wait_seconds_count", 5),
            ("huiyin_batch_commands_sum", 5),
            ("huiyin_batch_commands_bucket{le=\"1.0\"}", 5),
            ("huiyin_transaction_seconds_count", 5),
            ("huiyin_batches_lost_total", 0),
            ("huiyin_batches_split_total", 0),
            ("huiyin_batches_panicked_total", 0),
            ("huiyin_commands_waiting", 0),
            // What the door lets in, and the cases that a newer calendar counts again at once.
            ("huiyin_commands_waiting_max", 192),
            ("huiyin_requests_under_way{kind=\"change\"}", 0),
            ("huiyin_requests_under_way_max{kind=\"change\"}", 160),
            ("huiyin_requests_turned_away_total{kind=\"read\"}", 0),
            ("huiyin_connections{pool=\"readers\",state=\"max\"}", 8),
            ("huiyin_looks_total{outcome=\"failed\"}", 0),
        ],
    );
    for name in [
        "huiyin_question_seconds_count{table=\"sessions\"}",
        "huiyin_act_seconds_count{table=\"sessions\"}",
        "huiyin_connection_wait_seconds_count",
    ] {
        assert!(found.get(name).is_some_and(|count| *count > 0.0), "{name}");
    }
    // Whom or what it was about is in none of them.
    let names: String = found.keys().map(String::as_str).collect();
    for secret in [case.id.as_str(), "tobacco", "intake", "service_hall", "张"] {
        assert!(!names.contains(secret), "{secret}");
    }
}

fn heads_without_bodies_keep_no_staff_out(database: &Database) {
    const STRANGERS: usize = 64;
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    clerk.registers(&tobacco_complaint());
    let head = "POST /api/v1/sessions HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n";
    let mut silent: Vec<TcpStream> = (0..STRANGERS)
        .map(|_| {
            let mut socket = TcpStream::connect(house.address()).expect("reached");
            socket.write_all(head.as_bytes()).expect("sent");
            socket
        })
        .collect();
    // The next one is turned away once all of them are inside.
    let inside = || figures(&house)["huiyin_requests_under_way{kind=\"stranger\"}"];
    while inside() < 64.0 {
        std::thread::yield_now();
    }
    house
        .log_in(INTAKE, "whatever it is")
        .is_problem(503, "overloaded");
    clerk.registers(&tobacco_complaint());
    clerk.get("/cases").expect(200);
    let found = figures(&house);
    are(
        &found,
        &[
            // A problem is asked for in both languages.
            ("huiyin_requests_turned_away_total{kind=\"stranger\"}", 2),
            ("huiyin_requests_turned_away_total{kind=\"change\"}", 0),
            ("huiyin_requests_turned_away_total{kind=\"read\"}", 0),
        ],
    );
    // Whoever sends the body after all is answered, and leaves the place to others.
    let mut first = silent.swap_remove(0);
    first.write_all(&[b' '; 100]).expect("sent");
    let mut answer = [0; 12];
    first.read_exact(&mut answer).expect("answered");
    assert_eq!(&answer, b"HTTP/1.1 400");
    house
        .log_in(INTAKE, "whatever it is")
        .is_problem(401, "bad_credentials");
}

fn a_case_that_fails_starves_no_other(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(HALL);
    // More than are read at once, of which only the last one is well.
    let mut cases: Vec<Case> = (0..40).map(|_| clerk.registers(&hall_complaint())).collect();
    let well = cases.pop().expect("there are many");
    let id = match database.engine() {
        Engine::Sqlite => format!("x'{}'", well.id.replace('-', "")),
        Engine::Postgres => format!("'{}'", well.id),
    };
    by_hand(
        database,
        &format!("UPDATE case_states SET document = '{{}}' WHERE case_id <> {id}"),
    );
    house.set_clock("2026-10-30T09:00");
    let found = figures(&house);
    let (done, failed) = (
        found["huiyin_looks_total{outcome=\"done\"}"],
        found["huiyin_looks_total{outcome=\"failed\"}"],
    );
    assert!(done >= 1.0 && failed >= 39.0, "{done} and {failed}");
    assert!(found["huiyin_last_sweep_timestamp_seconds"] > 0.0);
}

/// Lets everybody read and nobody write, until it is dropped.
fn only_reading(database: &Database) -> Box<dyn Any> {
    match database.engine() {
        Engine::Sqlite => {
            let path = database.url().strip_prefix("sqlite://").expect("a path");
            let mut hand = SqliteConnection::establish(path).expect("opened");
            hand.batch_execute("PRAGMA busy_timeout = 2000; BEGIN IMMEDIATE")
                .expect("locked");
            Box::new(hand)
        }
        Engine::Postgres => {
            let mut hand = PgConnection::establish(database.url()).expect("reached");
            hand.batch_execute("BEGIN; LOCK TABLE cases IN EXCLUSIVE MODE")
                .expect("locked");
            Box::new(hand)
        }
    }
}

fn a_look_ends_where_no_command_is_taken(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(HALL);
    for _ in 0..70 {
        clerk.registers(&hall_complaint());
    }
    house.set_clock("2026-09-17T09:01");
    let before = figures(&house);
    let hand = only_reading(database);
    house
        .stranger()
        .ask("PUT", "/demo/clock")
        .json(&json!({"now": "2026-10-30T09:00:00+08:00"}))
        .is_problem(503, "overloaded");
    drop(hand);
    let after = figures(&house);
    let grew = |name: &str| after[name] - before[name];
    assert!(
        grew("huiyin_last_sweep_timestamp_seconds").abs() < 1.0,
        "not all was looked at"
    );
    house.set_clock("2026-10-30T09:01");
    let found = figures(&house);
    assert!(found["huiyin_last_sweep_timestamp_seconds"] > before["huiyin_last_sweep_timestamp_seconds"]);
    assert!(found["huiyin_looks_total{outcome=\"done\"}"] >= 70.0);
}
