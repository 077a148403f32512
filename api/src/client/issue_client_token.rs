//! `issue_client_token`: a machine client's secret for a short token.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::TimeDelta;
use persistence::client::ClientSecrets;
use persistence::session::NewSession;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::scopes_schema;
use crate::caller::speaks;
use crate::desk::Desk;
use crate::limits::Limits;
use crate::password::RefreshToken;
use crate::problem::{Kind, Problem};
use crate::request::Json;
use crate::token::{Bearer, LIFETIME_SECONDS};

/// Which client, and what proves it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCredentials {
    /// The client.
    #[schema(example = "e7970add-8112-538f-a2da-4fa4fe448c68")]
    client_id: Uuid,
    /// Its secret.
    #[validate(length(min = 1, max = 64))]
    #[schema(
        min_length = 1,
        max_length = 64,
        example = "0000000000000000000000000000000000000000000000000000000000000000"
    )]
    client_secret: String,
}

/// A short token for a machine.
#[derive(Serialize, ToSchema)]
pub struct ClientToken {
    /// Sent with every request as `Authorization: Bearer …`.
    #[schema(max_length = 1024)]
    access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 16, example = "Bearer")]
    token_type: &'static str,
    /// How many seconds the token lives.
    #[schema(minimum = 1, maximum = 86400, example = 900)]
    expires_in: i64,
    /// What it may be used for.
    #[schema(schema_with = scopes_schema)]
    scopes: Vec<String>,
}

/// Issue a client token
///
/// Exchanges a machine client's secret for a token that lives a quarter of an hour and carries no rights: what the client
/// may do is read anew with every request. There is no refresh token; ask again. For anyone who has a secret.
#[utoipa::path(
    tag = "sessions",
    security(()),
    extensions(("x-problem-codes" = json!(["bad_credentials"]))),
    responses((status = 200, description = "The token.", body = ClientToken))
)]
#[post("/api/v1/client-tokens")]
pub(crate) async fn issue_client_token(
    desk: Data<Desk>,
    limits: Data<Limits>,
    body: Json<ClientCredentials>,
) -> Result<HttpResponse, Problem> {
    let client_id = body.0.client_id;
    limits.account(client_id.as_bytes())?;
    let now = desk.watch.now();
    let secret = RefreshToken::parse(&body.0.client_secret).map(|secret| secret.hash());
    let secrets = desk
        .blocking(move |archive| archive.find_client_secrets(client_id))
        .await?;
    let client = secrets
        .filter(|known| known.active && secret.is_some_and(|hash| is_of(known, &hash, now)))
        .ok_or(Kind::BadCredentials)?;
    let scopes: Vec<String> = serde_json::from_str(&client.scopes).map_err(Problem::internal)?;
    let session = NewSession {
        id: Uuid::now_v7(),
        office_id: client.office_id,
        staff_id: client.id,
        family_id: Uuid::now_v7(),
        // Nobody is ever given what this is the hash of.
        refresh_hash: RefreshToken::generate().hash().to_vec(),
        created_at: now,
        expires_at: now + TimeDelta::seconds(LIFETIME_SECONDS),
        began_at: Some(now),
        provider: None,
        scopes: Some(client.scopes),
    };
    let session = desk
        .blocking(move |archive| archive.open_session(&session, None))
        .await
        .map_err(|problem| match problem.kind() {
            // Its member of staff has left.
            Kind::ReferenceUnknown => Kind::BadCredentials.into(),
            _ => problem,
        })?;
    // An office that is closed, or a client that was changed meanwhile, is found out by the session itself.
    let id = session.id;
    let caller = desk.blocking(move |archive| archive.find_caller(id)).await?;
    if !caller.is_some_and(|(record, _)| speaks(&record, now)) {
        return Err(Kind::BadCredentials.into());
    }
    let bearer = Bearer {
        staff_id: session.staff_id,
        session_id: session.id,
    };
    Ok(HttpResponse::Ok().json(ClientToken {
        access_token: desk.token_key.issue(bearer, now).text,
        token_type: "Bearer",
        expires_in: LIFETIME_SECONDS,
        scopes,
    }))
}

/// Whether a secret is one that serves now. What is compared are hashes, of which nobody can choose a byte: the time that it
/// takes says nothing.
fn is_of(known: &ClientSecrets, hash: &[u8], now: chrono::DateTime<chrono::Utc>) -> bool {
    let former = known.former_hash.as_deref();
    known.secret_hash == hash || (former == Some(hash) && known.former_until.is_some_and(|until| until > now))
}
