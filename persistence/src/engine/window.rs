//! Service windows.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Connection, office, staff, unit};
use crate::schema::windows;
use crate::sql_types::Bind;
use crate::store_error::taken;
use crate::window::{NewWindow, WindowChange, WindowRecord};
use crate::{Answer, Conflict, StoreError, Thing};

pub(super) fn create(connection: &mut Connection, window: &NewWindow) -> Answer<WindowRecord> {
    office::raise_directory(connection, window.office_id)?;
    if find(connection, window.office_id, window.id)?.is_some() {
        return Err(StoreError::Conflict(Conflict::Id));
    }
    unit::require(connection, window.office_id, window.unit_id)?;
    staff::require_active(connection, window.office_id, window.head_id)?;
    diesel::insert_into(windows::table)
        .values((window.clone(), windows::active.eq(true), windows::version.eq(1)))
        .returning(WindowRecord::as_returning())
        .get_result(connection)
        .map_err(|error| taken(error, Conflict::WindowCode))
}

pub(super) fn find(
    connection: &mut Connection,
    office_id: Uuid,
    window_id: Uuid,
) -> Answer<Option<WindowRecord>> {
    Ok(windows::table
        .find((Bind(office_id), Bind(window_id)))
        .select(WindowRecord::as_select())
        .first(connection)
        .optional()?)
}

/// No code is empty, so that the first page, too, begins after something.
pub(super) fn list(
    connection: &mut Connection,
    office_id: Uuid,
    after: Option<&str>,
    limit: u32,
) -> Answer<Vec<WindowRecord>> {
    Ok(windows::table
        .filter(windows::office_id.eq(Bind(office_id)))
        .filter(windows::code.gt(after.unwrap_or_default()))
        .order(windows::code)
        .limit(limit.into())
        .select(WindowRecord::as_select())
        .load(connection)?)
}

/// Every window of an office, by code.
pub(super) fn all(connection: &mut Connection, office_id: Uuid) -> Answer<Vec<WindowRecord>> {
    Ok(windows::table
        .filter(windows::office_id.eq(Bind(office_id)))
        .order(windows::code)
        .select(WindowRecord::as_select())
        .load(connection)?)
}

pub(super) fn update(
    connection: &mut Connection,
    office_id: Uuid,
    window_id: Uuid,
    version: i64,
    change: &WindowChange,
) -> Answer<WindowRecord> {
    office::raise_directory(connection, office_id)?;
    unit::require(connection, office_id, change.unit_id)?;
    staff::require(connection, office_id, change.head_id)?;
    let row = windows::table
        .find((Bind(office_id), Bind(window_id)))
        .filter(windows::version.eq(version));
    let kept = diesel::update(row)
        .set((change.clone(), windows::version.eq(version + 1)))
        .returning(WindowRecord::as_returning())
        .get_result(connection)
        .optional()?;
    match kept {
        Some(kept) => Ok(kept),
        None => Err(match find(connection, office_id, window_id)? {
            Some(window) => StoreError::Stale {
                current: window.version,
            },
            None => StoreError::Missing(Thing::Window),
        }),
    }
}
