//! Links between an outside provider's subjects and members of staff.

use diesel::prelude::*;
use uuid::Uuid;

use super::{Connection, staff as staff_room};
use crate::schema::{offices, sign_in_links, staff};
use crate::sign_in_link::SignInLink;
use crate::sql_types::Bind;
use crate::staff::LogInRecord;
use crate::store_error::taken;
use crate::{Answer, Conflict, StoreError, Thing};

pub(super) fn create(connection: &mut Connection, link: &SignInLink) -> Answer<SignInLink> {
    staff_room::require(connection, link.office_id, Some(link.staff_id))?;
    diesel::insert_into(sign_in_links::table)
        .values(link.clone())
        .returning(SignInLink::as_returning())
        .get_result(connection)
        .map_err(|error| taken(error, Conflict::Subject))
}

pub(super) fn list(connection: &mut Connection, office_id: Uuid, staff_id: Uuid) -> Answer<Vec<SignInLink>> {
    Ok(sign_in_links::table
        .filter(sign_in_links::office_id.eq(Bind(office_id)))
        .filter(sign_in_links::staff_id.eq(Bind(staff_id)))
        .order(sign_in_links::id)
        .select(SignInLink::as_select())
        .load(connection)?)
}

pub(super) fn delete(connection: &mut Connection, office_id: Uuid, staff_id: Uuid, id: Uuid) -> Answer<()> {
    let link = sign_in_links::table
        .filter(sign_in_links::id.eq(Bind(id)))
        .filter(sign_in_links::office_id.eq(Bind(office_id)))
        .filter(sign_in_links::staff_id.eq(Bind(staff_id)));
    match diesel::delete(link).execute(connection)? {
        0 => Err(StoreError::Missing(Thing::SignInLink)),
        _ => Ok(()),
    }
}

pub(super) fn find_log_in(
    connection: &mut Connection,
    issuer: &str,
    subject: &str,
) -> Answer<Option<LogInRecord>> {
    let of_link = staff::office_id
        .eq(sign_in_links::office_id)
        .and(staff::id.eq(sign_in_links::staff_id));
    Ok(sign_in_links::table
        .inner_join(staff::table.on(of_link))
        .inner_join(offices::table.on(offices::id.eq(sign_in_links::office_id)))
        .filter(sign_in_links::issuer.eq(issuer))
        .filter(sign_in_links::subject.eq(subject))
        .select(LogInRecord::as_select())
        .first(connection)
        .optional()?)
}
