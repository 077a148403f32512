//! `get_case`: one case.

use actix_web::{HttpResponse, get};
use uuid::Uuid;

use crate::case::reader::{Reader, versioned};
use crate::case::view::CaseView;
use crate::problem::Problem;
use crate::request::Path;

/// One case, with what this caller may do about it.
///
/// Responsibility, open duties, allowed and blocked actions: a front end draws its buttons from it and knows no
/// rules. `ETag` is the version that `If-Match` names.
#[utoipa::path(
    tag = "cases",
    responses((status = 200, description = "The case.", body = CaseView))
)]
#[get("/api/v1/cases/{case_id}")]
pub(crate) async fn get_case(case: Path<Uuid>, reader: Reader) -> Result<HttpResponse, Problem> {
    let (case, teller) = reader.told_case(case.0).await?;
    Ok(versioned(case.version, &CaseView::new(&case, &teller)))
}
