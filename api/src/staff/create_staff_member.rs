//! `create_staff_member`: somebody new, with a password for the first log-in.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::staff::{NewStaffMember, StaffRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{StaffMember, StaffMemberWithPassword, listed, named, positions_schema};
use crate::answer::{created, replayed};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::office::create_office::one_time_hash;
use crate::password;
use crate::problem::Problem;
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};

/// A new member of staff.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffMemberCreation {
    /// The name to log in with; unique in the installation, never changed.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "tobacco_supervision.li_na")]
    user_name: String,
    /// Their name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "李娜")]
    name: String,
    /// The unit they belong to; absent for staff of the office itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// The positions they hold, in the rulebook's words.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(schema_with = positions_schema)]
    positions: Vec<String>,
    /// Whether they administer the office.
    #[serde(default)]
    #[schema(example = false)]
    administrator: bool,
}

/// Create a member of staff
///
/// Somebody new in my office, with positions; a password for the first log-in is shown this once. For the office's
/// administrator.
#[utoipa::path(
    tag = "staff",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "code_taken", "not_listed", "reference_unknown"]))),
    responses((status = 201, description = "The member of staff was created.", body = StaffMemberWithPassword))
)]
#[post("/api/v1/staff")]
pub(crate) async fn create_staff_member(
    desk: Data<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<StaffMemberCreation>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "create_staff_member", key, "", &body.0)?;
    if let Some(id) = repeat.earlier(&desk).await? {
        return Ok(replayed(answer(named(&desk, &caller, id).await?, None)?));
    }
    caller.administers()?;
    let creation = body.0;
    let positions = listed(&creation.positions, &caller.law.rulebook)?;
    let password = password::generate();
    let member = NewStaffMember {
        office_id: caller.office_id.0,
        id: Uuid::now_v7(),
        user_name: creation.user_name,
        name: creation.name,
        unit_id: creation.unit_id,
        positions,
        administrator: creation.administrator,
        operator: false,
        password_hash: one_time_hash(&password).await?,
        password_must_change: true,
        created_at: desk.now(),
    };
    let remembered = repeat.remembering(member.id, desk.now());
    let record = desk
        .blocking(move |archive| archive.create_staff_member(&member, remembered.as_ref()))
        .await?;
    answer(record, Some(password))
}

fn answer(record: StaffRecord, one_time_password: Option<String>) -> Result<HttpResponse, Problem> {
    let (location, version) = (format!("/api/v1/staff/{}", record.id), record.version);
    let made = StaffMemberWithPassword {
        staff_member: StaffMember::try_from(record)?,
        one_time_password,
    };
    Ok(created(location, version, &made))
}
