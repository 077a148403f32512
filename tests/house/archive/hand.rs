//! A hand in the database that is not the service's: what it can do to a case's chain by SQL.

use people::{Database, Engine};
use persistence::audit::{CaseChain, EventLink, Item, Way, walk};
use persistence::chain::{hexadecimal, link, origin};
use persistence::{StoreError, open_chains};
use serde_json::Value;
use uuid::Uuid;

use super::place::by_hand;

/// What a backup of the chains holds.
const TABLES: [&str; 8] = [
    "events",
    "cases",
    "case_states",
    "checkpoints",
    "checkpoint_entries",
    "checkpoint_backlog",
    "access_log",
    "access_heads",
];

/// Whose database it is, and which case is meant.
pub(crate) struct Hand<'d> {
    /// The database.
    pub(crate) database: &'d Database,
    /// The case.
    pub(crate) case: Uuid,
}

impl Hand<'_> {
    /// The chain of a case as it is kept.
    pub(crate) fn chain_of(&self, case: Uuid) -> CaseChain {
        let mut chains = open_chains(&self.database.url().parse().expect("a URL")).expect("opened");
        let mut found = None;
        walk::<StoreError>(&mut *chains, &Way::default(), |item| {
            if let Item::Case(chain) = item
                && chain.id == case
            {
                found = Some(chain);
            }
            Ok(())
        })
        .expect("walked");
        found.expect("there is such a case")
    }

    /// An id as the engine writes it.
    pub(crate) fn id(&self, id: Uuid) -> String {
        match self.database.engine() {
            Engine::Sqlite => format!("X'{}'", id.simple()),
            Engine::Postgres => format!("'{id}'"),
        }
    }

    /// Bytes as the engine writes them.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        match self.database.engine() {
            Engine::Sqlite => format!("X'{}'", hexadecimal(bytes)),
            Engine::Postgres => format!("'\\x{}'", hexadecimal(bytes)),
        }
    }

    /// Where an event of the case stands, or its first ones from a number on.
    pub(crate) fn of_case(&self, sequence: &str) -> String {
        format!("case_id = {} AND sequence {sequence}", self.id(self.case))
    }

    /// Does something by SQL.
    #[track_caller]
    pub(crate) fn tamper(&self, statements: &str) {
        by_hand(self.database, statements);
    }

    /// Puts an event into the case, beside whatever is there.
    pub(crate) fn put(&self, sequence: i64, event: &EventLink) {
        self.tamper(&format!(
            "INSERT INTO events (office_id, case_id, sequence, event_type, occurred_at, recorded_at, body, \
             previous_hash, hash) SELECT office_id, case_id, {sequence}, event_type, occurred_at, recorded_at, \
             {}, {}, {} FROM events WHERE {}",
            self.bytes(&event.body),
            self.bytes(&event.previous_hash.0),
            self.bytes(&event.hash.0),
            self.of_case("= 1"),
        ));
    }

    /// Moves the events of the case from a number on.
    pub(crate) fn shift(&self, from: i64, by: i64) {
        self.tamper(&format!(
            "UPDATE events SET sequence = sequence + 1000 WHERE {}",
            self.of_case(&format!(">= {from}"))
        ));
        self.tamper(&format!(
            "UPDATE events SET sequence = sequence - 1000 + {by} WHERE {}",
            self.of_case(">= 1000")
        ));
    }

    /// Makes the chain of the case anew, with an entry that says something else, as whoever knows how would.
    pub(crate) fn make_anew(&self) {
        let mut previous = origin(self.case);
        for event in self.chain_of(self.case).events {
            let body = if event.sequence == 3 {
                lied(&event)
            } else {
                event.body
            };
            let hash = link(&previous.0, &body);
            self.tamper(&format!(
                "UPDATE events SET body = {}, previous_hash = {}, hash = {} WHERE {}",
                self.bytes(&body),
                self.bytes(&previous.0),
                self.bytes(&hash.0),
                self.of_case(&format!("= {}", event.sequence)),
            ));
            previous = hash;
        }
        self.tamper(&format!(
            "UPDATE case_states SET head = {} WHERE case_id = {}",
            self.bytes(&previous.0),
            self.id(self.case)
        ));
    }

    /// Takes the case out of every table that has it but the checkpoints'.
    pub(crate) fn remove_whole(&self) {
        let case = self.id(self.case);
        for table in [
            "events",
            "case_states",
            "case_texts",
            "duties",
            "case_sight",
            "case_search",
        ] {
            self.tamper(&format!("DELETE FROM {table} WHERE case_id = {case}"));
        }
        self.tamper(&format!("DELETE FROM cases WHERE id = {case}"));
    }

    /// Takes a backup of the chains.
    pub(crate) fn back_up(&self) {
        for table in TABLES {
            self.tamper(&format!("CREATE TABLE backup_{table} AS SELECT * FROM {table}"));
        }
    }

    /// Puts the backup back.
    pub(crate) fn put_back(&self) {
        for table in TABLES {
            self.tamper(&format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM backup_{table}"
            ));
        }
    }

    /// Throws the backup away.
    pub(crate) fn forget_backup(&self) {
        for table in TABLES {
            self.tamper(&format!("DROP TABLE backup_{table}"));
        }
    }
}

/// The bytes of an event, saying something else.
pub(crate) fn lied(event: &EventLink) -> Vec<u8> {
    let mut entry: Value = serde_json::from_slice(&event.body).expect("an entry");
    entry["version"] = 99.into();
    serde_json::to_vec(&entry).expect("written")
}
