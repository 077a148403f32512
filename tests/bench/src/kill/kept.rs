//! What the database holds, read from its tables without the service.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::server::Server;
use crate::{Outcome, failure};

/// Where a database is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Store<'s> {
    /// A file.
    Sqlite(&'s Path),
    /// A database of a server.
    Postgres(&'s Server, &'s str),
}

/// All that commands leave behind.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The cases.
    pub(super) cases: BTreeMap<Uuid, KeptCase>,
    /// The remembered answers.
    pub(super) answers: Vec<KeptAnswer>,
}

/// A case.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptCase {
    /// Its version and the number of its last event, as its narrow row has them.
    pub(super) row: Option<(u64, u64)>,
    /// The same as its state has them, and the hash of its last event.
    pub(super) state: Option<(u64, u64, Vec<u8>)>,
    /// Its events, by their numbers.
    pub(super) events: Vec<KeptEvent>,
}

/// An event.
#[derive(Debug, Clone)]
pub(super) struct KeptEvent {
    /// Its number.
    pub(super) sequence: u64,
    /// Its kind.
    pub(super) event_type: String,
    /// Its bytes, as they were hashed.
    pub(super) body: Vec<u8>,
    /// The hash of the one before it.
    pub(super) previous: Vec<u8>,
    /// Its own hash.
    pub(super) hash: Vec<u8>,
}

/// What a key remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptAnswer {
    /// The key.
    pub(super) key: String,
    /// What it led to.
    pub(super) outcome: KeptOutcome,
}

/// What a command led to, as its key remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct KeptOutcome {
    /// The case.
    pub(super) case: Uuid,
    /// The version it left it in.
    pub(super) version: u64,
    /// The numbers and kinds of the events it wrote.
    pub(super) entries: Vec<(u64, String)>,
}

#[derive(QueryableByName)]
struct CaseRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = BigInt)]
    sequence: i64,
}

#[derive(QueryableByName)]
struct StateRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    document: String,
    #[diesel(sql_type = Binary)]
    head: Vec<u8>,
}

#[derive(QueryableByName)]
struct EventRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = Text)]
    event_type: String,
    #[diesel(sql_type = Binary)]
    body: Vec<u8>,
    #[diesel(sql_type = Binary)]
    previous_hash: Vec<u8>,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

#[derive(QueryableByName)]
struct AnswerRow {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    outcome: String,
}

#[derive(QueryableByName)]
struct Check {
    #[diesel(sql_type = Nullable<Text>)]
    integrity_check: Option<String>,
}

/// The rows as both engines give them; `{id}` stands for the text of an id.
const CASES: &str = "SELECT {id:id} AS id, version, sequence FROM cases";
const STATES: &str = "SELECT {id:case_id} AS id, document, head FROM case_states";
const EVENTS: &str = "SELECT {id:case_id} AS id, sequence, event_type, body, previous_hash, hash FROM events \
                      ORDER BY case_id, sequence";
const ANSWERS: &str = "SELECT key, outcome FROM remembered_answers";

type Rows = (Vec<CaseRow>, Vec<StateRow>, Vec<EventRow>, Vec<AnswerRow>);

impl Store<'_> {
    /// The URL for the service.
    pub(super) fn url(self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(server, database) => server.url(database),
        }
    }

    /// Reads everything; on SQLite the file itself is checked first.
    pub(super) fn read(self) -> Outcome<Kept> {
        let (cases, states, events, answers): Rows = match self {
            Self::Sqlite(path) => {
                let mut file = SqliteConnection::establish(&path.display().to_string())?;
                file.batch_execute("PRAGMA query_only = ON")?;
                let said: Vec<Check> = sql_query("PRAGMA integrity_check").load(&mut file)?;
                let said: Vec<String> = said.into_iter().filter_map(|it| it.integrity_check).collect();
                if said != ["ok"] {
                    return Err(failure(format!("integrity_check: {}", said.join("; "))));
                }
                let text = |text: &str| {
                    text.replace("{id:id}", "hex(id)")
                        .replace("{id:case_id}", "hex(case_id)")
                };
                (
                    sql_query(text(CASES)).load(&mut file)?,
                    sql_query(text(STATES)).load(&mut file)?,
                    sql_query(text(EVENTS)).load(&mut file)?,
                    sql_query(text(ANSWERS)).load(&mut file)?,
                )
            }
            Self::Postgres(..) => {
                let mut server = PgConnection::establish(&self.url())?;
                server.batch_execute("SET default_transaction_read_only = on")?;
                let text = |text: &str| {
                    text.replace("{id:id}", "id::text")
                        .replace("{id:case_id}", "case_id::text")
                };
                (
                    sql_query(text(CASES)).load(&mut server)?,
                    sql_query(text(STATES)).load(&mut server)?,
                    sql_query(text(EVENTS)).load(&mut server)?,
                    sql_query(text(ANSWERS)).load(&mut server)?,
                )
            }
        };
        let mut kept = Kept::default();
        for row in cases {
            kept.case(&row.id)?.row = Some((row.version.try_into()?, row.sequence.try_into()?));
        }
        for row in states {
            let document: Value = serde_json::from_str(&row.document)?;
            let count = |name: &str| {
                document[name]
                    .as_u64()
                    .ok_or_else(|| failure(format!("a state without {name}: {}", row.id)))
            };
            kept.case(&row.id)?.state = Some((count("version")?, count("sequence")?, row.head));
        }
        for row in events {
            kept.case(&row.id)?.events.push(KeptEvent {
                sequence: row.sequence.try_into()?,
                event_type: row.event_type,
                body: row.body,
                previous: row.previous_hash,
                hash: row.hash,
            });
        }
        for row in answers {
            // Other operations remember something else; none of them is used here.
            if let Ok(outcome) = serde_json::from_str(&row.outcome) {
                kept.answers.push(KeptAnswer {
                    key: row.key,
                    outcome,
                });
            }
        }
        Ok(kept)
    }
}

impl Kept {
    fn case(&mut self, id: &str) -> Outcome<&mut KeptCase> {
        Ok(self.cases.entry(Uuid::parse_str(id)?).or_default())
    }
}
