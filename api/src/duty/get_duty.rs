//! `get_duty`: one duty.

use actix_web::{HttpResponse, get};
use domain::case::Case;
use domain::ids::DutyId;
use persistence::case::DutyItem;
use uuid::Uuid;

use super::view::DutyView;
use crate::case::reader::Reader;
use crate::problem::{Kind, Problem};
use crate::request::Path;

/// One duty of a case.
///
/// Open or ended, with its due date, the clause it rests on, and its verdict.
#[utoipa::path(tag = "duties", responses((status = 200, description = "The duty.", body = DutyView)))]
#[get("/api/v1/cases/{case_id}/duties/{duty_id}")]
pub(crate) async fn get_duty(path: Path<(Uuid, Uuid)>, reader: Reader) -> Result<HttpResponse, Problem> {
    let Path((case, duty)) = path;
    let case = reader.case(case).await?;
    let item = find_duty(&reader, &case, DutyId(duty)).await?;
    let teller = reader.teller_of(&case).await?;
    Ok(HttpResponse::Ok().json(DutyView::of_kept(&item, &teller)))
}

/// A duty that the case has or had.
///
/// # Errors
/// `not_found`.
pub(super) async fn find_duty(reader: &Reader, case: &Case, duty: DutyId) -> Result<DutyItem, Problem> {
    let (office, case) = (reader.caller.office_id, case.id);
    reader
        .desk
        .asking_for_cases(move |cases| cases.case_duties(office, case))
        .await?
        .into_iter()
        .find(|item| item.duty.id == duty)
        .ok_or_else(|| Kind::NotFound.into())
}
