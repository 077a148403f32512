//! `list_case_accesses`: who read this case.

use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::{AccessFilters, AccessPage, oversees, page};
use crate::case::reader::Reader;
use crate::problem::Problem;
use crate::request::{Path, Query};

/// List who read a case
///
/// Who read this case, when and why, newest first. For positions that supervise, as far as they see the case.
#[utoipa::path(
    tag = "secrecy",
    params(AccessFilters),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of the log.", body = AccessPage))
)]
#[get("/api/v1/cases/{case_id}/accesses")]
pub(crate) async fn list_case_accesses(
    case: Path<Uuid>,
    reader: Reader,
    filters: Query<AccessFilters>,
) -> Result<HttpResponse, Problem> {
    // Who reads the log reads nothing of the case; that he sees it is asked all the same.
    reader.seen(case.0).await?;
    oversees(&reader.caller)?;
    let page = page(
        "list_case_accesses",
        Some(case.0),
        &filters.0,
        &reader.caller,
        &reader.desk,
    )
    .await?;
    Ok(HttpResponse::Ok().json(page))
}
