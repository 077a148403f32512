//! A service window (窗口): where the public is met.

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::windows;
use crate::sql_types::Bind;

/// A window as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = windows)]
pub struct WindowRecord {
    /// The office it belongs to.
    pub office_id: Uuid,
    /// Its identity.
    pub id: Uuid,
    /// Its short name, unique in the office, never changed.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit that staffs it.
    pub unit_id: Option<Uuid>,
    /// Its head, the directly responsible person.
    pub head_id: Option<Uuid>,
    /// Whether it is in use.
    pub active: bool,
    /// Counts its changes.
    pub version: i64,
}

/// A window to be created. It starts active, at version 1.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = windows, treat_none_as_default_value = false)]
pub struct NewWindow {
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
    /// The unit that staffs it.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub unit_id: Option<Uuid>,
    /// Its head.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub head_id: Option<Uuid>,
}

/// Everything about a window that may change, as it shall be.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = windows, treat_none_as_null = true)]
pub struct WindowChange {
    /// Its name.
    pub name: String,
    /// The unit that staffs it.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub unit_id: Option<Uuid>,
    /// Its head.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub head_id: Option<Uuid>,
    /// Whether it is in use.
    pub active: bool,
}
