//! Delegations (授权代理): who acts for whom, from when to when.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::Answer;
use crate::remembered_answer::RememberedAnswer;
use crate::schema::delegations;
use crate::sql_types::Bind;

/// A delegation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = delegations)]
pub struct DelegationRecord {
    /// The office.
    pub office_id: Uuid,
    /// Its identity.
    pub id: Uuid,
    /// For whom is acted.
    pub from_id: Uuid,
    /// Who acts.
    pub to_id: Uuid,
    /// The first instant.
    pub starts_at: DateTime<Utc>,
    /// The first instant after it; the moment at which it was ended, if it was ended sooner.
    pub ends_at: DateTime<Utc>,
    /// The deeds it is narrowed to, as a JSON list; an empty one: everything.
    pub deeds: String,
    /// Who recorded it.
    pub recorded_by_id: Uuid,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// 1, and 2 once it was ended by hand.
    pub version: i64,
}

/// A delegation to be recorded. It begins at version 1.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = delegations)]
pub struct NewDelegation {
    /// The office.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// Its identity.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// For whom is acted.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub from_id: Uuid,
    /// Who acts.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub to_id: Uuid,
    /// The first instant.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub starts_at: DateTime<Utc>,
    /// The first instant after it.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub ends_at: DateTime<Utc>,
    /// The deeds it is narrowed to, as a JSON list.
    pub deeds: String,
    /// Who records it.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub recorded_by_id: Uuid,
    /// When.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}

/// Which delegations are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DelegationFilter {
    /// Only those that this member of staff gave or has.
    pub staff_id: Option<Uuid>,
    /// Only those that hold at this instant.
    pub in_force_at: Option<DateTime<Utc>>,
}

/// What is asked of delegations and done to them. Each change raises the version of the office's directory, so that no
/// decision is made by one that has just ended.
///
/// # Errors
/// As [`Archive`](crate::Archive).
pub trait DelegationArchive {
    /// Records a delegation.
    ///
    /// # Errors
    /// `Conflict::{Delegated, Id, Key}`, `Missing(Office)`, `Missing(StaffMember)` also for one who is not active.
    fn create_delegation(
        &self,
        delegation: &NewDelegation,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<DelegationRecord>;

    /// Finds a delegation.
    ///
    /// # Errors
    /// As [`Archive`](crate::Archive).
    fn find_delegation(&self, office_id: Uuid, delegation_id: Uuid) -> Answer<Option<DelegationRecord>>;

    /// Lists delegations in the order in which they were recorded, from the first one after `after`.
    ///
    /// # Errors
    /// As [`Archive`](crate::Archive).
    fn list_delegations(
        &self,
        office_id: Uuid,
        filter: &DelegationFilter,
        after: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<DelegationRecord>>;

    /// Ends a delegation at an instant before its own end.
    ///
    /// # Errors
    /// `Stale`, `Missing(Office)`, `Missing(Delegation)`, `Conflict::Key`.
    fn end_delegation(
        &self,
        office_id: Uuid,
        delegation_id: Uuid,
        version: i64,
        at: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<DelegationRecord>;
}
