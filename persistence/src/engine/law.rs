//! What decisions on an office's cases rest on.

use std::sync::Arc;

use uuid::Uuid;

use super::{Connection, batch, calendar, office, staff, unit, window};
use crate::Answer;
use crate::law::{Law, Laws, Sources};

/// The law of an office if it was read before and still holds; `Ok(None)` if it has to be read.
pub(super) fn known(
    connection: &mut Connection,
    laws: &Laws,
    office_id: Uuid,
) -> Answer<Option<Option<Arc<Law>>>> {
    Ok(match batch::stamps(connection, &[office_id])?.pop() {
        Some((_, directory, Some(calendar))) => laws.known(office_id, directory, calendar).map(Some),
        // There is no such office, or its calendar is not there: nothing can be decided.
        Some((_, _, None)) | None => Some(None),
    })
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
