//! The worklist: open duties on cases that may be seen, and every duty that one case ever had.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::authority::SightKey;
use domain::duty::Verdict;
use domain::ids::{CaseId, DutyId, OfficeId, StaffId, UnitId};
use domain::words::PositionName;
use uuid::Uuid;

use super::case::{corrupt, read};
use super::case_filter::{ids, strings};
use super::count::count_by;
use super::duty::Open;
use super::keyset::after;
use super::sight::Seen;
use super::{Backend, Connection};
use crate::case::{DutyFilter, DutyItem, DutyState, Holders, Place};
use crate::schema::{cases, duties};
use crate::sql_types::{Bind, Instant};
use crate::{Answer, StoreError};

type Duties<'a> = duties::BoxedQuery<'a, Backend>;

/// The columns of a duty that its document does not have.
#[derive(Queryable, Selectable)]
#[diesel(table_name = duties)]
struct ItemRow {
    id: Uuid,
    case_id: Uuid,
    case_no: Option<String>,
    case_type: Option<String>,
    severity: Option<String>,
    state: String,
    due_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    verdict: Option<String>,
    document: String,
}

impl ItemRow {
    fn item(self) -> Answer<DutyItem> {
        let bad = |error: &dyn std::fmt::Display| corrupt("duties", self.id, error);
        let states = [DutyState::Open, DutyState::Discharged, DutyState::Lapsed];
        let state = states.into_iter().find(|state| state.as_str() == self.state);
        let verdict = match self.verdict.as_deref() {
            None => None,
            Some(word) => {
                let verdicts = [Verdict::OnTime, Verdict::Late];
                let verdict = verdicts
                    .into_iter()
                    .find(|verdict| <&'static str>::from(verdict) == word);
                Some(verdict.ok_or_else(|| bad(&"an unknown verdict"))?)
            }
        };
        Ok(DutyItem {
            case: CaseId(self.case_id),
            case_no: self.case_no,
            case_type: read(self.case_type.as_deref()).map_err(|error| bad(&error))?,
            severity: read(self.severity.as_deref()).map_err(|error| bad(&error))?,
            duty: serde_json::from_str(&self.document).map_err(|error| bad(&error))?,
            state: state.ok_or_else(|| bad(&"an unknown state"))?,
            ended_at: self.ended_at,
            verdict,
        })
    }
}

pub(super) fn of_case(connection: &mut Connection, office: OfficeId, case: CaseId) -> Answer<Vec<DutyItem>> {
    let rows: Vec<ItemRow> = duties::table
        .filter(duties::office_id.eq(Bind(office.0)))
        .filter(duties::case_id.eq(Bind(case.0)))
        .order((duties::opened_at, duties::id))
        .select(ItemRow::as_select())
        .load(connection)?;
    rows.into_iter().map(ItemRow::item).collect()
}

/// These duties, however they stand.
pub(super) fn named(
    connection: &mut Connection,
    office: OfficeId,
    named: &[DutyId],
) -> Answer<Vec<DutyItem>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ItemRow> = duties::table
        .filter(duties::office_id.eq(Bind(office.0)))
        .filter(duties::id.eq_any(ids(named, |duty| duty.0)))
        .select(ItemRow::as_select())
        .load(connection)?;
    rows.into_iter().map(ItemRow::item).collect()
}

/// Under which version of a rulebook each of these cases lives.
pub(super) fn rulebooks_of(
    connection: &mut Connection,
    office: OfficeId,
    of: &BTreeSet<CaseId>,
) -> Answer<BTreeMap<CaseId, (String, String)>> {
    let of: Vec<CaseId> = of.iter().copied().collect();
    let rows: Vec<(Uuid, String, String)> = cases::table
        .filter(cases::office_id.eq(Bind(office.0)))
        .filter(cases::id.eq_any(ids(&of, |case| case.0)))
        .select((cases::id, cases::rulebook_code, cases::rulebook_version))
        .load(connection)?;
    let under = rows
        .into_iter()
        .map(|(case, code, version)| (CaseId(case), (code, version)));
    Ok(under.collect())
}

/// One of those whose duties are asked for: each has an index of his own, along which his duties stand by due time.
#[derive(Debug, Clone, Copy)]
enum Held<'f> {
    Staff(StaffId),
    Unit(UnitId),
    Position(&'f PositionName),
}

/// Whose duties are asked for, one by one; a single nobody for everybody's.
fn holders(filter: &DutyFilter) -> Vec<Option<Held<'_>>> {
    match &filter.held_by {
        None => vec![None],
        Some(Holders {
            staff,
            positions,
            unit,
        }) => {
            let staff = staff.map(Held::Staff);
            let unit = unit.map(Held::Unit);
            let positions = positions.iter().map(Held::Position);
            positions.chain(staff).chain(unit).map(Some).collect()
        }
    }
}

/// The open duties that match, on cases that may be seen.
fn matching<'a>(
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &DutyFilter,
    holder: Option<Held<'_>>,
    now: DateTime<Utc>,
) -> Duties<'a> {
    let mut query = duties::table
        .into_boxed()
        .filter(duties::office_id.eq(Bind(office.0)))
        .filter(Open)
        .filter(Seen::on("duties.office_id", "duties.case_id", keys));
    match holder {
        None => {}
        Some(Held::Staff(staff)) => query = query.filter(duties::holder_staff_id.eq(Bind(staff.0))),
        Some(Held::Unit(unit)) => query = query.filter(duties::holder_unit_id.eq(Bind(unit.0))),
        Some(Held::Position(position)) => {
            query = query
                .filter(duties::holder_position.eq(position.to_string()))
                .filter(duties::holder_staff_id.is_null())
                .filter(duties::holder_unit_id.is_null());
        }
    }
    if !filter.name.is_empty() {
        query = query.filter(
            duties::rule
                .eq_any(filter.name.clone())
                .or(duties::owes.eq_any(filter.name.clone())),
        );
    }
    query = match filter.overdue {
        Some(true) => query.filter(duties::due_at.le(Bind(now))),
        Some(false) => query.filter(duties::due_at.is_null().or(duties::due_at.gt(Bind(now)))),
        None => query,
    };
    if !filter.unit.is_empty() {
        query = query.filter(duties::holder_unit_id.eq_any(ids(&filter.unit, |unit| unit.0)));
    }
    if !filter.case_type.is_empty() {
        query = query.filter(duties::case_type.eq_any(strings(&filter.case_type)));
    }
    if !filter.severity.is_empty() {
        query = query.filter(duties::severity.eq_any(strings(&filter.severity)));
    }
    if let Some(from) = filter.due_from {
        query = query.filter(duties::due_at.ge(Bind(from)));
    }
    if let Some(before) = filter.due_before {
        query = query.filter(duties::due_at.lt(Bind(before)));
    }
    if let Some(provisional) = filter.provisional {
        query = query.filter(duties::provisional.eq(provisional));
    }
    query
}

/// What is due, and then what has no due time: for each holder two walks, each along an index.
pub(super) fn list(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &DutyFilter,
    place: Option<&Place>,
    limit: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<DutyItem>> {
    let questions = || {
        let of = |holder| matching(office, keys, filter, holder, now);
        holders(filter).into_iter().map(of)
    };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found: Vec<ItemRow> = Vec::new();
    // What moved between two walks is shown once, where it was met first.
    let mut there: BTreeSet<Uuid> = BTreeSet::new();
    if place.is_none_or(|place| place.at.is_some()) {
        for question in questions() {
            let mut dated = question.filter(duties::due_at.is_not_null());
            if let Some(Place { at: Some(at), id }) = place {
                dated = dated.filter(after((duties::due_at, duties::id), (Bind(*at), Bind(*id))));
            }
            found.extend(
                dated
                    .order((duties::due_at, duties::id))
                    .limit(limit.into())
                    .select(ItemRow::as_select())
                    .load(connection)?,
            );
        }
        found.sort_by_key(|row| (row.due_at, row.id));
        found.retain(|row| there.insert(row.id));
        found.truncate(wanted);
    }
    let only_dated = filter.overdue == Some(true) || filter.due_from.is_some() || filter.due_before.is_some();
    let left = wanted.saturating_sub(found.len());
    if left > 0 && !only_dated {
        let mut others: Vec<ItemRow> = Vec::new();
        for question in questions() {
            let mut undated = question.filter(duties::due_at.is_null());
            if let Some(Place { at: None, id }) = place {
                undated = undated.filter(duties::id.gt(Bind(*id)));
            }
            others.extend(
                undated
                    .order(duties::id)
                    .limit(limit.into())
                    .select(ItemRow::as_select())
                    .load(connection)?,
            );
        }
        others.sort_by_key(|row| row.id);
        others.retain(|row| there.insert(row.id));
        others.truncate(left);
        found.extend(others);
    }
    found.into_iter().map(ItemRow::item).collect()
}

/// How many match, `cap` at most, by the rule's name and whether they are late. What has a due time is counted first.
pub(super) fn count(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &DutyFilter,
    cap: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<(String, bool, u32)>> {
    let mut sums: BTreeMap<(String, bool), u32> = BTreeMap::new();
    for holder in holders(filter) {
        // One column for both: a plus or a minus before the name.
        let late = || {
            sql::<Nullable<Text>>("CASE WHEN duties.due_at <= ")
                .bind::<Instant, _>(Bind(now))
                .sql(" THEN '+' ELSE '-' END || duties.rule AS grouped")
        };
        let question = || matching(office, keys, filter, holder, now);
        let dated = question().filter(duties::due_at.is_not_null());
        let dated = dated.order((duties::due_at, duties::id)).limit(cap.into());
        let mut groups = count_by(connection, dated.select(late()))?;
        let left = i64::from(cap) - groups.iter().map(|(_, counted)| i64::from(*counted)).sum::<i64>();
        if left > 0 {
            let undated = question().filter(duties::due_at.is_null()).limit(left);
            groups.extend(count_by(connection, undated.select(late()))?);
        }
        for (group, counted) in groups {
            let group = group.unwrap_or_default();
            let Some((sign, name)) = group.split_at_checked(1) else {
                return Err(StoreError::Corrupt {
                    table: "duties",
                    id: None,
                    reason: "a duty has no name".to_owned(),
                });
            };
            *sums.entry((name.to_owned(), sign == "+")).or_default() += counted;
        }
    }
    let row = |((name, late), counted): ((String, bool), u32)| (name, late, counted.min(cap));
    Ok(sums.into_iter().map(row).collect())
}
