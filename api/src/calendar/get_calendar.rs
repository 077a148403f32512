//! `get_calendar`: one calendar.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::{CalendarView, named};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get a calendar
///
/// Base week, business hours, how sure each year is, and an office's own days, in the newest version. For any staff.
#[utoipa::path(
    tag = "calendars",
    params(("calendar_code" = String, Path, description = "The calendar's code.", max_length = 64, example = "cn")),
    responses((status = 200, description = "The calendar.", body = CalendarView))
)]
#[get("/api/v1/calendars/{calendar_code}")]
pub(crate) async fn get_calendar(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(CalendarView::new(&named(&desk, &caller, code.0).await?)))
}
