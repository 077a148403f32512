//! `import_calendar`: a change of a calendar is handed in, and tried.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::calendar::Calendar;
use persistence::calendar::{CalendarRecord, own_code};
use persistence::calendar_import::NewImport;
use uuid::Uuid;

use super::change::CalendarChange;
use super::import::{CalendarImport, may_change};
use super::read;
use crate::answer::{accepted, replayed};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json, Path};

/// Import into a calendar
///
/// Hands in a year's notice of holidays, local days or business hours, and starts a trial: what would move, from when
/// to when, and why. Nothing moves before it is applied. A year whose file names no day is not published, and refused.
///
/// An office's own calendar lies over the national one and is changed by its administrator; the first import into it,
/// under the code that `list_calendars` names, makes it. A national calendar is changed by who operates the
/// installation; a new version of it gives each calendar over it a new one. An office may take in a notice that the
/// national calendar does not have yet; once that publishes the year, the office's own counts no longer. Only one import
/// that concerns the same offices is under way at a time.
#[utoipa::path(
    tag = "calendars",
    params(
        ("calendar_code" = String, Path, description = "The calendar's code.", max_length = 64, example = "cn"),
        IdempotencyKey
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "data_faulty", "already_running"]))),
    responses((status = 202, description = "The import, whose trial has begun.", body = CalendarImport))
)]
#[post("/api/v1/calendars/{calendar_code}/imports")]
pub(crate) async fn import_calendar(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
    key: IdempotencyKey,
    body: Json<CalendarChange>,
) -> Result<HttpResponse, Problem> {
    let (Path(code), Json(body)) = (code, body);
    may_change(&caller, &code)?;
    let repeat = Repeat::of(&caller, "import_calendar", key, &code, &body)?;
    if let Some(earlier) = repeat.earlier(&desk).await? {
        let record = desk.blocking(move |archive| archive.find_import(earlier)).await?;
        let record = record.ok_or_else(|| Problem::internal("a remembered import is gone"))?;
        return Ok(replayed(answer(&record, &caller)));
    }
    let (calendar, over) = standing(&desk, &caller, &code).await?;
    let now = desk.now();
    let import = NewImport {
        id: Uuid::now_v7(),
        office_id: caller.office_id.0,
        requested_by_id: caller.staff_id.0,
        calendar_code: code,
        change: body.read(&calendar, over.as_ref())?,
        created_at: now,
    };
    let remembered = repeat.remembering(import.id, now);
    let record = desk
        .blocking(move |archive| archive.create_import(&import, remembered.as_ref()))
        .await?
        .map_err(|contradiction| {
            let error = FieldError::new("/holidays", FieldFault::Inconsistent)
                .with("calendar", &contradiction.code)
                .with("reason", &contradiction.fault);
            Problem::from(Kind::DataFaulty).with_errors(vec![error])
        })?;
    Ok(answer(&record, &caller))
}

fn answer(record: &persistence::calendar_import::ImportRecord, caller: &Caller) -> HttpResponse {
    let location = format!("/api/v1/calendar-imports/{}", record.id);
    let import = CalendarImport::new(record, &caller.law.calendar);
    accepted(location, record.version, &import)
}

/// The calendar as it stands, and the national one under it if it is the office's own.
async fn standing(desk: &Desk, caller: &Caller, code: &str) -> Result<(Calendar, Option<Calendar>), Problem> {
    let newest = find(desk, code.to_owned()).await?;
    if code != own_code(&caller.office_code) {
        let record = newest
            .filter(|record| record.office_id.is_none())
            .ok_or(Kind::NotFound)?;
        return Ok((read(&record)?, None));
    }
    let base_code = newest.as_ref().and_then(|own| own.base_code.clone());
    let base_code = base_code.unwrap_or_else(|| caller.law.calendar.code().to_owned());
    let base = find(desk, base_code).await?.ok_or(Kind::NotFound)?;
    let base = read(&base)?;
    match newest {
        Some(own) => Ok((read(&own)?, Some(base))),
        None => Ok((base.clone(), Some(base))),
    }
}

async fn find(desk: &Desk, code: String) -> Result<Option<CalendarRecord>, Problem> {
    desk.blocking(move |archive| archive.find_newest_calendar(&code))
        .await
}
