//! `calculate_due_date`: when something would be due, and why; nothing is stored.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use domain::time_limit::{
    Counting, DayEnd, Limit, RestDay, StartDay, Within, count, sentence_en, sentence_zh,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::named;
use crate::caller::Caller;
use crate::case::body::GivenAmount;
use crate::case::view::Teller;
use crate::desk::Desk;
use crate::duty::explanation::{CalendarName, DayView, day, years};
use crate::language::Language;
use crate::problem::Problem;
use crate::request::{Json, Path};
use crate::trail::Trail;

/// A limit to be counted.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"start": "2026-09-17T09:00:00+08:00", "limit": {"count": 7, "unit": "working_day"}}))]
pub struct DueDateQuestion {
    /// When it starts.
    #[validate(custom(function = crate::request::in_years))]
    start: DateTime<Utc>,
    /// How long it is.
    #[validate(nested)]
    limit: GivenAmount,
    /// Whether the day on which it starts is counted; it is not if not said.
    #[serde(default)]
    count_start_day: bool,
    /// Whether the last day ends when the office closes; at 24:00 if not said.
    #[serde(default)]
    ends_at_closing: bool,
    /// Whether a day of rest stays the last day; the next working day takes its place if not said.
    #[serde(default)]
    rest_day_stays: bool,
}

/// When it would be due, and how that was counted.
#[derive(Serialize, ToSchema)]
pub struct DueDate {
    /// The calendar it was counted over.
    calendar: CalendarName,
    /// The last day that is in time.
    due_on: NaiveDate,
    /// The first instant that is too late.
    due_at: DateTime<FixedOffset>,
    /// The days walked over, counted or passed over, and why.
    #[schema(max_items = 800)]
    days: Vec<DayView>,
    /// Whether more days were walked than are listed.
    days_truncated: bool,
    /// The day of rest that would have been the last, had the end not moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    rolled_from: Option<NaiveDate>,
    /// Years without a published notice that decided something: then the date may move.
    #[schema(schema_with = years)]
    provisional_years: Vec<i32>,
    /// The same, read aloud.
    #[schema(max_length = 4000)]
    sentence: String,
}

/// Calculate a due date
///
/// When a limit that starts at an instant would end, over this calendar, day by day. Nothing is stored. For any staff.
#[utoipa::path(
    tag = "calendars",
    params(("calendar_code" = String, Path, description = "The calendar's code.", max_length = 64, example = "cn")),
    responses((status = 200, description = "The due date.", body = DueDate))
)]
#[post("/api/v1/calendars/{calendar_code}/due-dates")]
pub(crate) async fn calculate_due_date(
    desk: Data<Desk>,
    caller: Caller,
    trail: Trail,
    code: Path<String>,
    body: Json<DueDateQuestion>,
) -> Result<HttpResponse, Problem> {
    let question = body.0;
    let teller = Teller::of_office(&desk, &caller, trail.language);
    let calendar = named(&desk, &caller, code.0).await?.calendar;
    let counting = Counting {
        start_day: if question.count_start_day {
            StartDay::Counted
        } else {
            StartDay::NotCounted
        },
        last_day_ends: if question.ends_at_closing {
            DayEnd::ClosingTime
        } else {
            DayEnd::Midnight
        },
        on_rest_day: if question.rest_day_stays {
            RestDay::Stays
        } else {
            RestDay::NextWorkingDay
        },
    };
    let limit = Limit::from(Within::Span(question.limit.span("/limit/count")?));
    let counted = count(question.start, &limit, &counting, &[], &calendar)
        .ok_or_else(|| Problem::internal("a span could not be counted"))?;
    Ok(HttpResponse::Ok().json(DueDate {
        calendar: CalendarName {
            code: calendar.code().to_owned(),
            version: calendar.version(),
        },
        due_on: counted.due_on,
        due_at: calendar.local(counted.due_at),
        days: counted.days.iter().map(|counted| day(counted, &teller)).collect(),
        days_truncated: counted.days_truncated,
        rolled_from: counted.rolled_from,
        provisional_years: counted.provisional_years.clone(),
        sentence: match trail.language {
            Language::Chinese => sentence_zh(&counted, "起算时刻"),
            Language::English => sentence_en(&counted, "it starts"),
        },
    }))
}
