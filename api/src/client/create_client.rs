//! `create_client`: a new machine client.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::client::{ClientRecord, NO_PASSWORD, NewClient};
use persistence::staff::NewStaffMember;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Client, ClientWithSecret, listed, named, scopes_schema};
use crate::answer::{created, replayed};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::password::RefreshToken;
use crate::problem::Problem;
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};
use crate::staff;

/// A new machine client.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCreation {
    /// Its name, which stands in every event that it makes.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "热线接口")]
    name: String,
    /// The unit it belongs to; absent for one of the office itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// The positions it holds, in the rulebook's words.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(schema_with = staff::positions_schema)]
    positions: Vec<String>,
    /// What it may do: ids of operations, and tags of the contract for all operations under them.
    #[validate(length(min = 1, max = 100))]
    #[schema(schema_with = scopes_schema)]
    scopes: Vec<String>,
}

/// Create a client
///
/// A machine client of my office, with the member of staff as whom it acts; its secret is shown this once. What it may do
/// is what its positions permit and its scopes name. For the office's administrator.
#[utoipa::path(
    tag = "sessions",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "not_listed", "reference_unknown"]))),
    responses((status = 201, description = "The client was created.", body = ClientWithSecret))
)]
#[post("/api/v1/clients")]
pub(crate) async fn create_client(
    desk: Data<Desk>,
    directory: Data<Directory>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<ClientCreation>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "create_client", key, "", &body.0)?;
    if let Some(id) = repeat.earlier(&desk).await? {
        return Ok(replayed(answer(&desk, named(&desk, &caller, id).await?, None)?));
    }
    caller.administers()?;
    let creation = body.0;
    let positions = staff::listed(&creation.positions, &caller.law.rulebook)?;
    let scopes = listed(&creation.scopes, &directory)?;
    let (id, secret) = (Uuid::now_v7(), RefreshToken::generate());
    let office_id = caller.office_id.0;
    let member = NewStaffMember {
        office_id,
        id,
        user_name: format!("client:{id}"),
        name: creation.name,
        unit_id: creation.unit_id,
        positions,
        administrator: false,
        operator: false,
        password_hash: NO_PASSWORD.to_owned(),
        password_must_change: false,
        created_at: desk.now(),
    };
    let client = NewClient {
        office_id,
        id,
        scopes,
        secret_hash: secret.hash().to_vec(),
        secret_since: desk.watch.now(),
        created_at: desk.watch.now(),
    };
    let remembered = repeat.remembering(id, desk.now());
    let record = desk
        .blocking(move |archive| archive.create_client(&client, &member, remembered.as_ref()))
        .await?;
    answer(&desk, record, Some(secret.reveal()))
}

fn answer(desk: &Desk, record: ClientRecord, client_secret: Option<String>) -> Result<HttpResponse, Problem> {
    let (location, version) = (format!("/api/v1/clients/{}", record.id), record.version);
    let client = Client::new(record, desk.watch.now())?;
    Ok(created(
        location,
        version,
        &ClientWithSecret {
            client,
            client_secret,
        },
    ))
}
