//! A working calendar, version by version. Due dates name the version they were counted by, so none is ever changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

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
    /// The office whose own it is; none for a national one.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub office_id: Option<Uuid>,
    /// The national calendar that an office's own lies over.
    pub base_code: Option<String>,
    /// The version of that.
    pub base_version: Option<i64>,
    /// What the office says of its own, as JSON.
    pub layer: Option<String>,
}

impl CalendarRecord {
    /// A version of a national calendar.
    pub fn national(code: &str, version: u32, document: String, created_at: DateTime<Utc>) -> Self {
        Self {
            code: code.to_owned(),
            version: version.into(),
            document,
            created_at,
            office_id: None,
            base_code: None,
            base_version: None,
            layer: None,
        }
    }
}

/// The code of an office's own calendar. No national calendar's has a dot.
pub fn own_code(office_code: &str) -> String {
    format!("{OWN}{office_code}")
}

/// How the codes of offices' own calendars begin.
const OWN: &str = "office.";
