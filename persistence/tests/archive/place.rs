//! A database of a test's own, and people to put into it.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use persistence::office::{NewOffice, OfficeRecord};
use persistence::staff::NewStaffMember;
use persistence::unit::NewUnit;
use persistence::{Archive, DatabaseUrl, Options, open};
use uuid::Uuid;

/// A database that goes away with this value.
pub(crate) enum Place {
    /// A file in a folder that does not exist yet.
    Sqlite(PathBuf),
    /// A database on the server that `HUIYIN_TEST_POSTGRES` names.
    Postgres { server: String, name: String },
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(format!("huiyin-archive-{}", Uuid::now_v7().simple()));
        Self::Sqlite(folder)
    }

    pub(crate) fn postgres() -> Self {
        let server = std::env::var("HUIYIN_TEST_POSTGRES")
            .expect("HUIYIN_TEST_POSTGRES names a server where databases may be created: postgres://USER:PASSWORD@HOST:PORT/postgres");
        let name = format!("huiyin_archive_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::establish(&server).expect("the server can be reached");
        connection
            .batch_execute(&format!(
                "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
            ))
            .expect("a database can be created");
        Self::Postgres { server, name }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.join("new/huiyin.db").display()),
            Self::Postgres { server, name } => {
                let (base, _) = server.rsplit_once('/').expect("the URL names a database");
                format!("{base}/{name}")
            }
        }
    }

    pub(crate) fn open(&self) -> Arc<dyn Archive> {
        let url: DatabaseUrl = self.url().parse().expect("the URL is well formed");
        open(&url, Options::default()).expect("the archive opens")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self {
            Self::Sqlite(folder) => drop(std::fs::remove_dir_all(folder)),
            Self::Postgres { server, name } => {
                if let Ok(mut connection) = PgConnection::establish(server) {
                    drop(connection.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")));
                }
            }
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
