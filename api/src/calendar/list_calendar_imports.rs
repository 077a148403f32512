//! `list_calendar_imports`: what was imported into a calendar, and how far each import has come.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use persistence::calendar::own_code;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::import::CalendarImport;
use super::named;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::page::{LIMIT, List, cut};
use crate::problem::{Kind, Problem};
use crate::request::{Path, Query};

/// Which page.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarImportFilters {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// Imports, the newest first.
#[derive(Serialize, ToSchema)]
pub struct CalendarImportPage {
    /// The imports of this page.
    #[schema(max_items = 100)]
    items: Vec<CalendarImport>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// List the imports into a calendar
///
/// What was handed in for the calendar, the newest first, and how far each has come: what is under way and what waits to
/// be applied, and by which imports the versions that are gone by came about. For administrators; a national calendar's
/// also for who operates the installation. An office's own calendar that nothing was imported into has none yet.
#[utoipa::path(
    tag = "calendars",
    params(
        ("calendar_code" = String, Path, description = "The calendar's code.", max_length = 64, example = "cn"),
        CalendarImportFilters
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of imports.", body = CalendarImportPage))
)]
#[get("/api/v1/calendars/{calendar_code}/imports")]
pub(crate) async fn list_calendar_imports(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
    filters: Query<CalendarImportFilters>,
) -> Result<HttpResponse, Problem> {
    let (Path(code), Query(filters)) = (code, filters);
    may_read(&desk, &caller, &code).await?;
    let list = List {
        name: "list_calendar_imports",
        caller: caller.staff_id.0,
        filters: &code,
    };
    let limit = filters.limit.unwrap_or(LIMIT);
    let before: Option<(DateTime<Utc>, Uuid)> = desk.page_key.start(&list, filters.cursor.as_deref())?;
    let asked = code.clone();
    let rows = desk
        .blocking(move |archive| archive.list_imports(&asked, before, limit + 1))
        .await?;
    let (rows, more) = cut(rows, limit);
    let end = rows.last().filter(|_| more);
    Ok(HttpResponse::Ok().json(CalendarImportPage {
        next_cursor: end.map(|row| desk.page_key.cursor(&list, &(row.created_at, row.id))),
        items: rows
            .iter()
            .map(|row| CalendarImport::new(row, &caller.law.calendar))
            .collect(),
    }))
}

/// Lets pass who may read the imports into the calendar of this code: as for each of them, an office's own its
/// administrator, a national one whoever operates the installation or administers an office.
async fn may_read(desk: &Desk, caller: &Caller, code: &str) -> Result<(), Problem> {
    if !caller.administrator && !caller.operator {
        return Err(Kind::NotPermitted.into());
    }
    if code == own_code(&caller.office_code) {
        // It need not be there yet: the first import makes it.
        return caller.administers();
    }
    named(desk, caller, code.to_owned()).await.map(drop)
}
