//! An office (投诉办、服务中心、监察室 …): the tenant, with the rulebook and the calendar it runs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::offices;
use crate::sql_types::Bind;

/// An office as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = offices)]
pub struct OfficeRecord {
    /// Its identity.
    pub id: Uuid,
    /// The short name people and paths use; unique in the installation, never changed.
    pub code: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The rulebook it runs.
    pub rulebook_code: String,
    /// The version of that rulebook that new cases fall under.
    pub rulebook_version: String,
    /// The calendar its time limits are counted by.
    pub calendar_code: String,
    /// The instant before which imported history escalates nothing.
    pub cutover_at: Option<DateTime<Utc>>,
    /// What else is known of it (telephones, duty positions of channels, numbers for limits without one), as JSON.
    pub profile: String,
    /// Whether it takes new cases and lets its staff log in.
    pub active: bool,
    /// Counts the changes of this row that its administrator made.
    pub version: i64,
    /// Counts every change of the office, its units and its staff that a decision could notice.
    pub directory_version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// An office to be created. It starts active, at version 1.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = offices, treat_none_as_default_value = false)]
pub struct NewOffice {
    /// Its identity.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The rulebook it runs.
    pub rulebook_code: String,
    /// The version of that rulebook.
    pub rulebook_version: String,
    /// The calendar it counts by.
    pub calendar_code: String,
    /// The instant before which imported history escalates nothing.
    #[diesel(serialize_as = Bind<Option<DateTime<Utc>>>)]
    pub cutover_at: Option<DateTime<Utc>>,
    /// What else is known of it, as JSON.
    pub profile: String,
    /// When it is created.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}

/// Everything about an office that may change, as it shall be.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = offices, treat_none_as_null = true)]
pub struct OfficeChange {
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The rulebook it runs.
    pub rulebook_code: String,
    /// The version of that rulebook.
    pub rulebook_version: String,
    /// The calendar it counts by.
    pub calendar_code: String,
    /// The instant before which imported history escalates nothing.
    #[diesel(serialize_as = Bind<Option<DateTime<Utc>>>)]
    pub cutover_at: Option<DateTime<Utc>>,
    /// What else is known of it, as JSON.
    pub profile: String,
    /// Whether it takes new cases and lets its staff log in.
    pub active: bool,
}
