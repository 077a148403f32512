//! `list_audit_keys`: the public keys that sign checkpoints.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::problem::Problem;

/// A public key.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditKey {
    /// Its name, as checkpoints say it: the first sixteen digits of its SHA-256.
    #[schema(min_length = 16, max_length = 16, pattern = "^[0-9a-f]{16}$")]
    key_id: String,
    /// Its 32 bytes in base64.
    #[schema(min_length = 44, max_length = 44)]
    public_key: String,
    /// When it signed for the first time.
    first_used_at: DateTime<Utc>,
    /// When the next one took over; absent for the one that signs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_at: Option<DateTime<Utc>>,
}

/// Public keys, all on one page.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditKeyPage {
    /// The keys, oldest first.
    #[schema(max_items = 10_000)]
    items: Vec<AuditKey>,
}

/// List the public keys
///
/// The Ed25519 keys that have signed checkpoints here. Write one down when it comes into use: who wants to know
/// whether this database was changed must not ask this database which keys to trust.
#[utoipa::path(
    tag = "audit",
    security(()),
    responses((status = 200, description = "The keys.", body = AuditKeyPage))
)]
#[get("/api/v1/audit-keys")]
pub(crate) async fn list_audit_keys(desk: Data<Desk>) -> Result<HttpResponse, Problem> {
    let kept = desk.blocking(|archive| archive.list_checkpoint_keys()).await?;
    let next = kept.iter().skip(1).map(|key| Some(key.first_used_at));
    let ends: Vec<Option<DateTime<Utc>>> = next.chain([None]).collect();
    let items = kept.into_iter().zip(ends).map(|(key, superseded_at)| AuditKey {
        key_id: key.name,
        public_key: STANDARD.encode(key.public_key),
        first_used_at: key.first_used_at,
        superseded_at,
    });
    Ok(HttpResponse::Ok().json(AuditKeyPage {
        items: items.collect(),
    }))
}
