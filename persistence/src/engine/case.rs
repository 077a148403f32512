//! Reading cases: one, its texts, its history, and lists.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::authority::SightKey;
use domain::case::Case;
use domain::ids::{CaseId, DutyId, OfficeId, StaffId, TextId, UnitId};
use domain::words::Status;
use uuid::Uuid;

use super::case_filter::{Cases, ids, matching};
use super::count::{count, count_by};
use super::fragment::fragment;
use super::keyset::{after, before};
use super::sight::{InOrder, MOST_AT_ONCE, Seen, own_keys, walk};
use super::{Connection, LEAD_UNIT};
use crate::case::{CaseFilter, CaseGroup, CaseItem, CaseOrder, CaseText, KeptEntry, LookDue, NextDue, Place};
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
        .filter(case_states::case_id.eq(Bind(case.0)))
        .filter(Seen::on("case_states.office_id", "case_states.case_id", keys))
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

/// Ordered as its index is, whose condition, that there is something to look at, follows from the comparison.
pub(super) fn to_look_at(
    connection: &mut Connection,
    now: DateTime<Utc>,
    last: Option<&LookDue>,
    limit: u32,
) -> Answer<Vec<LookDue>> {
    let mut due = cases::table
        .filter(cases::next_look_at.le(Bind(now)))
        .into_boxed();
    if let Some(LookDue { case, since, .. }) = last {
        due = due.filter(after(
            (cases::next_look_at, cases::id),
            (Bind(*since), Bind(case.0)),
        ));
    }
    let found: Vec<(Uuid, Uuid, Option<DateTime<Utc>>)> = due
        .order((cases::next_look_at, cases::id))
        .limit(limit.into())
        .select((cases::office_id, cases::id, cases::next_look_at))
        .load(connection)?;
    let look = |(office, case, since): (Uuid, Uuid, Option<DateTime<Utc>>)| {
        Some(LookDue {
            office: OfficeId(office),
            case: CaseId(case),
            since: since?,
        })
    };
    Ok(found.into_iter().filter_map(look).collect())
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
    let question = || matching(office, keys, filter, now);
    let rows = match order {
        CaseOrder::Newest | CaseOrder::Oldest => {
            let from = match place {
                Some(Place { at: Some(at), id }) => Some((*at, *id)),
                Some(Place { at: None, .. }) | None => None,
            };
            in_order(connection, office, keys, question, order, from, limit)?
        }
        CaseOrder::Due => by_due(connection, question, filter, place, limit)?,
    };
    rows.into_iter().map(|(row, subject)| row.item(subject)).collect()
}

/// By receipt. Who sees the office's cases walks along them; who sees only some walks along those that his keys open,
/// and never past the others.
fn in_order<'a>(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    question: impl Fn() -> Cases<'a>,
    order: CaseOrder,
    place: Option<InOrder>,
    limit: u32,
) -> Answer<Vec<Row>> {
    let newest_first = order == CaseOrder::Newest;
    let Some(own) = own_keys(keys) else {
        let columns = (cases::received_at, cases::id);
        let page = match (place, newest_first) {
            (None, _) => question(),
            (Some((at, id)), true) => question().filter(before(columns, (Bind(at), Bind(id)))),
            (Some((at, id)), false) => question().filter(after(columns, (Bind(at), Bind(id)))),
        };
        return ordered(connection, page, newest_first, limit);
    };
    let mut found = Vec::new();
    walk(
        connection,
        office,
        &own,
        newest_first,
        place,
        limit,
        |connection, opened| {
            let left = limit - u32::try_from(found.len()).unwrap_or(limit);
            let page = question().filter(cases::id.eq_any(opened));
            found.extend(ordered(connection, page, newest_first, left)?);
            Ok(u32::try_from(found.len()).is_ok_and(|found| found < limit))
        },
    )?;
    Ok(found)
}

fn ordered(connection: &mut Connection, page: Cases<'_>, newest_first: bool, limit: u32) -> Answer<Vec<Row>> {
    let page = if newest_first {
        page.order((cases::received_at.desc(), cases::id.desc()))
    } else {
        page.order((cases::received_at, cases::id))
    };
    let page = page.limit(limit.into()).select((ItemRow::as_select(), Subject));
    Ok(page.load(connection)?)
}

/// What is due, and then what has no due time: two walks, each along an index.
fn by_due<'a>(
    connection: &mut Connection,
    question: impl Fn() -> Cases<'a>,
    filter: &CaseFilter,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<Row>> {
    let mut found: Vec<Row> = Vec::new();
    if place.is_none_or(|place| place.at.is_some()) {
        let mut dated = question().filter(cases::next_due_at.is_not_null());
        if let Some(Place { at: Some(at), id }) = place {
            dated = dated.filter(after((cases::next_due_at, cases::id), (Bind(*at), Bind(*id))));
        }
        found = dated
            .order((cases::next_due_at, cases::id))
            .limit(limit.into())
            .select((ItemRow::as_select(), Subject))
            .load(connection)?;
    }
    let left = i64::from(limit) - i64::try_from(found.len()).unwrap_or(i64::MAX);
    let only_dated = filter.overdue == Some(true) || filter.due_before.is_some();
    if left > 0 && !only_dated {
        let mut undated = question().filter(cases::next_due_at.is_null());
        if let Some(Place { at: None, id }) = place {
            undated = undated.filter(cases::id.gt(Bind(*id)));
        }
        let others: Vec<Row> = undated
            .order(cases::id)
            .limit(left)
            .select((ItemRow::as_select(), Subject))
            .load(connection)?;
        found.extend(others);
    }
    Ok(found)
}

/// A row of a list: the columns, and the line that names the case.
type Row = (ItemRow, Option<String>);

fragment!(
    /// The line that names a case, the newest where there are several; asked for the rows of the page alone.
    Subject: Nullable<Text>,
    "(SELECT t.body FROM case_texts t WHERE t.office_id = cases.office_id AND t.case_id = cases.id \
     AND t.kind = 'subject' ORDER BY t.created_at DESC, t.id DESC LIMIT 1)"
);

pub(super) fn count_matching(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    cap: u32,
    now: DateTime<Utc>,
) -> Answer<u32> {
    let question = |left: u32| matching(office, keys, filter, now).limit(left.into());
    let Some(own) = own_keys(keys) else {
        return count(connection, question(cap).select(cases::id));
    };
    let mut counted = 0;
    walk(
        connection,
        office,
        &own,
        true,
        None,
        MOST_AT_ONCE,
        |connection, opened| {
            let some = question(cap - counted).filter(cases::id.eq_any(opened));
            counted += count(connection, some.select(cases::id))?;
            Ok(counted < cap)
        },
    )?;
    Ok(counted)
}

/// Of the newest `cap` that match, how many are in each group.
pub(super) fn count_matching_by(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &CaseFilter,
    group: CaseGroup,
    cap: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<(Option<String>, u32)>> {
    let newest = |left: u32| {
        matching(office, keys, filter, now)
            .order((cases::received_at.desc(), cases::id.desc()))
            .limit(left.into())
    };
    let Some(own) = own_keys(keys) else {
        return grouped(connection, newest(cap), group, now);
    };
    let mut sums: BTreeMap<Option<String>, u32> = BTreeMap::new();
    walk(
        connection,
        office,
        &own,
        true,
        None,
        MOST_AT_ONCE,
        |connection, opened| {
            let counted: u32 = sums.values().sum();
            let some = newest(cap - counted).filter(cases::id.eq_any(opened));
            for (value, count) in grouped(connection, some, group, now)? {
                *sums.entry(value).or_default() += count;
            }
            Ok(sums.values().sum::<u32>() < cap)
        },
    )?;
    Ok(sums.into_iter().collect())
}

fn grouped(
    connection: &mut Connection,
    question: Cases<'_>,
    group: CaseGroup,
    now: DateTime<Utc>,
) -> Answer<Vec<(Option<String>, u32)>> {
    let column = |column: &str| sql::<Nullable<Text>>(&format!("{column} AS grouped"));
    match group {
        CaseGroup::Status => count_by(connection, question.select(column("cases.status"))),
        CaseGroup::CaseType => count_by(connection, question.select(column("cases.case_type"))),
        CaseGroup::Severity => count_by(connection, question.select(column("cases.severity"))),
        CaseGroup::Unit => {
            let digits = count_by(connection, question.select(column(LEAD_UNIT)))?;
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
            count_by(connection, question.select(late))
        }
    }
}
