//! `revoke_session`: ends one log-in at once.

use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use uuid::Uuid;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::Path;
use crate::staff::{administers, named};

/// Revoke a session
///
/// Ends a session at once, with every token that goes back to the same log-in. One's own; those of others are for the
/// office's administrator, and are not there for anybody else. For any staff.
#[utoipa::path(tag = "sessions", responses((status = 204, description = "The session has ended.")))]
#[delete("/api/v1/sessions/{session_id}")]
pub(crate) async fn revoke_session(
    desk: Data<Desk>,
    caller: Caller,
    session_id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (office_id, family_id, now) = (caller.office_id.0, session_id.0, desk.watch.now());
    let session = desk
        .blocking(move |archive| archive.find_session_family(office_id, family_id, now))
        .await?
        .ok_or(Kind::NotFound)?;
    if session.staff_id != caller.staff_id.0 {
        let member = named(&desk, &caller, session.staff_id).await?;
        administers(&caller, &member).map_err(|_| Kind::NotFound)?;
    }
    desk.blocking(move |archive| archive.end_session_family(family_id, now))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
