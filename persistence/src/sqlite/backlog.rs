//! The backlog of cases that no checkpoint covers yet, on SQLite.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use uuid::Uuid;

use super::Connection;
use crate::sql_types::Id;
use crate::statement::{As, Statement, Values};

/// Takes rows off the backlog, `limit` at most, the oldest first.
pub(super) fn take(connection: &mut Connection, limit: i64) -> QueryResult<Vec<(Uuid, Uuid)>> {
    const TEXT: &str = "DELETE FROM checkpoint_backlog WHERE rowid IN \
                        (SELECT rowid FROM checkpoint_backlog ORDER BY rowid LIMIT ?) \
                        RETURNING office_id, case_id";
    let values: Values<Sqlite> = vec![Box::new(As::<BigInt, i64>::new(limit))];
    Statement::<Sqlite, (Id, Id)>::new(TEXT, values).load(connection)
}
