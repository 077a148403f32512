//! A session: what a log-in opened, renewed by refresh tokens that each serve once.
//!
//! One record is one refresh token. The tokens that followed one another since a log-in share a *family*, and the
//! family ends as a whole: by log-out, or when a token that was spent shows up again, since then two people hold it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::{offices, sessions};
use crate::sql_types::Bind;
use crate::staff::StaffRecord;

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRecord {
    /// Its identity, which the access token names.
    pub id: Uuid,
    /// The office of the member of staff.
    pub office_id: Uuid,
    /// Whose session it is.
    pub staff_id: Uuid,
    /// The log-in it goes back to.
    pub family_id: Uuid,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Until when its refresh token serves.
    pub expires_at: DateTime<Utc>,
    /// When its refresh token was used.
    pub spent_at: Option<DateTime<Utc>>,
    /// When its family ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the log-in was that it goes back to; absent for one from before this was kept.
    pub began_at: Option<DateTime<Utc>>,
    /// The outside provider that vouched for the log-in; absent where it was by password or by a machine's secret.
    pub provider: Option<String>,
    /// What a machine may do in it, as a JSON array of scopes; absent for people, whom no scope narrows.
    pub scopes: Option<String>,
}

/// A session to be opened at log-in.
#[derive(Clone, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct NewSession {
    /// Its identity.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// The office of the member of staff.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// Whose session it is.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub staff_id: Uuid,
    /// The log-in it goes back to.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub family_id: Uuid,
    /// The hash of its refresh token; the archive never sees the token.
    pub refresh_hash: Vec<u8>,
    /// When it is opened.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
    /// Until when its refresh token serves.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub expires_at: DateTime<Utc>,
    /// When the log-in was that it goes back to.
    #[diesel(serialize_as = Bind<Option<DateTime<Utc>>>)]
    pub began_at: Option<DateTime<Utc>>,
    /// The outside provider that vouched for the log-in.
    pub provider: Option<String>,
    /// What a machine may do in it, as a JSON array of scopes; absent for people.
    pub scopes: Option<String>,
}

/// The session that takes the place of a spent one; office, staff and family carry over.
#[derive(Clone)]
pub struct NextSession {
    /// Its identity.
    pub id: Uuid,
    /// The hash of its refresh token.
    pub refresh_hash: Vec<u8>,
    /// When it is opened.
    pub created_at: DateTime<Utc>,
    /// Until when its refresh token serves, unless the longest time since the log-in is over before.
    pub expires_at: DateTime<Utc>,
    /// How long a log-in may be renewed altogether.
    pub longest: TimeDelta,
}

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// It served, and is spent: this session goes on in its place.
    Renewed(SessionRecord),
    /// It had been spent before; its family has been ended.
    Spent,
    /// It has expired, or its family had ended, or the log-in it goes back to is too long ago.
    Over,
    /// Nobody was ever given it.
    Unknown,
}

/// Who asks: a session with its member of staff and their office, read at each request.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct CallerRecord {
    /// The session.
    #[diesel(embed)]
    pub session: SessionRecord,
    /// Whose it is.
    #[diesel(embed)]
    pub staff_member: StaffRecord,
    /// Their office.
    #[diesel(embed)]
    pub office: CallerOffice,
}

/// What a request needs to know of the caller's office.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = offices)]
pub struct CallerOffice {
    /// Its code.
    pub code: String,
    /// The rulebook it runs.
    pub rulebook_code: String,
    /// The version of that rulebook that new cases fall under.
    pub rulebook_version: String,
    /// The calendar it counts by.
    pub calendar_code: String,
    /// Whether it is active.
    pub active: bool,
    /// The version of its directory.
    pub directory_version: i64,
}
