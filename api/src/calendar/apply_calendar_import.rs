//! `apply_calendar_import`: what was tried is gone by from now on.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::calendar_import::{ImportRecord, ImportState};
use uuid::Uuid;

use super::import::{CalendarImport, found, may_change};
use crate::answer::{accepted, replayed};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Path};

/// Apply an import of a calendar
///
/// Lets the new version be gone by from this moment on: whatever is decided from now on is counted by it, and every open
/// duty that is not yet due is counted again in the background, each that moves with an event on its case. One that is
/// provisional no longer moves, too, if its day stays. What is already due stays as it is. Refused if a calendar that it
/// concerns has a newer version than the one it was tried on. For who may import into the calendar.
#[utoipa::path(
    tag = "calendars",
    params(("import_id" = Uuid, Path, description = "The import."), IfMatch, IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "wrong_state", "already_done", "already_running", "dry_run_outdated"]))),
    responses((status = 202, description = "The import, whose application has begun.", body = CalendarImport))
)]
#[post("/api/v1/calendar-imports/{import_id}/application")]
pub(crate) async fn apply_calendar_import(
    desk: Data<Desk>,
    caller: Caller,
    import: Path<Uuid>,
    version: IfMatch,
    key: IdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let id = import.0;
    let record = found(&desk, &caller, id).await?;
    may_change(&caller, &record.calendar_code)?;
    let repeat = Repeat::of(&caller, "apply_calendar_import", key, &id.to_string(), &())?;
    if repeat.earlier(&desk).await?.is_some() {
        return Ok(replayed(answer(&record, &caller)));
    }
    match record.state.parse::<ImportState>().map_err(Problem::internal)? {
        ImportState::Trying => return Err(Problem::from(Kind::WrongState).with("state", &record.state)),
        ImportState::Applying | ImportState::Applied => return Err(Kind::AlreadyDone.into()),
        ImportState::Tried if record.version != version.0 => {
            return Err(Problem::version_stale(record.version));
        }
        ImportState::Tried => {}
    }
    let now = desk.now();
    let remembered = repeat.remembering(id, now);
    let record = desk
        .blocking(move |archive| archive.begin_import(id, version.0, now, remembered.as_ref()))
        .await?;
    Ok(answer(&record, &caller))
}

fn answer(record: &ImportRecord, caller: &Caller) -> HttpResponse {
    let location = format!("/api/v1/calendar-imports/{}", record.id);
    let import = CalendarImport::new(record, &caller.law.calendar);
    accepted(location, record.version, &import)
}
