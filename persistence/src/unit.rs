//! A unit of an office: what a case is dispatched to.

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::units;
use crate::sql_types::Bind;

/// A unit as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = units)]
pub struct UnitRecord {
    /// The office it belongs to.
    pub office_id: Uuid,
    /// Its identity.
    pub id: Uuid,
    /// Its short name, unique in the office, never changed.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of unit it is, in the rulebook's words.
    pub kind: String,
    /// The level it stands at, in the rulebook's words.
    pub level: String,
    /// The unit above it.
    pub parent_id: Option<Uuid>,
    /// Who receives and answers for its dispatches (第一责任人).
    pub accountable_officer_id: Option<Uuid>,
    /// Whether it may be given new dispatches. What a case ever named is never deleted.
    pub active: bool,
    /// Counts its changes.
    pub version: i64,
}

/// A unit to be created. It starts active, at version 1, without an accountable officer.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = units, treat_none_as_default_value = false)]
pub struct NewUnit {
    /// The office it belongs to.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// Its identity.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of unit it is.
    pub kind: String,
    /// The level it stands at.
    pub level: String,
    /// The unit above it.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub parent_id: Option<Uuid>,
}

/// Everything about a unit that may change but its accountable officer, as it shall be.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = units, treat_none_as_null = true)]
pub struct UnitChange {
    /// Its name.
    pub name: String,
    /// What kind of unit it is.
    pub kind: String,
    /// The level it stands at.
    pub level: String,
    /// The unit above it.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub parent_id: Option<Uuid>,
    /// Whether it may be given new dispatches.
    pub active: bool,
}
