//! `list_import_moves`: duty by duty, from when to when, and why.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::calendar::{Calendar, ChangedDay};
use persistence::calendar_import::MoveRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::import::{found, is_national};
use super::run::Why;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{List, Paging};
use crate::problem::Problem;
use crate::request::{Path, Query};

/// What would move, by duty.
#[derive(Serialize, ToSchema)]
pub struct ImportMovePage {
    /// The duties of this page.
    #[schema(max_items = 100)]
    items: Vec<ImportMove>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// A duty that would move.
#[derive(Serialize, ToSchema)]
pub struct ImportMove {
    /// The duty; absent, as all that names the case, where the caller may not see the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    duty_id: Option<Uuid>,
    /// Its case.
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<Uuid>,
    /// The case's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    case_no: Option<String>,
    /// Which duty it is.
    #[schema(max_length = 64, example = "reply")]
    kind: String,
    /// The number of the clause that it rests on.
    #[schema(max_length = 64, example = "R03-2.2.1a")]
    clause: String,
    /// When it is due so far.
    from: DueTime,
    /// When it would be due; absent where the limit would stand still.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<DueTime>,
    /// The days between its start and its end that are worked and were not, or the other way round; twenty at most.
    #[schema(max_items = 20)]
    days: Vec<MovedOver>,
    /// Whether the business hours are others.
    hours_changed: bool,
}

/// When something is due.
#[derive(Serialize, ToSchema)]
pub struct DueTime {
    /// The last day that is in time.
    due_on: NaiveDate,
    /// The first instant that is too late.
    due_at: DateTime<FixedOffset>,
    /// Whether a year decided it whose notice is not out.
    provisional: bool,
}

/// A day that is worked and was not, or the other way round.
#[derive(Serialize, ToSchema)]
pub struct MovedOver {
    /// The day.
    date: NaiveDate,
    /// What it was: `working_day`, `weekend`, `holiday` …
    #[schema(max_length = 20, example = "working_day")]
    was: &'static str,
    /// What it is.
    #[schema(max_length = 20, example = "holiday")]
    is: &'static str,
    /// The holiday or local day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    name: Option<String>,
}

/// List what an import would move
///
/// What the trial found, duty by duty: from when to when, and which days are counted otherwise. Of a national calendar's
/// import an administrator sees what is owed in the own office, who operates the installation all; what names a case is
/// shown only to who may see that case.
#[utoipa::path(
    tag = "calendars",
    params(("import_id" = Uuid, Path, description = "The import."), Paging),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of duties.", body = ImportMovePage))
)]
#[get("/api/v1/calendar-imports/{import_id}/moves")]
pub(crate) async fn list_import_moves(
    desk: Data<Desk>,
    caller: Caller,
    import: Path<Uuid>,
    filters: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (import, filters) = (import.0, filters.0);
    let record = found(&desk, &caller, import).await?;
    let list = List {
        name: "list_import_moves",
        caller: caller.staff_id.0,
        filters: &import,
    };
    let everywhere = caller.operator && is_national(&record, &caller);
    let office = (!everywhere).then_some(caller.office_id);
    let keys = caller.keys.clone();
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, after, most| archive.list_moves(import, office, &keys, after, most),
            |(row, _)| (row.office_id, row.duty_id),
        )
        .await?;
    let items = rows
        .into_iter()
        .map(|(row, seen)| {
            let seen = seen && row.office_id == caller.office_id.0;
            ImportMove::new(row, seen, &caller.law.calendar)
        })
        .collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(ImportMovePage { items, next_cursor }))
}

impl ImportMove {
    fn new(row: MoveRecord, seen: bool, calendar: &Calendar) -> Result<Self, Problem> {
        let why: Why = serde_json::from_str(&row.why).map_err(Problem::internal)?;
        let to = row.to_on.zip(row.to_at).map(|(due_on, due_at)| DueTime {
            due_on,
            due_at: calendar.local(due_at),
            provisional: row.to_provisional,
        });
        Ok(Self {
            duty_id: seen.then_some(row.duty_id),
            case_id: seen.then_some(row.case_id),
            case_no: row.case_no.filter(|_| seen),
            kind: row.rule,
            clause: row.clause,
            from: DueTime {
                due_on: row.from_on,
                due_at: calendar.local(row.from_at),
                provisional: row.from_provisional,
            },
            to,
            days: why.days.into_iter().map(MovedOver::from).collect(),
            hours_changed: why.hours,
        })
    }
}

impl From<ChangedDay> for MovedOver {
    fn from(day: ChangedDay) -> Self {
        Self {
            date: day.date,
            was: super::kind_word(day.was),
            is: super::kind_word(day.is),
            name: day.name,
        }
    }
}
