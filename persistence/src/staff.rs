//! A member of staff: who acts, in which positions, and how they prove who they are.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::{offices, staff};
use crate::sql_types::Bind;
use crate::unit::UnitRecord;

/// A member of staff as kept, without what proves who they are.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = staff)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts, each independent of the others"
)]
pub struct StaffRecord {
    /// The office they work in.
    pub office_id: Uuid,
    /// Their identity.
    pub id: Uuid,
    /// The name they log in with; unique in the installation, never changed.
    pub user_name: String,
    /// Their name.
    pub name: String,
    /// The unit they belong to.
    pub unit_id: Option<Uuid>,
    /// The positions they hold, as a JSON array of the rulebook's words.
    pub positions: String,
    /// Whether they administer the office.
    pub administrator: bool,
    /// Whether they operate the installation: create offices.
    pub operator: bool,
    /// Whether they may log in and be given duties.
    pub active: bool,
    /// Whether they must choose a new password before anything else.
    pub password_must_change: bool,
    /// Counts the changes their administrator made.
    pub version: i64,
    /// When they were entered.
    pub created_at: DateTime<Utc>,
}

/// A member of staff to be entered. They start active, at version 1.
#[derive(Clone, Insertable)]
#[diesel(table_name = staff, treat_none_as_default_value = false)]
pub struct NewStaffMember {
    /// The office they work in.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// Their identity.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// The name they log in with.
    pub user_name: String,
    /// Their name.
    pub name: String,
    /// The unit they belong to.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub unit_id: Option<Uuid>,
    /// The positions they hold, as a JSON array of the rulebook's words.
    pub positions: String,
    /// Whether they administer the office.
    pub administrator: bool,
    /// Whether they operate the installation.
    pub operator: bool,
    /// Their password, hashed; the archive never sees the password.
    pub password_hash: String,
    /// Whether they must choose a new one at once.
    pub password_must_change: bool,
    /// When they are entered.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}

/// Everything about a member of staff that their administrator may change, as it shall be.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = staff, treat_none_as_null = true)]
pub struct StaffChange {
    /// Their name.
    pub name: String,
    /// The unit they belong to.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub unit_id: Option<Uuid>,
    /// The positions they hold, as a JSON array of the rulebook's words.
    pub positions: String,
    /// Whether they administer the office.
    pub administrator: bool,
    /// Whether they may log in and be given duties.
    pub active: bool,
}

/// Which members of staff a list shows. What is absent does not narrow it.
#[derive(Debug, Clone, Default)]
pub struct StaffFilter {
    /// Only those of this unit.
    pub unit_id: Option<Uuid>,
    /// Only those who hold this position.
    pub position: Option<String>,
    /// Only those who are active, or only those who are not.
    pub active: Option<bool>,
}

/// What a log-in is judged by.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = staff)]
pub struct LogInRecord {
    /// Who has the user name.
    #[diesel(embed)]
    pub staff_member: StaffRecord,
    /// The hash that the password must meet.
    pub password_hash: String,
    /// The office's code.
    #[diesel(select_expression = offices::code)]
    pub office_code: String,
    /// Whether the office is active.
    #[diesel(select_expression = offices::active)]
    pub office_active: bool,
}

/// An office's units and staff at one moment: what a decision knows of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRecord {
    /// The office.
    pub office_id: Uuid,
    /// The directory's version: as long as it stands, so does all of this.
    pub version: i64,
    /// Every unit, active or not, by code.
    pub units: Vec<UnitRecord>,
    /// Every member of staff, active or not, by name.
    pub staff: Vec<StaffRecord>,
}
