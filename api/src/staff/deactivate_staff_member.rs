//! `deactivate_staff_member`: somebody leaves.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::staff::StaffChange;
use uuid::Uuid;

use super::{StaffMember, administers, answers_for_no_unit, named};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Path};

/// Deactivate a member of staff
///
/// Ends log-in for somebody who leaves. Refused while they hold open duties, which `transfer_duties` passes on, or
/// are a unit's accountable officer, and for the installation's last operator. For the office's administrator; an
/// operator is deactivated only by one who is an operator too.
#[utoipa::path(
    tag = "staff",
    params(IfMatch, IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "duties_remain", "last_administrator", "already_done"]))),
    responses((status = 200, description = "The member of staff as they are now.", body = StaffMember))
)]
#[post("/api/v1/staff/{staff_id}/deactivation")]
pub(crate) async fn deactivate_staff_member(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    version: IfMatch,
    key: IdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "deactivate_staff_member", key, &id.0.to_string(), &())?;
    let member = named(&desk, &caller, id.0).await?;
    if repeat.earlier(&desk).await?.is_some() {
        return Ok(replayed(versioned(
            member.version,
            &StaffMember::try_from(member)?,
        )));
    }
    if member.version != version.0 {
        return Err(Problem::version_stale(member.version));
    }
    administers(&caller, &member)?;
    if !member.active {
        return Err(Kind::AlreadyDone.into());
    }
    answers_for_no_unit(&caller, member.id)?;
    let change = StaffChange {
        name: member.name,
        unit_id: member.unit_id,
        positions: member.positions,
        administrator: member.administrator,
        active: false,
    };
    let (office_id, remembered) = (caller.office_id.0, repeat.remembering(member.id, desk.now()));
    let record = desk
        .blocking(move |archive| {
            archive.update_staff_member(office_id, member.id, version.0, &change, remembered.as_ref())
        })
        .await?;
    Ok(versioned(record.version, &StaffMember::try_from(record)?))
}
