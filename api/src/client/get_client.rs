//! `get_client`: one machine client.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::{Client, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::Path;

/// Get a client
///
/// One machine client of my office, without its secret, which nobody can have back. For the office's administrator.
#[utoipa::path(
    tag = "sessions",
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "The client.", body = Client))
)]
#[get("/api/v1/clients/{client_id}")]
pub(crate) async fn get_client(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let record = named(&desk, &caller, id.0).await?;
    Ok(versioned(record.version, &Client::new(record, desk.watch.now())?))
}
