//! `get_unit`: one unit.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::{Unit, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get a unit
///
/// One unit of my office, with its accountable officer. For any staff.
#[utoipa::path(tag = "units", responses((status = 200, description = "The unit.", body = Unit)))]
#[get("/api/v1/units/{unit_id}")]
pub(crate) async fn get_unit(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let record = named(&desk, &caller, id.0).await?;
    Ok(versioned(record.version, &Unit::from(record)))
}
