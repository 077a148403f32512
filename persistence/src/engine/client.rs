//! Machine clients.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{Connection, session, staff as staff_room};
use crate::client::{ClientChange, ClientRecord, ClientSecrets, NewClient, NextSecret};
use crate::schema::{clients, staff};
use crate::sql_types::Bind;
use crate::staff::NewStaffMember;
use crate::store_error::taken;
use crate::{Answer, Conflict, StoreError, Thing};

pub(super) fn create(
    connection: &mut Connection,
    client: &NewClient,
    staff_member: &NewStaffMember,
) -> Answer<ClientRecord> {
    staff_room::create(connection, staff_member)?;
    diesel::insert_into(clients::table)
        .values((client.clone(), clients::active.eq(true), clients::version.eq(1)))
        .execute(connection)
        .map_err(|error| taken(error, Conflict::Id))?;
    require(connection, client.office_id, client.id)
}

pub(super) fn find(connection: &mut Connection, office_id: Uuid, id: Uuid) -> Answer<Option<ClientRecord>> {
    let of_client = staff::office_id
        .eq(clients::office_id)
        .and(staff::id.eq(clients::id));
    Ok(clients::table
        .inner_join(staff::table.on(of_client))
        .filter(clients::office_id.eq(Bind(office_id)))
        .filter(clients::id.eq(Bind(id)))
        .select(ClientRecord::as_select())
        .first(connection)
        .optional()?)
}

fn require(connection: &mut Connection, office_id: Uuid, id: Uuid) -> Answer<ClientRecord> {
    find(connection, office_id, id)?.ok_or(StoreError::Missing(Thing::Client))
}

/// By identity, which is by age.
pub(super) fn list(
    connection: &mut Connection,
    office_id: Uuid,
    after: Option<Uuid>,
    limit: u32,
) -> Answer<Vec<ClientRecord>> {
    let of_client = staff::office_id
        .eq(clients::office_id)
        .and(staff::id.eq(clients::id));
    Ok(clients::table
        .inner_join(staff::table.on(of_client))
        .filter(clients::office_id.eq(Bind(office_id)))
        .filter(clients::id.gt(Bind(after.unwrap_or(Uuid::nil()))))
        .order(clients::id)
        .limit(limit.into())
        .select(ClientRecord::as_select())
        .load(connection)?)
}

/// Changes a client; what it may do from now on must not wait for its tokens to expire.
pub(super) fn update(
    connection: &mut Connection,
    office_id: Uuid,
    id: Uuid,
    version: i64,
    change: &ClientChange,
    at: DateTime<Utc>,
) -> Answer<ClientRecord> {
    let changed = diesel::update(at_version(office_id, id, version))
        .set((change.clone(), clients::version.eq(version + 1)))
        .execute(connection)?;
    if changed == 0 {
        return Err(stale(connection, office_id, id)?);
    }
    session::end_all_of(connection, office_id, id, at)?;
    require(connection, office_id, id)
}

pub(super) fn rotate(
    connection: &mut Connection,
    office_id: Uuid,
    id: Uuid,
    version: i64,
    next: &NextSecret,
) -> Answer<ClientRecord> {
    let former: Option<Vec<u8>> = match next.former_until {
        Some(_) => clients::table
            .find((Bind(office_id), Bind(id)))
            .select(clients::secret_hash)
            .first(connection)
            .optional()?,
        None => None,
    };
    let changed = diesel::update(at_version(office_id, id, version))
        .set((
            clients::former_hash.eq(former),
            clients::former_until.eq(Bind(next.former_until)),
            clients::secret_hash.eq(&next.hash),
            clients::secret_since.eq(Bind(next.since)),
            clients::version.eq(version + 1),
        ))
        .execute(connection)?;
    if changed == 0 {
        return Err(stale(connection, office_id, id)?);
    }
    if next.former_until.is_none() {
        session::end_all_of(connection, office_id, id, next.since)?;
    }
    require(connection, office_id, id)
}

pub(super) fn find_secrets(connection: &mut Connection, id: Uuid) -> Answer<Option<ClientSecrets>> {
    Ok(clients::table
        .filter(clients::id.eq(Bind(id)))
        .select(ClientSecrets::as_select())
        .first(connection)
        .optional()?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn at_version(office_id: Uuid, id: Uuid, version: i64) -> _ {
    let office: Bind<Uuid> = Bind(office_id);
    let id: Bind<Uuid> = Bind(id);
    clients::table
        .filter(clients::office_id.eq(office))
        .filter(clients::id.eq(id))
        .filter(clients::version.eq(version))
}

/// Why no row was changed.
fn stale(connection: &mut Connection, office_id: Uuid, id: Uuid) -> Answer<StoreError> {
    let kept = require(connection, office_id, id)?;
    Ok(StoreError::Stale {
        current: kept.version,
    })
}
