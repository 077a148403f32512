//! Whether anybody still owes anything.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::Connection;
use super::fragment::fragment;
use crate::Answer;
use crate::schema::duties;
use crate::sql_types::Bind;

fragment!(
    /// The condition of the partial indexes: as a bound value the planner would not recognise it.
    Open: Bool,
    "duties.state = 'open'"
);

pub(super) fn any_open_of_staff(
    connection: &mut Connection,
    office_id: Uuid,
    staff_id: Uuid,
) -> Answer<bool> {
    let open = duties::table
        .filter(duties::office_id.eq(Bind(office_id)))
        .filter(duties::holder_staff_id.eq(Bind(staff_id)))
        .filter(Open);
    Ok(diesel::select(exists(open)).get_result(connection)?)
}

pub(super) fn any_open_of_unit(connection: &mut Connection, office_id: Uuid, unit_id: Uuid) -> Answer<bool> {
    let open = duties::table
        .filter(duties::office_id.eq(Bind(office_id)))
        .filter(duties::holder_unit_id.eq(Bind(unit_id)))
        .filter(Open);
    Ok(diesel::select(exists(open)).get_result(connection)?)
}
