//! `reset_password`: a new password for who forgot theirs.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::archive::NewPassword;
use uuid::Uuid;

use super::{StaffMember, StaffMemberWithPassword, administers, is_no_machine, named};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::office::create_office::one_time_hash;
use crate::password;
use crate::problem::Problem;
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Path};

/// Reset a password
///
/// Sets a password that is shown this once, lifts a lock and ends all sessions of that person. For the office's
/// administrator; an operator's only by one who is an operator too. A machine client has no password: `wrong_state`.
#[utoipa::path(
    tag = "staff",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "wrong_state"]))),
    responses((status = 200, description = "The password was reset.", body = StaffMemberWithPassword))
)]
#[post("/api/v1/staff/{staff_id}/password-resets")]
pub(crate) async fn reset_password(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    key: IdempotencyKey,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "reset_password", key, &id.0.to_string(), &())?;
    let member = named(&desk, &caller, id.0).await?;
    if repeat.earlier(&desk).await?.is_some() {
        let again = StaffMemberWithPassword {
            one_time_password: None,
            staff_member: StaffMember::try_from(member)?,
        };
        return Ok(replayed(HttpResponse::Ok().json(again)));
    }
    administers(&caller, &member)?;
    is_no_machine(&desk, &member).await?;
    let one_time_password = password::generate();
    let password = NewPassword {
        hash: one_time_hash(&one_time_password).await?,
        must_change: true,
        name_hash: Some(desk.guard_key.of(&member.user_name)),
    };
    let (office_id, now) = (caller.office_id.0, desk.watch.now());
    let remembered = repeat.remembering(member.id, desk.now());
    let record = desk
        .blocking(move |archive| {
            archive.set_password(office_id, member.id, &password, now, remembered.as_ref())
        })
        .await?;
    let version = record.version;
    let reset = StaffMemberWithPassword {
        staff_member: StaffMember::try_from(record)?,
        one_time_password: Some(one_time_password),
    };
    Ok(versioned(version, &reset))
}
