//! Lists of cases, and how many there are: by receipt, by due time, by words, by how well the words fit.
//!
//! Every list is a walk along an index that stops when the page is full; nothing here depends on how many cases there
//! are. A count stops at its cap.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::authority::SightKey;
use domain::ids::{CaseId, DutyId, OfficeId, StaffId, UnitId};
use domain::search::Question;
use uuid::Uuid;

use super::case::{corrupt, read};
use super::case_filter::{Cases, ids, matching};
use super::count::{count, count_by};
use super::keyset::{after, before};
use super::sight::{Between, MOST_AT_ONCE, own_keys, walk};
use super::{Connection, LEAD_UNIT, marks, search, vault};
use crate::case::{CaseFilter, CaseGroup, CaseItem, CaseOrder, NextDue, Place, RankedPlace};
use crate::schema::{case_texts, cases};
use crate::sql_types::{Bind, Instant};
use crate::vault::Vault;
use crate::{Answer, StoreError};

/// Which cases are asked for, by whom, and when.
#[derive(Clone, Copy)]
pub(super) struct Asked<'q> {
    vault: &'q Vault,
    office: OfficeId,
    keys: &'q BTreeSet<SightKey>,
    filter: &'q CaseFilter,
    now: DateTime<Utc>,
}

impl<'q> Asked<'q> {
    pub(super) fn new(
        vault: &'q Vault,
        office: OfficeId,
        keys: &'q BTreeSet<SightKey>,
        filter: &'q CaseFilter,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            vault,
            office,
            keys,
            filter,
            now,
        }
    }

    fn matching<'a>(self) -> Cases<'a> {
        matching(self.office, self.keys, self.filter, self.now)
    }

    /// Where what matches lies in the order of receipt.
    fn between(self) -> Between {
        Between::received(self.filter.received_from, self.filter.received_before)
    }
}

/// How many of the first cases in the list are looked at before the index of words is asked.
const FIRST_LOOK: u32 = 128;

/// Up to how many cases of his own are put in order of their due times for who sees only some; beyond, the walk along
/// all of the office's meets one of his soon enough.
const FEW: usize = 5000;

/// How many of the newest hits are ranked.
const RANKED: u32 = 500;

pub(super) fn list(
    connection: &mut Connection,
    asked: Asked<'_>,
    order: CaseOrder,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<CaseItem>> {
    let somebodys = marks::cases_of_somebody(connection, asked.vault, asked.office, asked.filter)?;
    let rows = match (&asked.filter.text, somebodys) {
        (_, Some(candidates)) => in_order(connection, asked, Some(&candidates), order, place, limit)?,
        (None, None) => in_order(connection, asked, None, order, place, limit)?,
        (Some(text), None) => said(connection, asked, text, order, place, limit)?,
    };
    let mut subjects = subjects(connection, asked, &rows)?;
    rows.into_iter()
        .map(|row| {
            let subject = subjects.remove(&row.id);
            row.item(subject)
        })
        .collect()
}

/// The line that names each case of a page, the newest where there are several. Asked for once the page is known, and
/// opened here: what is sealed cannot be shown by a statement.
fn subjects(connection: &mut Connection, asked: Asked<'_>, rows: &[Row]) -> Answer<BTreeMap<Uuid, String>> {
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let cases: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let sealed: Vec<(Uuid, Uuid, Vec<u8>)> = case_texts::table
        .filter(case_texts::office_id.eq(Bind(asked.office.0)))
        .filter(case_texts::case_id.eq_any(ids(&cases, |case| *case)))
        .filter(case_texts::kind.eq(SUBJECT))
        .order((case_texts::created_at, case_texts::id))
        .select((case_texts::case_id, case_texts::id, case_texts::sealed))
        .load(connection)?;
    let newest: BTreeMap<Uuid, (Uuid, Vec<u8>)> = sealed
        .into_iter()
        .map(|(case, id, sealed)| (case, (id, sealed)))
        .collect();
    let keys = vault::keys_of(connection, asked.vault, asked.office.0, &cases)?;
    let mut subjects = BTreeMap::new();
    for (case, (id, sealed)) in newest {
        // Without a key it was erased since the page was read.
        if let Some(key) = keys.get(&case) {
            subjects.insert(case, key.open(id, SUBJECT, &sealed)?.1);
        }
    }
    Ok(subjects)
}

/// The kind of the line that names a case.
const SUBJECT: &str = "subject";

pub(super) fn list_best(
    connection: &mut Connection,
    asked: Asked<'_>,
    after: Option<&RankedPlace>,
    limit: u32,
) -> Answer<Vec<(RankedPlace, CaseItem)>> {
    let newest = list(connection, asked, CaseOrder::Newest, None, RANKED)?;
    let in_subject = |item: &CaseItem| match (&asked.filter.text, &item.subject) {
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

/// The cases that say what is asked for: among the first ones of the list, else by the index, else by reading on.
fn said(
    connection: &mut Connection,
    asked: Asked<'_>,
    text: &Question,
    order: CaseOrder,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<Row>> {
    if asked.filter.confidential == Some(true) {
        return Ok(Vec::new());
    }
    let whatever = CaseFilter {
        text: None,
        confidential: Some(false),
        ..asked.filter.clone()
    };
    let whatever = Asked {
        filter: &whatever,
        ..asked
    };
    let mut first = in_order(connection, whatever, None, order, place, FIRST_LOOK)?;
    let all = first.len() < FIRST_LOOK as usize;
    let hits = search::hits(connection, asked.office, ids(&first, |row| row.id), text)?;
    if all || hits.len() >= limit as usize {
        first.retain(|row| hits.contains(&row.id));
        first.truncate(limit as usize);
        return Ok(first);
    }
    let candidates = search::candidates(connection, asked.office, text)?;
    in_order(connection, asked, candidates.as_deref(), order, place, limit)
}

/// Those of the candidates, or of all, that match, in order, after the place.
fn in_order(
    connection: &mut Connection,
    asked: Asked<'_>,
    candidates: Option<&[Bind<Uuid>]>,
    order: CaseOrder,
    place: Option<&Place>,
    limit: u32,
) -> Answer<Vec<Row>> {
    let question = || match candidates {
        Some(candidates) => asked.matching().filter(cases::id.eq_any(candidates.to_vec())),
        None => asked.matching(),
    };
    let from = match place {
        Some(Place { at: Some(at), id }) => Some((*at, *id)),
        Some(Place { at: None, .. }) | None => None,
    };
    let newest_first = match order {
        CaseOrder::Newest => true,
        CaseOrder::Oldest => false,
        CaseOrder::Due => {
            let few = match candidates {
                Some(_) => None,
                None => few_of_his_own(connection, asked)?,
            };
            let among = || match &few {
                Some(few) => question().filter(cases::id.eq_any(few.clone())),
                None => question(),
            };
            return by_due(connection, among, asked.filter, place, limit);
        }
    };
    match own_keys(asked.keys) {
        // Who sees only some of the cases walks along those that his keys open, and never past the others.
        Some(own) if candidates.is_none() => {
            let mut found = Vec::new();
            let between = match from {
                Some(place) => asked.between().beyond(place, newest_first),
                None => asked.between(),
            };
            walk(
                connection,
                asked.office,
                &own,
                newest_first,
                between,
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
        Some(_) | None => {
            let columns = (cases::received_at, cases::id);
            let page = match (from, newest_first) {
                (None, _) => question(),
                (Some((at, id)), true) => question().filter(before(columns, (Bind(at), Bind(id)))),
                (Some((at, id)), false) => question().filter(after(columns, (Bind(at), Bind(id)))),
            };
            ordered(connection, page, newest_first, limit)
        }
    }
}

fn ordered(connection: &mut Connection, page: Cases<'_>, newest_first: bool, limit: u32) -> Answer<Vec<Row>> {
    let page = if newest_first {
        page.order((cases::received_at.desc(), cases::id.desc()))
    } else {
        page.order((cases::received_at, cases::id))
    };
    let page = page.limit(limit.into()).select(ItemRow::as_select());
    Ok(page.load(connection)?)
}

/// The cases that the caller's keys open, where he sees only some of the office's and those are few.
fn few_of_his_own(connection: &mut Connection, asked: Asked<'_>) -> Answer<Option<Vec<Bind<Uuid>>>> {
    let Some(own) = own_keys(asked.keys) else {
        return Ok(None);
    };
    let mut few = Vec::new();
    walk(
        connection,
        asked.office,
        &own,
        true,
        asked.between(),
        MOST_AT_ONCE,
        |_, opened| {
            few.extend(opened);
            Ok(few.len() <= FEW)
        },
    )?;
    Ok((few.len() <= FEW).then_some(few))
}

/// What is due, and then what has no due time: two walks, each along an index. What moved from the one to the other in
/// between is shown once.
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
            .select(ItemRow::as_select())
            .load(connection)?;
    }
    let left = usize::try_from(limit)
        .unwrap_or(usize::MAX)
        .saturating_sub(found.len());
    let only_dated = filter.overdue == Some(true) || filter.due_before.is_some();
    if left > 0 && !only_dated {
        let mut undated = question().filter(cases::next_due_at.is_null());
        if let Some(Place { at: None, id }) = place {
            undated = undated.filter(cases::id.gt(Bind(*id)));
        }
        // As many as could all be needed after those are left out that are there already.
        let mut others: Vec<Row> = undated
            .order(cases::id)
            .limit(limit.into())
            .select(ItemRow::as_select())
            .load(connection)?;
        let there: BTreeSet<Uuid> = found.iter().map(|row| row.id).collect();
        others.retain(|row| !there.contains(&row.id));
        others.truncate(left);
        found.extend(others);
    }
    Ok(found)
}

pub(super) fn count_matching(connection: &mut Connection, asked: Asked<'_>, cap: u32) -> Answer<u32> {
    let mut counted = 0;
    each_part(connection, asked, |connection, part| {
        let some = part.select(cases::id).limit((cap - counted).into());
        counted += count(connection, some)?;
        Ok(counted < cap)
    })?;
    Ok(counted)
}

/// Of the newest `cap` that match, how many are in each group.
pub(super) fn count_matching_by(
    connection: &mut Connection,
    asked: Asked<'_>,
    group: CaseGroup,
    cap: u32,
) -> Answer<Vec<(Option<String>, u32)>> {
    let mut sums: BTreeMap<Option<String>, u32> = BTreeMap::new();
    each_part(connection, asked, |connection, part| {
        let left = cap - sums.values().sum::<u32>();
        let newest = part
            .order((cases::received_at.desc(), cases::id.desc()))
            .limit(left.into());
        for (value, counted) in grouped(connection, newest, group, asked.now)? {
            *sums.entry(value).or_default() += counted;
        }
        Ok(sums.values().sum::<u32>() < cap)
    })?;
    Ok(sums.into_iter().collect())
}

/// Shows `each` the cases that match, part by part and newest first, for as long as it wants more: the candidates of a
/// search, or those that the caller's keys open, or all together.
fn each_part(
    connection: &mut Connection,
    asked: Asked<'_>,
    mut each: impl FnMut(&mut Connection, Cases<'_>) -> Answer<bool>,
) -> Answer<()> {
    let candidates = match marks::cases_of_somebody(connection, asked.vault, asked.office, asked.filter)? {
        None => match &asked.filter.text {
            Some(text) => search::candidates(connection, asked.office, text)?,
            None => None,
        },
        somebodys => somebodys,
    };
    match (candidates, own_keys(asked.keys)) {
        (Some(candidates), _) => {
            each(connection, asked.matching().filter(cases::id.eq_any(candidates))).map(drop)
        }
        (None, Some(own)) => walk(
            connection,
            asked.office,
            &own,
            true,
            asked.between(),
            MOST_AT_ONCE,
            |connection, opened| each(connection, asked.matching().filter(cases::id.eq_any(opened))),
        ),
        (None, None) => each(connection, asked.matching()).map(drop),
    }
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

/// A row of a list.
type Row = ItemRow;

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
