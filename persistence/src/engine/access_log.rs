//! The access log.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, Utc};
use diesel::prelude::*;
use domain::ids::TextId;
use uuid::Uuid;

use super::audit::hash as kept_hash;
use super::sight::Seen;
use super::{Connection, Store, vault};
use crate::access_log::{AccessLog, NewReading, ReadingBody, ReadingFilter, ReadingKind, ReadingRecord};
use crate::case::CaseText;
use crate::chain::{commitment, link, origin};
use crate::schema::{access_heads, access_log};
use crate::sql_types::Bind;
use crate::vault::{CaseKey, Vault};
use crate::{Answer, StoreError};

impl AccessLog for Store {
    fn record_readings(&self, readings: &[NewReading]) -> Answer<()> {
        if readings.is_empty() {
            return Ok(());
        }
        self.write("access_log", |c| record(c, &self.vault, readings))
    }

    fn list_readings(
        &self,
        office_id: Uuid,
        filter: &ReadingFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Answer<Vec<ReadingRecord>> {
        self.read("access_log", |c| {
            list(c, &self.vault, office_id, filter, before, limit)
        })
    }

    fn last_opening(&self, office_id: Uuid, case_id: Uuid, staff_id: Uuid) -> Answer<Option<DateTime<Utc>>> {
        self.read("access_log", |c| {
            let kind: &'static str = ReadingKind::Opening.into();
            let last = access_log::table
                .filter(access_log::office_id.eq(Bind(office_id)))
                .filter(access_log::case_id.eq(Bind(case_id)))
                .filter(access_log::staff_id.eq(Bind(staff_id)))
                .filter(access_log::kind.eq(kind))
                .order(access_log::sequence.desc())
                .select(access_log::at)
                .first(c)
                .optional()?;
            Ok(last)
        })
    }
}

/// Offices in the order of their ids, so that no two of us wait for each other.
fn record(connection: &mut Connection, vault: &Vault, readings: &[NewReading]) -> Answer<()> {
    let mut offices: BTreeMap<Uuid, Vec<&NewReading>> = BTreeMap::new();
    for reading in readings {
        offices.entry(reading.office_id).or_default().push(reading);
    }
    for (office_id, readings) in offices {
        extend(connection, vault, office_id, &readings)?;
    }
    Ok(())
}

fn extend(
    connection: &mut Connection,
    vault: &Vault,
    office_id: Uuid,
    readings: &[&NewReading],
) -> Answer<()> {
    // Before the head of the chain is held: whoever waits for it waits for less.
    let reasoned = readings.iter().filter(|reading| reading.reason.is_some());
    let keys = keys_of(
        connection,
        vault,
        office_id,
        reasoned.map(|reading| reading.case_id),
    )?;
    let added = i64::try_from(readings.len()).unwrap_or(i64::MAX);
    // The row is held until the commit: the chain has one end.
    let (last, mut head): (i64, Vec<u8>) = diesel::insert_into(access_heads::table)
        .values((
            access_heads::office_id.eq(Bind(office_id)),
            access_heads::sequence.eq(added),
            access_heads::head.eq(origin(office_id).0.to_vec()),
        ))
        .on_conflict(access_heads::office_id)
        .do_update()
        .set(access_heads::sequence.eq(access_heads::sequence + added))
        .returning((access_heads::sequence, access_heads::head))
        .get_result(connection)?;
    let mut rows = Vec::with_capacity(readings.len());
    for (sequence, reading) in (last - added + 1..).zip(readings) {
        let said = ReadingBody {
            office_id,
            sequence,
            case_id: reading.case_id,
            staff_id: reading.staff_id,
            kind: reading.kind,
            operation: reading.operation.clone(),
            at: reading.at.trunc_subsecs(6),
            reason: reading
                .reason
                .as_ref()
                .map(|(words, salt)| commitment(salt, words)),
        };
        let body = serde_json::to_vec(&said).map_err(|error| StoreError::Failed(error.into()))?;
        let hash = link(&head, &body).0.to_vec();
        let kind: &'static str = reading.kind.into();
        // What is erased has no key: then only the commitment stays.
        let sealed = reading.reason.as_ref().and_then(|(words, salt)| {
            let key = keys.get(&reading.case_id)?;
            Some(key.seal(&reason(reading.staff_id, sequence, words, salt)))
        });
        rows.push((
            access_log::office_id.eq(Bind(office_id)),
            access_log::sequence.eq(sequence),
            access_log::case_id.eq(Bind(reading.case_id)),
            access_log::staff_id.eq(Bind(reading.staff_id)),
            access_log::kind.eq(kind),
            access_log::at.eq(Bind(said.at)),
            access_log::sealed.eq(sealed),
            access_log::body.eq(body),
            access_log::previous_hash.eq(std::mem::replace(&mut head, hash.clone())),
            access_log::hash.eq(hash),
        ));
    }
    diesel::insert_into(access_log::table)
        .values(rows)
        .execute(connection)?;
    diesel::update(access_heads::table.find(Bind(office_id)))
        .set(access_heads::head.eq(head))
        .execute(connection)?;
    Ok(())
}

/// A reason as it is sealed: bound to its reader and to its number in the log.
fn reason(staff_id: Uuid, sequence: i64, words: &str, salt: &[u8]) -> CaseText {
    CaseText {
        id: TextId(staff_id),
        kind: kind_of(sequence),
        body: words.to_owned(),
        salt: salt.to_vec(),
        marks: Vec::new(),
    }
}

fn kind_of(sequence: i64) -> String {
    format!("reading {sequence}")
}

/// The keys of these cases; none is asked for where there is no case.
fn keys_of(
    connection: &mut Connection,
    vault: &Vault,
    office_id: Uuid,
    cases: impl Iterator<Item = Uuid>,
) -> Answer<BTreeMap<Uuid, CaseKey>> {
    let cases: BTreeSet<Uuid> = cases.collect();
    if cases.is_empty() {
        return Ok(BTreeMap::new());
    }
    vault::keys_of(connection, vault, office_id, &Vec::from_iter(cases))
}

/// An entry as it is kept.
#[derive(Queryable, Selectable)]
#[diesel(table_name = access_log)]
struct Row {
    office_id: Uuid,
    sequence: i64,
    case_id: Uuid,
    staff_id: Uuid,
    kind: String,
    at: DateTime<Utc>,
    sealed: Option<Vec<u8>>,
    body: Vec<u8>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl Row {
    /// The entry, with the words of its reason where the case's key still opens them.
    fn opened(self, keys: &BTreeMap<Uuid, CaseKey>) -> Answer<ReadingRecord> {
        let opened = match (self.sealed, keys.get(&self.case_id)) {
            (Some(sealed), Some(key)) => Some(key.open(self.staff_id, &kind_of(self.sequence), &sealed)?),
            (None, _) | (Some(_), None) => None,
        };
        let (salt, reason) = opened.unzip();
        Ok(ReadingRecord {
            office_id: self.office_id,
            sequence: self.sequence,
            case_id: self.case_id,
            staff_id: self.staff_id,
            kind: self.kind,
            at: self.at,
            reason,
            salt,
            body: self.body,
            previous_hash: kept_hash(self.previous_hash),
            hash: kept_hash(self.hash),
        })
    }
}

fn list(
    connection: &mut Connection,
    vault: &Vault,
    office_id: Uuid,
    filter: &ReadingFilter,
    before: Option<i64>,
    limit: u32,
) -> Answer<Vec<ReadingRecord>> {
    let mut asked = access_log::table
        .filter(access_log::office_id.eq(Bind(office_id)))
        .filter(access_log::sequence.lt(before.unwrap_or(i64::MAX)))
        .order(access_log::sequence.desc())
        .limit(limit.into())
        .select(Row::as_select())
        .into_boxed();
    asked = asked.filter(Seen::not_barred(
        "access_log.office_id",
        "access_log.case_id",
        &filter.keys,
    ));
    if let Some(case_id) = filter.case_id {
        asked = asked.filter(access_log::case_id.eq(Bind(case_id)));
    }
    if let Some(staff_id) = filter.staff_id {
        asked = asked.filter(access_log::staff_id.eq(Bind(staff_id)));
    }
    let rows: Vec<Row> = asked.load(connection)?;
    let reasoned = rows.iter().filter(|row| row.sealed.is_some());
    let keys = keys_of(connection, vault, office_id, reasoned.map(|row| row.case_id))?;
    rows.into_iter().map(|row| row.opened(&keys)).collect()
}
