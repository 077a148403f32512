//! What decisions on an office's cases rest on.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Connection, batch, calendar, delegation, office, rulebook_version, snapshot, staff, unit, window,
};
use crate::Answer;
use crate::law::{Law, Laws, Sources};
use crate::write_path::Stamp;

/// The law of an office: one question where it was read before and still holds. None where there is no such office, or
/// its calendar or its rulebook is not there.
pub(super) fn find(connection: &mut Connection, laws: &Laws, office_id: Uuid) -> Answer<Option<Arc<Law>>> {
    match batch::stamps(connection, &[office_id])?.pop() {
        Some(stamp) => standing(connection, laws, stamp),
        None => Ok(None),
    }
}

/// The law of an office whose directory and calendar have these versions now: no question where it was read before.
pub(super) fn standing(
    connection: &mut Connection,
    laws: &Laws,
    (office, directory, calendar): Stamp,
) -> Answer<Option<Arc<Law>>> {
    let Some(calendar) = calendar else { return Ok(None) };
    match laws.known(office, directory, calendar) {
        Some(law) => Ok(Some(law)),
        None => snapshot(connection, |connection| read(connection, laws, office)),
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
    // To go by another version would be to go by rules that nobody put in force.
    let (code, version) = (&office.rulebook_code, &office.rulebook_version);
    let Some(rulebook) = rulebook_version::checked(connection, laws, code, version)? else {
        return Ok(None);
    };
    let sources = Sources {
        units: unit::all(connection, office_id)?,
        windows: window::all(connection, office_id)?,
        staff: staff::all(connection, office_id)?,
        delegations: delegation::all(connection, office_id)?,
        office,
        calendar,
    };
    laws.make(&sources, rulebook).map(Some)
}
