//! The backlog of cases that no checkpoint covers yet, on PostgreSQL.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::Connection;
use crate::sql_types::Id;
use crate::statement::{As, Statement, Values};

/// Takes rows off the backlog, `limit` at most: those that are committed. By their place, since they have no key.
pub(super) fn take(connection: &mut Connection, limit: i64) -> QueryResult<Vec<(Uuid, Uuid)>> {
    const TEXT: &str = "DELETE FROM checkpoint_backlog \
                        WHERE ctid = ANY(ARRAY(SELECT ctid FROM checkpoint_backlog LIMIT ?)) \
                        RETURNING office_id, case_id";
    let values: Values<Pg> = vec![Box::new(As::<BigInt, i64>::new(limit))];
    Statement::<Pg, (Id, Id)>::new(TEXT, values).load(connection)
}
