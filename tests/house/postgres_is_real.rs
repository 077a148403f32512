//! The PostgreSQL of the tests is the one that offices run: new enough, and as careful with what it was given.

use diesel::{Connection, PgConnection};

use people::postgres::setting;
use people::{Database, Engine};

#[test]
fn the_server_is_fifteen_or_newer() {
    let version: u32 = ask("server_version_num").parse().expect("a number");
    assert!(version >= 150_000, "{version}");
}

#[test]
fn what_is_acknowledged_is_on_the_disk() {
    for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(ask(name), "on", "{name}");
    }
}

#[test]
fn chinese_text_is_kept_as_utf_8() {
    assert_eq!(ask("server_encoding"), "UTF8");
}

fn ask(name: &str) -> String {
    let database = Database::fresh(Engine::Postgres);
    let mut connection = PgConnection::establish(database.url()).expect("the server lets us in");
    setting(&mut connection, name).expect("the server knows its settings")
}
