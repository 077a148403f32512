//! `appoint_accountable_officer`: who receives and answers for a unit's dispatches (第一责任人).

use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use domain::ids::{StaffId, UnitId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Unit, listed_kind, named};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::{IfMatch, Json, Path};

/// The appointment.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountableOfficer {
    /// The member of staff, who belongs to the unit and holds the position that the rulebook names for its kind.
    #[schema(example = "0b096d62-98ce-5edc-8506-a971fc9b7cf3")]
    staff_id: Uuid,
}

/// Appoint the accountable officer
///
/// Names who receives and answers for this unit's dispatches, in place of the one before. For the office's
/// administrator.
#[utoipa::path(
    tag = "units",
    params(IfMatch),
    extensions(("x-problem-codes" = json!(["not_permitted", "person_unsuitable", "reference_unknown"]))),
    responses((status = 200, description = "The unit as it is now.", body = Unit))
)]
#[put("/api/v1/units/{unit_id}/accountable-officer")]
pub(crate) async fn appoint_accountable_officer(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    body: Json<AccountableOfficer>,
) -> Result<HttpResponse, Problem> {
    let unit = named(&desk, &caller, id.0).await?;
    if unit.version != version.0 {
        return Err(Problem::version_stale(unit.version));
    }
    caller.administers()?;
    let staff_id = body.0.staff_id;
    let errors = |fault| vec![FieldError::new("/staff_id", fault)];
    let member = caller.law.directory.active(StaffId(staff_id)).ok_or_else(|| {
        Problem::from(Kind::ReferenceUnknown).with_errors(errors(FieldFault::UnknownReference))
    })?;
    let position = &listed_kind(&caller.law.rulebook, &unit.kind)?.accountable_officer;
    let holds = position
        .as_ref()
        .is_none_or(|position| member.positions.contains(position));
    if member.unit != Some(UnitId(unit.id)) || !holds {
        let problem = Problem::from(Kind::PersonUnsuitable).with_errors(errors(FieldFault::Inconsistent));
        return Err(match position {
            Some(position) => problem.with("position", position),
            None => problem,
        });
    }
    let office_id = caller.office_id.0;
    let record = desk
        .blocking(move |archive| archive.appoint_accountable_officer(office_id, unit.id, version.0, staff_id))
        .await?;
    Ok(versioned(record.version, &Unit::from(record)))
}
