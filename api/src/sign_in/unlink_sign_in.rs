//! `unlink_sign_in`: a provider's subject signs in as this member of staff no more.

use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use uuid::Uuid;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;
use crate::staff::{administers, named};

/// Unlink a sign-in
///
/// Takes a link away. Sessions that go on are ended by `revoke_session`. For the office's administrator; an operator's
/// only by one who is an operator too.
#[utoipa::path(
    tag = "sessions",
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 204, description = "The link is gone."))
)]
#[delete("/api/v1/staff/{staff_id}/sign-in-links/{link_id}")]
pub(crate) async fn unlink_sign_in(
    desk: Data<Desk>,
    caller: Caller,
    ids: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (staff_id, link_id) = ids.0;
    let member = named(&desk, &caller, staff_id).await?;
    administers(&caller, &member)?;
    desk.blocking(move |archive| archive.unlink_sign_in(member.office_id, member.id, link_id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
