//! `get_staff_member`: one member of staff.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::{StaffMember, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get a member of staff
///
/// One member of staff of my office. For any staff.
#[utoipa::path(tag = "staff", responses((status = 200, description = "The member of staff.", body = StaffMember)))]
#[get("/api/v1/staff/{staff_id}")]
pub(crate) async fn get_staff_member(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let record = named(&desk, &caller, id.0).await?;
    Ok(versioned(record.version, &StaffMember::try_from(record)?))
}
