//! `deactivate_unit`: no new dispatches from now on.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::unit::UnitChange;
use uuid::Uuid;

use super::{Unit, named};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Path};

/// Deactivate a unit
///
/// The unit gets no new dispatches. Refused while it holds open duties. For the office's administrator.
#[utoipa::path(
    tag = "units",
    params(IfMatch, IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "duties_remain", "already_done"]))),
    responses((status = 200, description = "The unit as it is now.", body = Unit))
)]
#[post("/api/v1/units/{unit_id}/deactivation")]
pub(crate) async fn deactivate_unit(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    key: IdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "deactivate_unit", key, &id.0.to_string(), &())?;
    let unit = named(&desk, &caller, id.0).await?;
    if repeat.earlier(&desk).await?.is_some() {
        return Ok(replayed(versioned(unit.version, &Unit::from(unit))));
    }
    if unit.version != version.0 {
        return Err(Problem::version_stale(unit.version));
    }
    caller.administers()?;
    if !unit.active {
        return Err(Kind::AlreadyDone.into());
    }
    let change = UnitChange {
        name: unit.name,
        kind: unit.kind,
        level: unit.level,
        parent_id: unit.parent_id,
        active: false,
    };
    let (office_id, remembered) = (caller.office_id.0, repeat.remembering(unit.id, desk.now()));
    let record = desk
        .blocking(move |archive| {
            archive.update_unit(office_id, unit.id, version.0, &change, remembered.as_ref())
        })
        .await?;
    Ok(versioned(record.version, &Unit::from(record)))
}
