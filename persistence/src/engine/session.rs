//! Sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use uuid::Uuid;

use super::fragment::fragment;
use super::{Connection, guard, staff as staff_room};
use crate::schema::{offices, sessions, staff};
use crate::session::{CallerRecord, NewSession, NextSession, Refresh, SessionRecord};
use crate::sql_types::Bind;
use crate::store_error::taken;
use crate::{Answer, Conflict};

pub(super) fn open(
    connection: &mut Connection,
    session: &NewSession,
    name_hash: Option<&[u8]>,
) -> Answer<SessionRecord> {
    staff_room::require_active(connection, session.office_id, Some(session.staff_id))?;
    if let Some(name_hash) = name_hash {
        guard::forget(connection, name_hash)?;
    }
    insert(connection, session)
}

fn insert(connection: &mut Connection, session: &NewSession) -> Answer<SessionRecord> {
    diesel::insert_into(sessions::table)
        .values(session.clone())
        .returning(SessionRecord::as_returning())
        .get_result(connection)
        .map_err(|error| taken(error, Conflict::Id))
}

pub(super) fn refresh(
    connection: &mut Connection,
    refresh_hash: &[u8],
    next: &NextSession,
) -> Answer<Refresh> {
    let token = sessions::table.filter(sessions::refresh_hash.eq(refresh_hash));
    let usable = token
        .filter(sessions::spent_at.is_null())
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(Bind(next.created_at)));
    // One statement asks and spends: of two who come with one token, only one finds it unspent.
    let spent = diesel::update(usable)
        .set(sessions::spent_at.eq(Bind(next.created_at)))
        .returning(SessionRecord::as_returning())
        .get_result(connection)
        .optional()?;
    if let Some(session) = spent {
        let began = session.began_at.unwrap_or(session.created_at);
        let end = began + next.longest;
        if end <= next.created_at {
            end_family(connection, session.family_id, next.created_at)?;
            return Ok(Refresh::Over);
        }
        let next = NewSession {
            id: next.id,
            office_id: session.office_id,
            staff_id: session.staff_id,
            family_id: session.family_id,
            refresh_hash: next.refresh_hash.clone(),
            created_at: next.created_at,
            expires_at: next.expires_at.min(end),
            began_at: Some(began),
            provider: session.provider,
            scopes: session.scopes,
        };
        return insert(connection, &next).map(Refresh::Renewed);
    }
    let found = token
        .select(SessionRecord::as_select())
        .first(connection)
        .optional()?;
    match found {
        None => Ok(Refresh::Unknown),
        Some(session) if session.spent_at.is_some() => {
            end_family(connection, session.family_id, next.created_at)?;
            Ok(Refresh::Spent)
        }
        Some(_) => Ok(Refresh::Over),
    }
}

pub(super) fn end_family(connection: &mut Connection, family_id: Uuid, at: DateTime<Utc>) -> Answer<()> {
    // Again until nothing is found: a session may be born of one that is just being ended, and is seen only then.
    loop {
        let family = sessions::table
            .filter(sessions::family_id.eq(Bind(family_id)))
            .filter(sessions::ended_at.is_null());
        let ended = diesel::update(family)
            .set(sessions::ended_at.eq(Bind(at)))
            .execute(connection)?;
        if ended == 0 {
            return Ok(());
        }
    }
}

/// Ends every session of a member of staff.
pub(super) fn end_all_of(
    connection: &mut Connection,
    office_id: Uuid,
    staff_id: Uuid,
    at: DateTime<Utc>,
) -> Answer<()> {
    // Again until nothing is found, as in `end_family`.
    loop {
        let theirs = sessions::table
            .filter(sessions::office_id.eq(Bind(office_id)))
            .filter(sessions::staff_id.eq(Bind(staff_id)))
            .filter(sessions::ended_at.is_null());
        let ended = diesel::update(theirs)
            .set(sessions::ended_at.eq(Bind(at)))
            .execute(connection)?;
        if ended == 0 {
            return Ok(());
        }
    }
}

fragment!(
    /// The newest version of an office's calendar.
    NewestCalendar: Nullable<BigInt>,
    "(SELECT max(c.version) FROM calendars c WHERE c.code = offices.calendar_code)"
);

/// The callers of these sessions, each with the newest version of the calendar of their office: with it, whoever knows
/// the office's law sees without another question that it still holds.
pub(super) fn find_callers(
    connection: &mut Connection,
    session_ids: &[Uuid],
) -> Answer<Vec<(CallerRecord, Option<i64>)>> {
    let of_session = staff::office_id
        .eq(sessions::office_id)
        .and(staff::id.eq(sessions::staff_id));
    let callers = sessions::table
        .inner_join(staff::table.on(of_session))
        .inner_join(offices::table.on(offices::id.eq(sessions::office_id)))
        .select((CallerRecord::as_select(), NewestCalendar));
    // Mostly it is one, and a statement about one is kept prepared on either engine.
    let found = match session_ids {
        [one] => callers.filter(sessions::id.eq(Bind(*one))).load(connection)?,
        several => callers
            .filter(sessions::id.eq_any(several.iter().copied().map(Bind)))
            .load(connection)?,
    };
    Ok(found)
}

pub(super) fn forget(connection: &mut Connection, before: DateTime<Utc>) -> Answer<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.lt(Bind(before)))).execute(connection)?)
}

/// The sessions of a member of staff that go on at `now`, the latest first, from the first one before `before`.
pub(super) fn list(
    connection: &mut Connection,
    office_id: Uuid,
    staff_id: Uuid,
    now: DateTime<Utc>,
    before: Option<Uuid>,
    limit: u32,
) -> Answer<Vec<SessionRecord>> {
    Ok(sessions::table
        .filter(sessions::office_id.eq(Bind(office_id)))
        .filter(sessions::staff_id.eq(Bind(staff_id)))
        .filter(sessions::spent_at.is_null())
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(Bind(now)))
        .filter(sessions::id.lt(Bind(before.unwrap_or(Uuid::max()))))
        .order(sessions::id.desc())
        .limit(limit.into())
        .select(SessionRecord::as_select())
        .load(connection)?)
}

/// The one of a family that goes on at `now`.
pub(super) fn find_family(
    connection: &mut Connection,
    office_id: Uuid,
    family_id: Uuid,
    now: DateTime<Utc>,
) -> Answer<Option<SessionRecord>> {
    Ok(sessions::table
        .filter(sessions::office_id.eq(Bind(office_id)))
        .filter(sessions::family_id.eq(Bind(family_id)))
        .filter(sessions::spent_at.is_null())
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(Bind(now)))
        .select(SessionRecord::as_select())
        .first(connection)
        .optional()?)
}
