//! A working calendar, version by version. Due dates name the version they were counted by, so none is ever changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::calendars;
use crate::sql_types::Bind;

/// One version of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendars, treat_none_as_default_value = false)]
pub struct CalendarRecord {
    /// The calendar's short name.
    pub code: String,
    /// Which version of it; the highest is the newest.
    pub version: i64,
    /// Its contents, as JSON.
    pub document: String,
    /// When this version was kept.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}
