//! What decisions on an office's cases rest on.

use std::sync::Arc;

use uuid::Uuid;

use super::{Connection, batch, calendar, office, snapshot, staff, unit, window};
use crate::Answer;
use crate::law::{Law, Laws, Sources};

/// The law of an office: one question where it was read before and still holds. None where there is no such office, or
/// its calendar or its rulebook is not there.
pub(super) fn find(connection: &mut Connection, laws: &Laws, office_id: Uuid) -> Answer<Option<Arc<Law>>> {
    let Some((_, directory, Some(calendar))) = batch::stamps(connection, &[office_id])?.pop() else {
        return Ok(None);
    };
    match laws.known(office_id, directory, calendar) {
        Some(law) => Ok(Some(law)),
        None => snapshot(connection, |connection| read(connection, laws, office_id)),
    }
}

/// Reads the law of an office. The connection must stand at one moment: in a snapshot, or with the directory held.
pub(super) fn read(connection: &mut Connection, laws: &Laws, office_id: Uuid) -> Answer<Option<Arc<Law>>> {
    let Some(office) = office::find(connection, office_id)? else {
        return Ok(None);
    };
    let Some(calendar) = calendar::find_newest(connection, &office.calendar_code)? else {
        return Ok(None);
    };
    let sources = Sources {
        units: unit::all(connection, office_id)?,
        windows: window::all(connection, office_id)?,
        staff: staff::all(connection, office_id)?,
        office,
        calendar,
    };
    laws.make(&sources)
}
