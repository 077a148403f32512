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

pub(super) fn find(connection: &mut Connection, code: &str, version: i64) -> Answer<Option<CalendarRecord>> {
    Ok(calendars::table
        .find((code, version))
        .select(CalendarRecord::as_select())
        .first(connection)
        .optional()?)
}

pub(super) fn find_newest(connection: &mut Connection, code: &str) -> Answer<Option<CalendarRecord>> {
    Ok(calendars::table
        .filter(calendars::code.eq(code))
        .order(calendars::version.desc())
        .select(CalendarRecord::as_select())
        .first(connection)
        .optional()?)
}
