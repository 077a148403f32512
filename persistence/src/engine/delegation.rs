//! Delegations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{Connection, Store, office, remembered_answer, staff};
use crate::delegation::{DelegationArchive, DelegationFilter, DelegationRecord, NewDelegation};
use crate::remembered_answer::RememberedAnswer;
use crate::schema::delegations;
use crate::sql_types::Bind;
use crate::{Answer, Conflict, StoreError, Thing};

impl DelegationArchive for Store {
    fn create_delegation(
        &self,
        delegation: &NewDelegation,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<DelegationRecord> {
        self.write("delegations", |c| {
            remembered_answer::keep(c, answer)?;
            create(c, delegation)
        })
    }

    fn find_delegation(&self, office_id: Uuid, delegation_id: Uuid) -> Answer<Option<DelegationRecord>> {
        self.read("delegations", |c| find(c, office_id, delegation_id))
    }

    fn list_delegations(
        &self,
        office_id: Uuid,
        filter: &DelegationFilter,
        after: Option<Uuid>,
        limit: u32,
    ) -> Answer<Vec<DelegationRecord>> {
        self.read("delegations", |c| list(c, office_id, filter, after, limit))
    }

    fn end_delegation(
        &self,
        office_id: Uuid,
        delegation_id: Uuid,
        version: i64,
        at: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<DelegationRecord> {
        self.write("delegations", |c| {
            remembered_answer::keep(c, answer)?;
            end(c, office_id, delegation_id, version, at)
        })
    }
}

fn create(connection: &mut Connection, delegation: &NewDelegation) -> Answer<DelegationRecord> {
    // Whoever changes the directory stands alone until the commit, so that two that overlap never pass each other.
    office::raise_directory(connection, delegation.office_id)?;
    if find(connection, delegation.office_id, delegation.id)?.is_some() {
        return Err(StoreError::Conflict(Conflict::Id));
    }
    staff::require_active(connection, delegation.office_id, Some(delegation.from_id))?;
    staff::require_active(connection, delegation.office_id, Some(delegation.to_id))?;
    let overlapping: i64 = delegations::table
        .filter(delegations::office_id.eq(Bind(delegation.office_id)))
        .filter(delegations::from_id.eq(Bind(delegation.from_id)))
        .filter(delegations::starts_at.lt(Bind(delegation.ends_at)))
        .filter(delegations::ends_at.gt(Bind(delegation.starts_at)))
        .count()
        .get_result(connection)?;
    if overlapping > 0 {
        return Err(StoreError::Conflict(Conflict::Delegated));
    }
    Ok(diesel::insert_into(delegations::table)
        .values((delegation.clone(), delegations::version.eq(1)))
        .returning(DelegationRecord::as_returning())
        .get_result(connection)?)
}

fn find(
    connection: &mut Connection,
    office_id: Uuid,
    delegation_id: Uuid,
) -> Answer<Option<DelegationRecord>> {
    Ok(delegations::table
        .find((Bind(office_id), Bind(delegation_id)))
        .select(DelegationRecord::as_select())
        .first(connection)
        .optional()?)
}

/// Ids are made in the order of time.
fn list(
    connection: &mut Connection,
    office_id: Uuid,
    filter: &DelegationFilter,
    after: Option<Uuid>,
    limit: u32,
) -> Answer<Vec<DelegationRecord>> {
    let mut asked = delegations::table
        .filter(delegations::office_id.eq(Bind(office_id)))
        .filter(delegations::id.gt(Bind(after.unwrap_or(Uuid::nil()))))
        .order(delegations::id)
        .limit(limit.into())
        .select(DelegationRecord::as_select())
        .into_boxed();
    if let Some(staff_id) = filter.staff_id {
        asked = asked.filter(
            delegations::from_id
                .eq(Bind(staff_id))
                .or(delegations::to_id.eq(Bind(staff_id))),
        );
    }
    if let Some(at) = filter.in_force_at {
        asked = asked
            .filter(delegations::starts_at.le(Bind(at)))
            .filter(delegations::ends_at.gt(Bind(at)));
    }
    Ok(asked.load(connection)?)
}

/// Every delegation of an office that ever held for a moment. A decision asks whether it holds now.
pub(super) fn all(connection: &mut Connection, office_id: Uuid) -> Answer<Vec<DelegationRecord>> {
    Ok(delegations::table
        .filter(delegations::office_id.eq(Bind(office_id)))
        .filter(delegations::starts_at.lt(delegations::ends_at))
        .order(delegations::id)
        .select(DelegationRecord::as_select())
        .load(connection)?)
}

fn end(
    connection: &mut Connection,
    office_id: Uuid,
    delegation_id: Uuid,
    version: i64,
    at: DateTime<Utc>,
) -> Answer<DelegationRecord> {
    office::raise_directory(connection, office_id)?;
    let row = delegations::table
        .find((Bind(office_id), Bind(delegation_id)))
        .filter(delegations::version.eq(version));
    let kept = diesel::update(row)
        .set((
            delegations::ends_at.eq(Bind(at)),
            delegations::version.eq(version + 1),
        ))
        .returning(DelegationRecord::as_returning())
        .get_result(connection)
        .optional()?;
    match kept {
        Some(kept) => Ok(kept),
        None => Err(match find(connection, office_id, delegation_id)? {
            Some(known) => StoreError::Stale {
                current: known.version,
            },
            None => StoreError::Missing(Thing::Delegation),
        }),
    }
}
