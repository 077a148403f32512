//! A machine client: a program that acts as a member of staff of its own, within its scopes.
//!
//! It has the identity of that member of staff, whose positions say what it may do at all and whose name stands in every
//! event. Nobody logs in as it: its password is the hash of nothing.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::clients;
use crate::sql_types::Bind;
use crate::staff::StaffRecord;

/// What stands where a password's hash would: no password has this hash.
pub const NO_PASSWORD: &str = "!";

/// A machine client as kept, without its secrets, and the member of staff as whom it acts.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = clients)]
pub struct ClientRecord {
    /// Its identity, and that of its member of staff.
    pub id: Uuid,
    /// What it may do, as a JSON array of scopes.
    pub scopes: String,
    /// Since when its secret serves.
    pub secret_since: DateTime<Utc>,
    /// Until when the secret before serves, too.
    pub former_until: Option<DateTime<Utc>>,
    /// Whether it is given tokens.
    pub active: bool,
    /// Counts its changes.
    pub version: i64,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// As whom it acts.
    #[diesel(embed)]
    pub staff_member: StaffRecord,
}

/// A machine client to be entered together with its member of staff, whose identity it has. It starts active, at
/// version 1.
#[derive(Clone, Insertable)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
pub struct NewClient {
    /// Its office.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// Its identity, and that of its member of staff.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// What it may do, as a JSON array of scopes.
    pub scopes: String,
    /// The hash of its secret; the archive never sees the secret.
    pub secret_hash: Vec<u8>,
    /// Since when the secret serves.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub secret_since: DateTime<Utc>,
    /// When it is entered.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}

/// What may be changed of a client, as it shall be.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = clients)]
pub struct ClientChange {
    /// What it may do, as a JSON array of scopes.
    pub scopes: String,
    /// Whether it is given tokens.
    pub active: bool,
}

/// A new secret of a client.
#[derive(Clone)]
pub struct NextSecret {
    /// Its hash.
    pub hash: Vec<u8>,
    /// Since when it serves.
    pub since: DateTime<Utc>,
    /// Until when the one before serves, too; absent: not any more, and its sessions end.
    pub former_until: Option<DateTime<Utc>>,
}

/// What a client's secret is judged by.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = clients)]
pub struct ClientSecrets {
    /// Its office.
    pub office_id: Uuid,
    /// Its identity, and that of its member of staff.
    pub id: Uuid,
    /// What it may do, as a JSON array of scopes.
    pub scopes: String,
    /// The hash of its secret.
    pub secret_hash: Vec<u8>,
    /// The hash of the secret before.
    pub former_hash: Option<Vec<u8>>,
    /// Until when that one serves, too.
    pub former_until: Option<DateTime<Utc>>,
    /// Whether it is given tokens.
    pub active: bool,
}
