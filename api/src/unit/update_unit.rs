//! `update_unit`: what a unit is called and where it stands.

#![expect(
    clippy::option_option,
    reason = "absent leaves alone, null clears, a value sets: three things"
)]

use actix_web::web::Data;
use actix_web::{HttpResponse, patch};
use persistence::unit::UnitChange;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Unit, listed_kind, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::{IfMatch, Json, Path, cleared_or_set, given};

/// What shall be otherwise; what is absent stays, null clears.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitUpdate {
    /// Its name.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    name: Option<String>,
    /// What kind of unit it is, in the rulebook's words.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, nullable = false)]
    kind: Option<String>,
    /// The level it stands at.
    #[serde(default, deserialize_with = "cleared_or_set")]
    #[validate(length(max = 40))]
    #[schema(max_length = 40, value_type = Option<String>, example = "county")]
    level: Option<Option<String>>,
    /// The unit above it.
    #[serde(default, deserialize_with = "cleared_or_set")]
    #[schema(value_type = Option<Uuid>)]
    parent_id: Option<Option<Uuid>>,
}

/// Update a unit
///
/// Changes name, kind, level or the unit above it. For the office's administrator.
#[utoipa::path(
    tag = "units",
    params(IfMatch),
    extensions(("x-problem-codes" = json!(["not_permitted", "not_listed", "circular_link", "reference_unknown"]))),
    responses((status = 200, description = "The unit as it is now.", body = Unit))
)]
#[patch("/api/v1/units/{unit_id}")]
pub(crate) async fn update_unit(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    body: Json<UnitUpdate>,
) -> Result<HttpResponse, Problem> {
    let unit = named(&desk, &caller, id.0).await?;
    if unit.version != version.0 {
        return Err(Problem::version_stale(unit.version));
    }
    caller.administers()?;
    let update = body.0;
    if let Some(kind) = &update.kind {
        listed_kind(&caller.law.rulebook, kind)?;
    }
    let change = UnitChange {
        name: update.name.unwrap_or(unit.name),
        kind: update.kind.unwrap_or(unit.kind),
        level: update.level.map_or(unit.level, Option::unwrap_or_default),
        parent_id: update.parent_id.unwrap_or(unit.parent_id),
        active: unit.active,
    };
    let office_id = caller.office_id.0;
    let record = desk
        .blocking(move |archive| archive.update_unit(office_id, unit.id, version.0, &change, None))
        .await?;
    Ok(versioned(record.version, &Unit::from(record)))
}
