//! The statements of a batch on SQLite: one for each row, prepared once. Whoever writes has the file to himself, so
//! that nothing needs to be locked or claimed.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel::sqlite::Sqlite;
use uuid::Uuid;

use super::Connection;
use crate::case::LookDue;
use crate::sql_types::{Id, Instant};
use crate::statement::{As, Statement, Values};
use crate::write_path::rows::{
    AnswerRow, CaseRow, DutyRow, EventRow, KeyRow, MarkRow, NotificationRow, OutboxRow, SearchRow, SightRow,
    StateRow, TextRow, Writes,
};
use crate::write_path::{ClaimedKey, HeldState, Kept, KeptAnswer, KeptKey, Stamp};

/// Claims keys and keeps directories as they are until the commit, as the transaction does already: nobody else can
/// hold anything.
#[expect(clippy::unnecessary_wraps, reason = "on the other engine it can fail")]
pub(super) fn lock(_: &mut Connection, keys: &[ClaimedKey], _: &[Uuid]) -> QueryResult<Vec<bool>> {
    Ok(vec![true; keys.len()])
}

/// Claims cases on which something has been due for longest: all that are there, since nobody else can hold one.
pub(super) fn claim(connection: &mut Connection, now: DateTime<Utc>, most: u32) -> QueryResult<Vec<LookDue>> {
    const TEXT: &str = "SELECT office_id, id, next_look_at FROM cases \
                        WHERE next_look_at <= ? ORDER BY next_look_at, id LIMIT ?";
    let values: Values<Sqlite> = vec![
        Box::new(As::<Instant, DateTime<Utc>>::new(now)),
        Box::new(As::<BigInt, i64>::new(most.into())),
    ];
    let due = Statement::<Sqlite, (Id, Id, Instant)>::new(TEXT, values)
        .load::<(Uuid, Uuid, DateTime<Utc>)>(connection)?;
    Ok(due.into_iter().map(LookDue::from).collect())
}

/// What the keys remember, the versions of the offices' law, the states of the cases, and the keys of those for which there
/// are texts.
pub(super) fn read(
    connection: &mut Connection,
    keys: &[ClaimedKey],
    offices: &[Uuid],
    cases: &[(Uuid, Uuid)],
    worded: &[(Uuid, Uuid)],
) -> QueryResult<Kept> {
    let remembered = remembered(connection, keys)?;
    let stamps = stamps(connection, offices)?;
    let held = held(connection, cases)?;
    Ok((remembered, stamps, held, case_keys(connection, worded)?))
}

/// The keys under which the texts of these cases are sealed.
fn case_keys(connection: &mut Connection, worded: &[(Uuid, Uuid)]) -> QueryResult<Vec<KeptKey>> {
    const TEXT: &str = "SELECT office_id, case_id, master_key, wrapped FROM case_keys \
                        WHERE office_id = ? AND case_id = ?";
    let mut found = Vec::new();
    for (office, case) in worded {
        found.extend(
            Statement::<Sqlite, (Id, Id, Text, Binary)>::new(TEXT, vec![id(*office), id(*case)])
                .load::<KeptKey>(connection)?,
        );
    }
    Ok(found)
}

/// What these keys remember.
fn remembered(connection: &mut Connection, keys: &[ClaimedKey]) -> QueryResult<Vec<KeptAnswer>> {
    const TEXT: &str = "SELECT office_id, caller, operation, key, request_hash, outcome FROM remembered_answers \
                        WHERE office_id = ? AND caller = ? AND operation = ? AND key = ?";
    let mut found = Vec::new();
    for key in keys {
        let values: Values<Sqlite> = vec![
            id(key.office),
            Box::new(As::<Text, &str>::new(&key.caller)),
            Box::new(As::<Text, &str>::new(&key.operation)),
            Box::new(As::<Text, &str>::new(&key.key)),
        ];
        found.extend(
            Statement::<Sqlite, (Id, Text, Text, Text, Binary, Text)>::new(TEXT, values)
                .load::<KeptAnswer>(connection)?,
        );
    }
    Ok(found)
}

/// Keeps decisions away from an office's directory until the commit, as the transaction does already.
#[expect(clippy::unnecessary_wraps, reason = "on the other engine it can fail")]
pub(super) fn own(_: &mut Connection, _: Uuid) -> QueryResult<()> {
    Ok(())
}

/// The versions that the law of these offices has now; an office that is not there is left out.
pub(super) fn stamps(connection: &mut Connection, offices: &[Uuid]) -> QueryResult<Vec<Stamp>> {
    const TEXT: &str = "SELECT o.id, o.directory_version, \
                        (SELECT max(c.version) FROM calendars c WHERE c.code = o.calendar_code) \
                        FROM offices o WHERE o.id = ?";
    let mut found = Vec::new();
    for office in offices {
        found.extend(
            Statement::<Sqlite, (Id, BigInt, Nullable<BigInt>)>::new(TEXT, vec![id(*office)])
                .load::<Stamp>(connection)?,
        );
    }
    Ok(found)
}

/// Reads what a decision needs of the cases that are there.
fn held(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<Vec<HeldState>> {
    const TEXT: &str = "SELECT office_id, case_id, document, sight, head FROM case_states \
                        WHERE office_id = ? AND case_id = ?";
    let mut found = Vec::new();
    for (office, case) in cases {
        found.extend(
            Statement::<Sqlite, (Id, Id, Text, Text, Binary)>::new(TEXT, vec![id(*office), id(*case)])
                .load::<HeldState>(connection)?,
        );
    }
    Ok(found)
}

/// Writes everything, row by row. Answers the cases that were there before and are found by something else now:
/// another number, or confidential and no longer, or the other way round.
pub(super) fn write(connection: &mut Connection, writes: &Writes) -> QueryResult<Vec<(Uuid, Uuid)>> {
    static CASE: LazyLock<[String; 2]> = LazyLock::new(|| snapshot("cases", CaseRow::COLUMNS));
    static STATE: LazyLock<[String; 2]> = LazyLock::new(|| snapshot("case_states", StateRow::COLUMNS));
    static EVENT: LazyLock<String> = LazyLock::new(|| insert("events", EventRow::COLUMNS));
    static TEXT: LazyLock<String> = LazyLock::new(|| insert("case_texts", TextRow::COLUMNS));
    static KEY: LazyLock<String> = LazyLock::new(|| insert("case_keys", KeyRow::COLUMNS));
    static MARK: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{} ON CONFLICT DO NOTHING",
            insert("complainant_marks", MarkRow::COLUMNS)
        )
    });
    static DUTY: LazyLock<String> = LazyLock::new(|| {
        let set = assignments(&DutyRow::COLUMNS[3..]);
        format!(
            "{} ON CONFLICT (office_id, id) DO UPDATE SET {set}",
            insert("duties", DutyRow::COLUMNS)
        )
    });
    static SIGHT: LazyLock<String> = LazyLock::new(|| insert("case_sight", SightRow::COLUMNS));
    static ANSWER: LazyLock<String> = LazyLock::new(|| insert("remembered_answers", AnswerRow::COLUMNS));
    static OUTBOX: LazyLock<String> = LazyLock::new(|| insert("outbox", OutboxRow::COLUMNS));
    static NOTIFICATION: LazyLock<String> =
        LazyLock::new(|| insert("notifications", NotificationRow::COLUMNS));
    const ANCHOR_OWED: &str = "INSERT INTO checkpoint_backlog (office_id, case_id) VALUES (?, ?)";
    const LOST: &str =
        "DELETE FROM case_sight WHERE office_id = ? AND case_id = ? AND key = ? AND barred = ?";
    const OTHERWISE: &str = "SELECT office_id, id FROM cases WHERE office_id = ? AND id = ? \
                              AND (confidential <> ? OR case_no IS NOT ?)";

    let mut found_otherwise = Vec::new();
    for row in writes.cases.iter().filter(|row| !row.fresh) {
        let values: Values<Sqlite> = vec![
            id(row.office_id),
            id(row.id),
            Box::new(As::<Bool, bool>::new(row.confidential)),
            Box::new(As::<Nullable<Text>, &Option<String>>::new(&row.case_no)),
        ];
        let found = Statement::<Sqlite, (Id, Id)>::new(OTHERWISE, values);
        found_otherwise.extend(found.load::<(Uuid, Uuid)>(connection)?);
    }
    say(connection, &writes.said)?;
    let said: Vec<(Uuid, Uuid)> = writes
        .said
        .iter()
        .map(|row| (row.office_id, row.case_id))
        .collect();
    leave(connection, &said)?;
    let mut run = |text: &str, values: Values<Sqlite>| -> QueryResult<()> {
        Statement::<Sqlite>::new(text, values).execute(connection)?;
        Ok(())
    };
    for row in &writes.cases {
        run(&CASE[usize::from(!row.fresh)], without_last(row.values()))?;
    }
    for row in &writes.states {
        run(&STATE[usize::from(!row.fresh)], without_last(row.values()))?;
    }
    for row in &writes.events {
        run(&EVENT, row.values())?;
    }
    let of_one_case = |a: &EventRow, b: &EventRow| (a.office_id, a.case_id) == (b.office_id, b.case_id);
    for rows in writes.events.chunk_by(of_one_case) {
        run(ANCHOR_OWED, vec![id(rows[0].office_id), id(rows[0].case_id)])?;
    }
    for row in &writes.texts {
        run(&TEXT, row.values())?;
    }
    for row in &writes.keys {
        run(&KEY, row.values())?;
    }
    for row in &writes.marks {
        run(&MARK, row.values())?;
    }
    for row in &writes.duties {
        run(&DUTY, row.values())?;
    }
    for row in &writes.sight_lost {
        // By its key: when the case was received is only told beside it.
        run(LOST, without_last(row.values()))?;
    }
    for row in &writes.sight_gained {
        run(&SIGHT, row.values())?;
    }
    for row in &writes.answers {
        run(&ANSWER, row.values())?;
    }
    for row in &writes.outbox {
        run(&OUTBOX, row.values())?;
    }
    for row in &writes.notifications {
        run(&NOTIFICATION, row.values())?;
    }
    Ok(found_otherwise)
}

/// Keeps what these cases say.
pub(super) fn say(connection: &mut Connection, rows: &[SearchRow]) -> QueryResult<()> {
    static SAID: LazyLock<String> = LazyLock::new(|| {
        let set = assignments(&SearchRow::COLUMNS[2..]);
        format!(
            "{} ON CONFLICT (office_id, case_id) DO UPDATE SET {set}",
            insert("case_search", SearchRow::COLUMNS)
        )
    });
    for row in rows {
        Statement::<Sqlite>::new(&SAID, row.values()).execute(connection)?;
    }
    Ok(())
}

/// Leaves the pieces of these cases to be made anew.
pub(super) fn leave(connection: &mut Connection, cases: &[(Uuid, Uuid)]) -> QueryResult<()> {
    const TEXT: &str =
        "INSERT INTO case_search_backlog (office_id, case_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
    for (office, case) in cases {
        Statement::<Sqlite>::new(TEXT, vec![id(*office), id(*case)]).execute(connection)?;
    }
    Ok(())
}

/// How a fresh row is inserted, and how another one is brought up to date. Both bind the same values; the last column
/// is `fresh`, which the table lacks.
fn snapshot(table: &str, columns: &[&str]) -> [String; 2] {
    let kept = &columns[..columns.len() - 1];
    let fresh = insert(table, kept);
    let update = format!(
        "{fresh} ON CONFLICT ({}, {}) DO UPDATE SET {}",
        kept[0],
        kept[1],
        assignments(&kept[2..])
    );
    [fresh, update]
}

fn without_last(mut values: Values<Sqlite>) -> Values<Sqlite> {
    values.pop();
    values
}

fn insert(table: &str, columns: &[&str]) -> String {
    let marks = vec!["?"; columns.len()].join(", ");
    format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "))
}

fn assignments(columns: &[&str]) -> String {
    let set: Vec<String> = columns
        .iter()
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    set.join(", ")
}

fn id<'v>(id: Uuid) -> Box<dyn crate::statement::Bound<Sqlite> + 'v> {
    Box::new(As::<Id, Uuid>::new(id))
}
