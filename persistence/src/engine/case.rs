//! Reading cases: one, its texts, its history, and lists.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::authority::SightKey;
use domain::case::Case;
use domain::ids::{CaseId, DutyId, OfficeId, StaffId, TextId, UnitId};
use domain::search::Question;
use domain::words::Status;
use uuid::Uuid;

use super::case_filter::{Cases, ids, matching, visible};
use super::count::{count, count_by};
use super::keyset::{after, before};
use super::{Connection, LEAD_UNIT, search, snapshot};
use crate::case::{
    CaseFilter, CaseGroup, CaseItem, CaseOrder, CaseText, KeptEntry, NextDue, Place, RankedPlace,
};
use crate::schema::{case_states, case_texts, cases, events};
use crate::sql_types::{Bind, Instant};
use crate::{Answer, StoreError};

pub(super) fn find(
    connection: &mut Connection,
    office: OfficeId,
    case: CaseId,
    keys: &BTreeSet<SightKey>,
) -> Answer<Option<Case>> {
    let document: Option<String> = case_states::table
        .filter(case_states::office_id.eq(Bind(office.0)))
        .filter(
            case_states::case_id.eq_any(
                visible(office, keys)
                    .filter(cases::id.eq(Bind(case.0)))
                    .select(cases::id),
            ),
        )
        .select(case_states::document)
        .first(connection)
        .optional()?;
    document.map(|document| parsed(case.0, &document)).transpose()
}

fn parsed(case: Uuid, document: &str) -> Answer<Case> {
    serde_json::from_str(document).map_err(|error| corrupt("case_states", case, &error))
}

/// A row that does not say what it should.
pub(super) fn corrupt(table: &'static str, id: Uuid, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        table,
        id: Some(id),
        reason: error.to_string(),
    }
}

pub(super) fn texts(
    connection: &mut Connection,
    office: OfficeId,
    case: CaseId,
    wanted: &[TextId],
) -> Answer<Vec<CaseText>> {
    let found: Vec<(Uuid, String, String, Vec<u8>)> = case_texts::table
        .filter(case_texts::office_id.eq(Bind(office.0)))
        .filter(case_texts::case_id.eq(Bind(case.0)))
        .filter(case_texts::id.eq_any(ids(wanted, |text| text.0)))
        .order(case_texts::id)
        .select((
            case_texts::id,
            case_texts::kind,
            case_texts::body,
            case_texts::salt,
        ))
        .load(connection)?;
    let text = |(id, kind, body, salt)| CaseText {
        id: TextId(id),
        kind,
        body,
        salt,
    };
    Ok(found.into_iter().map(text).collect())
}

pub(super) fn entries(
    connection: &mut Connection,
    office: OfficeId,
    case: CaseId,
    after: u64,
    limit: u32,
) -> Answer<Vec<KeptEntry>> {
    let found: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = events::table
        .filter(events::office_id.eq(Bind(office.0)))
        .filter(events::case_id.eq(Bind(case.0)))
        .filter(events::sequence.gt(i64::try_from(after).unwrap_or(i64::MAX)))
        .order(events::sequence)
        .limit(limit.into())
        .select((events::body, events::previous_hash, events::hash))
        .load(connection)?;
    let digest = |hash: Vec<u8>| {
        <[u8; 32]>::try_from(hash).map_err(|_| corrupt("events", case.0, &"a hash is not 32 bytes long"))
    };
    found
        .into_iter()
        .map(|(body, previous_hash, hash)| {
            Ok(KeptEntry {
                entry: serde_json::from_slice(&body).map_err(|error| corrupt("events", case.0, &error))?,
                body,
                previous_hash: digest(previous_hash)?,
                hash: digest(hash)?,
            })
        })
        .collect()
}

/// Cases that are in somebody's hands. The documents name him; what they name him as, only they can tell, so they are
/// asked twice: for his id anywhere, and then by a reader who understands them. Somebody leaves seldom.
pub(super) fn of_staff(
    connection: &mut Connection,
    office: OfficeId,
    staff: StaffId,
    limit: u32,
) -> Answer<Vec<CaseId>> {
    const PAGE: i64 = 200;
    let open: Vec<&str> = Status::WORDS
        .iter()
        .copied()
        .filter(|word| word.parse::<Status>().is_ok_and(Status::is_open))
        .collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let mut last = Uuid::nil();
    loop {
        let page: Vec<(Uuid, String)> = cases::table
            .inner_join(
                case_states::table.on(case_states::office_id
                    .eq(cases::office_id)
                    .and(case_states::case_id.eq(cases::id))),
            )
            .filter(cases::office_id.eq(Bind(office.0)))
            .filter(cases::status.eq_any(&open))
            .filter(case_states::document.like(format!("%{staff}%")))
            .filter(cases::id.gt(Bind(last)))
            .order(cases::id)
            .limit(PAGE)
            .select((cases::id, case_states::document))
            .load(connection)?;
        let Some((id, _)) = page.last() else {
            return Ok(found);
        };
        last = *id;
        for (id, document) in page {
            if in_hands_of(&parsed(id, &document)?, staff) {
                found.push(CaseId(id));
            }
            if found.len() >= limit {
                return Ok(found);
            }
        }
    }
}

fn in_hands_of(case: &Case, staff: StaffId) -> bool {
    case.first_receiver.staff == staff
        || case.handler == Some(staff)
        || case.team.contains(&staff)
        || case
            .dispatches
            .iter()
            .any(|sent| sent.handler == Some(staff) || sent.team.contains(&staff))
}

pub(super) fn to_look_at(
    connection: &mut Connection,
    now: DateTime<Utc>,
    limit: u32,
) -> Answer<Vec<(OfficeId, CaseId)>> {
    let found: Vec<(Uuid, Uuid)> = cases::table
        .filter(cases::next_look_at.le(Bind(now)))
        .order((cases::next_look_at, cases::id))
        .limit(limit.into())
        .select((cases::office_id, cases::id))
        .load(connection)?;
    let named = |(office, case)| (OfficeId(office), CaseId(case));
    Ok(found.into_iter().map(named).collect())
}

/// The columns that a list shows.
#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
struct ItemRow {
    id: Uuid,
    case_no: Option<String>,
    status: String,
    version: i64,
    case_type: Option<String>,
    channel: String,
    category: Option<String>,
    severity: Option<String>,
    urgency: Option<String>,
    flags: String,
    confidential: bool,
    round: i16,
    received_at: DateTime<Utc>,
    first_receiver_id: Option<Uuid>,
    lead_unit_id: Option<Uuid>,
    next_due_at: Option<DateTime<Utc>>,
    next_due_on: Option<NaiveDate>,
    next_due_duty_id: Option<Uuid>,
}

impl ItemRow {
    fn item(self, subject: Option<String>) -> Answer<CaseItem> {
        let bad = |error: &dyn std::fmt::Display| corrupt("cases", self.id, error);
        let next_due = match (self.next_due_duty_id, self.next_due_on, self.next_due_at) {
            (Some(duty), Some(on), Some(at)) => Some(NextDue {
                duty: DutyId(duty),
                on,
                at,
            }),
            _ => None,
        };
        Ok(CaseItem {
            id: CaseId(self.id),
            case_no: self.case_no,
            status: self.status.parse().map_err(|error| bad(&error))?,
            version: self.version.unsigned_abs(),
            case_type: read(self.case_type.as_deref()).map_err(|error| bad(&error))?,
            channel: self.channel.parse().map_err(|error| bad(&error))?,
            subject,
            category: read(self.category.as_deref()).map_err(|error| bad(&error))?,
            severity: read(self.severity.as_deref()).map_err(|error| bad(&error))?,
            urgency: read(self.urgency.as_deref()).map_err(|error| bad(&error))?,
            flags: serde_json::from_str(&self.flags).map_err(|error| bad(&error))?,
            confidential: self.confidential,
            round: u8::try_from(self.round).map_err(|error| bad(&error))?,
            received_at: self.received_at,
            first_receiver: self.first_receiver_id.map(StaffId),
            lead_unit: self.lead_unit_id.map(UnitId),
            next_due,
        })
    }
}

/// A word that may be absent.
pub(super) fn read<T: std::str::FromStr>(word: Option<&str>) -> Result<Option<T>, T::Err> {
    word.map(str::parse).transpose()
}

#[expect(clippy::too_many_arguments, reason = "the question has as many parts")]
pub(super) fn list(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    order: CaseOrder,
    place: Option<&Place>,
    limit: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<CaseItem>> {
    snapshot(connection, |connection| {
        let rows = match &filter.text {
            Some(text) => said(connection, office, keys, (filter, text), order, place, limit, now)?,
            None => in_order(
                connection,
                || matching(office, keys, filter, now),
                order,
                place,
                limit,
            )?,
        };
        items(connection, office, rows)
    })
}

pub(super) fn list_best(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    after: Option<&RankedPlace>,
    limit: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<(RankedPlace, CaseItem)>> {
    let newest = list(
        connection,
        office,
        keys,
        filter,
        CaseOrder::Newest,
        None,
        RANKED,
        now,
    )?;
    let in_subject = |item: &CaseItem| match (&filter.text, &item.subject) {
        (Some(text), Some(subject)) => text.found_in(subject),
        (Some(_), None) | (None, _) => 0,
    };
    let mut ranked: Vec<(RankedPlace, CaseItem)> = newest
        .into_iter()
        .map(|item| {
            let place = RankedPlace {
                in_subject: in_subject(&item),
                received_at: item.received_at,
                id: item.id.0,
            };
            (place, item)
        })
        .collect();
    ranked.sort_by(|(one, _), (other, _)| other.cmp(one));
    ranked.retain(|(place, _)| after.is_none_or(|after| place < after));
    ranked.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(ranked)
}

/// How many of the newest hits are ranked.
const RANKED: u32 = 500;

fn items(connection: &mut Connection, office: OfficeId, rows: Vec<ItemRow>) -> Answer<Vec<CaseItem>> {
    let mut subjects = subjects(connection, office, &rows)?;
    rows.into_iter()
        .map(|row| {
            let subject = subjects.remove(&row.id);
            row.item(subject)
        })
        .collect()
}

fn in_order<'a>(
    connection: &mut Connection,
    question: impl Fn() -> Cases<'a>,
    order: CaseOrder,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<ItemRow>> {
    match order {
        CaseOrder::Newest => newest(connection, question(), place, limit),
        CaseOrder::Oldest => oldest(connection, question(), place, limit),
        CaseOrder::Due => by_due(connection, question, place, limit),
    }
}

/// How many of the first cases in the list are looked at before the index is asked.
const FIRST_LOOK: u32 = 128;

/// The cases that say what is asked for: among the first ones of the list, else by the index, else by reading on.
#[expect(clippy::too_many_arguments, reason = "the question has as many parts")]
fn said(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    (filter, text): (&CaseFilter, &Question),
    order: CaseOrder,
    place: Option<&Place>,
    limit: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<ItemRow>> {
    let whatever = CaseFilter {
        text: None,
        confidential: Some(false),
        ..filter.clone()
    };
    if filter.confidential == Some(true) {
        return Ok(Vec::new());
    }
    let first = in_order(
        connection,
        || matching(office, keys, &whatever, now),
        order,
        place,
        FIRST_LOOK,
    )?;
    let all = first.len() < FIRST_LOOK as usize;
    let hits = search::hits(connection, office, ids(&first, |row| row.id), text)?;
    if all || hits.len() >= limit as usize {
        let hit = first.into_iter().filter(|row| hits.contains(&row.id));
        return Ok(hit.take(limit as usize).collect());
    }
    let candidates = search::candidates(connection, office, text)?;
    let question = || {
        let question = matching(office, keys, filter, now);
        match &candidates {
            Some(candidates) => question.filter(cases::id.eq_any(candidates.clone())),
            None => question,
        }
    };
    in_order(connection, question, order, place, limit)
}

/// The cases that match, for counting: what they say is asked of the index where that is the shorter way.
fn counted<'a>(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    now: DateTime<Utc>,
) -> Answer<Cases<'a>> {
    let question = matching(office, keys, filter, now);
    let candidates = match &filter.text {
        Some(text) => search::candidates(connection, office, text)?,
        None => None,
    };
    Ok(match candidates {
        Some(candidates) => question.filter(cases::id.eq_any(candidates)),
        None => question,
    })
}

fn newest(
    connection: &mut Connection,
    mut question: Cases<'_>,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<ItemRow>> {
    if let Some(Place { at: Some(at), id }) = place {
        question = question.filter(before((cases::received_at, cases::id), (Bind(*at), Bind(*id))));
    }
    Ok(question
        .order((cases::received_at.desc(), cases::id.desc()))
        .limit(limit.into())
        .select(ItemRow::as_select())
        .load(connection)?)
}

fn oldest(
    connection: &mut Connection,
    mut question: Cases<'_>,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<ItemRow>> {
    if let Some(Place { at: Some(at), id }) = place {
        question = question.filter(after((cases::received_at, cases::id), (Bind(*at), Bind(*id))));
    }
    Ok(question
        .order((cases::received_at, cases::id))
        .limit(limit.into())
        .select(ItemRow::as_select())
        .load(connection)?)
}

/// What is due, and then what has no due time: two walks, each along an index.
fn by_due<'a>(
    connection: &mut Connection,
    question: impl Fn() -> Cases<'a>,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<ItemRow>> {
    let mut found: Vec<ItemRow> = Vec::new();
    if place.is_none_or(|place| place.at.is_some()) {
        let mut dated = question().filter(cases::next_due_at.is_not_null());
        if let Some(Place { at: Some(at), id }) = place {
            dated = dated.filter(after((cases::next_due_at, cases::id), (Bind(*at), Bind(*id))));
        }
        found = dated
            .order((cases::next_due_at, cases::id))
            .limit(limit.into())
            .select(ItemRow::as_select())
            .load(connection)?;
    }
    let left = i64::from(limit) - i64::try_from(found.len()).unwrap_or(i64::MAX);
    if left > 0 {
        let mut undated = question().filter(cases::next_due_at.is_null());
        if let Some(Place { at: None, id }) = place {
            undated = undated.filter(cases::id.gt(Bind(*id)));
        }
        let others: Vec<ItemRow> = undated
            .order(cases::id)
            .limit(left)
            .select(ItemRow::as_select())
            .load(connection)?;
        found.extend(others);
    }
    Ok(found)
}

/// The line that names each case, the newest where there are several.
fn subjects(
    connection: &mut Connection,
    office: OfficeId,
    rows: &[ItemRow],
) -> Answer<BTreeMap<Uuid, String>> {
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found: Vec<(Uuid, String)> = case_texts::table
        .filter(case_texts::office_id.eq(Bind(office.0)))
        .filter(case_texts::case_id.eq_any(ids(rows, |row| row.id)))
        .filter(case_texts::kind.eq("subject"))
        .order((case_texts::created_at, case_texts::id))
        .select((case_texts::case_id, case_texts::body))
        .load(connection)?;
    Ok(found.into_iter().collect())
}

pub(super) fn count_matching(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    cap: u32,
    now: DateTime<Utc>,
) -> Answer<u32> {
    let question = counted(connection, office, keys, filter, now)?;
    count(connection, question.select(cases::id).limit(cap.into()))
}

pub(super) fn count_matching_by(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    group: CaseGroup,
    cap: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<(Option<String>, u32)>> {
    let question = counted(connection, office, keys, filter, now)?;
    let column = |column: &str| sql::<Nullable<Text>>(&format!("{column} AS grouped"));
    match group {
        CaseGroup::Status => count_by(connection, question.select(column("cases.status")), cap),
        CaseGroup::CaseType => count_by(connection, question.select(column("cases.case_type")), cap),
        CaseGroup::Severity => count_by(connection, question.select(column("cases.severity")), cap),
        CaseGroup::Unit => {
            let digits = count_by(connection, question.select(column(LEAD_UNIT)), cap)?;
            digits
                .into_iter()
                .map(|(unit, counted)| match unit {
                    Some(digits) => match Uuid::parse_str(&digits) {
                        Ok(unit) => Ok((Some(unit.to_string()), counted)),
                        Err(error) => Err(StoreError::Corrupt {
                            table: "cases",
                            id: None,
                            reason: error.to_string(),
                        }),
                    },
                    None => Ok((None, counted)),
                })
                .collect()
        }
        CaseGroup::Overdue => {
            let late = sql::<Nullable<Text>>("CASE WHEN cases.next_due_hard AND cases.next_due_at <= ")
                .bind::<Instant, _>(Bind(now))
                .sql(" THEN 'true' ELSE 'false' END AS grouped");
            count_by(connection, question.select(late), cap)
        }
    }
}
