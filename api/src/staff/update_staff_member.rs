//! `update_staff_member`: name, unit and positions.

#![expect(
    clippy::option_option,
    reason = "absent leaves alone, null clears, a value sets: three things"
)]

use actix_web::web::Data;
use actix_web::{HttpResponse, patch};
use persistence::staff::StaffChange;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{StaffMember, administers, answers_for_no_unit, listed, named, positions_schema};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::request::{IfMatch, Json, Path, cleared_or_set, given};

/// What shall be otherwise; what is absent stays, null clears.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffMemberUpdate {
    /// Their name.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, nullable = false, example = "李娜")]
    name: Option<String>,
    /// The unit they belong to.
    #[serde(default, deserialize_with = "cleared_or_set")]
    #[schema(value_type = Option<Uuid>)]
    unit_id: Option<Option<Uuid>>,
    /// The positions they hold: the whole list.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(max = 20))]
    #[schema(schema_with = positions_schema)]
    positions: Option<Vec<String>>,
    /// Whether they administer the office.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    administrator: Option<bool>,
}

/// Update a member of staff
///
/// Changes name, unit, the whole list of positions, or whether they administer the office. Refused with
/// `duties_remain` for who would leave a unit without its accountable officer. For the office's administrator;
/// an operator is changed only by one who is an operator too.
#[utoipa::path(
    tag = "staff",
    params(IfMatch),
    extensions(("x-problem-codes" = json!(["not_permitted", "not_listed", "last_administrator", "duties_remain", "reference_unknown"]))),
    responses((status = 200, description = "The member of staff as they are now.", body = StaffMember))
)]
#[patch("/api/v1/staff/{staff_id}")]
pub(crate) async fn update_staff_member(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    body: Json<StaffMemberUpdate>,
) -> Result<HttpResponse, Problem> {
    let member = named(&desk, &caller, id.0).await?;
    if member.version != version.0 {
        return Err(Problem::version_stale(member.version));
    }
    administers(&caller, &member)?;
    let update = body.0;
    let unit_id = update.unit_id.unwrap_or(member.unit_id);
    let positions = match &update.positions {
        Some(positions) => listed(positions, &caller.law.rulebook)?,
        None => member.positions.clone(),
    };
    if unit_id != member.unit_id || positions != member.positions {
        answers_for_no_unit(&caller, member.id)?;
    }
    let change = StaffChange {
        name: update.name.unwrap_or(member.name),
        unit_id,
        positions,
        administrator: update.administrator.unwrap_or(member.administrator),
        active: member.active,
    };
    let office_id = caller.office_id.0;
    let record = desk
        .blocking(move |archive| archive.update_staff_member(office_id, member.id, version.0, &change, None))
        .await?;
    Ok(versioned(record.version, &StaffMember::try_from(record)?))
}
