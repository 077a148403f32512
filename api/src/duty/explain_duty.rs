//! `explain_duty`: why a duty is due when it is.

use actix_web::{HttpResponse, get};
use domain::calendar::Calendar;
use domain::duty::Duty;
use domain::ids::DutyId;
use domain::time_limit::{Count, count};
use uuid::Uuid;

use super::explanation::DutyExplanation;
use super::get_duty::find_duty;
use crate::case::reader::Reader;
use crate::problem::Problem;
use crate::request::Path;

/// How the due date of a duty was counted.
///
/// Day by day, over the calendar it was counted with: which days count, which are passed over, and why.
#[utoipa::path(
    tag = "duties",
    responses((status = 200, description = "The count.", body = DutyExplanation))
)]
#[get("/api/v1/cases/{case_id}/duties/{duty_id}/explanation")]
pub(crate) async fn explain_duty(path: Path<(Uuid, Uuid)>, reader: Reader) -> Result<HttpResponse, Problem> {
    let Path((case, duty)) = path;
    let case = reader.case(case).await?;
    let duty = find_duty(&reader, &case, DutyId(duty)).await?.duty;
    let counted = counted(&reader, &duty).await?;
    let started = match &duty.terms.start {
        Some(start) => {
            let before = start.sequence.saturating_sub(1);
            reader.entries(case.id, before, 1, |_| true).await?.pop()
        }
        None => None,
    };
    let teller = reader.teller_of(&case).await?;
    let explanation = DutyExplanation::new(&duty, &case, counted.as_ref(), started.as_ref(), &teller);
    Ok(HttpResponse::Ok().json(explanation))
}

/// The count of a duty, over the version of the calendar that it was counted with.
async fn counted(reader: &Reader, duty: &Duty) -> Result<Option<Count>, Problem> {
    let terms = &duty.terms;
    let (Some(start), Some(limit)) = (&terms.start, &terms.limit) else {
        return Ok(None);
    };
    let newest = &reader.caller.law.calendar;
    if newest.version() == terms.calendar_version {
        return Ok(count(start.at, limit, &terms.counting, &terms.pauses, newest));
    }
    let (code, version) = (newest.code().to_owned(), i64::from(terms.calendar_version));
    let kept = reader
        .desk
        .blocking(move |archive| archive.find_calendar(&code, version))
        .await?
        .ok_or_else(|| Problem::internal("a calendar that a duty was counted with is gone"))?;
    let calendar: Calendar = serde_json::from_str(&kept.document).map_err(Problem::internal)?;
    Ok(count(start.at, limit, &terms.counting, &terms.pauses, &calendar))
}
