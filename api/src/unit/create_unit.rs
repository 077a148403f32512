//! `create_unit`: a new unit.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::unit::{NewUnit, UnitRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Unit, listed_kind, named};
use crate::answer::{created, replayed};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};

/// A new unit.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitCreation {
    /// A short name, unique in the office; it never changes.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "county_bureau_3")]
    code: String,
    /// Its name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "城南县局(营销部)")]
    name: String,
    /// What kind of unit it is, in the rulebook's words.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "county_bureau")]
    kind: String,
    /// The level it stands at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 40))]
    #[schema(max_length = 40, example = "county")]
    level: Option<String>,
    /// The unit above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<Uuid>,
}

/// Create a unit
///
/// A new unit of my office. It starts active, without an accountable officer. For the office's administrator.
#[utoipa::path(
    tag = "units",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "code_taken", "not_listed", "reference_unknown"]))),
    responses((status = 201, description = "The unit was created.", body = Unit))
)]
#[post("/api/v1/units")]
pub(crate) async fn create_unit(
    desk: Data<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<UnitCreation>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "create_unit", key, "", &body.0)?;
    if let Some(id) = repeat.earlier(&desk).await? {
        return Ok(replayed(answer(named(&desk, &caller, id).await?)));
    }
    caller.administers()?;
    let creation = body.0;
    listed_kind(&caller.law.rulebook, &creation.kind)?;
    let unit = NewUnit {
        office_id: caller.office_id.0,
        id: Uuid::now_v7(),
        code: creation.code,
        name: creation.name,
        kind: creation.kind,
        level: creation.level.unwrap_or_default(),
        parent_id: creation.parent_id,
    };
    let remembered = repeat.remembering(unit.id, desk.now());
    let record = desk
        .blocking(move |archive| archive.create_unit(&unit, remembered.as_ref()))
        .await?;
    Ok(answer(record))
}

fn answer(record: UnitRecord) -> HttpResponse {
    let (location, version) = (format!("/api/v1/units/{}", record.id), record.version);
    created(location, version, &Unit::from(record))
}
