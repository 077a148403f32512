//! `update_client`: what a machine client may do, and whether.

use actix_web::web::Data;
use actix_web::{HttpResponse, patch};
use persistence::client::ClientChange;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Client, listed, named, scopes_schema};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::problem::Problem;
use crate::request::{IfMatch, Json, Path, given};

/// What shall be otherwise; what is absent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientUpdate {
    /// What it may do: the whole list.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(min = 1, max = 100))]
    #[schema(schema_with = scopes_schema)]
    scopes: Option<Vec<String>>,
    /// Whether it is given tokens.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// Update a client
///
/// Changes its scopes, or whether it is given tokens. The tokens it has end at once. Its name, unit and positions are those
/// of its member of staff: `update_staff_member`. For the office's administrator.
#[utoipa::path(
    tag = "sessions",
    params(IfMatch),
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "The client as it is now.", body = Client))
)]
#[patch("/api/v1/clients/{client_id}")]
pub(crate) async fn update_client(
    desk: Data<Desk>,
    directory: Data<Directory>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    body: Json<ClientUpdate>,
) -> Result<HttpResponse, Problem> {
    let client = named(&desk, &caller, id.0).await?;
    if client.version != version.0 {
        return Err(Problem::version_stale(client.version));
    }
    let update = body.0;
    let change = ClientChange {
        scopes: match &update.scopes {
            Some(scopes) => listed(scopes, &directory)?,
            None => client.scopes,
        },
        active: update.active.unwrap_or(client.active),
    };
    let (office_id, now) = (caller.office_id.0, desk.watch.now());
    let record = desk
        .blocking(move |archive| archive.update_client(office_id, client.id, version.0, &change, now))
        .await?;
    Ok(versioned(record.version, &Client::new(record, now)?))
}
