//! `get_event`: one event of a case with the bytes that were hashed.

use actix_web::{HttpResponse, get};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::EventView;
use crate::case::reader::Reader;
use crate::checkpoint::CheckpointView;
use crate::problem::{Kind, Problem};
use crate::request::Path;

/// An event as it is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventRecord {
    /// What happened, with its hash and the hash before it.
    event: EventView,
    /// The exact bytes that were hashed, in base64: SHA-256 over the 32 bytes of `previous_hash`, then these, is `hash`.
    #[schema(max_length = 4_000_000)]
    body: String,
    /// The first checkpoint that covers it; absent as long as none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<CheckpointView>,
}

/// One event of a case, as it is kept.
///
/// With the exact bytes that were hashed, and the signed checkpoint that anchors it, so that anybody can hold the one
/// against the other. Before the first event stands the SHA-256 of the 16 bytes of the case's id.
#[utoipa::path(
    tag = "events",
    params(
        ("case_id" = Uuid, Path, description = "The case."),
        ("sequence" = i64, Path, description = "The number of the event.", minimum = 1, maximum = 9_007_199_254_740_991_i64)
    ),
    responses((status = 200, description = "The event.", body = EventRecord))
)]
#[get("/api/v1/cases/{case_id}/events/{sequence}")]
pub(crate) async fn get_event(path: Path<(Uuid, u64)>, reader: Reader) -> Result<HttpResponse, Problem> {
    let Path((case, sequence)) = path;
    let case = reader.case(case).await?;
    let before = sequence.checked_sub(1).ok_or(Kind::NotFound)?;
    let entries = reader.entries(case.id, before, 1, |_| true).await?;
    let kept = entries
        .first()
        .filter(|kept| kept.entry.sequence == sequence)
        .ok_or(Kind::NotFound)?;
    let (office, id) = (reader.caller.office_id.0, case.id.0);
    let number = i64::try_from(sequence).map_err(|_| Kind::NotFound)?;
    let anchor = reader
        .desk
        .blocking(move |archive| archive.find_anchor(office, id, number))
        .await?;
    let teller = reader.teller_of(&case).await?;
    Ok(HttpResponse::Ok().json(EventRecord {
        event: EventView::new(kept, &teller),
        body: STANDARD.encode(&kept.body),
        checkpoint: anchor
            .map(|record| CheckpointView::new(record, &reader.caller))
            .transpose()?,
    }))
}
