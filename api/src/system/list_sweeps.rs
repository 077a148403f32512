//! `list_sweeps`: what the sweep did, what failed, and when that is tried again.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use persistence::case::Place;
use persistence::sweep::{SweepFailureRecord, SweepRecord};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::{Kind, Problem};
use crate::request::Query;

/// How many cases that are put off are shown.
const FAILURES_SHOWN: u32 = 100;

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SweepFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Runs of the sweep, newest first, and what is put off.
#[derive(Serialize, ToSchema)]
pub struct SweepPage {
    /// The runs of this page in which anything was due.
    #[schema(max_items = 100)]
    items: Vec<SweepRun>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
    /// Since when the oldest step that has not fired has been due; absent where none waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_due_at: Option<DateTime<Utc>>,
    /// The cases that failed and are put off, those that have been due for longest first; a hundred at most, and the
    /// same on every page.
    #[schema(max_items = 100)]
    put_off: Vec<SweepFailure>,
}

/// A run of the sweep in an office.
#[derive(Serialize, ToSchema)]
pub struct SweepRun {
    /// Its identity.
    id: Uuid,
    /// The office.
    office_id: Uuid,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it was through.
    ended_at: DateTime<Utc>,
    /// Since when the oldest of what it met had been due.
    oldest_due_at: DateTime<Utc>,
    /// How many cases it looked at.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cases: i64,
    /// How many steps fired.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    steps: i64,
    /// How many cases failed, and were put off.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    failed: i64,
}

/// A case that is due, could not be looked at, and is put off. It holds up nothing else.
#[derive(Serialize, ToSchema)]
pub struct SweepFailure {
    /// The office.
    office_id: Uuid,
    /// The case; absent for a confidential one.
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<Uuid>,
    /// Since when something is due on it.
    due_at: DateTime<Utc>,
    /// How many times in a row it has failed.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    failures: i32,
    /// When it failed first.
    first_failed_at: DateTime<Utc>,
    /// When it failed last.
    last_failed_at: DateTime<Utc>,
    /// When it is tried again, by itself.
    retry_at: DateTime<Utc>,
    /// Why it failed last: `unreadable` (a row of it cannot be read), `no_rulebook` (its rulebook is not here),
    /// `undecidable` (the rules cannot say what follows), `not_written` (the database did not take it). More words may
    /// come. The log has the details.
    #[schema(max_length = 40, example = "unreadable")]
    fault: String,
}

/// List the sweeps
///
/// What the sweep did, which brings about what became due: its runs of the last seven days in which anything was, newest
/// first, how far behind it is, and the cases that failed, with when each is tried again. For the office's administrator,
/// of this office; for who operates the installation, of all.
#[utoipa::path(
    tag = "system",
    params(SweepFilters),
    extensions(("x-problem-codes" = json!(["cursor_invalid", "not_permitted"]))),
    responses((status = 200, description = "A page of runs.", body = SweepPage))
)]
#[get("/api/v1/sweeps")]
pub(crate) async fn list_sweeps(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<SweepFilters>,
) -> Result<HttpResponse, Problem> {
    if !caller.administrator && !caller.operator {
        return Err(Kind::NotPermitted.into());
    }
    let filters = filters.0;
    let list = List {
        name: "list_sweeps",
        caller: caller.staff_id.0,
        filters: &filters,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let after: Option<(DateTime<Utc>, Uuid)> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let office = (!caller.operator).then_some(caller.office_id.0);
    let now = desk.now();
    let (rows, failures, lag) = desk
        .blocking(move |archive| {
            let after = after.map(|(at, id)| Place { at: Some(at), id });
            Ok((
                archive.list_sweeps(office, after.as_ref(), limit + 1)?,
                archive.list_sweep_failures(office, FAILURES_SHOWN)?,
                archive.sweep_lag(office, now)?,
            ))
        })
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more);
    Ok(HttpResponse::Ok().json(SweepPage {
        next_cursor: end.map(|run| desk.page_key.cursor(&list, &(run.started_at, run.id))),
        items: rows.into_iter().map(SweepRun::from).collect(),
        oldest_due_at: lag.oldest_due_at,
        put_off: failures.into_iter().map(SweepFailure::from).collect(),
    }))
}

impl From<SweepRecord> for SweepRun {
    fn from(record: SweepRecord) -> Self {
        Self {
            id: record.id,
            office_id: record.office_id,
            started_at: record.started_at,
            ended_at: record.ended_at,
            oldest_due_at: record.oldest_due_at,
            cases: record.cases,
            steps: record.steps,
            failed: record.failed,
        }
    }
}

impl From<(SweepFailureRecord, bool)> for SweepFailure {
    fn from((record, confidential): (SweepFailureRecord, bool)) -> Self {
        Self {
            office_id: record.office_id,
            case_id: (!confidential).then_some(record.case_id),
            due_at: record.due_at,
            failures: record.failures,
            first_failed_at: record.first_failed_at,
            last_failed_at: record.last_failed_at,
            retry_at: record.retry_at,
            fault: record.fault,
        }
    }
}
