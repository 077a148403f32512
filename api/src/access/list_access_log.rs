//! `list_access_log`: who read what is kept secret in this office.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::{AccessFilters, AccessPage, oversees, page};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Query;

/// List the access log
///
/// Who read what is kept secret, when and why, newest first; without the cases that the caller may have no part in. For
/// positions that supervise, and for the office's administrator.
#[utoipa::path(
    tag = "secrecy",
    params(AccessFilters),
    extensions(("x-problem-codes" = json!(["not_permitted", "cursor_invalid"]))),
    responses((status = 200, description = "A page of the log.", body = AccessPage))
)]
#[get("/api/v1/access-log")]
pub(crate) async fn list_access_log(
    desk: Data<Desk>,
    caller: Caller,
    filters: Query<AccessFilters>,
) -> Result<HttpResponse, Problem> {
    oversees(&caller)?;
    let page = page("list_access_log", None, &filters.0, &caller, &desk).await?;
    Ok(HttpResponse::Ok().json(page))
}
