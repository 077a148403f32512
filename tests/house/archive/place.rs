//! An archive on a test's database, and people to put into it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use people::{Database, Engine};
use persistence::office::{NewOffice, OfficeRecord};
use persistence::staff::NewStaffMember;
use persistence::unit::NewUnit;
use persistence::{Archive, DatabaseUrl, MasterKeys, Options, Rulebooks, open};
use uuid::Uuid;

/// The archive on a test's database.
pub(crate) fn opened(database: &Database) -> Arc<dyn Archive> {
    let url: DatabaseUrl = database.url().parse().expect("the URL is well formed");
    open(&url, Options::default(), rulebooks(), masters()).expect("the archive opens")
}

/// The rulebooks that come with the house.
pub(crate) fn rulebooks() -> Rulebooks {
    let shipped = domain::rulebook::shipped().expect("the rulebooks are sound");
    shipped
        .into_iter()
        .map(|(code, rulebook)| (code, Arc::new(rulebook)))
        .collect()
}

/// The master keys of these tests.
pub(crate) fn masters() -> MasterKeys {
    MasterKeys::of_demonstrations()
}

/// Does to a database what the archive would not.
pub(crate) fn by_hand(database: &Database, statement: &str) {
    let url = database.url();
    match database.engine() {
        Engine::Sqlite => {
            let path = url.strip_prefix("sqlite://").expect("a path");
            let mut connection = SqliteConnection::establish(path).expect("opened");
            connection
                .batch_execute("PRAGMA busy_timeout = 2000")
                .expect("set");
            connection.batch_execute(statement).expect("done");
        }
        Engine::Postgres => {
            let mut connection = PgConnection::establish(url).expect("reached");
            connection.batch_execute(statement).expect("done");
        }
    }
}

/// Ten o'clock on an ordinary morning, with more digits than a database keeps.
pub(crate) fn morning() -> DateTime<Utc> {
    "2026-09-17T02:00:00.123456789Z".parse().expect("an instant")
}

/// The same instant as a database keeps it.
pub(crate) fn morning_as_kept() -> DateTime<Utc> {
    "2026-09-17T02:00:00.123456Z".parse().expect("an instant")
}

pub(crate) fn office(code: &str) -> NewOffice {
    NewOffice {
        id: Uuid::now_v7(),
        code: code.to_owned(),
        name_zh: "某投诉办".to_owned(),
        name_en: "A complaints office".to_owned(),
        rulebook_code: "cn.service_hall".to_owned(),
        rulebook_version: "1.0.0".to_owned(),
        calendar_code: "cn".to_owned(),
        cutover_at: None,
        profile: "{}".to_owned(),
        created_at: morning(),
    }
}

pub(crate) fn member(office_id: Uuid, user_name: &str) -> NewStaffMember {
    NewStaffMember {
        office_id,
        id: Uuid::now_v7(),
        user_name: user_name.to_owned(),
        name: "李某".to_owned(),
        unit_id: None,
        positions: "[\"intake_officer\"]".to_owned(),
        administrator: false,
        operator: false,
        password_hash: "$argon2id$".to_owned(),
        password_must_change: false,
        created_at: morning(),
    }
}

pub(crate) fn unit(office_id: Uuid, code: &str) -> NewUnit {
    NewUnit {
        office_id,
        id: Uuid::now_v7(),
        code: code.to_owned(),
        name: "某科".to_owned(),
        kind: "section".to_owned(),
        level: "county".to_owned(),
        parent_id: None,
    }
}

/// An office with its administrator, whose user name is `{code}.admin`.
pub(crate) fn founded(archive: &dyn Archive, code: &str) -> OfficeRecord {
    let office = office(code);
    let administrator = NewStaffMember {
        administrator: true,
        ..member(office.id, &format!("{code}.admin"))
    };
    archive
        .create_office(&office, &administrator, None)
        .expect("the office is founded")
}
