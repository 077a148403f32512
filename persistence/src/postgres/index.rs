//! The index of pieces on PostgreSQL: a GIN index over text vectors without positions.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use domain::search::Question;
use uuid::Uuid;

use super::Connection;
use crate::search::{Grammar, asked};
use crate::sql_types::Id;
use crate::statement::{As, Statement, Values};

const GRAMMAR: Grammar = Grammar {
    and: "&",
    or: "|",
    beginning: ":*",
};

/// Cases that have the pieces that are asked for, `limit` at most. Set apart from what is asked around it, and without a
/// word of the office, which is among the pieces: nothing but their index will do.
pub(super) fn candidates(
    connection: &mut Connection,
    office: Uuid,
    question: &Question,
    limit: i64,
) -> QueryResult<Vec<Uuid>> {
    const TEXT: &str = "WITH found AS MATERIALIZED \
                        (SELECT case_id FROM case_search_pieces WHERE pieces @@ ?::tsquery) \
                        SELECT case_id FROM found LIMIT ?";
    let values: Values<Pg> = vec![
        Box::new(As::<Text, String>::new(asked(office, question, &GRAMMAR))),
        Box::new(As::<BigInt, i64>::new(limit)),
    ];
    Statement::<Pg, Id>::new(TEXT, values).load(connection)
}

/// Cases that wait in the backlog, the newest of an office first, `limit` at most.
pub(super) fn waiting(connection: &mut Connection, limit: i64) -> QueryResult<Vec<(Uuid, Uuid)>> {
    const TEXT: &str =
        "SELECT office_id, case_id FROM case_search_backlog ORDER BY office_id DESC, case_id DESC LIMIT ?";
    Statement::<Pg, (Id, Id)>::new(TEXT, vec![Box::new(As::<BigInt, i64>::new(limit))]).load(connection)
}

/// Takes those of the cases off the backlog that are in it and that nobody else is at.
pub(super) fn take(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<Vec<(Uuid, Uuid)>> {
    const TEXT: &str = "DELETE FROM case_search_backlog b USING (SELECT w.office_id, w.case_id \
                        FROM unnest(?, ?) AS v(office_id, case_id) JOIN case_search_backlog w USING (office_id, case_id) \
                        FOR UPDATE OF w SKIP LOCKED) t \
                        WHERE b.office_id = t.office_id AND b.case_id = t.case_id \
                        RETURNING b.office_id, b.case_id";
    Statement::<Pg, (Id, Id)>::new(TEXT, ids(cases)).load(connection)
}

/// Keeps the pieces of a case, in place of those that it had.
pub(super) fn keep(connection: &mut Connection, rows: &[(Uuid, Uuid, String)]) -> QueryResult<()> {
    const TEXT: &str = "INSERT INTO case_search_pieces (office_id, case_id, pieces) \
                        SELECT office_id, case_id, array_to_tsvector(string_to_array(pieces, ' ')) \
                        FROM unnest(?, ?, ?) AS v(office_id, case_id, pieces) \
                        ON CONFLICT (office_id, case_id) DO UPDATE SET pieces = excluded.pieces";
    if rows.is_empty() {
        return Ok(());
    }
    let values: Values<Pg> = vec![
        Box::new(As::<Array<Id>, Vec<Uuid>>::new(
            rows.iter().map(|row| row.0).collect(),
        )),
        Box::new(As::<Array<Id>, Vec<Uuid>>::new(
            rows.iter().map(|row| row.1).collect(),
        )),
        Box::new(As::<Array<Text>, Vec<&str>>::new(
            rows.iter().map(|row| row.2.as_str()).collect(),
        )),
    ];
    Statement::<Pg>::new(TEXT, values).execute(connection)?;
    Ok(())
}

/// Drops the pieces of cases.
pub(super) fn drop_pieces(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<()> {
    const TEXT: &str = "DELETE FROM case_search_pieces t USING unnest(?, ?) AS v(office_id, case_id) \
                        WHERE t.office_id = v.office_id AND t.case_id = v.case_id";
    if cases.is_empty() {
        return Ok(());
    }
    Statement::<Pg>::new(TEXT, ids(cases)).execute(connection)?;
    Ok(())
}

/// Merges the newest rows into the index, through which every search would go one by one.
pub(super) fn settle(connection: &mut Connection) -> QueryResult<()> {
    const TEXT: &str = "SELECT gin_clean_pending_list('case_search_by_piece'::regclass)";
    Statement::<Pg>::new(TEXT, Vec::new()).execute(connection)?;
    Ok(())
}

fn ids(cases: &[(Uuid, Uuid)]) -> Values<'static, Pg> {
    let (offices, cases): (Vec<Uuid>, Vec<Uuid>) = cases.iter().copied().unzip();
    vec![
        Box::new(As::<Array<Id>, Vec<Uuid>>::new(offices)),
        Box::new(As::<Array<Id>, Vec<Uuid>>::new(cases)),
    ]
}
