//! `list_calendars`: the calendar of my office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
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
}

/// List the calendars
///
/// The calendar by which my office counts its time limits, in its newest version. For any staff.
#[utoipa::path(tag = "calendars", responses((status = 200, description = "The calendars.", body = CalendarPage)))]
#[get("/api/v1/calendars")]
pub(crate) async fn list_calendars(desk: Data<Desk>, caller: Caller) -> Result<HttpResponse, Problem> {
    let calendar = named(&desk, caller.law.calendar.code().to_owned()).await?;
    Ok(HttpResponse::Ok().json(CalendarPage {
        items: vec![CalendarView::new(&calendar)],
    }))
}
