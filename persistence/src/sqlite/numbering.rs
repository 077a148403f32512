//! Giving positions on SQLite: there is nothing to do, since rows get them as they are written.

use diesel::prelude::*;

use super::Connection;

/// Whether something waits for its position.
#[expect(clippy::unnecessary_wraps, reason = "on the other engine it can fail")]
pub(super) fn waits(_: &mut Connection) -> QueryResult<bool> {
    Ok(false)
}

/// Gives the next positions to up to `limit` rows.
#[expect(clippy::unnecessary_wraps, reason = "on the other engine it can fail")]
pub(super) fn number(_: &mut Connection, _: i64) -> QueryResult<usize> {
    Ok(0)
}
