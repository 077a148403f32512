//! Staff, their positions, and what happens to their duties when they leave.

pub mod create_staff_member;
pub mod deactivate_staff_member;
pub mod get_staff_member;
pub mod list_staff;
pub mod reset_password;
pub mod transfer_duties;
pub mod update_staff_member;

use domain::ids::StaffId;
use domain::rulebook::Checked;
use persistence::staff::StaffRecord;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// A member of staff.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, each independent of the others"
)]
pub struct StaffMember {
    /// Their identity.
    id: Uuid,
    /// The name they log in with.
    #[schema(max_length = 100, example = "tobacco_supervision.intake_officer")]
    user_name: String,
    /// Their name.
    #[schema(max_length = 100)]
    name: String,
    /// The unit they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// The positions they hold, in the rulebook's words.
    #[schema(schema_with = positions_schema)]
    positions: Vec<String>,
    /// Whether they administer the office.
    administrator: bool,
    /// Whether they operate the installation.
    operator: bool,
    /// Whether they may log in and be given duties.
    active: bool,
    /// Whether they must choose a new password.
    password_must_change: bool,
    /// Their version, which `If-Match` names.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

impl TryFrom<StaffRecord> for StaffMember {
    type Error = Problem;

    fn try_from(record: StaffRecord) -> Result<Self, Problem> {
        Ok(Self {
            positions: serde_json::from_str(&record.positions).map_err(Problem::internal)?,
            id: record.id,
            user_name: record.user_name,
            name: record.name,
            unit_id: record.unit_id,
            administrator: record.administrator,
            operator: record.operator,
            active: record.active,
            password_must_change: record.password_must_change,
            version: record.version,
        })
    }
}

/// A member of staff with a password that is shown this once.
#[derive(Serialize, ToSchema)]
pub struct StaffMemberWithPassword {
    /// The member of staff.
    staff_member: StaffMember,
    /// The password to log in with, to be changed at once; absent in a repetition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    one_time_password: Option<String>,
}

/// The member of staff whom a path names, in the caller's office.
pub(crate) async fn named(desk: &Desk, caller: &Caller, staff_id: Uuid) -> Result<StaffRecord, Problem> {
    let office_id = caller.office_id.0;
    desk.blocking(move |archive| archive.find_staff_member(office_id, staff_id))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
}

/// Lets pass who administers this member of staff: an administrator of the office, but nobody below an operator
/// changes an operator, who is the whole installation's and not the office's.
pub(crate) fn administers(caller: &Caller, member: &StaffRecord) -> Result<(), Problem> {
    caller.administers()?;
    if member.operator {
        caller.operates()?;
    }
    Ok(())
}

/// Holds that somebody is a person: nobody logs in as a machine, or a person could do in its name what nobody sees.
pub(crate) async fn is_no_machine(desk: &Desk, member: &StaffRecord) -> Result<(), Problem> {
    let (office_id, id) = (member.office_id, member.id);
    match desk
        .blocking(move |archive| archive.find_client(office_id, id))
        .await?
    {
        Some(_) => Err(Kind::WrongState.into()),
        None => Ok(()),
    }
}

/// Positions as their row keeps them, after each was found in the rulebook.
pub(crate) fn listed(positions: &[String], rulebook: &Checked) -> Result<String, Problem> {
    for (index, position) in positions.iter().enumerate() {
        if !rulebook
            .positions
            .iter()
            .any(|known| known.name.as_str() == position)
        {
            let pointer = format!("/positions/{index}");
            return Err(Problem::from(Kind::NotListed)
                .with_errors(vec![FieldError::new(pointer, FieldFault::NotACode)]));
        }
    }
    serde_json::to_string(positions).map_err(Problem::internal)
}

/// Holds that somebody answers for no unit's dispatches, so that none is left without an accountable officer.
fn answers_for_no_unit(caller: &Caller, staff_id: Uuid) -> Result<(), Problem> {
    let directory = &caller.law.directory;
    let unit = directory
        .units
        .iter()
        .find(|(_, unit)| unit.active && unit.accountable_officer == Some(StaffId(staff_id)));
    match unit {
        Some((unit, _)) => Err(Problem::from(Kind::DutiesRemain).with("unit_id", unit)),
        None => Ok(()),
    }
}

/// A list of positions.
pub(crate) fn positions_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let word = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(40))
        .examples([serde_json::json!("intake_officer")]);
    ArrayBuilder::new().items(word).max_items(Some(20)).build()
}
