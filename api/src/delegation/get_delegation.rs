//! `get_delegation`: one delegation.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::{Delegation, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get a delegation
///
/// One delegation of my office, also one that is over. For any staff.
#[utoipa::path(tag = "staff", responses((status = 200, description = "The delegation.", body = Delegation)))]
#[get("/api/v1/delegations/{delegation_id}")]
pub(crate) async fn get_delegation(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let record = named(&desk, &caller, id.0).await?;
    Ok(versioned(
        record.version,
        &Delegation::new(&record, &desk, &caller)?,
    ))
}
