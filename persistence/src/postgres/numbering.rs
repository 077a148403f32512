//! Giving positions on PostgreSQL: what was committed moves from where it waits to where it is read.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::Connection;
use crate::statement::{As, Statement};

/// The advisory lock under which positions are given, of the class under which replicas migrate.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1751738745, 8)";

/// Whether something waits for its position.
pub(super) fn waits(connection: &mut Connection) -> QueryResult<bool> {
    const TEXT: &str = "SELECT EXISTS (SELECT 1 FROM outbox_waiting)";
    Statement::<Pg, Bool>::new(TEXT, Vec::new()).get_result(connection)
}

/// Gives the next positions to up to `limit` rows, in the order in which they were written. The statement begins after
/// the lock was taken, so that it sees what its last owner left.
pub(super) fn number(connection: &mut Connection, limit: i64) -> QueryResult<usize> {
    const TEXT: &str = "WITH last AS (SELECT max(written) AS written \
                        FROM (SELECT written FROM outbox_waiting ORDER BY written LIMIT ?) w), \
                        taken AS (DELETE FROM outbox_waiting w USING last WHERE w.written <= last.written RETURNING w.*) \
                        INSERT INTO outbox (position, office_id, case_id, first_sequence, last_sequence, recorded_at) \
                        SELECT nextval('outbox_position'), office_id, case_id, first_sequence, last_sequence, recorded_at \
                        FROM (SELECT * FROM taken ORDER BY written) t";
    Statement::<Pg>::new(LOCK, Vec::new()).execute(connection)?;
    Statement::<Pg>::new(TEXT, vec![Box::new(As::<BigInt, i64>::new(limit))]).execute(connection)
}
