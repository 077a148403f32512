//! The statements of a batch on PostgreSQL. Each has one text for batches of any size, and takes its rows as arrays.

use std::sync::LazyLock;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use uuid::Uuid;

use super::Connection;
use crate::sql_types::Id;
use crate::statement::{As, Statement, Values};
use crate::write_path::rows::{
    AnswerRow, CaseRow, DutyRow, EventRow, SearchRow, SightRow, StateRow, TextRow, Writes,
};
use crate::write_path::{ClaimedKey, HeldState, KeptAnswer, Stamp, key_hash, office_hash};

/// The class of the advisory locks on offices; keys are locked under one number of 64 bits, so the two never meet.
const OFFICE: &str = "1751738746";

/// Claims keys until the commit, without waiting: `false` where another transaction holds one.
pub(super) fn claim(connection: &mut Connection, keys: &[ClaimedKey]) -> QueryResult<Vec<bool>> {
    const TEXT: &str = "SELECT k.ord::int4, pg_try_advisory_xact_lock(k.hash) \
                        FROM unnest(?) WITH ORDINALITY AS k(hash, ord)";
    let hashes: Vec<i64> = keys.iter().map(key_hash).collect();
    let claimed: Vec<(i32, bool)> =
        Statement::<Pg, (Integer, Bool)>::new(TEXT, vec![array::<BigInt, _>(hashes)]).load(connection)?;
    Ok(claimed.into_iter().map(|(_, claimed)| claimed).collect())
}

/// What these keys remember. A statement of its own, after the claim: its snapshot must be the newer one.
pub(super) fn remembered(connection: &mut Connection, keys: &[ClaimedKey]) -> QueryResult<Vec<KeptAnswer>> {
    const TEXT: &str = "SELECT r.office_id, r.caller, r.operation, r.key, r.request_hash, r.outcome \
                        FROM unnest(?, ?, ?, ?) AS k(office_id, caller, operation, key) \
                        JOIN remembered_answers r USING (office_id, caller, operation, key)";
    let values: Values<Pg> = vec![
        array::<Id, _>(keys.iter().map(|key| key.office).collect()),
        array::<Text, _>(keys.iter().map(|key| key.caller.as_str()).collect()),
        array::<Text, _>(keys.iter().map(|key| key.operation.as_str()).collect()),
        array::<Text, _>(keys.iter().map(|key| key.key.as_str()).collect()),
    ];
    Statement::<Pg, (Id, Text, Text, Text, Binary, Text)>::new(TEXT, values).load(connection)
}

/// Keeps the offices' directories as they are until the commit. Shared among writers; a change of a directory waits
/// its turn, which a row locked for share would not grant it. `offices` is sorted.
pub(super) fn share(connection: &mut Connection, offices: &[Uuid]) -> QueryResult<()> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!("SELECT pg_advisory_xact_lock_shared({OFFICE}, k.hash) FROM unnest(?) AS k(hash)")
    });
    let mut hashes: Vec<i32> = offices.iter().copied().map(office_hash).collect();
    hashes.sort_unstable();
    Statement::<Pg>::new(&TEXT, vec![array::<Integer, _>(hashes)]).execute(connection)?;
    Ok(())
}

/// Keeps decisions away from an office's directory until the commit.
pub(super) fn own(connection: &mut Connection, office: Uuid) -> QueryResult<()> {
    static TEXT: LazyLock<String> = LazyLock::new(|| format!("SELECT pg_advisory_xact_lock({OFFICE}, ?)"));
    let values: Values<Pg> = vec![Box::new(As::<Integer, i32>::new(office_hash(office)))];
    Statement::<Pg>::new(&TEXT, values).execute(connection)?;
    Ok(())
}

/// The versions that the law of these offices has now; an office that is not there is left out.
pub(super) fn stamps(connection: &mut Connection, offices: &[Uuid]) -> QueryResult<Vec<Stamp>> {
    const TEXT: &str = "SELECT o.id, o.directory_version, \
                        (SELECT max(c.version) FROM calendars c WHERE c.code = o.calendar_code) \
                        FROM offices o WHERE o.id = ANY(?)";
    Statement::<Pg, (Id, BigInt, Nullable<BigInt>)>::new(TEXT, vec![array::<Id, _>(offices.to_vec())])
        .load(connection)
}

/// Locks the cases that are there and reads what a decision needs. Sorted, so that no two batches wait for each
/// other in a circle.
pub(super) fn hold(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<Vec<HeldState>> {
    const TEXT: &str = "SELECT s.office_id, s.case_id, s.document, s.sight, s.head \
                        FROM unnest(?, ?) AS k(office_id, case_id) \
                        JOIN case_states s USING (office_id, case_id) \
                        ORDER BY s.office_id, s.case_id FOR NO KEY UPDATE OF s";
    let values: Values<Pg> = vec![
        array::<Id, _>(cases.iter().map(|(office, _)| *office).collect()),
        array::<Id, _>(cases.iter().map(|(_, case)| *case).collect()),
    ];
    Statement::<Pg, (Id, Id, Text, Text, Binary)>::new(TEXT, values).load(connection)
}

/// Writes everything in one statement. Answers the cases that were there before and are found by something else now:
/// another number, or confidential and no longer, or the other way round.
pub(super) fn write(connection: &mut Connection, writes: &Writes) -> QueryResult<Vec<(Uuid, Uuid)>> {
    static TEXT: LazyLock<String> = LazyLock::new(text);
    let mut values = CaseRow::arrays(&writes.cases);
    values.extend(StateRow::arrays(&writes.states));
    values.extend(EventRow::arrays(&writes.events));
    values.extend(TextRow::arrays(&writes.texts));
    values.extend(DutyRow::arrays(&writes.duties));
    values.extend(SightRow::arrays(&writes.sight_lost));
    values.extend(SightRow::arrays(&writes.sight_gained));
    values.extend(SearchRow::arrays(&writes.said));
    values.extend(AnswerRow::arrays(&writes.answers));
    Statement::<Pg, (Id, Id)>::new(&TEXT, values).load(connection)
}

/// Keeps what these cases say.
pub(super) fn say(connection: &mut Connection, rows: &[SearchRow]) -> QueryResult<()> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{} ON CONFLICT (office_id, case_id) DO UPDATE SET words = excluded.words",
            insert("case_search", SearchRow::COLUMNS)
        )
    });
    Statement::<Pg>::new(&TEXT, SearchRow::arrays(rows)).execute(connection)?;
    Ok(())
}

/// Leaves the pieces of these cases to be made anew. Written even where a case waits already, so that whoever is
/// making them is waited for, or waits for the commit. `cases` is sorted.
pub(super) fn leave(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<()> {
    const TEXT: &str = "INSERT INTO case_search_backlog (office_id, case_id) \
                        SELECT office_id, case_id FROM unnest(?, ?) AS v(office_id, case_id) \
                        ON CONFLICT (office_id, case_id) DO UPDATE SET case_id = excluded.case_id";
    let values: Values<Pg> = vec![
        array::<Id, _>(cases.iter().map(|(office, _)| *office).collect()),
        array::<Id, _>(cases.iter().map(|(_, case)| *case).collect()),
    ];
    Statement::<Pg>::new(TEXT, values).execute(connection)?;
    Ok(())
}

fn text() -> String {
    let cases = snapshot("cases", CaseRow::COLUMNS, &["office_id", "id"], "c");
    let states = snapshot("case_states", StateRow::COLUMNS, &["office_id", "case_id"], "s");
    let duties = format!(
        "{} ON CONFLICT (office_id, id) DO UPDATE SET {}",
        insert("duties", DutyRow::COLUMNS),
        assignments(&DutyRow::COLUMNS[3..], "excluded")
    );
    format!(
        "WITH {cases}, {states}, events_new AS ({events}), texts_new AS ({texts}), duties_new AS ({duties}), \
         sight_lost AS (DELETE FROM case_sight t USING {lost} \
         WHERE t.office_id = v.office_id AND t.case_id = v.case_id AND t.key = v.key AND t.barred = v.barred), \
         sight_gained AS ({gained}), said AS MATERIALIZED (SELECT {words} FROM {said}), \
         said_new AS (INSERT INTO case_search ({words}) SELECT {words} FROM said), \
         backlog_new AS (INSERT INTO case_search_backlog (office_id, case_id) SELECT office_id, case_id FROM said), \
         answers_new AS ({answers}) \
         SELECT t.office_id, t.id FROM c JOIN cases t ON t.office_id = c.office_id AND t.id = c.id \
         WHERE NOT c.fresh AND (t.confidential <> c.confidential OR t.case_no IS DISTINCT FROM c.case_no)",
        words = SearchRow::COLUMNS.join(", "),
        said = unnest(SearchRow::COLUMNS),
        events = insert("events", EventRow::COLUMNS),
        texts = insert("case_texts", TextRow::COLUMNS),
        lost = unnest(SightRow::COLUMNS),
        gained = insert("case_sight", SightRow::COLUMNS),
        answers = insert("remembered_answers", AnswerRow::COLUMNS),
    )
}

/// Inserts the fresh rows of a table and updates the others. The last column is `fresh`, which the table lacks.
fn snapshot(table: &str, columns: &[&str], key: &[&str; 2], name: &str) -> String {
    let kept = &columns[..columns.len() - 1];
    let (list, [first, second]) = (kept.join(", "), key);
    format!(
        "{name} AS MATERIALIZED (SELECT {all} FROM {source}), \
         {name}_new AS (INSERT INTO {table} ({list}) SELECT {list} FROM {name} WHERE fresh), \
         {name}_old AS (UPDATE {table} t SET {set} FROM {name} v \
         WHERE NOT v.fresh AND t.{first} = v.{first} AND t.{second} = v.{second})",
        all = columns.join(", "),
        source = unnest(columns),
        set = assignments(&kept[2..], "v"),
    )
}

fn insert(table: &str, columns: &[&str]) -> String {
    let list = columns.join(", ");
    format!(
        "INSERT INTO {table} ({list}) SELECT {list} FROM {}",
        unnest(columns)
    )
}

fn unnest(columns: &[&str]) -> String {
    let marks = vec!["?"; columns.len()].join(", ");
    format!("unnest({marks}) AS v({})", columns.join(", "))
}

fn assignments(columns: &[&str], from: &str) -> String {
    let set: Vec<String> = columns
        .iter()
        .map(|column| format!("{column} = {from}.{column}"))
        .collect();
    set.join(", ")
}

fn array<'v, ST: 'static, T>(values: Vec<T>) -> Box<dyn crate::statement::Bound<Pg> + 'v>
where
    Pg: diesel::sql_types::HasSqlType<ST>,
    T: diesel::serialize::ToSql<ST, Pg> + 'v,
{
    Box::new(As::<Array<ST>, Vec<T>>::new(values))
}
