//! The index of pieces on SQLite: a full-text table that keeps nothing but which row has which piece.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use domain::search::Question;
use uuid::Uuid;

use super::Connection;
use crate::search::{Grammar, asked};
use crate::sql_types::Id;
use crate::statement::{As, Bound, Statement, Values};

const GRAMMAR: Grammar = Grammar {
    and: "AND",
    or: "OR",
    beginning: "*",
};

/// Cases that have the pieces that are asked for, `limit` at most. Always from the index to its rows.
pub(super) fn candidates(
    connection: &mut Connection,
    office: Uuid,
    question: &Question,
    limit: i64,
) -> QueryResult<Vec<Uuid>> {
    const TEXT: &str = "SELECT o.case_id FROM case_search_pieces CROSS JOIN case_search_pieces_of o \
                        ON o.row = case_search_pieces.rowid WHERE case_search_pieces MATCH ? AND o.office_id = ? LIMIT ?";
    let values: Values<Sqlite> = vec![
        Box::new(As::<Text, String>::new(asked(office, question, &GRAMMAR))),
        id(office),
        Box::new(As::<BigInt, i64>::new(limit)),
    ];
    Statement::<Sqlite, Id>::new(TEXT, values).load(connection)
}

/// Cases that wait in the backlog, the newest of an office first, `limit` at most.
pub(super) fn waiting(connection: &mut Connection, limit: i64) -> QueryResult<Vec<(Uuid, Uuid)>> {
    const TEXT: &str =
        "SELECT office_id, case_id FROM case_search_backlog ORDER BY office_id DESC, case_id DESC LIMIT ?";
    Statement::<Sqlite, (Id, Id)>::new(TEXT, vec![Box::new(As::<BigInt, i64>::new(limit))]).load(connection)
}

/// Takes those of the cases off the backlog that are in it.
pub(super) fn take(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<Vec<(Uuid, Uuid)>> {
    const TEXT: &str = "DELETE FROM case_search_backlog WHERE office_id = ? AND case_id = ?";
    let mut taken = Vec::new();
    for (office, case) in cases {
        let deleted = Statement::<Sqlite>::new(TEXT, vec![id(*office), id(*case)]).execute(connection)?;
        if deleted > 0 {
            taken.push((*office, *case));
        }
    }
    Ok(taken)
}

/// Keeps the pieces of cases, in place of those that they had.
pub(super) fn keep(connection: &mut Connection, rows: &[(Uuid, Uuid, String)]) -> QueryResult<()> {
    const OF: &str =
        "INSERT INTO case_search_pieces_of (office_id, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
    const PIECES: &str = "INSERT OR REPLACE INTO case_search_pieces (rowid, pieces) \
                          SELECT row, ? FROM case_search_pieces_of WHERE office_id = ? AND case_id = ?";
    for (office, case, pieces) in rows {
        Statement::<Sqlite>::new(OF, vec![id(*office), id(*case)]).execute(connection)?;
        let pieces = Box::new(As::<Text, &str>::new(pieces));
        Statement::<Sqlite>::new(PIECES, vec![pieces, id(*office), id(*case)]).execute(connection)?;
    }
    Ok(())
}

/// Drops the pieces of cases.
pub(super) fn drop_pieces(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<()> {
    const PIECES: &str = "DELETE FROM case_search_pieces WHERE rowid IN \
                          (SELECT row FROM case_search_pieces_of WHERE office_id = ? AND case_id = ?)";
    const OF: &str = "DELETE FROM case_search_pieces_of WHERE office_id = ? AND case_id = ?";
    for (office, case) in cases {
        for text in [PIECES, OF] {
            Statement::<Sqlite>::new(text, vec![id(*office), id(*case)]).execute(connection)?;
        }
    }
    Ok(())
}

/// Nothing waits here: the engine merges its rows by itself.
#[expect(clippy::unnecessary_wraps, reason = "on the other engine it can fail")]
pub(super) fn settle(_: &mut Connection) -> QueryResult<()> {
    Ok(())
}

fn id<'v>(id: Uuid) -> Box<dyn Bound<Sqlite> + 'v> {
    Box::new(As::<Id, Uuid>::new(id))
}
