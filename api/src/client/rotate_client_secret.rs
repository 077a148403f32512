//! `rotate_client_secret`: another secret, beside the old one for a while.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::TimeDelta;
use persistence::client::NextSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Client, ClientWithSecret, named};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::password::RefreshToken;
use crate::problem::Problem;
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// For how long the old secret still serves.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretRotation {
    /// For how many hours the old secret serves beside the new one; 0: not any more, and the client's tokens end at once.
    #[validate(range(min = 0, max = 168))]
    #[schema(minimum = 0, maximum = 168, example = 24)]
    overlap_hours: i64,
}

/// Rotate a client's secret
///
/// A new secret, shown this once; the old one serves on for as long as is said here, and one from before that not any
/// more. For the office's administrator.
#[utoipa::path(
    tag = "sessions",
    params(IfMatch, IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted"]))),
    responses((status = 200, description = "The client with its new secret.", body = ClientWithSecret))
)]
#[post("/api/v1/clients/{client_id}/secret-rotations")]
pub(crate) async fn rotate_client_secret(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    key: IdempotencyKey,
    body: Json<SecretRotation>,
) -> Result<HttpResponse, Problem> {
    let path = id.0.to_string();
    let repeat = Repeat::of(&caller, "rotate_client_secret", key, &path, &body.0)?;
    let client = named(&desk, &caller, id.0).await?;
    let now = desk.watch.now();
    if repeat.earlier(&desk).await?.is_some() {
        let again = ClientWithSecret {
            client_secret: None,
            client: Client::new(client, now)?,
        };
        return Ok(replayed(HttpResponse::Ok().json(again)));
    }
    if client.version != version.0 {
        return Err(Problem::version_stale(client.version));
    }
    let secret = RefreshToken::generate();
    let overlap = Some(body.0.overlap_hours).filter(|hours| *hours > 0);
    let next = NextSecret {
        hash: secret.hash().to_vec(),
        since: now,
        former_until: overlap.map(|hours| now + TimeDelta::hours(hours)),
    };
    let (office_id, remembered) = (caller.office_id.0, repeat.remembering(client.id, desk.now()));
    let record = desk
        .blocking(move |archive| {
            archive.rotate_client_secret(office_id, client.id, version.0, &next, remembered.as_ref())
        })
        .await?;
    let version = record.version;
    let rotated = ClientWithSecret {
        client: Client::new(record, now)?,
        client_secret: Some(secret.reveal()),
    };
    Ok(versioned(version, &rotated))
}
