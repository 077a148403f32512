//! `get_calendar_import`: how far an import has come.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::import::{CalendarImport, found};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get an import of a calendar
///
/// How far its trial or its application has come, and how many duties would move or have moved. What would move is
/// listed by `list_import_moves`. For administrators; a national calendar's also for who operates the installation.
#[utoipa::path(
    tag = "calendars",
    params(("import_id" = Uuid, Path, description = "The import.")),
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "The import.", body = CalendarImport))
)]
#[get("/api/v1/calendar-imports/{import_id}")]
pub(crate) async fn get_calendar_import(
    desk: Data<Desk>,
    caller: Caller,
    import: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let record = found(&desk, &caller, import.0).await?;
    let import = CalendarImport::new(&record, &caller.law.calendar);
    Ok(versioned(record.version, &import))
}
