//! Making checkpoints, and finding them again.
//!
//! **Nothing is lost between a command and a checkpoint.** A command adds a row to the backlog in its own transaction;
//! a round takes the rows that are committed, and reads the heads in a later statement, so that each is at least as new
//! as the row that named its case. A command that commits in between leaves its row for the next round, which then
//! finds nothing new or more. No case is locked, and no command waits.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use uuid::Uuid;

use super::audit::hash;
use super::case::corrupt;
use super::{Connection, backlog};
use crate::Answer;
use crate::chain::Hash;
use crate::checkpoint::{
    CheckpointKey, CheckpointKeyRecord, CheckpointRecord, EntriesDigest, LogEnd, Round, Statement,
    to_the_microsecond,
};
use crate::schema::{
    access_heads, case_states, cases, checkpoint_entries, checkpoint_keys, checkpoint_turns, checkpoints,
};
use crate::sql_types::Bind;

/// How many rows of the backlog a round takes: few enough for a short transaction.
const AT_ONCE: i64 = 10_000;

/// How many cases a statement names.
const NAMED: usize = 500;

/// The one row of the turns.
const TURN: i32 = 1;

/// What a case had come to.
struct Head {
    case: Uuid,
    sequence: i64,
    hash: Hash,
    /// What an earlier checkpoint says it had come to; 0 where none covers it.
    before: i64,
}

/// Makes a checkpoint for each office that has cases in the backlog, if the last round was long enough ago. Whoever is
/// making some keeps the turn until the commit.
pub(super) fn make(
    connection: &mut Connection,
    key: &CheckpointKey,
    now: DateTime<Utc>,
    interval: TimeDelta,
) -> Answer<Round> {
    let turn = diesel::update(checkpoint_turns::table.find(TURN))
        .filter(checkpoint_turns::at.le(Bind(now - interval)))
        .set(checkpoint_turns::at.eq(Bind(now)))
        .execute(connection)?;
    if turn == 0 {
        return Ok(Round::NotNow);
    }
    let taken = backlog::take(connection, AT_ONCE)?;
    let more = i64::try_from(taken.len()).is_ok_and(|taken| taken == AT_ONCE);
    let mut offices: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for (office, case) in taken {
        offices.entry(office).or_default().insert(case);
    }
    // Also where nothing happened but that somebody read.
    let mut logs = log_ends(connection)?;
    for office in logs.keys() {
        offices.entry(*office).or_default();
    }
    let mut made = Vec::new();
    for (office, cases) in offices {
        let cases: Vec<Uuid> = cases.into_iter().collect();
        let mut heads = Vec::with_capacity(cases.len());
        for cases in cases.chunks(NAMED) {
            heads.extend(new_heads(connection, office, cases)?);
        }
        let last = newest(connection, office)?;
        let log = logs.remove(&office);
        let before = last.as_ref().and_then(|(last, _)| last.readings.as_ref());
        if !heads.is_empty() || log.as_ref() != before {
            made.push(one(connection, office, (&heads, log), last, (key, now))?);
        }
    }
    if let Some(first) = made.first() {
        diesel::insert_into(checkpoint_keys::table)
            .values(CheckpointKeyRecord {
                name: key.public().id(),
                public_key: key.public().bytes().to_vec(),
                first_used_at: first.made_at,
            })
            .on_conflict(checkpoint_keys::name)
            .do_nothing()
            .execute(connection)?;
    }
    Ok(Round::Made {
        checkpoints: made,
        more,
    })
}

/// What those of the cases have come to that have more entries than a checkpoint covers, in the order of their ids.
fn new_heads(connection: &mut Connection, office: Uuid, named: &[Uuid]) -> Answer<Vec<Head>> {
    let ids: Vec<Bind<Uuid>> = named.iter().copied().map(Bind).collect();
    let now: Vec<(Uuid, i64, Vec<u8>)> = case_states::table
        .inner_join(
            cases::table.on(cases::office_id
                .eq(case_states::office_id)
                .and(cases::id.eq(case_states::case_id))),
        )
        .filter(case_states::office_id.eq(Bind(office)))
        .filter(case_states::case_id.eq_any(ids.clone()))
        .order(case_states::case_id)
        .select((case_states::case_id, cases::sequence, case_states::head))
        .load(connection)?;
    let before: Vec<(Uuid, Option<i64>)> = checkpoint_entries::table
        .filter(checkpoint_entries::office_id.eq(Bind(office)))
        .filter(checkpoint_entries::case_id.eq_any(ids))
        .group_by(checkpoint_entries::case_id)
        .select((checkpoint_entries::case_id, max(checkpoint_entries::sequence)))
        .load(connection)?;
    let before: BTreeMap<Uuid, i64> = before
        .into_iter()
        .map(|(case, sequence)| (case, sequence.unwrap_or(0)))
        .collect();
    let mut heads = Vec::new();
    for (case, sequence, head) in now {
        let before = before.get(&case).copied().unwrap_or(0);
        if sequence > before {
            heads.push(Head {
                case,
                sequence,
                hash: head
                    .try_into()
                    .map_err(|error| corrupt("case_states", case, &error))?,
                before,
            });
        }
    }
    Ok(heads)
}

/// What an office's access log has come to; none before its first entry.
pub(super) fn log_end(connection: &mut Connection, office: Uuid) -> Answer<Option<LogEnd>> {
    let row: Option<(i64, Vec<u8>)> = access_heads::table
        .find(Bind(office))
        .select((access_heads::sequence, access_heads::head))
        .first(connection)
        .optional()?;
    Ok(row.map(|(sequence, head)| LogEnd {
        sequence: sequence.unsigned_abs(),
        head: hash(head),
    }))
}

/// The same of every office that has one.
fn log_ends(connection: &mut Connection) -> Answer<BTreeMap<Uuid, LogEnd>> {
    let rows: Vec<(Uuid, i64, Vec<u8>)> = access_heads::table
        .select((
            access_heads::office_id,
            access_heads::sequence,
            access_heads::head,
        ))
        .load(connection)?;
    let ends = rows.into_iter().map(|(office, sequence, head)| {
        let end = LogEnd {
            sequence: sequence.unsigned_abs(),
            head: hash(head),
        };
        (office, end)
    });
    Ok(ends.collect())
}

/// What an office's newest checkpoint states, and its hash.
fn newest(connection: &mut Connection, office: Uuid) -> Answer<Option<(Statement, Hash)>> {
    let last: Option<CheckpointRecord> = list(connection, office, None, 1)?.pop();
    last.map(|record| {
        let statement = Statement::read(&record.statement)
            .ok_or_else(|| corrupt("checkpoints", office, &"it states nothing"))?;
        Ok((statement, record.signed().hash()))
    })
    .transpose()
}

/// Makes the next checkpoint of an office, of these cases and its access log, after the last one.
fn one(
    connection: &mut Connection,
    office: Uuid,
    (heads, log): (&[Head], Option<LogEnd>),
    last: Option<(Statement, Hash)>,
    (key, now): (&CheckpointKey, DateTime<Utc>),
) -> Answer<CheckpointRecord> {
    let mut digest = EntriesDigest::default();
    for head in heads {
        digest.add(head.case, head.sequence, &head.hash);
    }
    let (changed, digest) = digest.finish();
    let fresh = heads.iter().filter(|head| head.before == 0).count();
    let entries: i64 = heads.iter().map(|head| head.sequence - head.before).sum();
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let (number, previous, cases, events) = last.map_or((0, Hash([0; 32]), 0, 0), |(last, hash)| {
        (last.number, hash, last.cases, last.events)
    });
    let statement = Statement {
        office,
        number: number + 1,
        made_at: to_the_microsecond(now),
        previous,
        changed,
        digest,
        cases: cases + count(fresh),
        events: events + u64::try_from(entries).unwrap_or(0),
        readings: log,
        key: key.public().id(),
    };
    let record = CheckpointRecord::new(&statement, key);
    for heads in heads.chunks(NAMED) {
        let rows: Vec<_> = heads
            .iter()
            .map(|head| {
                (
                    checkpoint_entries::office_id.eq(Bind(office)),
                    checkpoint_entries::case_id.eq(Bind(head.case)),
                    checkpoint_entries::number.eq(record.number),
                    checkpoint_entries::sequence.eq(head.sequence),
                    checkpoint_entries::head.eq(head.hash.0.to_vec()),
                )
            })
            .collect();
        diesel::insert_into(checkpoint_entries::table)
            .values(rows)
            .execute(connection)?;
    }
    diesel::insert_into(checkpoints::table)
        .values(record.clone())
        .execute(connection)?;
    Ok(record)
}

/// The checkpoints of an office before this number, newest first.
pub(super) fn list(
    connection: &mut Connection,
    office: Uuid,
    before: Option<i64>,
    limit: u32,
) -> Answer<Vec<CheckpointRecord>> {
    Ok(checkpoints::table
        .filter(checkpoints::office_id.eq(Bind(office)))
        .filter(checkpoints::number.lt(before.unwrap_or(i64::MAX)))
        .order(checkpoints::number.desc())
        .limit(limit.into())
        .select(CheckpointRecord::as_select())
        .load(connection)?)
}

/// The checkpoints of an office after this number, oldest first.
pub(super) fn following(
    connection: &mut Connection,
    office: Uuid,
    after: i64,
    limit: u32,
) -> Answer<Vec<CheckpointRecord>> {
    Ok(checkpoints::table
        .filter(checkpoints::office_id.eq(Bind(office)))
        .filter(checkpoints::number.gt(after))
        .order(checkpoints::number)
        .limit(limit.into())
        .select(CheckpointRecord::as_select())
        .load(connection)?)
}

pub(super) fn find(
    connection: &mut Connection,
    office: Uuid,
    number: i64,
) -> Answer<Option<CheckpointRecord>> {
    Ok(checkpoints::table
        .filter(checkpoints::office_id.eq(Bind(office)))
        .filter(checkpoints::number.eq(number))
        .select(CheckpointRecord::as_select())
        .first(connection)
        .optional()?)
}

/// The keys that have signed, the oldest first.
pub(super) fn keys(connection: &mut Connection) -> Answer<Vec<CheckpointKeyRecord>> {
    Ok(checkpoint_keys::table
        .order((checkpoint_keys::first_used_at, checkpoint_keys::name))
        .select(CheckpointKeyRecord::as_select())
        .load(connection)?)
}

/// The first checkpoint that covers this entry of a case.
pub(super) fn anchoring(
    connection: &mut Connection,
    office: Uuid,
    case: Uuid,
    sequence: i64,
) -> Answer<Option<CheckpointRecord>> {
    let number: Option<i64> = checkpoint_entries::table
        .filter(checkpoint_entries::office_id.eq(Bind(office)))
        .filter(checkpoint_entries::case_id.eq(Bind(case)))
        .filter(checkpoint_entries::sequence.ge(sequence))
        .order(checkpoint_entries::number)
        .select(checkpoint_entries::number)
        .first(connection)
        .optional()?;
    match number {
        Some(number) => find(connection, office, number),
        None => Ok(None),
    }
}
