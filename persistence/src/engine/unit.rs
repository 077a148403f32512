//! Units.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Connection, duty, office, staff};
use crate::schema::units;
use crate::sql_types::Bind;
use crate::store_error::taken;
use crate::unit::{NewUnit, UnitChange, UnitRecord};
use crate::{Answer, Conflict, StoreError, Thing};

pub(super) fn create(connection: &mut Connection, unit: &NewUnit) -> Answer<UnitRecord> {
    office::raise_directory(connection, unit.office_id)?;
    if find(connection, unit.office_id, unit.id)?.is_some() {
        return Err(StoreError::Conflict(Conflict::Id));
    }
    require(connection, unit.office_id, unit.parent_id)?;
    diesel::insert_into(units::table)
        .values((unit.clone(), units::active.eq(true), units::version.eq(1)))
        .returning(UnitRecord::as_returning())
        .get_result(connection)
        .map_err(|error| taken(error, Conflict::UnitCode))
}

pub(super) fn find(
    connection: &mut Connection,
    office_id: Uuid,
    unit_id: Uuid,
) -> Answer<Option<UnitRecord>> {
    Ok(units::table
        .find((Bind(office_id), Bind(unit_id)))
        .select(UnitRecord::as_select())
        .first(connection)
        .optional()?)
}

/// Refuses a reference to a unit that the office does not have.
pub(super) fn require(connection: &mut Connection, office_id: Uuid, unit_id: Option<Uuid>) -> Answer<()> {
    match unit_id {
        Some(unit_id) if find(connection, office_id, unit_id)?.is_none() => {
            Err(StoreError::Missing(Thing::Unit))
        }
        Some(_) | None => Ok(()),
    }
}

/// No code is empty, so that the first page, too, begins after something.
pub(super) fn list(
    connection: &mut Connection,
    office_id: Uuid,
    after: Option<&str>,
    limit: u32,
) -> Answer<Vec<UnitRecord>> {
    Ok(units::table
        .filter(units::office_id.eq(Bind(office_id)))
        .filter(units::code.gt(after.unwrap_or_default()))
        .order(units::code)
        .limit(limit.into())
        .select(UnitRecord::as_select())
        .load(connection)?)
}

/// Every unit of an office, by code.
pub(super) fn all(connection: &mut Connection, office_id: Uuid) -> Answer<Vec<UnitRecord>> {
    Ok(units::table
        .filter(units::office_id.eq(Bind(office_id)))
        .order(units::code)
        .select(UnitRecord::as_select())
        .load(connection)?)
}

pub(super) fn update(
    connection: &mut Connection,
    office_id: Uuid,
    unit_id: Uuid,
    version: i64,
    change: &UnitChange,
) -> Answer<UnitRecord> {
    let before = take(connection, office_id, unit_id, version)?;
    refuse_circle(connection, office_id, unit_id, change.parent_id)?;
    if before.active && !change.active && duty::any_open_of_unit(connection, office_id, unit_id)? {
        return Err(StoreError::Conflict(Conflict::DutiesRemain));
    }
    Ok(
        diesel::update(units::table.find((Bind(office_id), Bind(unit_id))))
            .set((change.clone(), units::version.eq(version + 1)))
            .returning(UnitRecord::as_returning())
            .get_result(connection)?,
    )
}

/// Names the accountable officer, or leaves the unit without.
pub(super) fn set_accountable_officer(
    connection: &mut Connection,
    office_id: Uuid,
    unit_id: Uuid,
    version: i64,
    officer: Option<Uuid>,
) -> Answer<UnitRecord> {
    take(connection, office_id, unit_id, version)?;
    staff::require_active(connection, office_id, officer)?;
    Ok(
        diesel::update(units::table.find((Bind(office_id), Bind(unit_id))))
            .set((
                units::accountable_officer_id.eq(Bind(officer)),
                units::version.eq(version + 1),
            ))
            .returning(UnitRecord::as_returning())
            .get_result(connection)?,
    )
}

/// Takes the unit in hand to change it. From here to the commit nobody else changes this office's directory.
fn take(connection: &mut Connection, office_id: Uuid, unit_id: Uuid, version: i64) -> Answer<UnitRecord> {
    office::raise_directory(connection, office_id)?;
    match find(connection, office_id, unit_id)? {
        None => Err(StoreError::Missing(Thing::Unit)),
        Some(unit) if unit.version != version => Err(StoreError::Stale {
            current: unit.version,
        }),
        Some(unit) => Ok(unit),
    }
}

/// Refuses a parent that has the unit itself above it, by walking up. The walk ends, since no circle was ever let in.
fn refuse_circle(
    connection: &mut Connection,
    office_id: Uuid,
    unit_id: Uuid,
    parent: Option<Uuid>,
) -> Answer<()> {
    let mut above = parent;
    while let Some(id) = above {
        if id == unit_id {
            return Err(StoreError::Conflict(Conflict::UnitAboveItself));
        }
        above = find(connection, office_id, id)?
            .ok_or(StoreError::Missing(Thing::Unit))?
            .parent_id;
    }
    Ok(())
}
