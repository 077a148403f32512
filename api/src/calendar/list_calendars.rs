//! `list_calendars`: the calendar of my office, and the national one under it.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use persistence::calendar::own_code;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CalendarView, named};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;

/// Calendars, all on one page.
#[derive(Serialize, ToSchema)]
pub struct CalendarPage {
    /// The calendars.
    #[schema(max_items = 10)]
    items: Vec<CalendarView>,
    /// The code of my office's own calendar: the first import into it makes it.
    #[schema(max_length = 64, example = "office.service_hall")]
    own_calendar_code: String,
}

/// List the calendars
///
/// The calendar by which my office counts its time limits, and the national one if it is the office's own, each in its
/// newest version. For any staff.
#[utoipa::path(tag = "calendars", responses((status = 200, description = "The calendars.", body = CalendarPage)))]
#[get("/api/v1/calendars")]
pub(crate) async fn list_calendars(desk: Data<Desk>, caller: Caller) -> Result<HttpResponse, Problem> {
    let mut items = Vec::new();
    let mut code = Some(caller.law.calendar.code().to_owned());
    while let Some(next) = code {
        let standing = named(&desk, &caller, next).await?;
        items.push(CalendarView::new(&standing));
        code = standing.record.base_code;
    }
    Ok(HttpResponse::Ok().json(CalendarPage {
        items,
        own_calendar_code: own_code(&caller.office_code),
    }))
}
