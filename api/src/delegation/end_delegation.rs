//! `end_delegation`: ends it now.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::{Delegation, named};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Path};

/// End a delegation
///
/// From now on nobody acts under it; what was done stays. For either of the two it is between, and for the office's
/// administrator.
#[utoipa::path(
    tag = "staff",
    params(IfMatch, IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "already_done", "reference_unknown"]))),
    responses((status = 200, description = "The delegation as it is now.", body = Delegation))
)]
#[post("/api/v1/delegations/{delegation_id}/ending")]
pub(crate) async fn end_delegation(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    key: IdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "end_delegation", key, &id.0.to_string(), &())?;
    let known = named(&desk, &caller, id.0).await?;
    if repeat.earlier(&desk).await?.is_some() {
        let view = Delegation::new(&known, &desk, &caller)?;
        return Ok(replayed(versioned(known.version, &view)));
    }
    if known.version != version.0 {
        return Err(Problem::version_stale(known.version));
    }
    let between = [known.from_id, known.to_id].contains(&caller.staff_id.0);
    if !between {
        caller.administers()?;
    }
    let now = desk.now();
    if known.ends_at <= now {
        return Err(Kind::AlreadyDone.into());
    }
    // One that has not begun never does.
    let at = now.max(known.starts_at);
    let (office_id, remembered) = (caller.office_id.0, repeat.remembering(known.id, now));
    let record = desk
        .blocking(move |archive| {
            archive.end_delegation(office_id, known.id, version.0, at, remembered.as_ref())
        })
        .await?;
    Ok(versioned(
        record.version,
        &Delegation::new(&record, &desk, &caller)?,
    ))
}
