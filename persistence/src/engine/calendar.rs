//! Calendars.

use diesel::prelude::*;

use super::Connection;
use crate::calendar::CalendarRecord;
use crate::schema::calendars;
use crate::{Answer, Conflict, StoreError};

pub(super) fn keep(connection: &mut Connection, calendar: &CalendarRecord) -> Answer<CalendarRecord> {
    // Replicas that start together all bring the same version; whoever is second finds it kept.
    diesel::insert_into(calendars::table)
        .values(calendar.clone())
        .on_conflict((calendars::code, calendars::version))
        .do_nothing()
        .execute(connection)?;
    match find(connection, &calendar.code, calendar.version)? {
        Some(kept) if kept.document == calendar.document => Ok(kept),
        Some(_) | None => Err(StoreError::Conflict(Conflict::CalendarVersion)),
    }
}

/// What an office went by before it had a calendar of its own was the one that lies under it, up to the version that its
/// first one lies over.
pub(super) fn find(connection: &mut Connection, code: &str, version: i64) -> Answer<Option<CalendarRecord>> {
    let of = |connection: &mut Connection, code: &str| {
        calendars::table
            .find((code, version))
            .select(CalendarRecord::as_select())
            .first(connection)
            .optional()
    };
    if let Some(found) = of(connection, code)? {
        return Ok(Some(found));
    }
    let first: Option<(Option<String>, Option<i64>)> = calendars::table
        .filter(calendars::code.eq(code))
        .order(calendars::version)
        .select((calendars::base_code, calendars::base_version))
        .first(connection)
        .optional()?;
    match first {
        Some((Some(base), Some(newest))) if version <= newest => Ok(of(connection, &base)?),
        Some(_) | None => Ok(None),
    }
}

pub(super) fn find_newest(connection: &mut Connection, code: &str) -> Answer<Option<CalendarRecord>> {
    Ok(calendars::table
        .filter(calendars::code.eq(code))
        .order(calendars::version.desc())
        .select(CalendarRecord::as_select())
        .first(connection)
        .optional()?)
}
