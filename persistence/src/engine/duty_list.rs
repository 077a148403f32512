//! The worklist: open duties on cases that may be seen, and every duty that one case ever had.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::authority::SightKey;
use domain::duty::Verdict;
use domain::ids::{CaseId, OfficeId};
use uuid::Uuid;

use super::case::{corrupt, read};
use super::case_filter::{ids, strings};
use super::count::count_by;
use super::duty::Open;
use super::keyset::after;
use super::sight::Seen;
use super::{Backend, Connection};
use crate::case::{DutyFilter, DutyItem, DutyState, Holders, Place};
use crate::schema::duties;
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

/// The open duties that match, on cases that may be seen.
fn matching<'a>(
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &DutyFilter,
    now: DateTime<Utc>,
) -> Duties<'a> {
    let mut query = duties::table
        .into_boxed()
        .filter(duties::office_id.eq(Bind(office.0)))
        .filter(Open)
        .filter(Seen::on("duties.office_id", "duties.case_id", keys));
    if let Some(Holders {
        staff,
        positions,
        unit,
    }) = &filter.held_by
    {
        // An id that nobody has stands for one that is not given; no duty is held by it.
        let staff = staff.map_or(Uuid::nil(), |staff| staff.0);
        let unit = unit.map_or(Uuid::nil(), |unit| unit.0);
        let by_position = duties::holder_position
            .eq_any(strings(positions))
            .and(duties::holder_staff_id.is_null())
            .and(duties::holder_unit_id.is_null());
        query = query.filter(
            duties::holder_staff_id
                .eq(Bind(staff))
                .or(duties::holder_unit_id.eq(Bind(unit)))
                .or(by_position),
        );
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

/// What is due, and then what has no due time: two walks, each along an index.
pub(super) fn list(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &DutyFilter,
    place: Option<&Place>,
    limit: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<DutyItem>> {
    let question = || matching(office, keys, filter, now);
    let mut found: Vec<ItemRow> = Vec::new();
    if place.is_none_or(|place| place.at.is_some()) {
        let mut dated = question().filter(duties::due_at.is_not_null());
        if let Some(Place { at: Some(at), id }) = place {
            dated = dated.filter(after((duties::due_at, duties::id), (Bind(*at), Bind(*id))));
        }
        found = dated
            .order((duties::due_at, duties::id))
            .limit(limit.into())
            .select(ItemRow::as_select())
            .load(connection)?;
    }
    let left = i64::from(limit) - i64::try_from(found.len()).unwrap_or(i64::MAX);
    let only_dated = filter.overdue == Some(true) || filter.due_from.is_some() || filter.due_before.is_some();
    if left > 0 && !only_dated {
        let mut undated = question().filter(duties::due_at.is_null());
        if let Some(Place { at: None, id }) = place {
            undated = undated.filter(duties::id.gt(Bind(*id)));
        }
        let others: Vec<ItemRow> = undated
            .order(duties::id)
            .limit(left)
            .select(ItemRow::as_select())
            .load(connection)?;
        found.extend(others);
    }
    found.into_iter().map(ItemRow::item).collect()
}

/// How many match, by the rule's name and whether they are late.
pub(super) fn count(
    connection: &mut Connection,
    office: OfficeId,
    keys: &BTreeSet<SightKey>,
    filter: &DutyFilter,
    cap: u32,
    now: DateTime<Utc>,
) -> Answer<Vec<(String, bool, u32)>> {
    // One column for both: a plus or a minus before the name.
    let late = sql::<Nullable<Text>>("CASE WHEN duties.due_at <= ")
        .bind::<Instant, _>(Bind(now))
        .sql(" THEN '+' ELSE '-' END || duties.rule AS grouped");
    let counted = count_by(connection, matching(office, keys, filter, now).select(late), cap)?;
    let mut groups = counted
        .into_iter()
        .map(|(group, counted)| {
            let group = group.unwrap_or_default();
            match group.split_at_checked(1) {
                Some((sign, name)) => Ok((name.to_owned(), sign == "+", counted)),
                None => Err(StoreError::Corrupt {
                    table: "duties",
                    id: None,
                    reason: "a duty has no name".to_owned(),
                }),
            }
        })
        .collect::<Answer<Vec<_>>>()?;
    groups.sort_unstable();
    Ok(groups)
}
