//! `list_calendar_days`: day by day, working or not, and why.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use domain::calendar::Calendar;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::named;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Problem};
use crate::request::{Path, Query};

/// The most days of one answer.
const DAYS_MAX: i64 = 400;

/// Which days.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayFilters {
    /// The first day.
    #[param(example = "2026-09-14")]
    from: NaiveDate,
    /// The last day; at most 400 days from the first.
    #[param(example = "2026-10-15")]
    to: NaiveDate,
}

/// Days, in order.
#[derive(Serialize, ToSchema)]
pub struct CalendarDayPage {
    /// The days.
    #[schema(max_items = 400)]
    items: Vec<CalendarDay>,
}

/// One day of a calendar.
#[derive(Serialize, ToSchema)]
pub struct CalendarDay {
    /// The day.
    date: NaiveDate,
    /// Whether work is done on it.
    working: bool,
    /// Why: `working_day`, `makeup_workday`, `weekend`, `holiday`, `local_day_off` or `local_workday`.
    #[schema(max_length = 20, example = "makeup_workday")]
    reason: &'static str,
    /// The holiday, or the one it makes up for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Whether the year's notice is not out, so that this may change.
    provisional: bool,
}

impl CalendarDay {
    fn new(calendar: &Calendar, date: NaiveDate) -> Self {
        use chrono::Datelike;
        let day = calendar.day(date);
        Self {
            date,
            working: day.kind.is_working(),
            reason: super::kind_word(day.kind),
            name: day.name.map(str::to_owned),
            provisional: calendar.year_status(date.year()) != domain::calendar::YearStatus::Published,
        }
    }
}

/// List the days of a calendar
///
/// Each day from the first to the last: whether it is worked, and why. For any staff.
#[utoipa::path(
    tag = "calendars",
    params(
        ("calendar_code" = String, Path, description = "The calendar's code.", max_length = 64, example = "cn"),
        DayFilters
    ),
    responses((status = 200, description = "The days.", body = CalendarDayPage))
)]
#[get("/api/v1/calendars/{calendar_code}/days")]
pub(crate) async fn list_calendar_days(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
    filters: Query<DayFilters>,
) -> Result<HttpResponse, Problem> {
    let DayFilters { from, to } = filters.0;
    if !(0..DAYS_MAX).contains(&(to - from).num_days()) {
        return Err(Problem::malformed(vec![
            FieldError::new("/query/to", FieldFault::OutOfRange).with("max_days", DAYS_MAX),
        ]));
    }
    let calendar = named(&desk, &caller, code.0).await?.calendar;
    let days = from.iter_days().take_while(|day| *day <= to);
    Ok(HttpResponse::Ok().json(CalendarDayPage {
        items: days.map(|day| CalendarDay::new(&calendar, day)).collect(),
    }))
}
