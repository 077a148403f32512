//! The statements of a batch on PostgreSQL. Each has one text for batches of any size, and takes its rows as arrays.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use uuid::Uuid;

use super::Connection;
use crate::case::LookDue;
use crate::sql_types::{Id, Instant};
use crate::statement::{As, Statement, Values};
use crate::write_path::rows::{
    AnswerRow, CaseRow, DutyRow, EventRow, KeyRow, MarkRow, NotificationRow, OutboxRow, SearchRow, SightRow,
    StateRow, TextRow, Writes,
};
use crate::write_path::{ClaimedKey, Kept, Stamp, key_hash, office_hash};

/// The class of the advisory locks on offices; keys are locked under one number of 64 bits, so the two never meet.
const OFFICE: &str = "1751738746";

/// Claims keys until the commit, without waiting: `false` where another transaction holds one. And keeps the offices'
/// directories as they are until then: shared among writers; a change of a directory waits its turn, which a row
/// locked for share would not grant it.
pub(super) fn lock(
    connection: &mut Connection,
    keys: &[ClaimedKey],
    offices: &[Uuid],
) -> QueryResult<Vec<bool>> {
    // The function of the second half answers nothing, which is not null; it counts as key number 0.
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT k.ord::int4, pg_try_advisory_xact_lock(k.hash) FROM unnest(?) WITH ORDINALITY AS k(hash, ord) \
             UNION ALL \
             SELECT 0, pg_advisory_xact_lock_shared({OFFICE}, o.hash) IS NOT NULL FROM unnest(?) AS o(hash)"
        )
    });
    let mut hashes: Vec<i32> = offices.iter().copied().map(office_hash).collect();
    hashes.sort_unstable();
    let values: Values<Pg> = vec![
        array::<BigInt, _>(keys.iter().map(key_hash).collect()),
        array::<Integer, _>(hashes),
    ];
    let mut locked: Vec<(i32, bool)> =
        Statement::<Pg, (Integer, Bool)>::new(&TEXT, values).load(connection)?;
    locked.retain(|(number, _)| *number > 0);
    locked.sort_unstable();
    Ok(locked.into_iter().map(|(_, claimed)| claimed).collect())
}

/// Claims cases on which something has been due for longest, until the commit: those that nobody holds, of offices whose
/// directory nobody is about to change. Nothing is waited for, so that whoever holds claims stands in nobody's way. The
/// narrow row is locked as well, since it alone says whether a case is still due after its last owner's commit.
pub(super) fn claim(connection: &mut Connection, now: DateTime<Utc>, most: u32) -> QueryResult<Vec<LookDue>> {
    const TEXT: &str = "SELECT c.office_id, c.id, c.next_look_at FROM cases c \
                        JOIN case_states s ON s.office_id = c.office_id AND s.case_id = c.id \
                        WHERE c.next_look_at <= ? ORDER BY c.next_look_at, c.id LIMIT ? \
                        FOR NO KEY UPDATE OF s, c SKIP LOCKED";
    let values: Values<Pg> = vec![
        Box::new(As::<Instant, DateTime<Utc>>::new(now)),
        Box::new(As::<BigInt, i64>::new(most.into())),
    ];
    let mut due: Vec<LookDue> = Statement::<Pg, (Id, Id, Instant)>::new(TEXT, values)
        .load::<(Uuid, Uuid, DateTime<Utc>)>(connection)?
        .into_iter()
        .map(LookDue::from)
        .collect();
    let offices: BTreeSet<i32> = due.iter().map(|due| office_hash(due.office.0)).collect();
    let held = hold(connection, offices.into_iter().collect())?;
    due.retain(|due| held.contains(&office_hash(due.office.0)));
    Ok(due)
}

/// Keeps the directories as they are until the commit, but for those that somebody waits to change; which it keeps.
fn hold(connection: &mut Connection, offices: Vec<i32>) -> QueryResult<BTreeSet<i32>> {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!("SELECT o.hash, pg_try_advisory_xact_lock_shared({OFFICE}, o.hash) FROM unnest(?) AS o(hash)")
    });
    if offices.is_empty() {
        return Ok(BTreeSet::new());
    }
    let held: Vec<(i32, bool)> =
        Statement::<Pg, (Integer, Bool)>::new(&TEXT, vec![array::<Integer, _>(offices)]).load(connection)?;
    Ok(held
        .into_iter()
        .filter_map(|(office, held)| held.then_some(office))
        .collect())
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

/// A row of [`read`]: office, case, four texts, bytes, two versions. One with a case and a sight is a case, one with a
/// case alone the key of one, one with a version an office, the others are answers.
type Row = (
    Id,
    Nullable<Id>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Binary>,
    Nullable<BigInt>,
    Nullable<BigInt>,
);

/// The same in Rust.
type RowRead = (
    Uuid,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<Vec<u8>>,
    Option<i64>,
    Option<i64>,
);

/// What the keys remember, the versions of the offices' law, the states of the cases, which are locked, and the keys of
/// those for which there are texts. A case's key is written with the case and only wrapped anew after that, so that
/// whichever version the statement sees opens. A statement
/// of its own, after the locks: its snapshot must be the newer one. The cases are sorted, so that no two batches wait
/// for each other in a circle.
pub(super) fn read(
    connection: &mut Connection,
    keys: &[ClaimedKey],
    offices: &[Uuid],
    wanted: &[(Uuid, Uuid)],
    worded: &[(Uuid, Uuid)],
) -> QueryResult<Kept> {
    const TEXT: &str = "\
        WITH held AS MATERIALIZED (\
        SELECT s.office_id, s.case_id, s.document, s.sight, s.head FROM unnest(?, ?) AS k(office_id, case_id) \
        JOIN case_states s USING (office_id, case_id) \
        ORDER BY s.office_id, s.case_id FOR NO KEY UPDATE OF s) \
        SELECT office_id, case_id, document, sight, NULL, NULL, head, NULL::int8, NULL::int8 FROM held \
        UNION ALL \
        SELECT r.office_id, NULL, r.caller, r.operation, r.key, r.outcome, r.request_hash, NULL, NULL \
        FROM unnest(?, ?, ?, ?) AS k(office_id, caller, operation, key) \
        JOIN remembered_answers r USING (office_id, caller, operation, key) \
        UNION ALL \
        SELECT o.id, NULL, NULL, NULL, NULL, NULL, NULL, o.directory_version, \
        (SELECT max(c.version) FROM calendars c WHERE c.code = o.calendar_code) \
        FROM offices o WHERE o.id = ANY(?) \
        UNION ALL \
        SELECT t.office_id, t.case_id, t.master_key, NULL, NULL, NULL, t.wrapped, NULL, NULL \
        FROM unnest(?, ?) AS k(office_id, case_id) JOIN case_keys t USING (office_id, case_id)";
    let values: Values<Pg> = vec![
        array::<Id, _>(wanted.iter().map(|(office, _)| *office).collect()),
        array::<Id, _>(wanted.iter().map(|(_, case)| *case).collect()),
        array::<Id, _>(keys.iter().map(|key| key.office).collect()),
        array::<Text, _>(keys.iter().map(|key| key.caller.as_str()).collect()),
        array::<Text, _>(keys.iter().map(|key| key.operation.as_str()).collect()),
        array::<Text, _>(keys.iter().map(|key| key.key.as_str()).collect()),
        array::<Id, _>(offices.to_vec()),
        array::<Id, _>(worded.iter().map(|(office, _)| *office).collect()),
        array::<Id, _>(worded.iter().map(|(_, case)| *case).collect()),
    ];
    let (mut answers, mut stamps, mut cases, mut case_keys) = (vec![], vec![], vec![], vec![]);
    let rows: Vec<RowRead> = Statement::<Pg, Row>::new(TEXT, values).load(connection)?;
    for (office, case, first, second, third, fourth, bytes, directory, calendar) in rows {
        match (case, directory, (first, second, third, fourth), bytes) {
            (Some(case), None, (Some(document), Some(sight), None, None), Some(head)) => {
                cases.push((office, case, document, sight, head));
            }
            (Some(case), None, (Some(master_key), None, None, None), Some(wrapped)) => {
                case_keys.push((office, case, master_key, wrapped));
            }
            (None, Some(directory), ..) => stamps.push((office, directory, calendar)),
            (None, None, (Some(caller), Some(operation), Some(key), Some(outcome)), Some(hash)) => {
                answers.push((office, caller, operation, key, hash, outcome));
            }
            _ => return Err(DieselError::DeserializationError("a row of no kind".into())),
        }
    }
    Ok((answers, stamps, cases, case_keys))
}

/// Writes everything in one statement. Answers the cases that were there before and are found by something else now:
/// another number, or confidential and no longer, or the other way round.
pub(super) fn write(connection: &mut Connection, writes: &Writes) -> QueryResult<Vec<(Uuid, Uuid)>> {
    static TEXT: LazyLock<String> = LazyLock::new(text);
    let mut values = CaseRow::arrays(&writes.cases);
    values.extend(StateRow::arrays(&writes.states));
    values.extend(EventRow::arrays(&writes.events));
    values.extend(TextRow::arrays(&writes.texts));
    values.extend(KeyRow::arrays(&writes.keys));
    values.extend(MarkRow::arrays(&writes.marks));
    values.extend(DutyRow::arrays(&writes.duties));
    values.extend(SightRow::arrays(&writes.sight_lost));
    values.extend(SightRow::arrays(&writes.sight_gained));
    values.extend(SearchRow::arrays(&writes.said));
    values.extend(AnswerRow::arrays(&writes.answers));
    values.extend(OutboxRow::arrays(&writes.outbox));
    values.extend(NotificationRow::arrays(&writes.notifications));
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
        "WITH {cases}, {states}, events_new AS ({events} RETURNING office_id, case_id), \
         anchors_owed AS (INSERT INTO checkpoint_backlog (office_id, case_id) \
         SELECT DISTINCT office_id, case_id FROM events_new), texts_new AS ({texts}), keys_new AS ({keys}), \
         marks_new AS ({marks} ON CONFLICT DO NOTHING), duties_new AS ({duties}), \
         sight_lost AS (DELETE FROM case_sight t USING {lost} \
         WHERE t.office_id = v.office_id AND t.case_id = v.case_id AND t.key = v.key AND t.barred = v.barred), \
         sight_gained AS ({gained}), said AS MATERIALIZED (SELECT {words} FROM {said}), \
         said_new AS (INSERT INTO case_search ({words}) SELECT {words} FROM said), \
         backlog_new AS (INSERT INTO case_search_backlog (office_id, case_id) SELECT office_id, case_id FROM said), \
         answers_new AS ({answers}), outbox_new AS ({outbox}), notifications_new AS ({notifications}) \
         SELECT t.office_id, t.id FROM c JOIN cases t ON t.office_id = c.office_id AND t.id = c.id \
         WHERE NOT c.fresh AND (t.confidential <> c.confidential OR t.case_no IS DISTINCT FROM c.case_no)",
        words = SearchRow::COLUMNS.join(", "),
        said = unnest(SearchRow::COLUMNS),
        events = insert("events", EventRow::COLUMNS),
        texts = insert("case_texts", TextRow::COLUMNS),
        keys = insert("case_keys", KeyRow::COLUMNS),
        marks = insert("complainant_marks", MarkRow::COLUMNS),
        lost = unnest(SightRow::COLUMNS),
        gained = insert("case_sight", SightRow::COLUMNS),
        answers = insert("remembered_answers", AnswerRow::COLUMNS),
        outbox = insert("outbox_waiting", OutboxRow::COLUMNS),
        notifications = insert("notifications", NotificationRow::COLUMNS),
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
