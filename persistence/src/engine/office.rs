//! Offices, and the version of their directory.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Connection, batch, snapshot, staff, unit};
use crate::office::{NewOffice, OfficeChange, OfficeRecord};
use crate::schema::offices;
use crate::sql_types::Bind;
use crate::staff::{DirectoryRecord, NewStaffMember, StaffRecord};
use crate::store_error::taken;
use crate::{Answer, Conflict, StoreError, Thing};

pub(super) fn create(
    connection: &mut Connection,
    office: &NewOffice,
    administrator: &NewStaffMember,
) -> Answer<OfficeRecord> {
    if find(connection, office.id)?.is_some() {
        return Err(StoreError::Conflict(Conflict::Id));
    }
    let kept = diesel::insert_into(offices::table)
        .values((
            office.clone(),
            offices::active.eq(true),
            offices::version.eq(1),
            offices::directory_version.eq(1),
        ))
        .returning(OfficeRecord::as_returning())
        .get_result(connection)
        .map_err(|error| taken(error, Conflict::OfficeCode))?;
    staff::insert(connection, administrator)?;
    Ok(kept)
}

pub(super) fn find(connection: &mut Connection, office_id: Uuid) -> Answer<Option<OfficeRecord>> {
    Ok(offices::table
        .find(Bind(office_id))
        .select(OfficeRecord::as_select())
        .first(connection)
        .optional()?)
}

pub(super) fn find_by_code(connection: &mut Connection, code: &str) -> Answer<Option<OfficeRecord>> {
    Ok(offices::table
        .filter(offices::code.eq(code))
        .select(OfficeRecord::as_select())
        .first(connection)
        .optional()?)
}

/// No code is empty, so that the first page, too, begins after something.
pub(super) fn list(
    connection: &mut Connection,
    after: Option<&str>,
    limit: u32,
) -> Answer<Vec<OfficeRecord>> {
    Ok(offices::table
        .filter(offices::code.gt(after.unwrap_or_default()))
        .order(offices::code)
        .limit(limit.into())
        .select(OfficeRecord::as_select())
        .load(connection)?)
}

pub(super) fn update(
    connection: &mut Connection,
    office_id: Uuid,
    version: i64,
    change: &OfficeChange,
) -> Answer<OfficeRecord> {
    batch::own(connection, office_id)?;
    let kept = diesel::update(
        offices::table
            .find(Bind(office_id))
            .filter(offices::version.eq(version)),
    )
    .set((
        change.clone(),
        offices::version.eq(version + 1),
        offices::directory_version.eq(offices::directory_version + 1),
    ))
    .returning(OfficeRecord::as_returning())
    .get_result(connection)
    .optional()?;
    match kept {
        Some(kept) => Ok(kept),
        None => Err(match find(connection, office_id)? {
            Some(office) => StoreError::Stale {
                current: office.version,
            },
            None => StoreError::Missing(Thing::Office),
        }),
    }
}

/// Raises the directory's version. Whoever changes units, windows or staff does this first: until the commit nobody
/// else changes this directory, and nothing is decided by it.
pub(super) fn raise_directory(connection: &mut Connection, office_id: Uuid) -> Answer<()> {
    batch::own(connection, office_id)?;
    let raised = diesel::update(offices::table.find(Bind(office_id)))
        .set(offices::directory_version.eq(offices::directory_version + 1))
        .execute(connection)?;
    if raised == 1 {
        Ok(())
    } else {
        Err(StoreError::Missing(Thing::Office))
    }
}

pub(super) fn directory(connection: &mut Connection, office_id: Uuid) -> Answer<Option<DirectoryRecord>> {
    snapshot(connection, |connection| {
        let version: Option<i64> = offices::table
            .find(Bind(office_id))
            .select(offices::directory_version)
            .first(connection)
            .optional()?;
        let Some(version) = version else { return Ok(None) };
        let units = unit::all(connection, office_id)?;
        let staff: Vec<StaffRecord> = staff::all(connection, office_id)?;
        Ok(Some(DirectoryRecord {
            office_id,
            version,
            units,
            staff,
        }))
    })
}
