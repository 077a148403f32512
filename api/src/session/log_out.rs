//! `log_out`: ends the session.

use actix_web::web::Data;
use actix_web::{HttpResponse, delete};

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;

/// Log out
///
/// Ends the caller's session, with every token that goes back to the same log-in. For any staff.
#[utoipa::path(tag = "sessions", responses((status = 204, description = "The session has ended.")))]
#[delete("/api/v1/session")]
pub(crate) async fn log_out(desk: Data<Desk>, caller: Caller) -> Result<HttpResponse, Problem> {
    let now = desk.watch.now();
    desk.blocking(move |archive| archive.end_session_family(caller.family_id, now))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
